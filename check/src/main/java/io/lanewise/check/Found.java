package io.lanewise.check;

import io.lanewise.check.KernelConformance.Difference;
import io.lanewise.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * What was found about one call: where in which argument the first difference and the worst are.
 */
final class Found {
  private final long call;
  private final String operation;
  private final String detail;
  private final String arguments;
  private final Matrix[] windows;
  private @Nullable Difference first;
  private @Nullable Difference worst;

  /**
   * @param detail the rest of what was asked for
   * @param arguments the names of the windows, with spaces between them
   */
  Found(long call, String operation, String detail, String arguments, Matrix[] windows) {
    this.call = call;
    this.operation = operation;
    this.detail = detail;
    this.arguments = arguments;
    this.windows = windows;
  }

  String argument(int window) {
    return arguments.split(" ")[window];
  }

  @Nullable Difference first() {
    return first;
  }

  @Nullable Difference worst() {
    return worst;
  }

  void thrown(Throwable e) {
    add(new Difference(call, what(), "", new Matrix(), 0, Float.NaN, Float.NaN, Ulps.NAN, e));
  }

  /**
   * Adds the first different element of an array and that of the largest distance.
   *
   * @param window the first that has the array
   * @param at the index of the first
   */
  void different(int window, int at, float[] expected, float[] actual) {
    int most = at;
    long distance = Ulps.distance(expected[at], actual[at]);
    for (int i = at + 1; i < expected.length; i++) {
      long other = Ulps.distance(expected[i], actual[i]);
      if (other > distance) {
        most = i;
        distance = other;
      }
    }
    for (int i : new int[] {at, most}) {
      int in = windowOf(window, i);
      float e = expected[i];
      float a = actual[i];
      long ulps = Ulps.distance(e, a);
      add(new Difference(call, what(), argument(in), windows[in], i, e, a, ulps, null));
    }
  }

  private String what() {
    return operation + " " + detail;
  }

  private void add(Difference one) {
    first = first == null ? one : first;
    worst = worst == null || one.ulps() > worst.ulps() ? one : worst;
  }

  /** Of several that share an array the one that the element is in, or else the first. */
  private int windowOf(int window, int at) {
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
