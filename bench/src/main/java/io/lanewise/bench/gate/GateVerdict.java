package io.lanewise.bench.gate;

import io.lanewise.bench.Bootstrap;
import io.lanewise.bench.Bootstrap.Interval;
import io.lanewise.bench.gate.ForkRunner.Fork;
import java.util.List;
import java.util.Locale;

/**
 * What the forks of a case say.
 *
 * @param figure the median; NaN of no fork that was warm
 * @param change the figure over that of the baseline, with its interval; null without a baseline
 * @param before the baseline's figure
 * @param bytes allocated in a run
 */
record GateVerdict(
    GateCase gateCase, Kind kind, double figure, Interval change, double before, double bytes) {
  /** Half way to a tenth, which must be seen: noise of less than 5% either way decides nothing. */
  static final double TOLERANCE = 0.05;

  /** The same kernels have other fractions of the peak on another processor. */
  static final double TOLERANCE_OTHER_PROCESSOR = 0.3;

  private static final double CONFIDENCE = 0.95;
  // An interval so wide could hide a tenth.
  private static final double WIDE = 0.1;

  /** In words. */
  enum Kind {
    PASSED("ok"),
    FASTER("faster"),
    UNDECIDED("undecided: the machine is too noisy"),
    COLD("undecided: not warmed up"),
    NO_BASELINE("no baseline"),
    SLOWER("SLOWER"),
    ALLOCATES("ALLOCATES"),
    IMPOSSIBLE("FASTER THAN THE PEAK");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  static GateVerdict of(GateCase c, List<Fork> forks, double[][] before, double tolerance) {
    List<Fork> warm = forks.stream().filter(Fork::warm).toList();
    double[][] figures = warm.stream().map(Fork::figures).toArray(double[][]::new);
    double figure = Bootstrap.median(figures);
    double bytes = Bootstrap.median(warm.stream().mapToDouble(Fork::bytes).toArray());
    double was = before == null ? Double.NaN : Bootstrap.median(before);
    // Of one warm fork in three nothing is known that another could confirm.
    if (warm.isEmpty() || 2 * warm.size() < forks.size()) {
      return new GateVerdict(c, Kind.COLD, figure, null, was, bytes);
    }
    Interval change = before == null ? null : Bootstrap.ratio(figures, before, CONFIDENCE);
    return new GateVerdict(
        c, kind(c, figure, change, bytes, tolerance), figure, change, was, bytes);
  }

  private static Kind kind(
      GateCase c, double figure, Interval change, double bytes, double tolerance) {
    if (bytes != 0) {
      return Kind.ALLOCATES;
    }
    boolean ofPeak = c.unit() == GateCase.Unit.FRACTION && c.reference() == Yardstick.PEAK;
    if (ofPeak && figure > 1.02) {
      return Kind.IMPOSSIBLE;
    }
    if (change == null) {
      return Kind.NO_BASELINE;
    }
    if (change.high() < 1 - tolerance) {
      return Kind.SLOWER;
    }
    if (change.low() > 1 - tolerance) {
      return change.low() > 1 + tolerance ? Kind.FASTER : Kind.PASSED;
    }
    boolean seemsSlower = change.estimate() < 1 - tolerance;
    boolean wide = change.high() - change.low() > WIDE;
    return seemsSlower || wide ? Kind.UNDECIDED : Kind.PASSED;
  }

  /** Whether it is worth another look. */
  boolean suspect() {
    return kind == Kind.SLOWER || kind == Kind.UNDECIDED;
  }

  /** Whether the forks say neither that it passed nor that it failed. */
  boolean undecided() {
    return kind == Kind.UNDECIDED || kind == Kind.COLD;
  }

  boolean fails() {
    return kind == Kind.SLOWER || kind == Kind.ALLOCATES || kind == Kind.IMPOSSIBLE;
  }

  /** The line of the table. */
  String line() {
    String now = now();
    String interval = change == null ? "" : interval();
    return String.format(
        Locale.ROOT, "%-36s %-22s %-24s %s", gateCase.name(), now, interval, kind.words);
  }

  private String now() {
    return Double.isNaN(figure) ? "" : gateCase.unit().format(figure, gateCase.reference());
  }

  /** Why it did not pass, in a sentence. */
  String reason() {
    if (kind == Kind.ALLOCATES) {
      return String.format(
          Locale.ROOT, "%s: allocates %.1f bytes a run, must be 0", gateCase.name(), bytes);
    }
    if (kind == Kind.COLD) {
      return gateCase.name() + ": not warmed up in most forks, so nothing is known of it";
    }
    String now = now();
    if (kind == Kind.IMPOSSIBLE) {
      return gateCase.name() + ": " + now + " cannot be: its work was not done";
    }
    return String.format(
        Locale.ROOT,
        "%s: %s%s, baseline %s, %s",
        gateCase.name(),
        undecided() ? "the machine is too noisy to tell: " : "",
        now,
        gateCase.unit().format(before, gateCase.reference()),
        interval());
  }

  private String interval() {
    return String.format(
        Locale.ROOT,
        "%+.1f%% (%+.1f to %+.1f)",
        100 * (change.estimate() - 1),
        100 * (change.low() - 1),
        100 * (change.high() - 1));
  }
}
