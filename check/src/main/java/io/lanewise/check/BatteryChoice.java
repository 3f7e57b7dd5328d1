package io.lanewise.check;

import org.jspecify.annotations.Nullable;

/** The battery that is run, as a text of {@link Batteries} and as the code that chooses it. */
final class BatteryChoice {
  private static final int LONGEST = (1 << 16) + 67;

  private final boolean isProduct;
  private @Nullable String named;
  private int maximum = LONGEST;
  private boolean isQuick;

  /**
   * Chooses the one that is full.
   *
   * @param isProduct whether products alone are judged
   */
  BatteryChoice(boolean isProduct) {
    this.isProduct = isProduct;
  }

  /** Takes one by its text. */
  void text(String text) {
    Batteries.of(text);
    named = text;
  }

  /** Takes the full one with rows of up to that length. */
  void maximum(int maximum) {
    Batteries.checkMaximum(maximum);
    this.maximum = maximum;
    isQuick = false;
  }

  /** Takes the quick one. */
  void quick() {
    isQuick = true;
  }

  /** Its text, such as "full(65603)". */
  String text() {
    if (named != null) {
      return named;
    }
    String name = isProduct ? "products" : isQuick ? "quick" : "full";
    return name + "(" + (isQuick ? "" : maximum) + ")";
  }

  /** The code that chooses it; empty by default. */
  @Override
  public String toString() {
    if (named != null) {
      return ".battery(\"" + named + "\")";
    }
    return isQuick ? ".quick()" : maximum != LONGEST ? ".maximum(" + maximum + ")" : "";
  }
}
