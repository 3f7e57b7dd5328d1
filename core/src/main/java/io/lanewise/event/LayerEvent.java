package io.lanewise.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A layer's part of a forward or backward pass. */
@Name("io.lanewise.Layer")
@Label("Layer")
@Category("Lanewise")
@Description("A layer's part of a forward or backward pass")
@Enabled(false)
@StackTrace(false)
public final class LayerEvent extends Event {
  private static final LayerEvent PROBE = new LayerEvent();

  @Label("Layer")
  private int layer;

  @Label("Backward")
  private boolean backward;

  @Label("Rows")
  private int rows;

  private LayerEvent() {}

  /** Returns an event that has begun, or null if nobody records them. */
  public static LayerEvent begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    LayerEvent event = new LayerEvent();
    event.begin();
    return event;
  }

  /** Ends it and writes it down. */
  public static void commit(LayerEvent event, int layer, boolean backward, int rows) {
    if (event.shouldCommit()) {
      event.layer = layer;
      event.backward = backward;
      event.rows = rows;
      event.commit();
    }
  }
}
