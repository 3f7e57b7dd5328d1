package io.lanewise.nn;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Has the JVM compile what a {@link Predictor} runs. Few rows come first: until vectors are
 * compiled a row of them takes a thousand times longer.
 */
final class WarmUp {
  /** So many calls that are no faster than those before, and it is as fast as it becomes. */
  private static final int STEADY = 30;

  private static final double FASTER = 0.9;

  private static final int MOST_ROWS = 256;

  private final Predictor predictor;
  private final int nIn;
  private final int nOut;
  private final int rows;
  private final float[] x;
  private final float[] y;
  private final long start = System.nanoTime();
  private final long most;

  WarmUp(Predictor predictor, int rows, Duration most) {
    this.predictor = predictor;
    nIn = predictor.nIn();
    nOut = predictor.nOut();
    this.rows = Math.min(rows, MOST_ROWS);
    x = new float[Math.multiplyExact(this.rows + 1, nIn)];
    y = new float[Math.multiplyExact(this.rows + 1, nOut)];
    this.most = TimeUnit.NANOSECONDS.convert(most);
    for (int i = 0; i < x.length; i++) {
      // Every second row has zeros, which single rows leave out.
      boolean zero = i / nIn % 2 == 1 && i % 5 != 0;
      x[i] = zero ? 0f : (i * 7 % 31 - 15) / 8f;
    }
  }

  void run() {
    // Once more at the end: what a later size needed may have thrown compiled code away.
    for (int m : new int[] {1, 2, 3, 5, 8, rows / 2 + 1, rows, rows + 1, 3, 1}) {
      if (!untilSteady(Math.min(m, rows + 1))) {
        return;
      }
    }
  }

  /** Returns whether there is time left. */
  private boolean untilSteady(int m) {
    long best = Long.MAX_VALUE;
    for (int calls = 0; calls < STEADY; calls++) {
      long before = System.nanoTime();
      if (before - start >= most) {
        return false;
      }
      predictor.predict(m, x, 0, nIn, y, 0, nOut);
      predictor.predict(1, x, nIn, nIn, y, 0, nOut);
      long took = System.nanoTime() - before;
      if (took < FASTER * best) {
        best = took;
        calls = 0;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(took, most / 100));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
