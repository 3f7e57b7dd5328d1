package io.lanewise.bench.gate;

import io.lanewise.bench.Bandwidth;
import io.lanewise.bench.FmaPeak;
import io.lanewise.gate.Work;
import java.util.SplittableRandom;

/**
 * What a kernel is held against, in slices that alternate with its own: a loop of ours that asks
 * the machine for the same thing and for nothing else.
 */
enum Yardstick {
  /** The peak of fused multiply-adds on registers; an amount is FLOP. */
  PEAK("peak") {
    @Override
    Work work(int bytes) {
      // Through an array, so that the JIT does not know them.
      float[] xy = {0.5f, 1f};
      return () -> FmaPeak.chains(xy[0], xy[1], STEPS);
    }

    @Override
    double amount(int bytes) {
      return FmaPeak.flops(STEPS);
    }
  },
  /** Reading as many bytes as the kernel goes over. */
  READ("read") {
    @Override
    Work work(int bytes) {
      float[] x = random(bytes / Float.BYTES);
      return () -> Bandwidth.sum(x);
    }

    @Override
    double amount(int bytes) {
      return bytes;
    }
  },
  /** Two loads and a store, over as many bytes as the kernel goes over. */
  TRIAD("triad") {
    @Override
    Work work(int bytes) {
      int third = third(bytes);
      float[] a = new float[third];
      float[] b = random(third);
      float[] c = random(third);
      return () -> {
        Bandwidth.triad(a, b, c, b[0]);
        return a[third - 1];
      };
    }

    @Override
    double amount(int bytes) {
      return 3.0 * third(bytes) * Float.BYTES;
    }

    private int third(int bytes) {
      return bytes / 3 / Float.BYTES / 128 * 128;
    }
  };

  private static final int STEPS = 2000;

  private final String title;

  Yardstick(String title) {
    this.title = title;
  }

  /** Returns the loop, over that many bytes. */
  abstract Work work(int bytes);

  /** Returns what one run of it does: FLOP, or bytes loaded and stored. */
  abstract double amount(int bytes);

  @Override
  public String toString() {
    return title;
  }

  private static float[] random(int length) {
    SplittableRandom random = new SplittableRandom(2);
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
