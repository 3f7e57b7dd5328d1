package io.lanewise.train;

import io.lanewise.nn.Network;
import io.lanewise.nn.Reduction;

/**
 * The mean of the losses of batches, over what the network's reduction takes it over: rows,
 * elements or weights. Sums are averaged over the rows.
 */
final class MeanLoss {
  private final boolean ofSums;
  private double total;
  private double divisor;

  MeanLoss(Network network) {
    ofSums = network.reduction() == Reduction.SUM;
  }

  void clear() {
    total = 0;
    divisor = 0;
  }

  /** Goes on from what {@link #total} and {@link #divisor} were. */
  void restore(double total, double divisor) {
    this.total = total;
    this.divisor = divisor;
  }

  double total() {
    return total;
  }

  double divisor() {
    return divisor;
  }

  /** Takes the loss of a batch, which was divided by that, of so many rows. */
  void add(double loss, double divisor, int rows) {
    total += loss * divisor;
    this.divisor += ofSums ? rows : divisor;
  }

  /** The mean until now; 0 of nothing. */
  double value() {
    return divisor == 0 ? 0 : total / divisor;
  }
}
