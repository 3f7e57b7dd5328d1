package io.lanewise.simd;

import io.lanewise.kernel.Update;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpdateTest {
  private static Update update(Update.Rule rule) {
    return new Update(rule)
        .rate(0.002f)
        .momentum(0.9f)
        .weight1(0.1f)
        .beta2(0.999f)
        .weight2(0.001f)
        .rootScale(1.7f)
        .epsilon(1e-8f)
        .decay(0.01f)
        .gradientScale(0.3f)
        .weightDecay(0.02f);
  }

  @ParameterizedTest
  @EnumSource
  void plain(Update.Rule rule) {
    haveTheBitsOfTheScalarKernels(update(rule));
  }

  @ParameterizedTest
  @EnumSource
  void clippedAndPenalized(Update.Rule rule) {
    haveTheBitsOfTheScalarKernels(update(rule).limit(0.2f));
    haveTheBitsOfTheScalarKernels(update(rule).l1(0.03f));
    haveTheBitsOfTheScalarKernels(update(rule).limit(0.2f).l1(0.03f));
  }

  private static void haveTheBitsOfTheScalarKernels(Update update) {
    SplittableRandom random = new SplittableRandom(9);
    for (boolean finite : new boolean[] {true, false}) {
      for (int n : BothKernels.lengths()) {
        BothKernels.assertSame(
            update.rule() + " of " + n,
            random,
            finite,
            new int[] {n, n, n, n},
            (kernels, x, off) -> {
              if (finite) {
                makePositive(x[2]);
                makePositive(x[3]);
              }
              kernels
                  .updates()
                  .update(update, n, x[0], off[0], x[1], off[1], x[2], off[2], x[3], off[3]);
            });
      }
    }
  }

  /** Second moments are squares: else most of the results would be NaN. */
  private static void makePositive(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.abs(x[i]);
    }
  }
}
