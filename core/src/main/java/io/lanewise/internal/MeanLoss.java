package io.lanewise.internal;

/**
 * The mean of the losses of batches, over what a reduction takes it over: rows, elements or
 * weights. Sums are averaged over the rows.
 */
public final class MeanLoss {
  private final boolean ofSums;
  private double total;
  private double divisor;

  /**
   * Begins with nothing.
   *
   * @param ofSums whether the losses are sums: then the mean is over the rows
   */
  public MeanLoss(boolean ofSums) {
    this.ofSums = ofSums;
  }

  public void clear() {
    total = 0;
    divisor = 0;
  }

  /** Goes on from what {@link #total} and {@link #divisor} were. */
  public void restore(double total, double divisor) {
    this.total = total;
    this.divisor = divisor;
  }

  public double total() {
    return total;
  }

  public double divisor() {
    return divisor;
  }

  /** Takes the loss of a batch, which was divided by that, of so many rows. */
  public void add(double loss, double divisor, int rows) {
    total += loss * divisor;
    this.divisor += ofSums ? rows : divisor;
  }

  /** The mean until now; 0 of nothing. */
  public double value() {
    return divisor == 0 ? 0 : total / divisor;
  }
}
