package io.lanewise.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.UMIN;

import io.lanewise.math.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The functions of {@link FloatMath} in lanes, so that every lane has the bits of the scalar
 * function. What they compute and why is written there; here each line is the twin of one there,
 * but where fewer instructions give the same bits: an exponent's bias that is part of the constant
 * that rounds, a product with a power of two inside a fused multiply-add, a limit as ints. The
 * ports of the vector unit bind all these loops, so each instruction counts.
 *
 * <p>Methods are short because C2 inlines no method of more than 325 bytecodes, and a vector that
 * crosses a call is boxed.
 */
final class LaneMath {
  private static final float ROUND = 0x1.8p23f;
  private static final float LOG2_E = 0x1.715476p0f;
  private static final float LN2_HI = 0x1.62e43p-1f;
  private static final float LN2_LO = -0x1.05c61p-29f;

  // ROUND plus the exponent's bias of a power of two: the low bits of a sum with it, shifted, are
  // that power times 2^k. It may be odd, since no product here lies midway between two integers,
  // where rounding would look at the parity.
  private static final float ONE = ROUND + 127;
  private static final float HALF = ROUND + 126;
  private static final float TWO_64 = ROUND + 127 + 64;
  private static final float TWO_M32 = ROUND + 127 - 32;

  private static final int SIGN = 0x80000000;
  private static final int EXPONENT = 0xff800000;
  private static final int TWO_THIRDS = 0x3f2aaaab;

  private static final float ODDS_SCALE = 0x1p-32f;
  private static final float CUBIC_1 = (float) (2 * 0.7978845608028654);
  private static final float CUBIC_3 = (float) (2 * 0.7978845608028654 * 0.044715);

  private LaneMath() {}

  static FloatVector exp(FloatVector x) {
    FloatVector c = atLeast(x, -104f);
    // Twice the bias, a half of it for each factor.
    FloatVector n = unlessAbove(89f, c).fma(LOG2_E, ROUND + 254f);
    FloatVector q = expm1Reduced(c, n, ROUND + 254f);
    IntVector i = n.reinterpretAsInts();
    IntVector half = i.lanewise(ASHR, 1);
    FloatVector s = half.lanewise(LSHL, 23).reinterpretAsFloats();
    return s.fma(q, s).mul(i.sub(half).lanewise(LSHL, 23).reinterpretAsFloats());
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector c = atLeast(x, -18f);
    FloatVector n = unlessAbove(89f, c).fma(LOG2_E, HALF);
    FloatVector s = pow2(n);
    FloatVector y = s.fma(expm1Reduced(c, n, HALF), s.sub(0.5f));
    return y.add(y).blend(x, x.abs().lt(0x1p-60f));
  }

  /** expm1 of x &lt; 0, not halved since there is no overflow; whatever elsewhere. */
  private static FloatVector expm1OfNegative(FloatVector x) {
    FloatVector c = unlessBelow(-18f, x);
    FloatVector n = c.fma(LOG2_E, ONE);
    FloatVector s = pow2(n);
    return s.fma(expm1Reduced(c, n, ONE), s.sub(1f));
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> subnormal = x.lt(Float.MIN_NORMAL);
    FloatVector c = x.blend(x.mul(0x1p25f), subnormal);
    IntVector bits = c.reinterpretAsInts();
    IntVector e = bits.sub(TWO_THIRDS);
    FloatVector f = bits.sub(e.and(EXPONENT)).reinterpretAsFloats().sub(1f);
    FloatVector k =
        toFloat(e).sub(FloatVector.broadcast(Lanes.FLOAT, ROUND).blend(ROUND + 25f, subnormal));
    FloatVector r = logOf(f, k);
    r = x.blend(r, x.lt(Float.POSITIVE_INFINITY));
    r = r.blend(Float.NaN, x.lt(0f));
    return r.blend(Float.NEGATIVE_INFINITY, x.eq(0f));
  }

  static FloatVector log1p(FloatVector x) {
    IntVector i = x.add(1f).reinterpretAsInts().sub(TWO_THIRDS);
    IntVector e = i.and(EXPONENT);
    FloatVector scaled = x.reinterpretAsInts().sub(e).reinterpretAsFloats();
    FloatVector inverse =
        IntVector.broadcast(Lanes.INT, (127 + 2) << 23).sub(e).reinterpretAsFloats();
    FloatVector f = scaled.add(inverse.fma(0.25f, -1f));
    FloatVector r = logOf(f, toFloat(i).sub(ROUND));
    r = x.blend(r, x.lt(Float.POSITIVE_INFINITY));
    r = r.blend(Float.NaN, x.lt(-1f));
    r = r.blend(Float.NEGATIVE_INFINITY, x.eq(-1f));
    return r.blend(x, x.abs().lt(0x1p-60f));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector small = tanhSmall(a);
    FloatVector c = unlessAbove(10f, a);
    FloatVector y = c.add(c);
    FloatVector n = y.fma(LOG2_E, ONE);
    FloatVector s = pow2(n);
    FloatVector d = s.fma(expm1Reduced(y, n, ONE), s.add(1f));
    FloatVector one = FloatVector.broadcast(Lanes.FLOAT, 1f);
    FloatVector big = one.sub(FloatVector.broadcast(Lanes.FLOAT, 2f).div(d));
    // NaN is not big, and passes through the polynomial.
    IntVector r = small.blend(big, a.compare(GE, 0.55f)).reinterpretAsInts();
    return r.or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
  }

  private static FloatVector tanhSmall(FloatVector c) {
    FloatVector u = c.mul(c);
    FloatVector p = FloatVector.broadcast(Lanes.FLOAT, -0x1.99565ep-8f);
    p = p.lanewise(FMA, u, 0x1.58ec78p-6f);
    p = p.lanewise(FMA, u, -0x1.b91f2p-5f);
    p = p.lanewise(FMA, u, 0x1.110cfp-3f);
    p = p.lanewise(FMA, u, -0x1.55554ap-2f);
    return p.fma(u.mul(c), c);
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector y = atLeast(x.neg(), -60f);
    return FloatVector.broadcast(Lanes.FLOAT, ODDS_SCALE).div(onePlusOdds(y, unlessAbove(110f, y)));
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector small = erfSmall(a);
    FloatVector y = lnErfc(unlessAbove(4f, a));
    FloatVector n = y.fma(LOG2_E, ONE);
    FloatVector s = pow2(n);
    FloatVector erfc = s.fma(expm1Reduced(y, n, ONE), s);
    FloatVector big = FloatVector.broadcast(Lanes.FLOAT, 1f).sub(erfc);
    IntVector r = small.blend(big, a.compare(GE, 1f)).reinterpretAsInts();
    return r.or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
  }

  private static FloatVector erfSmall(FloatVector c) {
    FloatVector u = c.mul(c);
    FloatVector p = FloatVector.broadcast(Lanes.FLOAT, 0x1.4771fcp-14f);
    p = p.lanewise(FMA, u, -0x1.a3515ep-11f);
    p = p.lanewise(FMA, u, 0x1.53f224p-8f);
    p = p.lanewise(FMA, u, -0x1.b7f71ap-6f);
    p = p.lanewise(FMA, u, 0x1.ce2ce6p-4f);
    p = p.lanewise(FMA, u, -0x1.81273ep-2f);
    p = p.lanewise(FMA, u, 0x1.06eba8p-3f);
    return p.fma(c, c);
  }

  private static FloatVector lnErfc(FloatVector c) {
    FloatVector y = FloatVector.broadcast(Lanes.FLOAT, 0x1.86d818p-13f);
    y = y.lanewise(FMA, c, -0x1.825872p-9f);
    y = y.lanewise(FMA, c, 0x1.65ca9p-6f);
    y = y.lanewise(FMA, c, -0x1.a652f4p-4f);
    y = y.lanewise(FMA, c, -0x1.46baf2p-1f);
    y = y.lanewise(FMA, c, -0x1.2088eap0f);
    return y.lanewise(FMA, c, -0x1.661c7ep-12f);
  }

  static FloatVector softplus(FloatVector x) {
    IntVector negative = x.reinterpretAsInts().or(SIGN);
    FloatVector e = exponential(unlessBelow(-104f, negative.reinterpretAsFloats()));
    VectorMask<Float> big = e.compare(GT, 0x1.555556p-2f);
    FloatVector f = e.blend(e.fma(0.5f, -0.5f), big);
    FloatVector r =
        f.mul(f).fma(log1pTail(f), f).add(FloatVector.zero(Lanes.FLOAT).blend(LN2_HI, big));
    // NaN too comes through here.
    return r.add(x.blend(0f, x.compare(LE, 0f)));
  }

  static FloatVector elu(FloatVector x, float alpha) {
    return x.blend(expm1OfNegative(x).mul(alpha), x.lt(0f));
  }

  static FloatVector selu(FloatVector x) {
    FloatVector negative = expm1OfNegative(x).mul(FloatMath.SELU_LAMBDA_ALPHA);
    return x.mul(FloatMath.SELU_LAMBDA).blend(negative, x.lt(0f));
  }

  static FloatVector silu(FloatVector x) {
    FloatVector c = unlessBelow(-110f, x);
    FloatVector y = c.neg();
    FloatVector r = c.div(onePlusOdds(y, y)).mul(ODDS_SCALE);
    return x.blend(r, x.compare(LE, 60f));
  }

  static FloatVector siluDerivative(FloatVector x) {
    FloatVector a = atMost(x.abs(), 108f);
    return gateDerivative(x, a, exponential(a.neg()));
  }

  static FloatVector gelu(FloatVector x) {
    FloatVector c = atLeast(x, -14.5f);
    FloatVector a = unlessAbove(14.5f, c.abs());
    FloatVector tail = normalTail(a, exponential(a.mul(a).mul(-0.5f)));
    FloatVector rest = FloatVector.broadcast(Lanes.FLOAT, 1f).sub(tail);
    return c.mul(rest.blend(tail, x.lt(0f)));
  }

  static FloatVector geluDerivative(FloatVector x) {
    FloatVector a = atMost(x.abs(), 14.5f);
    FloatVector e = exponential(a.mul(a).mul(-0.5f));
    FloatVector tail = normalTail(a, e);
    FloatVector slope = a.mul(e.mul(0x1.988454p-2f));
    FloatVector rest = FloatVector.broadcast(Lanes.FLOAT, 1f).sub(tail);
    return rest.add(slope).blend(slope.sub(tail).neg(), x.lt(0f));
  }

  static FloatVector geluTanh(FloatVector x) {
    FloatVector c = unlessBelow(-10.8f, x);
    FloatVector y = unlessBelow(-60f, c.mul(c.mul(c).fma(CUBIC_3, CUBIC_1)).neg());
    FloatVector r = c.div(onePlusOdds(y, y)).mul(ODDS_SCALE);
    return x.blend(r, x.compare(LE, 10f));
  }

  static FloatVector geluTanhDerivative(FloatVector x) {
    FloatVector a = atMost(x.abs(), 10.8f);
    FloatVector u = a.mul(a);
    FloatVector e = exponential(a.mul(u.fma(CUBIC_3, CUBIC_1)).neg());
    return gateDerivative(x, a.mul(u.fma(3f * CUBIC_3, CUBIC_1)), e);
  }

  static FloatVector mish(FloatVector x) {
    FloatVector c = unlessAbove(10f, unlessBelow(-110f, x));
    FloatVector e = scaledExponential(c);
    FloatVector w = e.mul(0x1p-64f).fma(e, e.add(e));
    FloatVector y = c.mul(w).div(w.fma(0x1p-64f, 2f)).mul(0x1p-64f);
    return x.blend(y, x.compare(LE, 10f));
  }

  static FloatVector mishDerivative(FloatVector x) {
    FloatVector c = unlessAbove(11f, unlessBelow(-110f, x));
    FloatVector scaled = scaledExponential(c);
    FloatVector e = scaled.mul(0x1p-64f);
    FloatVector e2 = e.add(2f);
    FloatVector d = e.lanewise(FMA, e2, 2f);
    FloatVector q = c.mul(4f).fma(e.add(1f), e2.mul(d));
    FloatVector y = scaled.div(d.mul(d)).mul(q).mul(0x1p-64f);
    // NaN is neither.
    return x.blend(1f, x.compare(GT, 11f)).blend(y, x.compare(LE, 11f));
  }

  private static FloatVector gateDerivative(FloatVector x, FloatVector slope, FloatVector e) {
    FloatVector w = FloatVector.broadcast(Lanes.FLOAT, 1f).div(e.add(1f));
    FloatVector ew = e.mul(w);
    FloatVector d = slope.mul(ew).mul(w);
    return w.add(d).blend(d.sub(ew).neg(), x.lt(0f));
  }

  private static FloatVector exponential(FloatVector y) {
    return scaledExponential(y).mul(0x1p-64f);
  }

  private static FloatVector scaledExponential(FloatVector y) {
    FloatVector n = y.fma(LOG2_E, TWO_64);
    FloatVector s = pow2(n);
    return s.fma(expm1Reduced(y, n, TWO_64), s);
  }

  private static FloatVector normalTail(FloatVector a, FloatVector e) {
    FloatVector t = a.div(a.add(3f));
    FloatVector p = FloatVector.broadcast(Lanes.FLOAT, -0x1.79817ep-5f);
    p = p.lanewise(FMA, t, 0x1.acef96p-4f);
    p = p.lanewise(FMA, t, 0x1.6eb31ap-6f);
    p = p.lanewise(FMA, t, -0x1.31ca48p-3f);
    p = p.lanewise(FMA, t, -0x1.2718f8p-2f);
    p = p.lanewise(FMA, t, 0x1.0da06p0f);
    p = p.lanewise(FMA, t, -0x1.326352p0f);
    return e.mul(p.lanewise(FMA, t, 0.5f));
  }

  private static FloatVector pow2(FloatVector n) {
    return n.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
  }

  private static FloatVector expm1Reduced(FloatVector y, FloatVector n, float round) {
    FloatVector k = n.sub(round);
    FloatVector high = k.lanewise(FMA, -LN2_HI, y);
    FloatVector low = k.mul(-LN2_LO);
    FloatVector r = high.add(low);
    FloatVector p = FloatVector.broadcast(Lanes.FLOAT, 0x1.6a4f3ep-10f);
    p = p.lanewise(FMA, r, 0x1.123984p-7f);
    p = p.lanewise(FMA, r, 0x1.5558aep-5f);
    p = p.lanewise(FMA, r, 0x1.555492p-3f);
    p = p.lanewise(FMA, r, 0x1.fffffcp-2f);
    return high.add(r.mul(r).fma(p, low));
  }

  /** For y &gt;= -60, and c = y or less where y is too large. */
  private static FloatVector onePlusOdds(FloatVector y, FloatVector c) {
    FloatVector n = c.fma(LOG2_E, TWO_M32);
    FloatVector s = pow2(n);
    VectorMask<Float> far = y.compare(GT, 16f);
    FloatVector low = s.add(ODDS_SCALE).blend(ODDS_SCALE, far);
    return s.fma(expm1Reduced(y, n, TWO_M32), low).add(FloatVector.zero(Lanes.FLOAT).blend(s, far));
  }

  private static FloatVector logOf(FloatVector f, FloatVector k) {
    FloatVector tail = f.mul(f).fma(log1pTail(f), k.mul(LN2_LO));
    return k.lanewise(FMA, LN2_HI, f.add(tail));
  }

  private static FloatVector log1pTail(FloatVector f) {
    FloatVector p = FloatVector.broadcast(Lanes.FLOAT, -0x1.07c51p-3f);
    p = p.lanewise(FMA, f, 0x1.1e6d18p-3f);
    p = p.lanewise(FMA, f, -0x1.f33276p-4f);
    p = p.lanewise(FMA, f, 0x1.1ed55ap-3f);
    p = p.lanewise(FMA, f, -0x1.559c68p-3f);
    p = p.lanewise(FMA, f, 0x1.99d05p-3f);
    p = p.lanewise(FMA, f, -0x1.fffefap-3f);
    p = p.lanewise(FMA, f, 0x1.555506p-2f);
    return p.lanewise(FMA, f, -0.5f);
  }

  /** (e &gt;&gt; 23) + ROUND. */
  private static FloatVector toFloat(IntVector e) {
    IntVector k = e.lanewise(ASHR, 23);
    return k.add(Float.floatToRawIntBits(ROUND)).reinterpretAsFloats();
  }

  private static FloatVector atLeast(FloatVector x, float low) {
    return x.blend(low, x.lt(low));
  }

  /** As ints: one instruction instead of two, but high for a positive NaN too. */
  private static FloatVector unlessAbove(float high, FloatVector x) {
    return x.reinterpretAsInts().min(Float.floatToRawIntBits(high)).reinterpretAsFloats();
  }

  /** For a negative low: the larger the int without a sign, the further below 0. */
  private static FloatVector unlessBelow(float low, FloatVector x) {
    IntVector i = x.reinterpretAsInts();
    return i.lanewise(UMIN, Float.floatToRawIntBits(low)).reinterpretAsFloats();
  }

  private static FloatVector atMost(FloatVector x, float high) {
    return x.blend(high, x.compare(GT, high));
  }
}
