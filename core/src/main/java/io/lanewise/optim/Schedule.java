package io.lanewise.optim;

import io.lanewise.internal.Names;
import io.lanewise.internal.Require;
import io.lanewise.metrics.Figure;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The learning rate as a function of how far a training is. In the formulas r is the base rate, and
 * t counts what the {@link Clock} says, from 0. They are those of PyTorch's schedulers, at a
 * scheduler step for each step or epoch.
 *
 * <p>Most have no state and may be shared; {@link ReduceOnPlateau} has, and with it what wraps it:
 * a training takes a new one, by {@link #begin}.
 *
 * <p>What decides the bits of a training must be in {@code toString}: a checkpoint goes on only
 * with a schedule that says the same.
 */
public interface Schedule {
  /** What a schedule counts. */
  enum Clock {
    /** The steps of the optimizer, over all epochs. */
    STEPS,
    /** The epochs. */
    EPOCHS
  }

  /**
   * Returns the learning rate of a step.
   *
   * @param base the rate that the optimizer was made with
   * @param step the steps done before it, over all epochs, at least 0
   * @param epoch the epochs done before it, at least 0
   */
  double rate(double base, long step, int epoch);

  /**
   * Returns the schedule with which a training begins: one of the same settings and no state; this
   * one where it has none.
   */
  default Schedule begin() {
    return this;
  }

  /**
   * Returns the figure that {@link #observe} is told. Default: empty, which is the loss of the
   * validation set where there is one, else that of the training.
   */
  default Optional<Figure> monitored() {
    return Optional.empty();
  }

  /** Tells the figure that is monitored, after each epoch. Most do not look at it. */
  default void observe(double figure) {}

  /**
   * Returns whether the training shall keep a copy of the weights, the running statistics and the
   * optimizer's state as they are now; asked after {@link #observe}.
   */
  default boolean keepsWeights() {
    return false;
  }

  /** Returns whether the training shall go back to that copy; asked after {@link #observe}. */
  default boolean returnsToWeights() {
    return false;
  }

  /** Returns the state by name, as text; empty where there is none. */
  default Map<String, String> scalars() {
    return Map.of();
  }

  /**
   * Puts it into the state that another one of the same kind had.
   *
   * @param scalars what {@link #scalars} returned
   * @throws IllegalArgumentException if they are not of this kind, or damaged
   */
  default void restore(Map<String, String> scalars) {}

  /** Always r. */
  static Schedule constant() {
    return new Formula(Clock.STEPS, "constant", (base, t) -> base);
  }

  /**
   * r factor^floor(t / every); PyTorch's {@code StepLR}.
   *
   * @param every at least 1
   * @param factor in (0, 1]
   */
  static Schedule step(Clock clock, long every, double factor) {
    Require.atLeast("every", 1, every);
    Require.factor("factor", factor);
    return new Formula(
        clock,
        "times " + factor + " every " + Formula.counted(clock, every),
        (base, t) -> base * StrictMath.pow(factor, (long) t / every));
  }

  /**
   * r factor^n after n of the milestones, t at least as large as each of them; PyTorch's {@code
   * MultiStepLR}.
   *
   * @param factor in (0, 1]
   * @param milestones at least 1 each, ascending
   */
  static Schedule multiStep(Clock clock, double factor, long... milestones) {
    Objects.requireNonNull(clock, "clock");
    Require.factor("factor", factor);
    long[] own = milestones.clone();
    for (int i = 0; i < own.length; i++) {
      Require.atLeast("milestones", i == 0 ? 1 : own[i - 1], own[i]);
    }
    return new Formula(
        clock,
        "times " + factor + " at " + Names.of(clock) + " " + Arrays.toString(own),
        (base, t) -> {
          int passed = 0;
          while (passed < own.length && own[passed] <= t) {
            passed++;
          }
          return base * StrictMath.pow(factor, passed);
        });
  }

  /**
   * r factor^t; PyTorch's {@code ExponentialLR}.
   *
   * @param factor in (0, 1]
   */
  static Schedule exponential(Clock clock, double factor) {
    return step(clock, 1, factor);
  }

  /**
   * From r to the minimum along half a cosine, and the minimum from then on: minimum + (r -
   * minimum) (1 + cos(pi min(t, length) / length)) / 2. PyTorch's {@code CosineAnnealingLR} to
   * {@code T_max}, after which that goes up again.
   *
   * @param length at least 1
   * @param minimum finite, at least 0
   */
  static Schedule cosine(Clock clock, long length, double minimum) {
    Require.atLeast("length", 1, length);
    Require.notNegative("minimum", minimum);
    return new Formula(
        clock,
        "cosine of " + Formula.counted(clock, length) + " to " + minimum,
        (base, t) -> Formula.cosine(base, minimum, Math.min(t, length) / length));
  }

  /**
   * The cosine again and again, each {@code multiplier} times as long as the one before it
   * (Loshchilov and Hutter 2017): minimum + (r - minimum) (1 + cos(pi i / l)) / 2, i counting from
   * 0 within the current one, whose length is l. PyTorch's {@code CosineAnnealingWarmRestarts}.
   *
   * @param first the length of the first, at least 1
   * @param multiplier at least 1
   * @param minimum finite, at least 0
   */
  static Schedule cosineWarmRestarts(Clock clock, long first, int multiplier, double minimum) {
    Require.atLeast("first", 1, first);
    Require.atLeast("multiplier", 1, multiplier);
    Require.notNegative("minimum", minimum);
    String each = Formula.counted(clock, first) + " times " + multiplier + " each";
    return new Formula(
        clock,
        "cosine with warm restarts, of " + each + ", to " + minimum,
        (base, t) -> {
          long length = first;
          long i = multiplier == 1 ? (long) t % length : (long) t;
          while (i >= length) {
            i -= length;
            // No cosine is longer than time.
            length = length > Long.MAX_VALUE / multiplier ? Long.MAX_VALUE : length * multiplier;
          }
          return Formula.cosine(base, minimum, (double) i / length);
        });
  }

  /**
   * r (start + (1 - start) t / length) while t is less than the length, then another schedule,
   * whose own t begins there; PyTorch's {@code LinearLR} and what follows it in a {@code
   * SequentialLR}. If the other one has another clock, that counts from the beginning of the
   * training.
   *
   * @param length at least 1
   * @param start the first factor, in (0, 1]
   * @param then what follows
   */
  static Schedule warmUp(Clock clock, long length, double start, Schedule then) {
    return new WarmUp(clock, length, start, then);
  }

  /**
   * {@link #oneCycle(Clock, long, double, double, double)} with PyTorch's defaults 0.3, 25 and 1e4.
   */
  static Schedule oneCycle(Clock clock, long length) {
    return oneCycle(clock, length, 0.3, 25, 1e4);
  }

  /**
   * One cycle (Smith and Topin 2018), r being the largest rate: from r / divisor to r at t = rise
   * length - 1, and to r / divisor / finalDivisor at t = length - 1, each along half a cosine; that
   * from then on. PyTorch's {@code OneCycleLR}, which changes the momentum too unless {@code
   * cycle_momentum} is false: this does not.
   *
   * @param length at least 2
   * @param rise which part of the length goes up, less than 1; rise length must be more than 1
   * @param divisor at least 1
   * @param finalDivisor at least 1
   */
  static Schedule oneCycle(
      Clock clock, long length, double rise, double divisor, double finalDivisor) {
    Require.atLeast("length", 2, length);
    if (!(rise < 1 && rise * length > 1)) {
      throw new IllegalArgumentException(
          "rise must be less than 1 and more than 1 / length, got " + rise);
    }
    requireDivisor("divisor", divisor);
    requireDivisor("finalDivisor", finalDivisor);
    double top = rise * length - 1;
    return new Formula(
        clock,
        "one cycle of "
            + Formula.counted(clock, length)
            + (", up for " + rise + " of it, from 1/" + divisor)
            + (" and to 1/" + finalDivisor + " of that"),
        (base, t) -> {
          double first = base / divisor;
          double at = Math.min(t, length - 1);
          return at <= top
              ? Formula.cosine(first, base, at / top)
              : Formula.cosine(base, first / finalDivisor, (at - top) / (length - 1 - top));
        });
  }

  private static void requireDivisor(String name, double value) {
    if (!(value >= 1 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and >= 1, got " + value);
    }
  }
}
