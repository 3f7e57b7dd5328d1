package io.lanewise.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the indices of a libsvm file begin, at 0 or 1, and how far they go. */
final class LibsvmIndices {
  // What scikit-learn writes if it is given a comment.
  private static final Pattern COMMENT =
      Pattern.compile("^# Column indices are (zero|one)-based", Pattern.MULTILINE);

  private final LibsvmReader.ZeroBased said;
  private final int commented;
  private final int known;
  private int largest = -1;
  private long largestLine;
  private int largestField;
  private long zeroLine;
  private int zeroField;

  /**
   * Knows no index yet.
   *
   * @param start how the file begins
   * @param known where those of the training file begin; -1 if this is it, or it had none
   */
  LibsvmIndices(LibsvmReader.ZeroBased said, String start, int known) {
    this.said = said;
    Matcher comment = COMMENT.matcher(start);
    commented = !comment.find() ? -1 : comment.group(1).equals("zero") ? 0 : 1;
    this.known = known;
  }

  /** Takes the index that was read last. */
  void take(Place place, LibsvmLine line) {
    if (line.index() > largest) {
      largest = line.index();
      largestLine = place.line();
      largestField = line.field();
    }
    if (line.index() == 0 && zeroLine == 0) {
      zeroLine = place.line();
      zeroField = line.field();
    }
  }

  /** Returns the largest; -1 if there is none. */
  int largest() {
    return largest;
  }

  /**
   * Returns where they begin, once all were taken: as was said, else as the training file's do,
   * else as the file itself tells.
   *
   * @throws DataException if what the file tells is another thing
   */
  int first(Place place) throws DataException {
    int told = zeroLine > 0 ? 0 : commented;
    if (said != LibsvmReader.ZeroBased.AUTO) {
      int first = said == LibsvmReader.ZeroBased.YES ? 0 : 1;
      if (zeroLine > 0 && first == 1) {
        throw zero(place, "but they are said to begin at 1: leave out --zero-based no");
      }
      return first;
    }
    if (zeroLine > 0 && commented == 1) {
      throw zero(place, "but its comment says one-based: say --zero-based yes or correct it");
    }
    if (known < 0 || told < 0 || told == known) {
      return known >= 0 ? known : told < 0 ? 1 : told;
    }
    String other =
        "but those of the training file begin at "
            + known
            + (known == 1
                ? ", as far as it told: if they did not, train it with --zero-based yes; if only"
                    + " this file is so, say --zero-based yes"
                : ": if only this file is so, say --zero-based no");
    throw zeroLine > 0
        ? zero(place, other)
        : place.error("its comment says that the indices begin at " + told + ", " + other);
  }

  private DataException zero(Place place, String what) {
    return place.errorAt(zeroLine, zeroField - 1, "index 0, " + what);
  }

  /** Throws if an index is beyond so many features, those of a model or what was asked for. */
  void require(Place place, int first, int features, boolean ofModel) throws DataException {
    int last = features - 1 + first;
    if (largest <= last) {
      return;
    }
    String what = "index " + largest + " is larger than " + last;
    if (ofModel) {
      what += ", the last of the model's features: ";
      what += first == 0 && largest == features ? "if these begin at 1, say --zero-based no; " : "";
      what += "for more of them, train with --features " + (largest + 1 - first);
    }
    throw place.errorAt(largestLine, largestField - 1, what);
  }
}
