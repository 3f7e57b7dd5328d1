package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.lanewise.kernel.Activation;
import io.lanewise.math.FloatMath;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every lane has the bits of the scalar function: all floats with -Dlanewise.full, else a stride.
 */
class LaneMathTest {
  private static final int BLOCK = 4096;

  /** Fills a with f of itself, in lanes or one by one. */
  private interface Loop {
    void run(float[] a);
  }

  private static final int LANES = Lanes.FLOAT.length();

  // Each function in loops of its own, so that C2 compiles it as the kernels will have it.
  private enum Pair {
    EXP(LaneMathTest::exp, FloatMath::exp),
    EXPM1(LaneMathTest::expm1, FloatMath::expm1),
    LOG(LaneMathTest::log, FloatMath::log),
    LOG1P(LaneMathTest::log1p, FloatMath::log1p),
    TANH(LaneMathTest::tanh, FloatMath::tanh),
    SIGMOID(LaneMathTest::sigmoid, FloatMath::sigmoid),
    ERF(LaneMathTest::erf, FloatMath::erf),
    SOFTPLUS(LaneMathTest::softplus, FloatMath::softplus),
    ELU(LaneMathTest::elu, Activation.ELU::apply),
    SELU(LaneMathTest::selu, FloatMath::selu),
    SILU(LaneMathTest::silu, FloatMath::silu),
    SILU_DERIVATIVE(LaneMathTest::siluDerivative, FloatMath::siluDerivative),
    GELU(LaneMathTest::gelu, FloatMath::gelu),
    GELU_DERIVATIVE(LaneMathTest::geluDerivative, FloatMath::geluDerivative),
    GELU_TANH(LaneMathTest::geluTanh, FloatMath::geluTanh),
    MISH(LaneMathTest::mish, FloatMath::mish),
    MISH_DERIVATIVE(LaneMathTest::mishDerivative, FloatMath::mishDerivative),
    GELU_TANH_DERIVATIVE(LaneMathTest::geluTanhDerivative, FloatMath::geluTanhDerivative);

    final Loop lanes;
    final Scalar scalar;

    Pair(Loop lanes, Scalar scalar) {
      this.lanes = lanes;
      this.scalar = scalar;
    }
  }

  private interface Scalar {
    float apply(float x);
  }

  @ParameterizedTest
  @EnumSource
  void lanesHaveTheBitsOfTheScalarFunction(Pair pair) {
    // Prime to 2^32, so that all low bits occur; forced wide species run without intrinsics.
    boolean slow = LANES > FloatVector.SPECIES_PREFERRED.length();
    long stride = Boolean.getBoolean("lanewise.full") ? 1 : slow ? 1_000_003 : 2003;
    float[] x = new float[BLOCK];
    float[] y = new float[BLOCK];
    long compared = 0;
    for (long bits = 0; bits < 1L << 32; bits += stride * BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        x[i] = Float.intBitsToFloat((int) (bits + i * stride));
        y[i] = x[i];
      }
      pair.lanes.run(y);
      compareAll(pair, x, y);
      compared += BLOCK;
    }
    assertEquals((1L << 32) / stride, compared, BLOCK);
  }

  @ParameterizedTest
  @EnumSource
  void lanesHaveTheBitsOfTheScalarFunctionAtEdges(Pair pair) {
    float[] edges = {
      0f,
      Float.MIN_VALUE,
      Float.MIN_NORMAL,
      0x1p-60f,
      0.55f,
      2f / 3,
      1f,
      4f / 3,
      4f,
      10f,
      10.8f,
      14.5f,
      16f,
      18f,
      60f,
      88.72284f,
      89f,
      103.97208f,
      104f,
      108f,
      110f,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NaN
    };
    float[] x = new float[edges.length * 2 * 16];
    for (int i = 0; i < x.length; i++) {
      float edge = edges[i / 32];
      float near = Float.intBitsToFloat(Float.floatToRawIntBits(edge) + i % 16 - 8);
      x[i] = i % 32 < 16 ? near : -near;
    }
    float[] y = x.clone();
    pair.lanes.run(y);
    compareAll(pair, x, y);
  }

  private static void compareAll(Pair pair, float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      float expected = pair.scalar.apply(x[i]);
      if (Float.floatToIntBits(expected) != Float.floatToIntBits(y[i])) {
        fail(pair + " of " + x[i] + " is " + expected + ", in lanes " + y[i]);
      }
    }
  }

  private static FloatVector load(float[] a, int i) {
    return FloatVector.fromArray(Lanes.FLOAT, a, i);
  }

  private static void exp(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.exp(load(a, i)).intoArray(a, i);
    }
  }

  private static void expm1(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.expm1(load(a, i)).intoArray(a, i);
    }
  }

  private static void log(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.log(load(a, i)).intoArray(a, i);
    }
  }

  private static void log1p(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.log1p(load(a, i)).intoArray(a, i);
    }
  }

  private static void tanh(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.tanh(load(a, i)).intoArray(a, i);
    }
  }

  private static void sigmoid(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.sigmoid(load(a, i)).intoArray(a, i);
    }
  }

  private static void erf(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.erf(load(a, i)).intoArray(a, i);
    }
  }

  private static void softplus(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.softplus(load(a, i)).intoArray(a, i);
    }
  }

  private static void elu(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.elu(load(a, i), 1f).intoArray(a, i);
    }
  }

  private static void selu(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.selu(load(a, i)).intoArray(a, i);
    }
  }

  private static void mish(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.mish(load(a, i)).intoArray(a, i);
    }
  }

  private static void mishDerivative(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.mishDerivative(load(a, i)).intoArray(a, i);
    }
  }

  private static void silu(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.silu(load(a, i)).intoArray(a, i);
    }
  }

  private static void siluDerivative(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.siluDerivative(load(a, i)).intoArray(a, i);
    }
  }

  private static void gelu(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.gelu(load(a, i)).intoArray(a, i);
    }
  }

  private static void geluDerivative(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.geluDerivative(load(a, i)).intoArray(a, i);
    }
  }

  private static void geluTanh(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.geluTanh(load(a, i)).intoArray(a, i);
    }
  }

  private static void geluTanhDerivative(float[] a) {
    for (int i = 0; i < a.length; i += LANES) {
      LaneMath.geluTanhDerivative(load(a, i)).intoArray(a, i);
    }
  }
}
