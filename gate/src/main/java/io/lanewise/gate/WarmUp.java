package io.lanewise.gate;

import java.util.function.LongSupplier;

/**
 * Runs something until nothing has been compiled for a while. On a core that others use too, wall
 * time goes by without a step of ours, and a fork would be measured half compiled: so the time is
 * that of the process.
 *
 * @param nanos the time that the process has had
 * @param compiled a figure that changes when the JIT has compiled something
 */
record WarmUp(LongSupplier nanos, LongSupplier compiled) {
  private static final long LEAST = 400_000_000;
  private static final long QUIET = 150_000_000;
  // A step that is as long as that is one run; it is compiled in a few of them or never.
  private static final int QUIET_STEPS = 3;
  private static final int LEAST_STEPS = 12;
  static final long LIMIT = 6_000_000_000L;

  /** A step, which may fail. */
  interface Step {
    void run() throws Exception;
  }

  /** Returns whether the JIT came to rest before the limit. */
  boolean run(Step step) throws Exception {
    long start = nanos.getAsLong();
    long quietSince = start;
    int quietSteps = 0;
    long last = -1;
    long now = start;
    for (int steps = 0; now - start < LIMIT || steps < LEAST_STEPS; steps++) {
      long current = compiled.getAsLong();
      if (current != last) {
        last = current;
        quietSince = now;
        quietSteps = 0;
      } else if (now - start >= LEAST && now - quietSince >= QUIET && quietSteps >= QUIET_STEPS) {
        return true;
      }
      step.run();
      quietSteps++;
      now = nanos.getAsLong();
    }
    return false;
  }
}
