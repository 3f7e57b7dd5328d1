package io.lanewise.math;

/**
 * The elementary functions of the kernels, on floats: correct for every float there is, infinities,
 * NaN, signed zeros and subnormals among them.
 *
 * <p>Nothing here but float + - * / and fma, comparisons, selections and operations on the bits, so
 * that the result is the same on every machine, and in lanes: each function computes all its
 * branches and selects, and a kernel that computes in lanes repeats it operation by operation.
 * {@code FunctionAccuracy} of lanewise-check measures the errors over all 2<sup>32</sup> floats;
 * the bounds below are what it found, rounded up.
 *
 * <p>The method is the common one (W. J. Cody and W. Waite, Software Manual for the Elementary
 * Functions, 1980): reduce the argument by multiples of ln 2 in two pieces, or by powers of two;
 * then a polynomial. The coefficients are minimax fits made for these ranges and rounded to floats
 * one after another, the rest fitted again each time.
 */
public final class FloatMath {
  /** Lambda of SELU. */
  public static final float SELU_LAMBDA = 1.0507009873554805f;

  /** Lambda alpha of SELU. */
  public static final float SELU_LAMBDA_ALPHA = (float) (1.0507009873554805 * 1.6732632423543772);

  // Adding and subtracting it rounds to an integer; the low bits of the sum are that integer.
  private static final float ROUND = 0x1.8p23f;
  private static final float LOG2_E = 0x1.715476p0f;
  private static final float LN2_HI = 0x1.62e43p-1f;
  private static final float LN2_LO = -0x1.05c61p-29f;

  // 2^b as bits: what pow2 starts from.
  private static final int ONE = 127 << 23;
  private static final int HALF = 126 << 23;
  private static final int TWO_64 = (127 + 64) << 23;
  private static final int TWO_M32 = (127 - 32) << 23;

  private static final int SIGN = 0x80000000;
  private static final int EXPONENT = 0xff800000;
  // 2/3: mantissas are reduced to [2/3, 4/3).
  private static final int TWO_THIRDS = 0x3f2aaaab;

  private static final float SIXTH = 1f / 6;
  private static final float THIRD = 1f / 3;
  private static final float ODDS_SCALE = 0x1p-32f;
  // 2 sqrt(2/pi) (x + 0.044715 x^3)
  private static final float CUBIC_1 = (float) (2 * 0.7978845608028654);
  private static final float CUBIC_3 = (float) (2 * 0.7978845608028654 * 0.044715);

  private FloatMath() {}

  /** Returns e^x within 1 ulp, increasing with x; overflows to infinity. */
  public static float exp(float x) {
    float c = x < -104f ? -104f : x;
    c = c > 89f ? 89f : c;
    float n = Math.fma(c, LOG2_E, ROUND);
    float p = 1f + expm1Reduced(c, n);
    // In two factors, since 2^n itself may be no normal number.
    int i = Float.floatToRawIntBits(n);
    int half = i >> 1;
    return p
        * Float.intBitsToFloat((half << 23) + ONE)
        * Float.intBitsToFloat((i - half << 23) + ONE);
  }

  /** Returns e^x - 1 within 2 ulp, for small x too. */
  public static float expm1(float x) {
    float c = x < -18f ? -18f : x;
    c = c > 89f ? 89f : c;
    float n = Math.fma(c, LOG2_E, ROUND);
    // Half of it, since 2^128 is no float.
    float s = pow2(n, HALF);
    float y = Math.fma(s, expm1Reduced(c, n), s - 0.5f);
    // Doubling would lose a bit of a subnormal, and the sum the sign of zero.
    return Math.abs(x) < 0x1p-60f ? x : y + y;
  }

  /** Returns ln x within 1 ulp; -infinity at 0, NaN below. */
  public static float log(float x) {
    boolean subnormal = x < Float.MIN_NORMAL;
    float c = subnormal ? x * 0x1p25f : x;
    int bits = Float.floatToRawIntBits(c);
    int e = bits - TWO_THIRDS;
    float f = Float.intBitsToFloat(bits - (e & EXPONENT)) - 1f;
    float k = toFloat(e) - (subnormal ? ROUND + 25f : ROUND);
    float r = logOf(f, k);
    r = x < Float.POSITIVE_INFINITY ? r : x;
    r = x < 0f ? Float.NaN : r;
    return x == 0f ? Float.NEGATIVE_INFINITY : r;
  }

  /** Returns ln(1 + x) within 2 ulp, for small x too; -infinity at -1, NaN below. */
  public static float log1p(float x) {
    int i = Float.floatToRawIntBits(1f + x) - TWO_THIRDS;
    int e = i & EXPONENT;
    // f = 2^-k (1 + x) - 1, where 2^-k x is exact, and 2^(2-k) a normal number for every k.
    float scaled = Float.intBitsToFloat(Float.floatToRawIntBits(x) - e);
    float f = scaled + Math.fma(0.25f, Float.intBitsToFloat(ONE + (2 << 23) - e), -1f);
    float r = logOf(f, toFloat(i) - ROUND);
    r = x < Float.POSITIVE_INFINITY ? r : x;
    r = x < -1f ? Float.NaN : r;
    r = x == -1f ? Float.NEGATIVE_INFINITY : r;
    return Math.abs(x) < 0x1p-60f ? x : r;
  }

  /** Returns tanh x within 2 ulp, increasing and odd, never beyond 1. */
  public static float tanh(float x) {
    return tanh(x, pow2(tanhExponent(x), ONE));
  }

  /**
   * y[i] = tanh x[i], i = 0 .. n - 1. C2 makes vectors of the first loop and of the last one, not
   * of what goes from floats to bits.
   */
  public static void tanh(int n, float[] x, float[] y) {
    for (int i = 0; i < n; i++) {
      y[i] = tanhExponent(x[i]);
    }
    for (int i = 0; i < n; i++) {
      y[i] = pow2(y[i], ONE);
    }
    for (int i = 0; i < n; i++) {
      y[i] = tanh(x[i], y[i]);
    }
  }

  /** Returns k + ROUND, k the integer next to 2x / ln 2. */
  private static float tanhExponent(float x) {
    float c = Math.min(Math.abs(x), 10f);
    return Math.fma(c + c, LOG2_E, ROUND);
  }

  /** Returns tanh x, given s = 2^k; selects by factors of 0 and 1, which C2 makes vectors of. */
  private static float tanh(float x, float s) {
    float a = Math.abs(x);
    float c = Math.min(a, 10f);
    // 1 - 2 / (e^2x + 1) increases step by step; near 0 it would cancel.
    float big = 1f - 2f / Math.fma(s, expm1Reduced(c + c, tanhExponent(x)), s + 1f);
    float u = c * c;
    float p = -0x1.99565ep-8f;
    p = Math.fma(p, u, 0x1.58ec78p-6f);
    p = Math.fma(p, u, -0x1.b91f2p-5f);
    p = Math.fma(p, u, 0x1.110cfp-3f);
    p = Math.fma(p, u, -0x1.55554ap-2f);
    float small = Math.fma(p, u * c, c);
    // From 0.55 on.
    float isBig = Math.signum(Math.max(a - 0x1.199998p-1f, 0f));
    return (small * (1f - isBig) + big * isBig) * Math.signum(x);
  }

  /** Returns 1 / (1 + e^-x) within 2 ulp, increasing. */
  public static float sigmoid(float x) {
    return ODDS_SCALE / onePlusOdds(-x);
  }

  /** Returns erf x within 2 ulp. */
  public static float erf(float x) {
    float a = Math.abs(x);
    float c = a > 4f ? 4f : a;
    float u = c * c;
    float p = 0x1.4771fcp-14f;
    p = Math.fma(p, u, -0x1.a3515ep-11f);
    p = Math.fma(p, u, 0x1.53f224p-8f);
    p = Math.fma(p, u, -0x1.b7f71ap-6f);
    p = Math.fma(p, u, 0x1.ce2ce6p-4f);
    p = Math.fma(p, u, -0x1.81273ep-2f);
    p = Math.fma(p, u, 0x1.06eba8p-3f);
    float small = Math.fma(p, c, c);
    // ln erfc
    float y = 0x1.86d818p-13f;
    y = Math.fma(y, c, -0x1.825872p-9f);
    y = Math.fma(y, c, 0x1.65ca9p-6f);
    y = Math.fma(y, c, -0x1.a652f4p-4f);
    y = Math.fma(y, c, -0x1.46baf2p-1f);
    y = Math.fma(y, c, -0x1.2088eap0f);
    y = Math.fma(y, c, -0x1.661c7ep-12f);
    float n = Math.fma(y, LOG2_E, ROUND);
    float s = pow2(n, ONE);
    float big = 1f - Math.fma(s, expm1Reduced(y, n), s);
    return withSign(a < 1f ? small : big, x);
  }

  /** Returns ln(1 + e^x) within 2 ulp. */
  public static float softplus(float x) {
    float y = -Math.abs(x);
    y = y < -104f ? -104f : y;
    float e = exponential(y);
    boolean big = e > 0x1.555556p-2f;
    float f = big ? Math.fma(e, 0.5f, -0.5f) : e;
    float r = Math.fma(f * f, log1pTail(f), f) + (big ? LN2_HI : 0f);
    return r + (x > 0f ? x : 0f);
  }

  /** Returns lambda x for x &gt; 0, else lambda alpha (e^x - 1), within 2 ulp. */
  public static float selu(float x) {
    return x > 0f ? SELU_LAMBDA * x : SELU_LAMBDA_ALPHA * expm1(x);
  }

  /** Returns x sigmoid(x) within 3 ulp. */
  public static float silu(float x) {
    float c = x < -110f ? -110f : x;
    float y = c / onePlusOdds(-c) * ODDS_SCALE;
    return x > 60f ? x : y;
  }

  /** Returns the derivative of {@link #silu}, within 2e-7. */
  public static float siluDerivative(float x) {
    float a = Math.abs(x);
    a = a > 108f ? 108f : a;
    return gateDerivative(x, a, exponential(-a));
  }

  /** Returns x/2 (1 + erf(x / sqrt 2)) within 3 ulp or 1e-7. */
  public static float gelu(float x) {
    float c = x < -14.5f ? -14.5f : x;
    float a = Math.abs(c);
    a = a > 14.5f ? 14.5f : a;
    float tail = normalTail(a, exponential(a * a * -0.5f));
    return c * (x < 0f ? tail : 1f - tail);
  }

  /** Returns the derivative of {@link #gelu}, within 1e-6. */
  public static float geluDerivative(float x) {
    float a = Math.abs(x);
    a = a > 14.5f ? 14.5f : a;
    float e = exponential(a * a * -0.5f);
    float tail = normalTail(a, e);
    // x phi(x), phi(x) = e^(-x^2/2) / sqrt(2 pi)
    float slope = a * (e * 0x1.988454p-2f);
    return x < 0f ? -(slope - tail) : 1f - tail + slope;
  }

  /** Returns x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) within 3 ulp or 1e-7. */
  public static float geluTanh(float x) {
    float c = x < -10.8f ? -10.8f : x;
    // (1 + tanh u) / 2 = sigmoid(2u)
    float y = c * Math.fma(c * c, CUBIC_3, CUBIC_1);
    float g = c / onePlusOdds(-y) * ODDS_SCALE;
    return x > 10f ? x : g;
  }

  /** Returns the derivative of {@link #geluTanh}, within 4e-7. */
  public static float geluTanhDerivative(float x) {
    float a = Math.abs(x);
    a = a > 10.8f ? 10.8f : a;
    float u = a * a;
    float e = exponential(-(a * Math.fma(u, CUBIC_3, CUBIC_1)));
    return gateDerivative(x, a * Math.fma(u, 3f * CUBIC_3, CUBIC_1), e);
  }

  /** Returns x tanh(ln(1 + e^x)) within 4 ulp. */
  public static float mish(float x) {
    float c = x < -110f ? -110f : x;
    c = c > 10f ? 10f : c;
    // tanh(ln(1 + e)) = w / (w + 2), w = e (e + 2); times 2^64 so that small ones are normal.
    float e = scaledExponential(c);
    float w = Math.fma(e * 0x1p-64f, e, e + e);
    float y = c * w / Math.fma(w, 0x1p-64f, 2f) * 0x1p-64f;
    return x > 10f ? x : y;
  }

  /** Returns the derivative of {@link #mish}, within 1e-6. */
  public static float mishDerivative(float x) {
    float c = x < -110f ? -110f : x;
    c = c > 11f ? 11f : c;
    float scaled = scaledExponential(c);
    float e = scaled * 0x1p-64f;
    float e2 = e + 2f;
    float d = Math.fma(e, e2, 2f);
    // e ((e + 2) d + 4 c (1 + e)) / d^2
    float y = scaled / (d * d) * Math.fma(4f * c, e + 1f, e2 * d) * 0x1p-64f;
    return x > 11f ? 1f : y;
  }

  /** Returns x (x + 3) / 6, 0 below -3 and x above 3. */
  public static float hardSwish(float x) {
    float c = x < -3f ? -3f : x;
    return x > 3f ? x : (c + 3f) * SIXTH * c;
  }

  /** Returns the derivative of {@link #hardSwish}. */
  public static float hardSwishDerivative(float x) {
    float inside = (x + 1.5f) * THIRD;
    return x < -3f ? 0f : x > 3f ? 1f : inside;
  }

  /** Returns x / (1 + |x|). */
  public static float softsign(float x) {
    // Beyond, 1 + |c| is |c|; infinities would give NaN.
    float low = x < -0x1p30f ? -0x1p30f : x;
    float c = low > 0x1p30f ? 0x1p30f : low;
    return c / (1f + Math.abs(c));
  }

  /** Returns the derivative of {@link #softsign}. */
  public static float softsignDerivative(float x) {
    float r = 1f / (1f + Math.abs(x));
    return r * r;
  }

  /** Returns x, at least +0 and at most the limit. */
  public static float clipped(float x, float limit) {
    float low = x <= 0f ? 0f : x;
    return low >= limit ? limit : low;
  }

  /** Returns y, or x where that is NaN. */
  public static float orNaN(float y, float x) {
    return Float.isNaN(x) ? x : y;
  }

  /**
   * Returns sigmoid(y) + x y' sigmoid(y) sigmoid(-y), the derivative of x sigmoid(y) for an odd
   * y(x), given x y' and e = e^-|y|.
   */
  private static float gateDerivative(float x, float slope, float e) {
    float w = 1f / (1f + e);
    float ew = e * w;
    float d = slope * ew * w;
    // Negated so that it underflows to -0.
    return x < 0f ? -(d - ew) : w + d;
  }

  /** Returns e^y for -110 &lt;= y &lt;= 0. */
  private static float exponential(float y) {
    return scaledExponential(y) * 0x1p-64f;
  }

  /** Returns 2^64 e^y for -110 &lt;= y &lt;= 40. */
  private static float scaledExponential(float y) {
    float n = Math.fma(y, LOG2_E, ROUND);
    float s = pow2(n, TWO_64);
    return Math.fma(s, expm1Reduced(y, n), s);
  }

  /**
   * Returns the probability that N(0, 1) exceeds a, given e = e^(-a^2/2), for 0 &lt;= a &lt;= 14.5.
   */
  private static float normalTail(float a, float e) {
    float t = a / (a + 3f);
    float p = -0x1.79817ep-5f;
    p = Math.fma(p, t, 0x1.acef96p-4f);
    p = Math.fma(p, t, 0x1.6eb31ap-6f);
    p = Math.fma(p, t, -0x1.31ca48p-3f);
    p = Math.fma(p, t, -0x1.2718f8p-2f);
    p = Math.fma(p, t, 0x1.0da06p0f);
    p = Math.fma(p, t, -0x1.326352p0f);
    return e * Math.fma(p, t, 0.5f);
  }

  /**
   * Returns -x, as a product: a compiler may take a negation into the multiply-add beside it, and
   * on POWER that makes a sum of +0 a -0.
   */
  public static float negative(float x) {
    return x * -1f;
  }

  /** Returns 2^(k + b) for n = k + ROUND and the bits of 2^b. */
  private static float pow2(float n, int bias) {
    return Float.intBitsToFloat((Float.floatToRawIntBits(n) << 23) + bias);
  }

  /** Returns e^(y - k ln 2) - 1 for n = k + ROUND, k the integer next to y / ln 2. */
  private static float expm1Reduced(float y, float n) {
    float k = n - ROUND;
    // Exact; its error is in low.
    float high = Math.fma(k, -LN2_HI, y);
    float low = k * -LN2_LO;
    float r = high + low;
    float p = 0x1.6a4f3ep-10f;
    p = Math.fma(p, r, 0x1.123984p-7f);
    p = Math.fma(p, r, 0x1.5558aep-5f);
    p = Math.fma(p, r, 0x1.555492p-3f);
    p = Math.fma(p, r, 0x1.fffffcp-2f);
    return high + Math.fma(r * r, p, low);
  }

  /** Returns 2^-32 (1 + e^y): so scaled, it is a normal number wherever the quotient is a float. */
  private static float onePlusOdds(float y) {
    float c = y < -60f ? -60f : y;
    c = c > 110f ? 110f : c;
    float n = Math.fma(c, LOG2_E, ROUND);
    float s = pow2(n, TWO_M32);
    // Where s + 1 is not exact, 1 is less than what is to come.
    boolean far = y > 16f;
    float low = far ? ODDS_SCALE : s + ODDS_SCALE;
    return Math.fma(s, expm1Reduced(c, n), low) + (far ? s : 0f);
  }

  /** Returns (ln(1 + f) - f) / f^2 for -1/3 &lt;= f &lt; 1/3. */
  private static float log1pTail(float f) {
    float p = -0x1.07c51p-3f;
    p = Math.fma(p, f, 0x1.1e6d18p-3f);
    p = Math.fma(p, f, -0x1.f33276p-4f);
    p = Math.fma(p, f, 0x1.1ed55ap-3f);
    p = Math.fma(p, f, -0x1.559c68p-3f);
    p = Math.fma(p, f, 0x1.99d05p-3f);
    p = Math.fma(p, f, -0x1.fffefap-3f);
    p = Math.fma(p, f, 0x1.555506p-2f);
    return Math.fma(p, f, -0.5f);
  }

  /** Returns k ln 2 + ln(1 + f), the polynomial and what is left of k ln 2 first. */
  private static float logOf(float f, float k) {
    return Math.fma(k, LN2_HI, f + Math.fma(f * f, log1pTail(f), k * LN2_LO));
  }

  /** Returns k + ROUND, where k is e &gt;&gt; 23. */
  private static float toFloat(int e) {
    return Float.intBitsToFloat((e >> 23) + Float.floatToRawIntBits(ROUND));
  }

  /** Returns a, not negative, with the sign of x. */
  private static float withSign(float a, float x) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(a) | (Float.floatToRawIntBits(x) & SIGN));
  }
}
