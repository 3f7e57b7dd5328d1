package io.lanewise.plot;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** An axis of a chart: where a number is on it, and the few that are written beside it. */
final class Axis {
  private static final double LARGEST_PLAIN = 1e6;
  private static final double SMALLEST_PLAIN = 1e-5;
  // So much smaller is what the later part spans that the whole has to be by powers.
  private static final double FLAT = 0.2;
  private static final double WORTH_POWERS = 5;

  private final double from;
  private final double to;
  private final boolean powers;
  private final double[] ticks;

  private Axis(double from, double to, boolean powers, double[] ticks) {
    this.from = from;
    this.to = to;
    this.powers = powers;
    this.ticks = ticks;
  }

  /** From one round number to another, which hold these. */
  static Axis round(double least, double most, int steps) {
    // What never changes is seen against 0.
    boolean flat = most == least && most != 0;
    double from = flat ? Math.min(0, least) : least;
    double to = flat ? Math.max(0, most) : most;
    Scale scale = Scale.of(from, to, steps);
    double[] ticks = IntStream.range(0, scale.count()).mapToDouble(scale::at).toArray();
    return new Axis(scale.from(), scale.to(), false, ticks);
  }

  /** From the one to the other, with the round numbers that are between them. */
  static Axis exact(double least, double most, int steps) {
    if (!(most > least)) {
      return round(least, most, steps);
    }
    Axis wider = round(least, most, steps);
    double room = 1e-9 * (most - least);
    double[] ticks =
        Arrays.stream(wider.ticks).filter(t -> t >= least - room && t <= most + room).toArray();
    return new Axis(least, most, false, ticks);
  }

  /** Of whole numbers, such as epochs. */
  static Axis whole(double least, double most, int steps) {
    Axis axis = exact(least, most, steps);
    double[] ticks =
        DoubleStream.concat(DoubleStream.of(least), Arrays.stream(axis.ticks))
            .filter(t -> t == Math.rint(t))
            .distinct()
            .sorted()
            .toArray();
    // The first epoch is written, unless the next number stands on it.
    boolean close = ticks.length > 1 && ticks[1] - ticks[0] < (most - least) / (2.0 * steps);
    return new Axis(
        axis.from, axis.to, false, close ? Arrays.copyOfRange(ticks, 1, ticks.length) : ticks);
  }

  /** By powers of ten; both must be more than 0. */
  static Axis powers(double least, double most, int steps) {
    double low = Math.log10(least);
    double high = Math.log10(most);
    double pad = Math.max(0.02, 0.04 * (high - low));
    double from = low - pad;
    double to = high + pad;
    double[] ticks = {};
    double[][] digits = {{1}, {1, 3}, {1, 2, 5}};
    for (int d = 0; d < digits.length && ticks.length < 3; d++) {
      double[] each = digits[d];
      ticks =
          IntStream.rangeClosed((int) Math.floor(from), (int) Math.floor(to))
              .boxed()
              .flatMapToDouble(e -> Arrays.stream(each).map(x -> x * Math.pow(10, e)))
              .filter(x -> Math.log10(x) >= from && Math.log10(x) <= to)
              .toArray();
    }
    int every = (ticks.length + steps) / (steps + 1);
    double[] all = ticks;
    double[] some =
        IntStream.range(0, all.length)
            .filter(i -> i % Math.max(1, every) == 0)
            .mapToDouble(i -> all[i])
            .toArray();
    return new Axis(from, to, true, some);
  }

  /** Whether the later three quarters of a curve would be a flat line at the foot of the first. */
  static boolean wantsPowers(double[] curve) {
    double[] all = Arrays.stream(curve).filter(Chart::isDrawn).toArray();
    if (all.length < 4 || Arrays.stream(all).anyMatch(v -> v <= 0)) {
      return false;
    }
    double[] later = Arrays.copyOfRange(all, all.length / 4, all.length);
    double most = Arrays.stream(all).max().getAsDouble();
    double least = Arrays.stream(all).min().getAsDouble();
    double laterMost = Arrays.stream(later).max().getAsDouble();
    return most / least > WORTH_POWERS && laterMost - least < FLAT * (most - least);
  }

  boolean isPowers() {
    return powers;
  }

  double[] ticks() {
    return ticks.clone();
  }

  /** Returns where a number is: 0 at the beginning, 1 at the end. */
  double place(double value) {
    double v = powers ? Math.log10(value) : value;
    return Math.clamp((v - from) / (to - from), 0, 1);
  }

  /** Returns a tick as text. */
  String text(double tick) {
    if (powers) {
      return tick >= LARGEST_PLAIN || tick < 0.001
          ? String.format(Locale.ROOT, "%.0e", tick).replace("e-0", "e-").replace("e+0", "e")
          : Html.tick(Double.parseDouble(String.format(Locale.ROOT, "%.1e", tick)));
    }
    double step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : to - from;
    double size = Math.max(Math.abs(from), Math.abs(to));
    if (size >= LARGEST_PLAIN || step < SMALLEST_PLAIN) {
      double digits = Math.floor(Math.log10(size)) - Math.floor(Math.log10(step) + 1e-9);
      String text = String.format(Locale.ROOT, "%." + (int) Math.clamp(digits, 0, 6) + "e", tick);
      return tick == 0 ? "0" : text.replaceFirst("e([+-])0*(?=[0-9])", "e$1").replace("e+", "e");
    }
    int decimals = (int) Math.clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 9);
    return String.format(Locale.ROOT, "%." + decimals + "f", tick + 0.0);
  }
}
