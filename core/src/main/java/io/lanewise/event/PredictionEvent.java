package io.lanewise.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A prediction of a {@code Predictor}. */
@Name("io.lanewise.Prediction")
@Label("Prediction")
@Category("Lanewise")
@Description("The outputs of a batch of rows")
@Enabled(false)
@StackTrace(false)
public final class PredictionEvent extends Event {
  private static final PredictionEvent PROBE = new PredictionEvent();

  @Label("Rows")
  private int rows;

  private PredictionEvent() {}

  /** Returns an event that has begun, or null if nobody records them. */
  public static PredictionEvent begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    PredictionEvent event = new PredictionEvent();
    event.begin();
    return event;
  }

  /** Ends it and writes it down. */
  public static void commit(PredictionEvent event, int rows) {
    if (event.shouldCommit()) {
      event.rows = rows;
      event.commit();
    }
  }
}
