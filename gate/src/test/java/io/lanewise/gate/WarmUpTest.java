package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final long STEP = 10_000_000;

  private long now = 5;
  private long compiled;
  private int steps;

  /** The JIT works in so many of the first steps. */
  private boolean run(int busySteps) throws Exception {
    return new WarmUp(() -> now, () -> compiled)
        .run(
            () -> {
              now += STEP;
              compiled += steps++ < busySteps ? 1 : 0;
            });
  }

  @Test
  void whatIsQuietFromTheStartTakesTheLeastTime() throws Exception {
    assertTrue(run(0));
    assertEquals(40, steps);
  }

  @Test
  void whatIsCompiledPutsTheEndOff() throws Exception {
    assertTrue(run(100));
    // 15 more without a compilation.
    assertEquals(115, steps);
  }

  @Test
  void whatIsCompiledForeverIsNotWarm() throws Exception {
    assertFalse(run(Integer.MAX_VALUE));
    assertEquals(WarmUp.LIMIT / STEP, steps);
  }

  /** The process gets nothing of the core for long: no step is left out for that. */
  @Test
  void timeThatThisProcessDidNotHaveDoesNotCount() throws Exception {
    boolean warm =
        new WarmUp(() -> now, () -> compiled)
            .run(
                () -> {
                  steps++;
                  now += steps % 100 == 0 ? STEP : 0;
                  compiled += steps < 1_000 ? 1 : 0;
                });
    assertTrue(warm);
    assertTrue(steps >= 4_000, "steps " + steps);
  }
}
