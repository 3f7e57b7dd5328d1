package io.lanewise.simd;

import io.lanewise.kernel.Update;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpdateTest {
  private static Update update(Update.Rule rule, float limit, float l1) {
    Update update = new Update(rule);
    update.step = -0.002f;
    update.momentum = 0.9f;
    update.weight1 = 0.1f;
    update.beta2 = 0.999f;
    update.weight2 = 0.001f;
    update.rootScale = 1.7f;
    update.epsilon = 1e-8f;
    update.decay = 0.01f;
    update.gradientScale = 0.3f;
    update.limit = limit;
    update.l1 = l1;
    update.weightDecay = 0.02f;
    return update;
  }

  @ParameterizedTest
  @EnumSource
  void plain(Update.Rule rule) {
    haveTheBitsOfTheScalarKernels(update(rule, Float.POSITIVE_INFINITY, 0f));
  }

  @ParameterizedTest
  @EnumSource
  void clippedAndPenalized(Update.Rule rule) {
    haveTheBitsOfTheScalarKernels(update(rule, 0.2f, 0f));
    haveTheBitsOfTheScalarKernels(update(rule, Float.POSITIVE_INFINITY, 0.03f));
    haveTheBitsOfTheScalarKernels(update(rule, 0.2f, 0.03f));
  }

  private static void haveTheBitsOfTheScalarKernels(Update update) {
    SplittableRandom random = new SplittableRandom(9);
    for (boolean finite : new boolean[] {true, false}) {
      for (int n : BothKernels.lengths()) {
        BothKernels.assertSame(
            update.rule() + " of " + n,
            random,
            finite,
            (kernels, w) -> {
              if (finite) {
                makePositive(w[2].array());
                makePositive(w[3].array());
              }
              kernels.update(update, w[0], w[1], w[2], w[3]);
            },
            BothKernels.window(1, n),
            BothKernels.window(1, n),
            BothKernels.window(1, n),
            BothKernels.window(1, n));
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
