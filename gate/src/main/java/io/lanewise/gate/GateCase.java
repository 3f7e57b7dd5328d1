package io.lanewise.gate;

import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * One case of a gate. Its figure is the time of a run of the ruler over that of a run of the work,
 * so that more is better, and it changes with the work alone.
 */
public final class GateCase {
  private final String name;
  private final Work.Preparation preparation;
  private final Ruler ruler;
  private final double scale;
  private final Rules rules;

  GateCase(String name, Work.Preparation preparation) {
    this(name, preparation, Ruler.INTEGER, 1, null);
  }

  private GateCase(
      String name, Work.Preparation preparation, Ruler ruler, double scale, Rules rules) {
    this.name = name;
    this.preparation = preparation;
    this.ruler = ruler;
    this.scale = scale;
    this.rules = rules == null ? Rules.of(figure -> times(figure, ruler)) : rules;
  }

  private static String times(double figure, Ruler ruler) {
    return String.format(Locale.ROOT, "%.4g of %s", figure, ruler);
  }

  /** Returns this case held against a ruler. Default: {@link Ruler#INTEGER}. */
  public GateCase against(Ruler other) {
    Check.given("ruler", other);
    Rules shown = rules.format(figure -> times(figure, other));
    return new GateCase(name, preparation, other, scale, shown);
  }

  /**
   * Returns this case with a limit of what it may allocate. Default: not more than before.
   *
   * @param bytes a run, &gt;= 0
   */
  public GateCase allocating(double bytes) {
    if (!(bytes >= 0)) {
      throw new IllegalArgumentException("bytes must be >= 0, got " + bytes);
    }
    return new GateCase(name, preparation, ruler, scale, rules.limit(bytes));
  }

  /**
   * Returns this case with another figure. Comes after {@link #against}.
   *
   * @param factor that the ratio of the times is multiplied by, &gt; 0
   * @param format the figure for people
   */
  public GateCase figure(double factor, DoubleFunction<String> format) {
    if (!(factor > 0)) {
      throw new IllegalArgumentException("factor must be > 0, got " + factor);
    }
    Rules shown = rules.format(Check.given("format", format));
    return new GateCase(name, preparation, ruler, factor, shown);
  }

  /**
   * Returns this case with a figure that it cannot exceed: more means that its work was not done.
   */
  public GateCase atMost(double figure) {
    return new GateCase(name, preparation, ruler, scale, rules.most(figure));
  }

  /** Returns what it is called. */
  public String name() {
    return name;
  }

  Ruler ruler() {
    return ruler;
  }

  double scale() {
    return scale;
  }

  Rules rules() {
    return rules;
  }

  Work prepare() throws Exception {
    return preparation.prepare();
  }
}
