package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Update;

/** The optimizers' updates and the sum of squares that clipping by the norm needs. */
final class UpdateBattery {
  private static final Fill[] FILLS = {
    Fill.NORMAL, Fill.WIDE, Fill.SPECIAL, Fill.BITS, Fill.TARGET
  };

  // Zeros among them, as those of a unit that is dead.
  private static final Fill[] STATES = {Fill.POSITIVE, Fill.POSITIVE, Fill.SPECIAL, Fill.TARGET};

  private UpdateBattery() {}

  static void lengths(Trial trial) {
    for (int length = 0; length <= ElementBattery.LENGTHS; length++) {
      all(trial, length);
    }
    // Zeros that nothing moves: a gradient and states of 0, as those of a unit that is dead.
    for (Update.Rule rule : Update.Rule.values()) {
      Update u = coefficients(trial, rule);
      u.weightDecay = 0f;
      u.l1 = 0f;
      update(trial, ElementBattery.LENGTHS, u, Fill.TARGET, Fill.TARGET);
    }
    sumOfSquares(trial, 4_096, Fill.NORMAL);
    sumOfSquares(trial, 4_097, Fill.WIDE);
  }

  static void values(Trial trial, int blocks) {
    for (int i = 0; i < blocks; i++) {
      all(trial, 4_099);
      sumOfSquares(trial, 3 * 4_096 + trial.below(4_096), FILLS[i % FILLS.length]);
    }
  }

  /** Longer than any block or unrolled loop, with several tails. */
  static void beyond(Trial trial, int max) {
    for (int tail : ElementBattery.TAILS) {
      all(trial, max - tail);
    }
  }

  private static void all(Trial trial, int length) {
    for (Update.Rule rule : Update.Rule.values()) {
      Fill fill = FILLS[trial.below(FILLS.length)];
      Fill state = STATES[trial.below(STATES.length)];
      update(trial, length, coefficients(trial, rule), fill, state);
    }
    sumOfSquares(trial, length, FILLS[trial.below(FILLS.length)]);
  }

  /** Each part that a rule may have is there half of the time. */
  private static Update coefficients(Trial trial, Update.Rule rule) {
    Update u = new Update(rule);
    u.step = -0.01f - 0.1f * trial.draw(Fill.POSITIVE);
    u.momentum = trial.coin() ? 0.9f : 0.5f;
    u.weight1 = trial.coin() ? 0.1f : 0.25f;
    u.beta2 = 0.999f;
    u.weight2 = 0.001f;
    u.rootScale = 1f + 30f * trial.draw(Fill.POSITIVE);
    u.epsilon = trial.coin() ? 1e-8f : 1e-3f;
    u.decay = trial.coin() ? 0.01f : 0f;
    u.weightDecay = trial.coin() ? 0.02f : 0f;
    u.gradientScale = trial.coin() ? 0.7f : 1f;
    u.limit = trial.coin() ? 0.4f : Float.POSITIVE_INFINITY;
    u.l1 = trial.coin() ? 0.03f : 0f;
    return u;
  }

  private static void update(Trial trial, int length, Update u, Fill fill, Fill state) {
    if (!trial.begin("update " + u.rule())) {
      return;
    }
    trial.check(
        "of " + length,
        "p g s1 s2",
        Measure.update(),
        (kernels, w) -> kernels.update(u, w[0], w[1], w[2], w[3]),
        trial.out(1, length, trial.below(4) == 0 ? Fill.SPECIAL : Fill.NORMAL),
        trial.in(1, length, fill),
        trial.out(1, length, state),
        trial.out(1, length, state));
  }

  private static void sumOfSquares(Trial trial, int length, Fill fill) {
    if (!trial.begin("sumOfSquares")) {
      return;
    }
    trial.check(
        "of " + length,
        "g result",
        Measure.sumOfSquares(),
        (kernels, w) -> {
          double sum = kernels.sumOfSquares(w[0]);
          float[] parts = w[1].array();
          parts[0] = (float) sum;
          parts[1] = (float) (sum - parts[0]);
        },
        trial.in(1, length, fill),
        new Matrix(1, 2));
  }
}
