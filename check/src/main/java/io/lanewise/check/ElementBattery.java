package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import java.util.List;
import java.util.stream.Stream;

/** The elementwise operations: functions, activations and their derivatives. */
final class ElementBattery {
  /** Four vectors of 16 lanes and a tail of 3. */
  static final int LENGTHS = 4 * 16 + 3;

  /** The elementwise activations, and those with parameters that are not the default. */
  static final List<Activation> ACTIVATIONS =
      Stream.concat(
              Stream.of(Activation.values()).filter(Activation::elementwise),
              Stream.of(
                  Activation.leakyRelu(0.2f),
                  Activation.leakyRelu(-0.5f),
                  Activation.elu(1.7f),
                  Activation.hardSigmoid(0.2f),
                  Activation.clippedRelu(1.5f)))
          .toList();

  /** What long lengths are shorter than the maximum. */
  static final int[] TAILS = {0, 1, 7, 15, 33};

  private static final Fill[] FILLS = {Fill.NORMAL, Fill.WIDE, Fill.SPECIAL, Fill.BITS};

  private ElementBattery() {}

  static void lengths(Trial trial) {
    for (int length = 0; length <= LENGTHS; length++) {
      all(trial, 1, length, FILLS[length % FILLS.length]);
    }
    // Every third, so that rows end with every number of lanes; with gaps between them or not.
    for (int n = 0; n <= LENGTHS; n += 3) {
      all(trial, 2 + n % 2, n, FILLS[n % FILLS.length]);
    }
  }

  static void values(Trial trial, int blocks) {
    for (int i = 0; i < blocks; i++) {
      all(trial, 1, 4_099, FILLS[i % FILLS.length]);
      all(trial, 1 + trial.below(12), trial.below(100), FILLS[i % FILLS.length]);
    }
  }

  /** Longer than any block or unrolled loop, with several tails, and with gaps between rows. */
  static void beyond(Trial trial, int max) {
    for (int tail : TAILS) {
      all(trial, 1, max - tail, FILLS[tail % FILLS.length]);
    }
    all(trial, 3, max / 3, Fill.WIDE);
    all(trial, max / 3, 3, Fill.SPECIAL);
  }

  private static void all(Trial trial, int m, int n, Fill fill) {
    for (Function f : Function.values()) {
      map(trial, f, m, n, fill);
    }
    for (Activation f : ACTIVATIONS) {
      activate(trial, f, m, n, fill);
      activateBackward(trial, f, m, n, fill);
    }
  }

  private static String shape(int m, int n, boolean inPlace) {
    return "of " + m + " x " + n + (inPlace ? " in place" : "");
  }

  private static void map(Trial trial, Function f, int m, int n, Fill fill) {
    if (!trial.begin("map " + f)) {
      return;
    }
    Matrix x = trial.in(m, n, fill);
    Matrix y = trial.inPlace() ? x : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n, y == x),
        "x y",
        Measure.ulps(1),
        (kernels, w) -> kernels.map(f, w[0], w[1]),
        x,
        y);
  }

  private static void activate(Trial trial, Activation f, int m, int n, Fill fill) {
    if (!trial.begin("activate " + f)) {
      return;
    }
    Matrix z = trial.in(m, n, fill);
    Matrix a = trial.inPlace() ? z : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n, a == z),
        "z a",
        Measure.ulps(1),
        (kernels, w) -> kernels.activate(f, w[0], w[1]),
        z,
        a);
  }

  private static void activateBackward(Trial trial, Activation f, int m, int n, Fill fill) {
    if (!trial.begin("activateBackward " + f)) {
      return;
    }
    Matrix saved = trial.in(m, n, fill);
    Matrix da = trial.in(m, n, Fill.SPECIAL);
    Matrix dz = trial.inPlace() ? da : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n, dz == da),
        "saved da dz",
        Measure.ulpsOfLarger(2, 1),
        (kernels, w) -> kernels.activateBackward(f, w[0], w[1], w[2]),
        saved,
        da,
        dz);
  }
}
