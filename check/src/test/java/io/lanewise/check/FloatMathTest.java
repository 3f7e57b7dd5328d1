package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.FunctionAccuracy.FloatFunction;
import io.lanewise.check.FunctionAccuracy.Result;
import io.lanewise.check.FunctionAccuracy.Subject;
import io.lanewise.math.FloatMath;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FloatMathTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  static List<Subject> all() {
    return FunctionAccuracy.all();
  }

  /**
   * A million floats a function, with {@code -Dlanewise.long=true} four; FunctionAccuracy's main
   * takes them all.
   */
  @ParameterizedTest
  @MethodSource("all")
  void promisesHoldOnADenseSample(Subject subject) {
    int stride = Boolean.getBoolean("lanewise.long") ? 1009 : 4049;
    Result result = FunctionAccuracy.measure(subject, stride);
    assertTrue(result.holds(), result.toString());
  }

  @ParameterizedTest
  @MethodSource("all")
  void promisesHoldAroundEveryEdge(Subject subject) {
    float[] edges = {
      0f,
      Float.MIN_VALUE,
      0x1p-127f,
      Float.MIN_NORMAL,
      0x1p-60f,
      0x1p-24f,
      1f / 3,
      0.34657359f,
      0.5f,
      0.55f,
      2f / 3,
      0.6931472f,
      0.75179f,
      1f,
      1.278465f,
      4f / 3,
      2f,
      4f,
      9.0109f,
      10f,
      10.8f,
      14.5f,
      16f,
      16.6355f,
      17.3287f,
      18f,
      60f,
      87.33655f,
      88.37626f,
      88.72284f,
      89f,
      103.27893f,
      103.97208f,
      104f,
      108f,
      110f,
      0x1p24f,
      0x1p127f,
      Float.MAX_VALUE
    };
    for (float edge : edges) {
      for (int step = -2; step <= 2; step++) {
        float x = Float.intBitsToFloat(Float.floatToRawIntBits(edge) + step);
        check(subject, x);
        check(subject, -x);
      }
    }
    check(subject, INF);
    check(subject, -INF);
    check(subject, Float.NaN);
  }

  private static void check(Subject subject, float x) {
    float got = subject.function().apply(x);
    double exact = subject.exact().applyAsDouble(x);
    double ulps = FunctionAccuracy.ulps(got, exact);
    assertTrue(
        ulps <= subject.ulps()
            || Double.isFinite(ulps) && Math.abs(got - exact) <= subject.absolute(),
        () -> subject.name() + " of " + x + " is " + got + ", not " + exact);
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyNanGivesNan(Subject subject) {
    for (int bits : new int[] {0x7fc00000, 0x7f800001, 0x7fffffff, 0xffc00000, 0xffffffff}) {
      assertTrue(Float.isNaN(subject.function().apply(Float.intBitsToFloat(bits))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "exp, 1, 1, Infinity, 0",
    "expm1, 0, -0.0, Infinity, -1",
    "log, -Infinity, -Infinity, Infinity, NaN",
    "log1p, 0, -0.0, Infinity, NaN",
    "tanh, 0, -0.0, 1, -1",
    "sigmoid, 0.5, 0.5, 1, 0",
    "erf, 0, -0.0, 1, -1",
    "softplus, 0.6931472, 0.6931472, Infinity, 0",
    "elu, 0, -0.0, Infinity, -1",
    "selu, 0, -0.0, Infinity, -1.7580993",
    "silu, 0, -0.0, Infinity, -0.0",
    "gelu, 0, -0.0, Infinity, -0.0",
    "geluTanh, 0, -0.0, Infinity, -0.0",
    "hard-sigmoid, 0.5, 0.5, 1, 0",
    "hard-swish, 0, -0.0, Infinity, -0.0",
    "hard-swish', 0.5, 0.5, 1, 0",
    "softsign, 0, -0.0, 1, -1",
    "softsign', 1, 1, 0, 0",
    "clipped-relu, 0, 0, 6, 0",
    "mish, 0, -0.0, Infinity, -0.0",
    "mish', 0.59999996, 0.59999996, 1, -0.0",
    "siluDerivative, 0.5, 0.5, 1, -0.0",
    "geluDerivative, 0.5, 0.5, 1, -0.0",
    "geluTanhDerivative, 0.5, 0.5, 1, -0.0"
  })
  void zerosAndInfinitiesGiveTheLimits(
      String name, float atZero, float atMinusZero, float atInfinity, float atMinusInfinity) {
    FloatFunction f = named(name).function();
    assertEquals(atZero, f.apply(0f));
    assertEquals(atMinusZero, f.apply(-0f));
    assertEquals(atInfinity, f.apply(INF));
    assertEquals(atMinusInfinity, f.apply(-INF));
  }

  @Test
  void subnormalsComeAndGo() {
    assertEquals(Float.MIN_VALUE, FloatMath.exp(-103.5f));
    assertEquals(-103.27893f, FloatMath.log(Float.MIN_VALUE));
    for (Subject s : all()) {
      boolean throughZero = s.exact().applyAsDouble(0) == 0 && !s.name().equals("selu");
      double slope =
          s.name().matches("silu|gelu|geluTanh|hard-swish")
              ? 0.5
              : s.name().equals("erf") ? 1.13 : s.name().equals("mish") ? 0.6 : 1;
      if (throughZero) {
        assertEquals(
            slope * 1001 * Float.MIN_VALUE,
            s.function().apply(1001 * Float.MIN_VALUE),
            1.5 * Float.MIN_VALUE,
            s.name());
      }
    }
  }

  @Test
  void tanhNeverLeavesItsRange() {
    for (float x = 5f; x < 12f; x = Math.nextUp(x)) {
      assertTrue(FloatMath.tanh(x) <= 1f);
    }
    assertEquals(1f, FloatMath.tanh(9.5f));
  }

  /** The judge judged: what must not pass does not. */
  @ParameterizedTest
  @MethodSource("all")
  void aFunctionMadeWorseIsCaught(Subject subject) {
    FloatFunction f = subject.function();
    // The derivatives promise an absolute error only: 1e-6, near 1, is 17 ulp.
    int ulps = subject.absolute() == 1e-6 ? 24 : 4;
    FloatFunction worse =
        x -> {
          float y = f.apply(x);
          return x > 1f && x < 1.1f ? Float.intBitsToFloat(Float.floatToRawIntBits(y) + ulps) : y;
        };
    assertTrue(holds(subject));
    assertFalse(holds(subject.with(worse)));
  }

  @Test
  void aStepDownAnUnevenValueALostNanAndALostSignAreCaught() {
    Subject tanh = named("tanh");
    FloatFunction f = tanh.function();
    Subject exp = named("exp");
    FloatFunction e = exp.function();
    FloatFunction down = x -> e.apply(x) - (x > 0f ? 0x1p-10f : 0f);
    Subject step = new Subject("step", down, exp.exact(), 1e9, 9, true, false);
    assertEquals(1, FunctionAccuracy.measure(step, 10_007).descents());
    assertTrue(FunctionAccuracy.measure(tanh.with(x -> x > 0f ? 1f : 0f), 10_007).uneven() > 0);
    assertFalse(holds(tanh.with(x -> Float.isNaN(x) ? 0f : f.apply(x))));
    assertEquals(Double.POSITIVE_INFINITY, FunctionAccuracy.ulps(0f, -0.0));
    assertEquals(0.5, FunctionAccuracy.ulps(1f, 1 + 0x1p-24));
    assertEquals(1, FunctionAccuracy.ulps(Float.MAX_VALUE, Double.POSITIVE_INFINITY));
    assertEquals(3, FunctionAccuracy.ulps(3 * Float.MIN_VALUE, 0.0));
  }

  private static boolean holds(Subject subject) {
    return FunctionAccuracy.measure(subject, 10_007).holds();
  }

  private static Subject named(String name) {
    return all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }
}
