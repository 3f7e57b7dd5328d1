package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.check.Trial.Window;
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
    sumOfSquares(trial, 4_096, Fill.NORMAL);
    sumOfSquares(trial, 4_097, Fill.WIDE);
  }

  static void values(Trial trial, int blocks) {
    for (int i = 0; i < blocks; i++) {
      all(trial, 4_099);
      sumOfSquares(trial, 3 * 4_096 + trial.below(4_096), FILLS[i % FILLS.length]);
    }
  }

  private static void all(Trial trial, int length) {
    for (Update.Rule rule : Update.Rule.values()) {
      update(trial, length, coefficients(trial, rule));
    }
    sumOfSquares(trial, length, FILLS[trial.below(FILLS.length)]);
  }

  /** Each part that a rule may have is there half of the time. */
  private static Update coefficients(Trial trial, Update.Rule rule) {
    Update u = new Update(rule);
    u.rate(0.01f + 0.1f * trial.draw(Fill.POSITIVE));
    u.momentum(trial.coin() ? 0.9f : 0.5f).weight1(trial.coin() ? 0.1f : 0.25f);
    u.beta2(0.999f).weight2(0.001f).rootScale(1f + 30f * trial.draw(Fill.POSITIVE));
    u.epsilon(trial.coin() ? 1e-8f : 1e-3f);
    u.decay(trial.coin() ? 0.01f : 0f).weightDecay(trial.coin() ? 0.02f : 0f);
    u.gradientScale(trial.coin() ? 0.7f : 1f);
    u.limit(trial.coin() ? 0.4f : Float.POSITIVE_INFINITY);
    return u.l1(trial.coin() ? 0.03f : 0f);
  }

  private static void update(Trial trial, int length, Update u) {
    Fill fill = FILLS[trial.below(FILLS.length)];
    Fill state = STATES[trial.below(STATES.length)];
    Window p = trial.out(1, length, trial.below(4) == 0 ? Fill.SPECIAL : Fill.NORMAL);
    Window g = trial.in(1, length, fill);
    Window s1 = trial.out(1, length, state);
    Window s2 = trial.out(1, length, state);
    trial.check(
        "update " + u.rule() + " of " + length,
        (kernels, v) ->
            kernels
                .updates()
                .update(u, length, v[0], p.off(), v[1], g.off(), v[2], s1.off(), v[3], s2.off()),
        p.x(),
        g.x(),
        s1.x(),
        s2.x());
  }

  private static void sumOfSquares(Trial trial, int length, Fill fill) {
    Window g = trial.in(1, length, fill);
    trial.check(
        "sumOfSquares of " + length,
        (kernels, v) -> {
          double sum = kernels.updates().sumOfSquares(length, v[0], g.off());
          v[1][0] = (float) sum;
          v[1][1] = (float) (sum - v[1][0]);
        },
        g.x(),
        new float[2]);
  }
}
