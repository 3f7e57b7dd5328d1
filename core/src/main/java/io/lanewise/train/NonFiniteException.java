package io.lanewise.train;

/** A training that computed a NaN or an infinity, and where it was made first. */
public final class NonFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final String place;
  private final int epoch;
  private final long step;

  NonFiniteException(String what, String place, int epoch, long step) {
    super(
        what
            + " in epoch "
            + epoch
            + ", step "
            + step
            + "; the first that is not finite: "
            + place
            + ": try a smaller learning rate, clipping, and look for NaN in the data");
    this.place = place;
    this.epoch = epoch;
    this.step = step;
  }

  /** Returns what was not finite first, such as "the output of layer 2 (64 to 10, softmax)". */
  public String place() {
    return place;
  }

  /** Returns the epoch, from 1. */
  public int epoch() {
    return epoch;
  }

  /** Returns the step, from 1, over all epochs. */
  public long step() {
    return step;
  }
}
