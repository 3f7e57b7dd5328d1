package io.lanewise.check;

/**
 * What a relative error of two gradients says. The document gives only &lt; and &gt;; here an error
 * that equals a threshold belongs to the worse side, and NaN is {@link #BUG_LIKELY}.
 */
public enum Verdict {
  /** Less than 1e-7. */
  EXCELLENT("Excellent"),
  /** Less than 1e-5. */
  GOOD("Good"),
  /** Less than 1e-3. */
  SUSPICIOUS("Suspicious"),
  /** 1e-3 or more, or NaN. */
  BUG_LIKELY("Bug likely");

  private final String label;

  Verdict(String label) {
    this.label = label;
  }

  /** Returns the verdict on that relative error. */
  public static Verdict of(double error) {
    if (error < 1e-7) {
      return EXCELLENT;
    }
    if (error < 1e-5) {
      return GOOD;
    }
    return error < 1e-3 ? SUSPICIOUS : BUG_LIKELY;
  }

  /** Returns it as people read it: "Excellent", "Good", "Suspicious", "Bug likely". */
  public String label() {
    return label;
  }
}
