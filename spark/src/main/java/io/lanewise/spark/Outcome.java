package io.lanewise.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What came of a worker.
 *
 * @param rank which one
 * @param model the trained model's file, of worker 0
 * @param history its epochs as CSV
 * @param bestEpoch of the history
 * @param stopReason of the history
 * @param error why it failed; null if it did not
 * @param again whether another try may go better
 */
record Outcome(
    int rank,
    byte @Nullable [] model,
    String history,
    int bestEpoch,
    String stopReason,
    @Nullable String error,
    boolean again)
    implements Serializable {

  static Outcome failed(int rank, Throwable e, boolean again) {
    String said = e.getMessage() == null ? e.toString() : e.getMessage();
    return new Outcome(rank, null, "", 0, "", said, again);
  }
}
