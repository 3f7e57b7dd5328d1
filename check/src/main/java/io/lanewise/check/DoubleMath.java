package io.lanewise.check;

/**
 * What the references in double need and StrictMath lacks.
 *
 * <p>The approximations were made for this class in 60 digits: Chebyshev interpolation, written out
 * as polynomials; their own error is below 1e-16.
 */
final class DoubleMath {
  // erf(x) / x - 1, in powers of x^2, for |x| < 0.75.
  private static final double[] ERF = {
    0.1283791670955126,
    -0.37612638903183754,
    0.11283791670955087,
    -0.02686617064511852,
    0.005223977625223246,
    -0.0008548327001223344,
    0.00012055331549810692,
    -1.4925589533723744e-05,
    1.6460386405915453e-06,
    -1.633327165692877e-07,
    1.4414195873086809e-08,
    -9.503863762341979e-10,
  };

  // e^(x^2) erfc(x) (1 + 2x), in powers of (5 (x - 3) / (x + 3) - 1) / 4, for x >= 0.75.
  private static final double[] ERFC = {
    1.224848042738414,
    -0.11392258321286493,
    0.004168502775793755,
    0.029653681511537834,
    -0.02635387323264461,
    0.013956618910824243,
    -0.004890313327156662,
    0.0009211760497347863,
    7.660923562975315e-05,
    -9.778594887834685e-05,
    1.495930463433535e-05,
    6.845559148825208e-06,
    -2.5843846916306116e-06,
    -4.667796754768412e-07,
    3.432649567845415e-07,
    3.8867929948781054e-08,
    -4.536196431586538e-08,
    -5.055737356577391e-09,
    6.081832831725951e-09,
    9.186476753434325e-10,
    -7.374547456451757e-10,
    -1.5418633813797554e-10,
    5.683762325739863e-11,
    1.4844414453291298e-11,
  };

  private DoubleMath() {}

  /** Returns erf x, within 4e-16 of its value. */
  public static double erf(double x) {
    double a = Math.abs(x);
    if (a < 0.75) {
      return x + x * polynomial(ERF, x * x);
    }
    return Math.copySign(1 - erfcOfLarge(a), x);
  }

  /** Returns 1 - erf x without its cancellation, within 1e-15 of its value. */
  public static double erfc(double x) {
    if (Math.abs(x) < 0.75) {
      return 1 - erf(x);
    }
    return x < 0 ? 2 - erfcOfLarge(-x) : erfcOfLarge(x);
  }

  /** erfc(x) for x &gt;= 0.75, or NaN. */
  private static double erfcOfLarge(double x) {
    if (x > 28) {
      return 0;
    }
    double square = x * x;
    // What rounding took from the square, which the exponential would magnify.
    double rest = Math.fma(x, x, -square);
    double z = 1.25 * ((x - 3) / (x + 3)) - 0.25;
    double e = StrictMath.exp(-square);
    return (e - e * rest) * polynomial(ERFC, z) / (1 + 2 * x);
  }

  private static double polynomial(double[] c, double x) {
    double p = c[c.length - 1];
    for (int i = c.length - 2; i >= 0; i--) {
      p = Math.fma(p, x, c[i]);
    }
    return p;
  }
}
