package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.check.Trial.Window;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Function;

/** The elementwise operations: functions, activations and their derivatives. */
final class ElementBattery {
  /** Four vectors of 16 lanes and a tail of 3. */
  static final int LENGTHS = 4 * 16 + 3;

  private static final Fill[] FILLS = {Fill.NORMAL, Fill.WIDE, Fill.SPECIAL, Fill.BITS};

  private ElementBattery() {}

  static void lengths(Trial trial) {
    for (int length = 0; length <= LENGTHS; length++) {
      all(trial, length, FILLS[length % FILLS.length]);
    }
  }

  static void values(Trial trial, int blocks) {
    for (int i = 0; i < blocks; i++) {
      all(trial, 4_099, FILLS[i % FILLS.length]);
    }
  }

  private static void all(Trial trial, int length, Fill fill) {
    for (Function f : Function.values()) {
      map(trial, f, length, fill);
    }
    for (int i = 0; MatmulBattery.elementwise(i) != Activation.IDENTITY || i == 0; i++) {
      Activation f = MatmulBattery.elementwise(i);
      activate(trial, f, length, fill);
      activateBackward(trial, f, length, fill);
    }
  }

  private static void map(Trial trial, Function f, int length, Fill fill) {
    Window x = trial.in(1, length, fill);
    Window y = trial.out(1, length, Fill.NAN);
    if (trial.coin()) {
      trial.check(
          "map " + f + " of " + length + " in place",
          (kernels, v) -> kernels.map(f, length, v[0], x.off(), v[0], x.off()),
          x.x());
    } else {
      trial.check(
          "map " + f + " of " + length,
          (kernels, v) -> kernels.map(f, length, v[0], x.off(), v[1], y.off()),
          x.x(),
          y.x());
    }
  }

  private static void activate(Trial trial, Activation f, int length, Fill fill) {
    Window z = trial.in(1, length, fill);
    Window a = trial.out(1, length, Fill.NAN);
    if (trial.coin()) {
      trial.check(
          "activate " + f + " of " + length + " in place",
          (kernels, v) -> kernels.activate(f, length, v[0], z.off(), v[0], z.off()),
          z.x());
    } else {
      trial.check(
          "activate " + f + " of " + length,
          (kernels, v) -> kernels.activate(f, length, v[0], z.off(), v[1], a.off()),
          z.x(),
          a.x());
    }
  }

  private static void activateBackward(Trial trial, Activation f, int length, Fill fill) {
    Window saved = trial.in(1, length, fill);
    Window da = trial.in(1, length, Fill.SPECIAL);
    Window dz = trial.out(1, length, Fill.NAN);
    boolean inPlace = trial.coin();
    int out = inPlace ? 1 : 2;
    int dzOff = inPlace ? da.off() : dz.off();
    trial.check(
        "activateBackward " + f + " of " + length + (inPlace ? " in place" : ""),
        (kernels, v) ->
            kernels.activateBackward(f, length, v[0], saved.off(), v[1], da.off(), v[out], dzOff),
        saved.x(),
        da.x(),
        dz.x());
  }
}
