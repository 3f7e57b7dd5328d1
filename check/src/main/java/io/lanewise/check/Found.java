package io.lanewise.check;

import io.lanewise.check.ConformanceReport.Difference;
import io.lanewise.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/** What was found about one call: the first element that is wrong, and that of the worst error. */
final class Found {
  private final long call;
  private final String operation;
  private final String detail;
  private final String arguments;
  private final Judge judge;
  private @Nullable Difference first;
  private @Nullable Difference worst;

  /**
   * @param detail the rest of what was asked for
   * @param arguments the names of the windows, with spaces between them
   */
  Found(long call, String operation, String detail, String arguments, Judge judge) {
    this.call = call;
    this.operation = operation;
    this.detail = detail;
    this.arguments = arguments;
    this.judge = judge;
  }

  String argument(int window) {
    return arguments.split(" ")[window];
  }

  /** The first that is wrong, or null. */
  @Nullable Difference first() {
    return first;
  }

  /** The one of the worst error, be it tolerated or not; null where there is none. */
  @Nullable Difference worst() {
    return worst;
  }

  void thrown(Throwable e) {
    Difference one =
        new Difference(
            call,
            what(),
            "",
            new Matrix(),
            0,
            Float.NaN,
            Float.NaN,
            Ulps.NAN,
            Double.POSITIVE_INFINITY,
            e);
    first = first == null ? one : first;
    worst = worst == null || one.error() > worst.error() ? one : worst;
  }

  /**
   * Looks through an array that has other bits than it should.
   *
   * @param window the first that has the array
   * @param at the index of the first that differs
   */
  void different(int window, int at, float[] expected, float[] actual) {
    int worstAt = -1;
    double most = worst == null ? 0 : worst.error();
    for (int i = at; i < expected.length; i++) {
      double error = judge.error(window, i);
      if (first == null && !judge.tolerates(error)) {
        first = difference(window, i, expected[i], actual[i], error);
      }
      if (error > most) {
        most = error;
        worstAt = i;
      }
    }
    if (worstAt >= 0) {
      worst = difference(window, worstAt, expected[worstAt], actual[worstAt], most);
    }
  }

  private Difference difference(int window, int i, float expected, float actual, double error) {
    int in = windowOf(window, i);
    return new Difference(
        call,
        what(),
        argument(in),
        judge.windows()[in],
        i,
        expected,
        actual,
        Ulps.distance(expected, actual),
        error,
        null);
  }

  private String what() {
    return operation + " " + detail;
  }

  /** Of several that share an array the one that the element is in, or else the first. */
  private int windowOf(int window, int at) {
    Matrix[] windows = judge.windows();
    for (int i = window; i < windows.length; i++) {
      if (windows[i] != null
          && windows[i].array() == windows[window].array()
          && Difference.isIn(windows[i], at)) {
        return i;
      }
    }
    return window;
  }
}
