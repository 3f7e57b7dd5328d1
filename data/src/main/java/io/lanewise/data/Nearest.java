package io.lanewise.data;

import java.util.Collection;

/** What somebody may have meant who wrote a name that there is not. */
final class Nearest {
  private static final int LONGEST = 64;
  private static final int MOST = 1000;

  private Nearest() {}

  /** Returns {@code ": is it "a"?"} for the name that is nearest; nothing where none is near. */
  static String hint(String text, Collection<String> names) {
    String best = "";
    String wanted = fold(text);
    // Of two names that have no letter in common none is near.
    int most = Math.min(text.length(), 1 + Math.max(1, text.length() / 3));
    int least = text.length() > LONGEST ? 0 : most;
    for (String name : names.stream().limit(MOST).toList()) {
      int distance = name.length() > LONGEST ? least : distance(wanted, fold(name));
      if (distance < least && !name.isEmpty()) {
        least = distance;
        best = name;
      }
    }
    return best.isEmpty() ? "" : ": is it " + Place.quote(best) + "?";
  }

  /** The same for "Body mass", body_mass and bodyMass. */
  private static String fold(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (" _.-".indexOf(text.charAt(i)) < 0) {
        out.append(Character.toLowerCase(text.charAt(i)));
      }
    }
    return out.toString();
  }

  /** How many characters are put in, left out or changed (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int before = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = before + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        before = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
