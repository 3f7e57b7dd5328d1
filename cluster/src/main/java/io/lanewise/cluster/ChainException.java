package io.lanewise.cluster;

import java.io.IOException;

/** A worker failed, was not heard, or differs from the others. */
public final class ChainException extends IOException {
  private static final long serialVersionUID = 1;

  private final int rank;
  private final long step;

  ChainException(String message, int rank, long step) {
    super(message);
    this.rank = rank;
    this.step = step;
  }

  /** Returns the worker that failed, or differs. */
  public int rank() {
    return rank;
  }

  /** Returns the step that was under way, from 1; 0 before the first. */
  public long step() {
    return step;
  }

  static String inStep(long step) {
    return step == 0 ? " before the first step" : " in step " + step;
  }
}
