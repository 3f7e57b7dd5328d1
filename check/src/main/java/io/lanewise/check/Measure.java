package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import org.jspecify.annotations.Nullable;

/**
 * How far an element of a result may be from the scalar kernels', where bits are not asked for. An
 * elementwise function is measured in units in the last place. A sum is measured in its own
 * rounding errors: |c - exact| / (k u sum of |terms|), with the exact value and the terms in
 * double, u = 2^-24 and k the number of the terms, so that 1 is what no order of summation exceeds
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1). Units in the last
 * place say nothing of a sum that cancels.
 *
 * @param unit what it counts
 * @param outputs the windows that it is for; all else is held to its bits
 */
record Measure(String unit, Error error, int... outputs) {
  static final String BITS = "ulp";
  private static final String ULPS = "ulp";
  private static final String ROUNDING = "x rounding";
  private static final double U = 0x1p-24;
  // Of an activation after a product: none is steeper than twice, nor less accurate than this.
  private static final double STEEPEST = 2;
  private static final double FUNCTION = 8 * U;

  /** The error of element (i, j) of a window. */
  interface Error {
    /**
     * @param in all windows before the call
     * @param expected all windows after the call of the scalar kernels
     * @param actual all windows after the candidate's
     */
    double of(Matrix[] in, Matrix[] expected, Matrix[] actual, int window, int i, int j);
  }

  /** Of operations that nothing but bits is defined for. */
  static final Measure NONE = new Measure(BITS, (in, e, a, w, i, j) -> Double.POSITIVE_INFINITY);

  /** The largest error that passes; 0 for the bits. */
  double allowed(Settings settings) {
    return this == NONE ? 0 : unit.equals(ULPS) ? settings.ulps() : settings.rounding();
  }

  static Measure ulps(int output) {
    return new Measure(
        ULPS, (in, e, a, w, i, j) -> Ulps.distance(e[w].get(i, j), a[w].get(i, j)), output);
  }

  /** In units of the result or of another window's element, whichever is larger. */
  static Measure ulpsOfLarger(int output, int other) {
    return new Measure(
        ULPS,
        (in, e, a, w, i, j) ->
            inUlpsOf(
                Math.max(Math.abs(e[w].get(i, j)), Math.abs(in[other].get(i, j))),
                e[w].get(i, j),
                a[w].get(i, j)),
        output);
  }

  private static double inUlpsOf(double size, float expected, float actual) {
    if (Float.isNaN(expected) || Float.isNaN(actual)) {
      return Double.POSITIVE_INFINITY;
    }
    float ulp = Math.ulp((float) Math.min(size, Float.MAX_VALUE));
    // Infinity is one step beyond the largest float.
    return Math.abs(finite(expected) - finite(actual)) / ulp;
  }

  private static double finite(float x) {
    return Float.isInfinite(x) ? Math.copySign(0x1p128, x) : x;
  }

  /**
   * Of parameters and states: in units of the largest of the old value, the new one, and what a
   * state that cancels puts into the step.
   */
  static Measure update() {
    return new Measure(
        ULPS,
        (in, e, a, w, i, j) -> {
          double old = in[w].get(i, j);
          double now = e[w].get(i, j);
          double size = Math.abs(old) + Math.abs(now);
          if (w == 0) {
            double step = Math.abs(now - old);
            size += step * (cancels(in[2], e[2], j) + cancels(in[3], e[3], j));
          } else {
            size += Math.abs(in[1].get(i, j)) + Math.abs(in[0].get(i, j));
          }
          return inUlpsOf(size, e[w].get(i, j), a[w].get(i, j));
        },
        0,
        2,
        3);
  }

  /** How much larger a state was before. */
  private static double cancels(@Nullable Matrix before, @Nullable Matrix after, int j) {
    return before == null || after == null || after.get(0, j) == 0f
        ? 0
        : Math.abs((double) before.get(0, j) / after.get(0, j));
  }

  static Measure columnSums() {
    return new Measure(
        ROUNDING,
        (in, e, a, w, i, j) -> {
          Sum sum = new Sum();
          for (int r = 0; r < in[0].rows(); r++) {
            sum.add(in[0].get(r, j));
          }
          return sum.error(a[w].get(i, j));
        },
        1);
  }

  /** The result is in two parts. */
  static Measure sumOfSquares() {
    return new Measure(
        ROUNDING,
        (in, e, a, w, i, j) -> {
          Sum sum = new Sum();
          for (int c = 0; c < in[0].columns(); c++) {
            sum.add((double) in[0].get(0, c) * in[0].get(0, c));
          }
          return sum.error((double) a[w].get(0, 0) + a[w].get(0, 1));
        },
        1);
  }

  /**
   * Relative: n terms of the sum, the exponential and the quotient, and z - max in the exponent.
   */
  static Measure softmax() {
    return new Measure(
        ROUNDING,
        (in, e, a, w, i, j) -> {
          double p = e[w].get(i, j);
          double rounding = in[0].columns() + 4 - Math.log(Math.max(p, Float.MIN_VALUE));
          return error(a[w].get(i, j), p, rounding * (U * p + Float.MIN_VALUE));
        },
        1);
  }

  static Measure logSoftmax() {
    return new Measure(
        ROUNDING,
        (in, e, a, w, i, j) -> {
          double log = e[w].get(i, j);
          return error(a[w].get(i, j), log, (in[0].columns() + 4 + 2 * Math.abs(log)) * U);
        },
        1);
  }

  static Measure normalize() {
    return new Measure(
        ROUNDING,
        (in, e, a, w, i, j) -> {
          Sum sum = new Sum();
          sum.add((double) in[0].get(i, j) * in[2].get(0, j));
          sum.add(-(double) in[1].get(0, j) * in[2].get(0, j));
          sum.add(in[3].get(0, j));
          return sum.error(a[w].get(i, j));
        },
        4);
  }

  static Measure product(Transpose form, Epilogue epilogue) {
    return new Measure(
        ROUNDING,
        (in, e, a, w, i, j) -> product(form, epilogue, in, i, j, e[w].get(i, j), a[w].get(i, j)),
        2);
  }

  private static double product(
      Transpose form, Epilogue e, Matrix[] in, int i, int j, float expected, float actual) {
    int k = e.alpha() == 0f ? 0 : form.a() ? in[0].rows() : in[0].columns();
    Sum chain = new Sum();
    Sum sum = new Sum();
    for (int p = 0; p < k; p++) {
      double a = form.a() ? in[0].get(p, i) : in[0].get(i, p);
      double term = a * (form.b() ? in[1].get(j, p) : in[1].get(p, j));
      chain.add(term);
      sum.add(e.alpha() * term);
    }
    if (chain.overflows()) {
      return 0;
    }
    if (e.isScaled()) {
      sum.add(e.beta() == 0f ? 0 : (double) e.beta() * in[2].get(i, j));
      sum.add(0);
    } else if (e.start() == Epilogue.Start.BIAS) {
      sum.add(in[3].get(0, j));
    } else if (e.start() == Epilogue.Start.ACCUMULATE) {
      sum.add(in[2].get(i, j));
    }
    if (e.activation() == Activation.IDENTITY && e.derivative() == null) {
      return sum.error(actual);
    }
    if (sum.overflows()) {
      return 0;
    }
    if (!Double.isFinite(sum.value)) {
      return Float.compare(expected, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    if (e.derivative() == null) {
      double f = e.activation().apply((float) sum.value);
      return error(actual, f, STEEPEST * sum.bound() + FUNCTION * Math.abs(f));
    }
    double slope = e.derivative().derivative(in[4].get(i, j));
    double rounding = FUNCTION * (Math.abs(sum.value * slope) + Math.abs(sum.value));
    return error(actual, sum.value * slope, sum.bound() * Math.abs(slope) + rounding);
  }

  private static double error(double actual, double exact, double bound) {
    if (Double.isNaN(actual) || Double.isNaN(exact)) {
      return Double.isNaN(actual) && Double.isNaN(exact) ? 0 : Double.POSITIVE_INFINITY;
    }
    return actual == exact ? 0 : Math.abs(actual - exact) / bound;
  }

  /** A sum in double, whose terms are exact, and the sum of their magnitudes. */
  private static final class Sum {
    private double value;
    private double size;
    private int terms;

    void add(double term) {
      value += term;
      size += Double.isFinite(term) ? Math.abs(term) : 0;
      terms++;
    }

    /** Whether some order of summation might leave the range of float. */
    boolean overflows() {
      return size >= Float.MAX_VALUE;
    }

    /** The rounding error of a float sum in any order, and of products that are subnormal. */
    double bound() {
      return Math.max(1, terms) * (U * size + Float.MIN_VALUE);
    }

    double error(double actual) {
      return overflows() ? 0 : Measure.error(actual, value, bound());
    }
  }
}
