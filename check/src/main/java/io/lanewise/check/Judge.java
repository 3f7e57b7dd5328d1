package io.lanewise.check;

import io.lanewise.check.ConformanceReport.Difference;
import io.lanewise.kernel.Matrix;

/** Says of one call how wrong an element is whose bits differ. */
final class Judge {
  private final Measure measure;
  private final Settings settings;
  private final double allowed;
  private final Matrix[] in;
  private final Matrix[] expected;
  private final Matrix[] actual;

  /**
   * @param in the windows before the call
   * @param expected after that of the scalar kernels
   * @param actual after the candidate's
   */
  Judge(Measure measure, Settings settings, Matrix[] in, Matrix[] expected, Matrix[] actual) {
    this.measure = measure;
    this.settings = settings;
    this.allowed = measure.allowed(settings);
    this.in = in;
    this.expected = expected;
    this.actual = actual;
  }

  Matrix[] windows() {
    return in;
  }

  boolean tolerates(double error) {
    return error <= allowed;
  }

  /**
   * Returns the error of an element: 0 for the same bits, infinite for what is no result.
   *
   * @param window the first that has the array
   */
  double error(int window, int at) {
    float e = expected[window].array()[at];
    float a = actual[window].array()[at];
    if (Float.floatToIntBits(e) == Float.floatToIntBits(a)) {
      return 0;
    }
    int output = output(window, at);
    if (settings.finite() && output >= 0 && !Float.isFinite(e)) {
      return 0;
    }
    if (allowed == 0) {
      long ulps = Ulps.distance(e, a);
      return ulps == Ulps.NAN ? Double.POSITIVE_INFINITY : ulps;
    }
    if (output < 0) {
      return Double.POSITIVE_INFINITY;
    }
    int from = at - in[output].off();
    int ld = in[output].ld();
    double error = measure.error().of(in, expected, actual, output, from / ld, from % ld);
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  /** The result that the element is of, or -1. */
  private int output(int window, int at) {
    for (int w = 0; w < in.length; w++) {
      // Where nothing but bits is defined, every window may be a result.
      boolean result = measure == Measure.NONE;
      for (int output : measure.outputs()) {
        result |= output == w;
      }
      if (result
          && in[w] != null
          && in[w].array() == in[window].array()
          && Difference.isIn(in[w], at)) {
        return w;
      }
    }
    return -1;
  }
}
