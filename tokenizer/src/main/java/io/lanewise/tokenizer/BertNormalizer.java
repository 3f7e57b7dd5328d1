package io.lanewise.tokenizer;

import java.text.Normalizer;

/**
 * BERT's normalizer: control characters out, spaces around ideographs, accents off, lower case.
 *
 * @param cleanText removes control characters, and makes all white space spaces
 * @param chineseChars sets ideographs apart
 * @param stripAccents decomposes (NFD), and removes the marks
 * @param lowercase character by character, so that a final sigma is as any
 */
record BertNormalizer(
    boolean cleanText, boolean chineseChars, boolean stripAccents, boolean lowercase) {
  private static final int DOTTED_I = 0x130;

  String normalize(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    Sorter sorter = stripAccents ? new Sorter(out, lowercase) : null;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int kinds = Characters.kinds(c);
      if (cleanText && (kinds & (Characters.REMOVED | Characters.SPACE)) != 0) {
        if ((kinds & Characters.REMOVED) != 0) {
          continue;
        }
        c = ' ';
        kinds = Characters.SPACE;
      }
      boolean apart = chineseChars && (kinds & Characters.IDEOGRAPH) != 0;
      if (sorter == null) {
        out.append(apart ? " " : "");
        append(out, c, lowercase);
        out.append(apart ? " " : "");
      } else {
        if (apart) {
          sorter.add(' ');
        }
        if ((kinds & Characters.DECOMPOSED) != 0) {
          sorter.addDecomposed(c);
        } else {
          sorter.add(c);
        }
        if (apart) {
          sorter.add(' ');
        }
      }
    }
    if (sorter != null) {
      sorter.flush();
    }
    return out.toString();
  }

  private static void append(StringBuilder out, int c, boolean lowercase) {
    if (lowercase && c == DOTTED_I) {
      out.append("i\u0307");
    } else {
      out.appendCodePoint(lowercase ? lower(c) : c);
    }
  }

  /** As Unicode 17 has it, also on a JDK that has an older one. */
  private static int lower(int c) {
    return switch (c) {
      case 0xa7ce, 0xa7d2, 0xa7d4 -> c + 1;
      default -> c >= 0x16ea0 && c <= 0x16eb8 ? c + 0x1b : Character.toLowerCase(c);
    };
  }

  /** Leaves accents out, and sorts what is none of them but moves among them. */
  private static final class Sorter {
    private final StringBuilder out;
    private final boolean lowercase;
    // What may yet be sorted, in the order in which it came.
    private final StringBuilder run = new StringBuilder();

    Sorter(StringBuilder out, boolean lowercase) {
      this.out = out;
      this.lowercase = lowercase;
    }

    void addDecomposed(int c) {
      Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD)
          .codePoints()
          .forEach(this::add);
    }

    void add(int c) {
      int kinds = Characters.kinds(c);
      if ((kinds & Characters.ACCENT) != 0) {
        return;
      }
      if ((kinds & Characters.SORTED) != 0) {
        run.appendCodePoint(c);
        return;
      }
      flush();
      if ((kinds & Characters.WALL) == 0) {
        append(out, c, lowercase);
      }
    }

    /** In time that grows with the run alone: a text may consist of nothing else. */
    void flush() {
      for (int rank = 1; !run.isEmpty() && rank <= Characters.ranks(); rank++) {
        int wanted = rank;
        run.codePoints()
            .filter(c -> Characters.rank(c) == wanted)
            .forEach(c -> append(out, c, lowercase));
      }
      run.setLength(0);
    }
  }
}
