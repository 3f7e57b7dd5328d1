package io.lanewise.gate;

import io.lanewise.gate.Bootstrap.Interval;
import java.util.Locale;

/**
 * What the forks of a case say.
 *
 * @param name of the case
 * @param figure the median, more is better; NaN of no fork that was warm
 * @param shown the figure for people
 * @param before the figure it is held against; NaN if there is none
 * @param shownBefore that for people
 * @param change the one over the other, with its interval; null if there is none
 * @param bytes allocated in a run; NaN if nobody looked
 * @param allowed what it may allocate; NaN if there is no limit
 * @param site what is allocated where; null if that is not known
 * @param failure why it measured nothing, or why the base did not; null if both measured
 * @param strict whether undecided is failed
 */
public record Verdict(
    String name,
    Kind kind,
    double figure,
    String shown,
    double before,
    String shownBefore,
    Interval change,
    double bytes,
    double allowed,
    String site,
    String failure,
    boolean strict) {
  /** Half way to a tenth, which must be seen: noise of less than 5% either way decides nothing. */
  static final double TOLERANCE = 0.05;

  /** Of both sides in turn on one machine: nothing but the noise of forks is left. */
  static final double TOLERANCE_SIDE_BY_SIDE = 0.03;

  /** The same code has other fractions of a ruler on another processor. */
  static final double TOLERANCE_OTHER_PROCESSOR = 0.3;

  /** Of two or three forks nothing is known that another could confirm. */
  static final int LEAST_FORKS = 3;

  // An interval so wide could hide a tenth.
  private static final double WIDE = 0.1;

  /** In words. */
  public enum Kind {
    /** Not slower. */
    PASSED("ok"),
    /** Faster by more than is let pass. */
    FASTER("faster"),
    /** The interval holds both. */
    UNDECIDED("undecided: the machine is too noisy"),
    /** Most forks were not compiled when they were measured. */
    COLD("undecided: not warmed up"),
    /** Fewer than three forks on a side. */
    FEW("undecided: fewer than 3 forks"),
    /** The baseline does not have it. */
    NO_BASELINE("no baseline"),
    /** The base does not have it, or a figure that means the same. */
    NEW("new"),
    /** Slower by more than is let pass. */
    SLOWER("SLOWER"),
    /** Allocates more than it may. */
    ALLOCATES("ALLOCATES"),
    /** More than can be. */
    IMPOSSIBLE("FASTER THAN THE PEAK"),
    /** It threw, or its process ended. */
    BROKEN("DOES NOT RUN");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** Returns it for people. */
    public String words() {
      return words;
    }
  }

  /**
   * The sides of a case, as they were measured.
   *
   * @param forks that were warm
   * @param fewest the forks of the side that has fewer
   */
  record Sides(
      double figure, int forks, int coldForks, double before, Interval change, int fewest) {}

  static Verdict of(
      String name,
      Rules rules,
      Sides sides,
      Fork.Bytes bytes,
      Fork.Bytes bytesBefore,
      Kind withoutBefore,
      double tolerance,
      boolean strict) {
    double allowed =
        !Double.isNaN(rules.limit())
            ? rules.limit()
            : bytesBefore == null ? Double.NaN : bytesBefore.median();
    Kind kind;
    if (sides.forks() == 0 || sides.coldForks() > sides.forks()) {
      kind = Kind.COLD;
    } else if (allocates(rules, bytes, bytesBefore)) {
      kind = Kind.ALLOCATES;
    } else if (sides.figure() > rules.most()) {
      kind = Kind.IMPOSSIBLE;
    } else if (sides.change() == null) {
      kind = withoutBefore;
    } else {
      kind = kind(sides, tolerance);
    }
    return new Verdict(
        name,
        kind,
        sides.figure(),
        show(rules, sides.figure()),
        sides.before(),
        show(rules, sides.before()),
        kind == Kind.COLD ? null : sides.change(),
        bytes == null ? Double.NaN : bytes.median(),
        allowed,
        bytes == null ? null : bytes.site(),
        null,
        strict);
  }

  /** Of a case that did not run. */
  static Verdict broken(String name, String failure, boolean strict) {
    double none = Double.NaN;
    return new Verdict(
        name, Kind.BROKEN, none, "", none, "", null, none, none, null, failure, strict);
  }

  /** Returns the same of a case that the base could not run. */
  Verdict notInTheBase(String why) {
    return new Verdict(
        name, kind, figure, shown, before, shownBefore, change, bytes, allowed, site, why, strict);
  }

  private static String show(Rules rules, double figure) {
    return Double.isNaN(figure) ? "" : rules.format().apply(figure);
  }

  /** Half a byte more than before is within what counts as the same: nothing is that small. */
  static boolean allocates(Rules rules, Fork.Bytes bytes, Fork.Bytes before) {
    if (bytes == null) {
      return false;
    }
    if (!Double.isNaN(rules.limit())) {
      return bytes.median() > rules.limit();
    }
    return before != null && bytes.low() > before.high() + 0.5;
  }

  private static Kind kind(Sides sides, double tolerance) {
    Interval change = sides.change();
    if (sides.fewest() < LEAST_FORKS) {
      return Kind.FEW;
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
    return kind == Kind.SLOWER || kind == Kind.UNDECIDED || kind == Kind.FEW;
  }

  /** Returns whether the forks say neither that it passed nor that it failed. */
  public boolean undecided() {
    return kind == Kind.UNDECIDED || kind == Kind.COLD || kind == Kind.FEW;
  }

  /** Returns whether it failed: slower, allocates, cannot be; in strict mode also undecided. */
  public boolean fails() {
    return kind == Kind.SLOWER
        || kind == Kind.ALLOCATES
        || kind == Kind.IMPOSSIBLE
        || kind == Kind.BROKEN
        || strict && undecided();
  }

  /** Returns whether it has nothing to be held against. */
  boolean unknown() {
    return kind == Kind.NO_BASELINE;
  }

  /**
   * Passes or not, for a test framework.
   *
   * @throws AssertionError if it {@link #fails}, with the reason
   */
  public void check() {
    if (fails()) {
      throw new AssertionError(reason());
    }
  }

  /** The line of the table. */
  String line() {
    return String.format(Locale.ROOT, "%-36s %-22s %-24s %s", name, shown, interval(), kind.words())
        .stripTrailing();
  }

  /** Returns why it did not pass, or what there is to say, in a sentence. */
  public String reason() {
    return switch (kind) {
      case ALLOCATES ->
          String.format(
              Locale.ROOT,
              "%s: allocates %s bytes a run, %s%s",
              name,
              number(bytes),
              allowed == 0 ? "must be 0" : "may be " + number(allowed),
              site == null ? "" : ": " + site);
      case COLD -> name + ": not warmed up in most forks, so nothing is known of it";
      case IMPOSSIBLE -> name + ": " + shown + " cannot be: its work was not done";
      case FEW -> name + ": fewer than 3 forks on a side say nothing of the next fork";
      case BROKEN -> name + ": does not run: " + failure;
      case NO_BASELINE, NEW ->
          name
              + ": "
              + shown
              + ", nothing to compare with"
              + (failure == null ? "" : ", since the base does not run: " + failure);
      case UNDECIDED -> name + ": the machine is too noisy to tell: " + shown + against();
      default -> name + ": " + shown + against();
    };
  }

  private String against() {
    return ", before " + shownBefore + ", " + interval();
  }

  /** 16, and 0.5 where it is no whole number. */
  static String number(double bytes) {
    return bytes == Math.rint(bytes) || bytes >= 1000
        ? String.format(Locale.ROOT, "%.0f", bytes)
        : String.format(Locale.ROOT, "%.1f", bytes);
  }

  /** The change in percent of the speed, with its interval; empty if there is none. */
  String interval() {
    return change == null
        ? ""
        : String.format(
            Locale.ROOT,
            "%+.1f%% (%+.1f to %+.1f)",
            100 * (change.estimate() - 1),
            100 * (change.low() - 1),
            100 * (change.high() - 1));
  }
}
