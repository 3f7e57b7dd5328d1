package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.metrics.Figure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The schedules that {@link Schedule} makes; the formulas are there. */
final class Schedules {
  private Schedules() {}

  private static long time(Schedule.Clock clock, long step, int epoch) {
    Require.atLeast("step", 0, step);
    Require.atLeast("epoch", 0, epoch);
    return clock == Schedule.Clock.STEPS ? step : epoch;
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

  private static String counted(Schedule.Clock clock, long count) {
    String unit = clock == Schedule.Clock.STEPS ? "step" : "epoch";
    return count + " " + unit + (count == 1 ? "" : "s");
  }

  record Constant() implements Schedule {
    @Override
    public double rate(double base, long step, int epoch) {
      return base;
    }

    @Override
    public String toString() {
      return "constant";
    }
  }

  record Step(Schedule.Clock clock, long every, double factor) implements Schedule {
    Step {
      Objects.requireNonNull(clock, "clock");
      Require.atLeast("every", 1, every);
      Require.factor("factor", factor);
    }

    @Override
    public double rate(double base, long step, int epoch) {
      return base * StrictMath.pow(factor, time(clock, step, epoch) / every);
    }

    @Override
    public String toString() {
      return "times " + factor + " every " + counted(clock, every);
    }
  }

  record MultiStep(Schedule.Clock clock, double factor, List<Long> milestones) implements Schedule {
    MultiStep {
      Objects.requireNonNull(clock, "clock");
      Require.factor("factor", factor);
      for (int i = 0; i < milestones.size(); i++) {
        Require.atLeast("milestones", i == 0 ? 1 : milestones.get(i - 1), milestones.get(i));
      }
    }

    @Override
    public double rate(double base, long step, int epoch) {
      long t = time(clock, step, epoch);
      int passed = 0;
      while (passed < milestones.size() && milestones.get(passed) <= t) {
        passed++;
      }
      return base * StrictMath.pow(factor, passed);
    }

    @Override
    public String toString() {
      return "times " + factor + " at " + clock.name().toLowerCase(Locale.ROOT) + " " + milestones;
    }
  }

  record Cosine(Schedule.Clock clock, long length, double minimum) implements Schedule {
    Cosine {
      Objects.requireNonNull(clock, "clock");
      Require.atLeast("length", 1, length);
      Require.notNegative("minimum", minimum);
    }

    @Override
    public double rate(double base, long step, int epoch) {
      long t = Math.min(time(clock, step, epoch), length);
      return minimum + (base - minimum) * cosine((double) t / length);
    }

    @Override
    public String toString() {
      return "cosine of " + counted(clock, length) + " to " + minimum;
    }
  }

  record WarmRestarts(Schedule.Clock clock, long first, int multiplier, double minimum)
      implements Schedule {
    WarmRestarts {
      Objects.requireNonNull(clock, "clock");
      Require.atLeast("first", 1, first);
      Require.atLeast("multiplier", 1, multiplier);
      Require.notNegative("minimum", minimum);
    }

    @Override
    public double rate(double base, long step, int epoch) {
      long t = time(clock, step, epoch);
      long length = first;
      if (multiplier == 1) {
        t %= length;
      }
      while (t >= length) {
        t -= length;
        length *= multiplier;
      }
      return minimum + (base - minimum) * cosine((double) t / length);
    }

    @Override
    public String toString() {
      return "cosine with warm restarts, of "
          + counted(clock, first)
          + " times "
          + multiplier
          + " each, to "
          + minimum;
    }
  }

  record WarmUp(Schedule.Clock clock, long length, double start, Schedule then)
      implements Schedule {
    WarmUp {
      Objects.requireNonNull(clock, "clock");
      Require.atLeast("length", 1, length);
      Require.factor("start", start);
      Objects.requireNonNull(then, "then");
    }

    @Override
    public double rate(double base, long step, int epoch) {
      long t = time(clock, step, epoch);
      if (t < length) {
        return base * (start + (1 - start) * t / length);
      }
      return clock == Schedule.Clock.STEPS
          ? then.rate(base, t - length, epoch)
          : then.rate(base, step, (int) (t - length));
    }

    @Override
    public Schedule begin() {
      return new WarmUp(clock, length, start, then.begin());
    }

    @Override
    public Optional<Figure> monitored() {
      return then.monitored();
    }

    @Override
    public void observe(double figure) {
      then.observe(figure);
    }

    @Override
    public Map<String, String> scalars() {
      return then.scalars();
    }

    @Override
    public void restore(Map<String, String> scalars) {
      then.restore(scalars);
    }

    @Override
    public String toString() {
      return "warm-up of " + counted(clock, length) + " from " + start + ", then " + then;
    }
  }

  record OneCycle(
      Schedule.Clock clock, long length, double rise, double divisor, double finalDivisor)
      implements Schedule {
    OneCycle {
      Objects.requireNonNull(clock, "clock");
      Require.atLeast("length", 2, length);
      if (!(rise < 1 && rise * length > 1)) {
        throw new IllegalArgumentException(
            "rise must be less than 1 and more than 1 / length, got " + rise);
      }
      if (!(divisor >= 1 && divisor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("divisor must be finite and >= 1, got " + divisor);
      }
      if (!(finalDivisor >= 1 && finalDivisor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "finalDivisor must be finite and >= 1, got " + finalDivisor);
      }
    }

    @Override
    public double rate(double base, long step, int epoch) {
      double t = Math.min(time(clock, step, epoch), length - 1);
      double first = base / divisor;
      double last = first / finalDivisor;
      double top = rise * length - 1;
      return t <= top
          ? base + (first - base) * cosine(t / top)
          : last + (base - last) * cosine((t - top) / (length - 1 - top));
    }

    @Override
    public String toString() {
      return "one cycle of "
          + counted(clock, length)
          + ", up for "
          + rise
          + " of it, from 1/"
          + divisor
          + " and to 1/"
          + finalDivisor
          + " of that";
    }
  }
}
