package io.lanewise.data;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The classes of labels, by one rule for all formats: they are the distinct labels. Where all are
 * whole numbers (3, -1, +1, 3.0) they are these numbers, ascending. Otherwise they are the texts as
 * they stand, sorted; a number with a leading zero (01) is a text. Numbers of which one is not
 * whole are no classes.
 *
 * <p>Numbers that are 0, 1, ... k-1 are classes without names, as those of {0, 1} always are.
 */
final class Labels {
  private static final int MOST_TEXTS = 1 << 16;
  // What a float of a raw row can say.
  private static final int MOST_NUMBERS = 1 << 24;
  private static final int LONGEST_NUMBER = 38;
  // So many different numbers, and more than half of the rows, are what is measured, not a class.
  private static final int FEW = 20;
  private static final Pattern NO_FRACTION = Pattern.compile("(\\.0*)?");

  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final boolean known;
  private final int classCount;
  private boolean numbers = true;
  private long size;
  private long ofFirstText;
  private int fraction = -1;
  private long fractionLine;
  private int column;
  private int[] classOf = {};
  private List<String> names = List.of();
  private int count;

  /** Learns the classes from the labels. */
  Labels() {
    known = false;
    classCount = 0;
  }

  /** Knows the classes: those of the names, or 0..classCount-1 if there are none. */
  Labels(List<String> names, int classCount) {
    known = true;
    this.classCount = classCount;
    for (String name : names) {
      codes.put(name, texts.size());
      texts.add(name);
      numbers &= name.equals(whole(name));
    }
    this.names = names;
    count = classCount;
  }

  /**
   * Returns the class of a label, if they are known, which changes nothing here; else the number of
   * its text.
   *
   * @throws DataException if it is none
   */
  int take(Place place, int labelColumn, String text) throws DataException {
    if (FieldFormat.isNoValue(text) || Numbers.isNan(text)) {
      throw place.error(labelColumn, text.isEmpty() ? "missing label" : "missing label " + text);
    }
    if (known) {
      int c = find(text);
      if (c < 0) {
        throw place.error(labelColumn, unknown(text));
      }
      return c;
    }
    Integer code = codes.get(text);
    if (code == null) {
      code = learn(place, labelColumn, text);
    }
    again(code);
    return code;
  }

  /** {@link #take} of a label of which it returned this before. */
  void again(int code) {
    size++;
    ofFirstText += code == 0 ? 1 : 0;
  }

  /** The error of a label that is none of known classes. */
  String unknown(String text) {
    String wanted = texts.isEmpty() ? "0.." + (classCount - 1) : Place.list(texts);
    return "label " + Place.quote(text) + " is none of the classes " + wanted;
  }

  /** Returns the class of a label of known ones; -1 if there is none. */
  int find(String text) {
    Integer c = codes.get(text);
    if (c != null) {
      return c;
    }
    // The labels of images are nearly all of one digit.
    boolean digit = text.length() == 1 && text.charAt(0) >= '0' && text.charAt(0) <= '9';
    String whole = digit ? text : numbers ? whole(text) : null;
    if (whole == null) {
      return -1;
    }
    if (!texts.isEmpty()) {
      return codes.getOrDefault(whole, -1);
    }
    boolean index = whole.length() < 9 && whole.charAt(0) != '-';
    int value = index ? Integer.parseInt(whole) : classCount;
    return value < classCount ? value : -1;
  }

  private int learn(Place place, int labelColumn, String text) throws DataException {
    column = labelColumn;
    boolean number = isNumber(text);
    // The first may be a header's; then the rest says what there is.
    numbers &= number || texts.isEmpty();
    int most = numbers ? MOST_NUMBERS : MOST_TEXTS;
    if (texts.size() == most) {
      throw place.error(labelColumn, "more than " + most + " classes: is this the label?");
    }
    if (number && fraction < 0 && whole(text) == null) {
      fraction = texts.size();
      fractionLine = place.line();
    }
    codes.put(text, texts.size());
    texts.add(text);
    return texts.size() - 1;
  }

  /**
   * Judges what only the whole file tells, and orders the classes.
   *
   * @param headerGuessed whether nobody said that there is no header
   */
  void finish(Place place, boolean headerGuessed) throws DataException {
    if (known) {
      return;
    }
    if (numbers && !isNumber(texts.get(0))) {
      numbers = false;
      if (headerGuessed && texts.size() > 1 && ofFirstText == 1) {
        throw place.atLine(1, ", looks like a header: say that there is one");
      }
    }
    if (numbers && fraction >= 0) {
      throw place.errorAt(
          fractionLine,
          column,
          "label "
              + Place.quote(texts.get(fraction))
              + " is not a whole number: numbers to be predicted are --regression, in Java"
              + " targets");
    }
    Map<Object, List<Integer>> sorted = new TreeMap<>();
    for (int t = 0; t < texts.size(); t++) {
      Object key = numbers ? new BigInteger(whole(texts.get(t))) : texts.get(t);
      sorted.computeIfAbsent(key, k -> new ArrayList<>(1)).add(t);
    }
    classOf = new int[texts.size()];
    count = 0;
    for (List<Integer> same : sorted.values()) {
      for (int t : same) {
        classOf[t] = count;
      }
      count++;
    }
    List<String> all = sorted.keySet().stream().map(Object::toString).toList();
    if (numbers && (all.equals(List.of("1")) || isRange(all))) {
      for (int t = 0; t < classOf.length; t++) {
        classOf[t] = Integer.parseInt(whole(texts.get(t)));
      }
      count = Math.max(2, count);
      return;
    }
    requireClasses(place, all);
    names = all;
  }

  private void requireClasses(Place place, List<String> all) throws DataException {
    if (all.size() < 2) {
      throw place.atLine(place.line(), ", all labels are " + Place.quote(all.get(0)));
    }
    if (numbers && all.size() > FEW && all.size() > size / 2) {
      throw place.errorAt(
          place.line(),
          column,
          all.size()
              + " different numbers in "
              + size
              + " rows are hardly classes: numbers to be predicted are --regression, in Java"
              + " targets; names of classes may be any texts");
    }
  }

  private static boolean isRange(List<String> all) {
    return all.get(0).equals("0") && all.get(all.size() - 1).equals((all.size() - 1) + "");
  }

  /** The texts as they came; none where the classes were known. */
  List<String> texts() {
    return known ? List.of() : texts;
  }

  /** The rows of one of these numbers are one group of a stratified split. */
  int group(int code) {
    return known || !numbers ? code : classOf[code];
  }

  /** The names of the classes, in order; none where they are 0, 1, ... */
  List<String> names() {
    return names;
  }

  int count() {
    return count;
  }

  /** Whether it is a number, and not a text of digits: one that begins with 0, or is long. */
  private static boolean isNumber(String text) {
    int sign = sign(text);
    boolean zero =
        text.length() > sign + 1 && text.charAt(sign) == '0' && isDigit(text.charAt(sign + 1));
    return !zero && text.length() <= LONGEST_NUMBER && !Float.isNaN(Numbers.parse(text));
  }

  /** A whole number without plus, point and exponent; null for any other text. */
  static @Nullable String whole(String text) {
    if (!isNumber(text)) {
      return null;
    }
    int sign = sign(text);
    int end = sign;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    String digits = text.substring(sign, end);
    if (!NO_FRACTION.matcher(text.substring(end)).matches() || digits.isEmpty()) {
      double value = Float.isFinite(Numbers.parse(text)) ? Double.parseDouble(text) : Double.NaN;
      return value == Math.rint(value) && Math.abs(value) < 0x1p53
          ? Long.toString((long) value)
          : null;
    }
    return digits.equals("0") || text.charAt(0) != '-' ? digits : "-" + digits;
  }

  private static int sign(String text) {
    return !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
