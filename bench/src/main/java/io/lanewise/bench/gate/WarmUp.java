package io.lanewise.bench.gate;

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
  static final long LIMIT = 6_000_000_000L;

  /** Returns whether the JIT came to rest before the limit. */
  boolean run(Runnable step) {
    long start = nanos.getAsLong();
    long quietSince = start;
    long last = -1;
    for (long now = start; now - start < LIMIT; now = nanos.getAsLong()) {
      long current = compiled.getAsLong();
      if (current != last) {
        last = current;
        quietSince = now;
      } else if (now - start >= LEAST && now - quietSince >= QUIET) {
        return true;
      }
      step.run();
    }
    return false;
  }
}
