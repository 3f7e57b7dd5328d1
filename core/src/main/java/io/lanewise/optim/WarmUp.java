package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.metrics.Figure;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A rise, then another schedule, whose state is this one's; see {@link Schedule#warmUp}. */
final class WarmUp implements Schedule {
  private final Clock clock;
  private final long length;
  private final double start;
  private final Schedule then;

  WarmUp(Clock clock, long length, double start, Schedule then) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.length = Require.atLeast("length", 1, length);
    this.start = Require.factor("start", start);
    this.then = Objects.requireNonNull(then, "then");
  }

  @Override
  public double rate(double base, long step, int epoch) {
    long t = Formula.time(clock, step, epoch);
    if (t < length) {
      return base * (start + (1 - start) * t / length);
    }
    return clock == Clock.STEPS
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
  public boolean keepsWeights() {
    return then.keepsWeights();
  }

  @Override
  public boolean returnsToWeights() {
    return then.returnsToWeights();
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
    return "warm-up of " + Formula.counted(clock, length) + " from " + start + ", then " + then;
  }
}
