package io.lanewise.optim;

import io.lanewise.internal.Require;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;

/** A {@link Schedule} without state: a function of the base rate and of the time alone. */
final class Formula implements Schedule {
  private final Clock clock;
  private final String text;
  private final DoubleBinaryOperator rate;

  /**
   * @param rate by the base rate and the time, which is a whole number, at least 0
   */
  Formula(Clock clock, String text, DoubleBinaryOperator rate) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.text = text;
    this.rate = rate;
  }

  static long time(Clock clock, long step, int epoch) {
    Require.atLeast("step", 0, step);
    Require.atLeast("epoch", 0, epoch);
    return clock == Clock.STEPS ? step : epoch;
  }

  static String counted(Clock clock, long count) {
    String unit = clock == Clock.STEPS ? "step" : "epoch";
    return count + " " + unit + (count == 1 ? "" : "s");
  }

  /** From one rate at 0 to another at 1, along half a cosine. */
  static double cosine(double from, double to, double part) {
    return to + (from - to) * cosine(part);
  }

  /**
   * From 1 at 0 to 0 at 1, along half a cosine: (1 + cos(pi part)) / 2 = 1 - sin^2(pi part / 2).
   * The polynomial is that of fdlibm for a sine up to pi/4: StrictMath has it too, but allocates.
   */
  private static double cosine(double part) {
    double x = StrictMath.PI / 2 * Math.min(part, 1 - part);
    double z = x * x;
    double r = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10;
    r = 2.75573137070700676789e-06 + z * r;
    r = -1.98412698298579493134e-04 + z * r;
    r = 8.33333333332248946124e-03 + z * r;
    r = -1.66666666666666324348e-01 + z * r;
    double sine = x + x * z * r;
    return part <= 0.5 ? 1 - sine * sine : sine * sine;
  }

  @Override
  public double rate(double base, long step, int epoch) {
    return rate.applyAsDouble(base, time(clock, step, epoch));
  }

  @Override
  public String toString() {
    return text;
  }
}
