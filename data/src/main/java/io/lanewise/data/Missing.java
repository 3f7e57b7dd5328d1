package io.lanewise.data;

/**
 * What becomes of a missing value: an empty field, {@code NA}, {@code ?} or {@code NaN}. In a
 * column of categories every choice but {@link #ERROR} makes it a row of zeros. Labels, targets and
 * weights are never missing.
 *
 * @param kind the choice
 * @param value of {@link Kind#CONSTANT}; else 0
 */
public record Missing(Kind kind, float value) {
  /** The choices. */
  public enum Kind {
    /** It is an error, which names line and column. */
    ERROR,
    /** It becomes the mean of the column's values in the training part. */
    MEAN,
    /** It becomes their median; of an even number, the mean of the middle two. */
    MEDIAN,
    /** It becomes a given number. */
    CONSTANT
  }

  /** It is an error, which names line and column. */
  public static final Missing ERROR = new Missing(Kind.ERROR, 0);

  /** It becomes the mean of the column's values in the training part. */
  public static final Missing MEAN = new Missing(Kind.MEAN, 0);

  /** It becomes their median; of an even number, the mean of the middle two. */
  public static final Missing MEDIAN = new Missing(Kind.MEDIAN, 0);

  /** Checks that the value is finite. */
  public Missing {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException("value must be finite, got " + value);
    }
  }

  /** It becomes that number. */
  public static Missing constant(float value) {
    return new Missing(Kind.CONSTANT, value);
  }
}
