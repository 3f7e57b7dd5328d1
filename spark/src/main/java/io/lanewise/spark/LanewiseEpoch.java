package io.lanewise.spark;

import io.lanewise.train.History;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Tells listeners of Spark that an epoch of a fit is over, by {@code onOtherEvent}. It comes with a
 * heartbeat of the executor, so up to ten seconds later ({@code spark.executor.heartbeatInterval}),
 * and at the latest when the fit ends.
 *
 * @param epochs how many there will be at most
 * @param epoch its figures
 */
public record LanewiseEpoch(int epochs, History.Epoch epoch) implements SparkListenerEvent {
  /** Returns false: an event log is read without this library. */
  @Override
  public boolean logEvent() {
    return false;
  }
}
