package io.lanewise.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A training step: the gradient of a batch, and the update of the parameters.
 *
 * <p>As the other events it is asked for only once the flight recorder is there: to load a class of
 * them would start a part of it, which takes 50 ms.
 */
@Name("io.lanewise.Step")
@Label("Training step")
@Category("Lanewise")
@Description("The gradient of a batch and the update of the parameters")
@Enabled(false)
@StackTrace(false)
public final class StepEvent extends Event {
  private static final StepEvent PROBE = new StepEvent();

  @Label("Step")
  private long step;

  @Label("Rows")
  private int rows;

  @Label("Loss")
  private double loss;

  private StepEvent() {}

  /** Returns an event that has begun, or null if nobody records them. */
  public static StepEvent begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    StepEvent event = new StepEvent();
    event.begin();
    return event;
  }

  /** Ends it and writes it down. */
  public static void commit(StepEvent event, long step, int rows, double loss) {
    if (event.shouldCommit()) {
      event.step = step;
      event.rows = rows;
      event.loss = loss;
      event.commit();
    }
  }
}
