package io.lanewise.plot;

/** How much room words take, in the letters of a chart. */
final class Words {
  private static final double LETTER = 6.5;

  private Words() {}

  /** Returns how wide the text will be, rather more than less: fonts differ. */
  static double width(String text) {
    return text.codePoints()
        .mapToDouble(c -> c > 0x2e7f ? 13 : "WMmw@%".indexOf(c) >= 0 ? 10 : c < 'a' ? 7.2 : LETTER)
        .sum();
  }

  /** Returns so much of the text as fits. */
  static String fit(String text, double room) {
    int[] letters = text.codePoints().toArray();
    int n = letters.length;
    while (n > 0 && width(new String(letters, 0, n)) > room - (n < letters.length ? 8 : 0)) {
      n--;
    }
    return n == letters.length ? text : new String(letters, 0, n) + "…";
  }
}
