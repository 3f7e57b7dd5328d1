package io.lanewise.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What Hugging Face's tokenizers take each code point for. They have Unicode 8 for punctuation and
 * accents and Unicode 9 for what NFD does, so the tables are theirs, and no JDK changes a token.
 */
final class Characters {
  /** A set of code points: of each of its ranges the first one, and the one after the last. */
  private record Set(int[] bounds) {
    boolean contains(int c) {
      int i = Arrays.binarySearch(bounds, c);
      return (i >= 0 ? i : -2 - i) % 2 == 0;
    }
  }

  static final int REMOVED = 1;
  static final int SPACE = 2;
  static final int PUNCTUATION = 4;
  static final int IDEOGRAPH = 8;

  /** What is left out with accents, and sorted by NFD. */
  static final int ACCENT = 16;

  /** What is left out with accents too, but nothing is sorted across it. */
  static final int WALL = 32;

  static final int DECOMPOSED = 64;

  /** What is sorted by NFD but no accent, and so stays. */
  static final int SORTED = 128;

  private static final List<String> NAMES =
      List.of("removed", "space", "punctuation", "ideograph", "accent", "wall", "decomposed");
  private static final List<Set> SETS = new ArrayList<>();
  private static final List<Set> CLASSES = new ArrayList<>();
  private static final byte[] BASIC = new byte[0x10000];

  static {
    read();
    for (int c = 0; c < BASIC.length; c++) {
      BASIC[c] = (byte) find(c);
    }
  }

  private Characters() {}

  private static void read() {
    try (InputStream in = Characters.class.getResourceAsStream("characters.txt");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    Objects.requireNonNull(in, "characters.txt"), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 0);
        int[] bounds = new int[2 * (words.length - 1)];
        for (int i = 1; i < words.length; i++) {
          int dash = words[i].indexOf('-');
          String first = dash < 0 ? words[i] : words[i].substring(0, dash);
          bounds[2 * i - 2] = Integer.parseInt(first, 16);
          bounds[2 * i - 1] = Integer.parseInt(words[i].substring(dash + 1), 16) + 1;
        }
        (SETS.size() < NAMES.size() ? SETS : CLASSES).add(new Set(bounds));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int find(int c) {
    int kinds = 0;
    for (int i = 0; i < SETS.size(); i++) {
      kinds |= SETS.get(i).contains(c) ? 1 << i : 0;
    }
    return rank(c) > 0 ? kinds | SORTED : kinds;
  }

  /** Returns the kinds that a code point is of, such as {@link #SPACE}, as bits. */
  static int kinds(int c) {
    return c < BASIC.length ? BASIC[c] & 0xff : find(c);
  }

  /** Whether it is of one of these kinds. */
  static boolean is(int c, int kinds) {
    return (kinds(c) & kinds) != 0;
  }

  /** Returns where NFD sorts what is {@link #SORTED}, from 1; 0 for all else. */
  static int rank(int c) {
    int rank = 0;
    for (int i = 0; i < CLASSES.size() && rank == 0; i++) {
      rank = CLASSES.get(i).contains(c) ? i + 1 : 0;
    }
    return rank;
  }

  /** Returns the highest rank. */
  static int ranks() {
    return CLASSES.size();
  }

  /** Whether it is one of a word, as the {@code \w} of Unicode's regular expressions has it. */
  static boolean isWord(int c) {
    int type = Character.getType(c);
    return Character.isAlphabetic(c)
        || type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.CONNECTOR_PUNCTUATION
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || c == 0x200c
        || c == 0x200d;
  }

  /** The text with U+FFFD for each half of a surrogate pair. */
  static String wellFormed(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        i++;
        continue;
      }
      out = out == null ? new StringBuilder(text) : out;
      out.setCharAt(i, '\ufffd');
    }
    return out == null ? text : out.toString();
  }
}
