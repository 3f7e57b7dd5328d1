package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.math.FloatMath;
import jdk.incubator.vector.FloatVector;

/**
 * The loops of the activations: y = f(x), then dz = da f'(x), x being what f saves. Each has the
 * name of its kind, as {@link Pass} looks for it, and takes the parameter last where there is one.
 * Where a derivative is chosen by sign, NaN falls into the part that computes with the saved value,
 * so that it stays.
 */
final class Activations {
  private Activations() {}

  static void relu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      v.blend(0f, v.compare(LE, 0f)).intoArray(y, yOff + i);
    }
  }

  static void reluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(0f, v.compare(LE, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void leakyRelu(int whole, float[] x, int xOff, float[] y, int yOff, float slope) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      v.blend(v.mul(slope), v.compare(LE, 0f)).intoArray(y, yOff + i);
    }
  }

  static void leakyReluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff, float slope) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(slope, v.compare(LE, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void elu(int whole, float[] x, int xOff, float[] y, int yOff, float alpha) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.elu(fromArray(FLOAT, x, xOff + i), alpha).intoArray(y, yOff + i);
    }
  }

  static void eluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff, float alpha) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.add(alpha).blend(1f, v.compare(GT, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void selu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.selu(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void seluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d =
          v.add(FloatMath.SELU_LAMBDA_ALPHA).blend(FloatMath.SELU_LAMBDA, v.compare(GT, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void sigmoid(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.sigmoid(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void sigmoidBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.mul(FloatVector.broadcast(FLOAT, 1f).sub(v));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void tanh(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.tanh(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void tanhBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.mul(-1f).fma(v, FloatVector.broadcast(FLOAT, 1f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void softplus(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.softplus(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void softplusBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.expm1(v.neg()).neg();
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void silu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.silu(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void siluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.siluDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void gelu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.gelu(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void geluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.geluDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void geluTanh(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.geluTanh(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void geluTanhBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.geluTanhDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void hardSigmoid(int whole, float[] x, int xOff, float[] y, int yOff, float slope) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i).fma(slope, 0.5f);
      v.blend(0f, v.compare(LE, 0f)).blend(1f, v.compare(GE, 1f)).intoArray(y, yOff + i);
    }
  }

  static void hardSigmoidBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff, float slope) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.blend(slope, v.compare(GT, 0f)).blend(0f, v.compare(LE, 0f));
      d = d.blend(0f, v.compare(GE, 1f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void hardSwish(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector c = v.blend(-3f, v.compare(LT, -3f));
      c = c.add(3f).mul(1f / 6).mul(c);
      c.blend(v, v.compare(GT, 3f)).intoArray(y, yOff + i);
    }
  }

  static void hardSwishBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.add(1.5f).mul(1f / 3);
      d = d.blend(0f, v.compare(LT, -3f)).blend(1f, v.compare(GT, 3f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void softsign(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      v = v.blend(-0x1p30f, v.compare(LT, -0x1p30f)).blend(0x1p30f, v.compare(GT, 0x1p30f));
      v.div(v.abs().add(1f)).intoArray(y, yOff + i);
    }
  }

  static void softsignBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector r = FloatVector.broadcast(FLOAT, 1f).div(v.abs().add(1f));
      fromArray(FLOAT, da, daOff + i).mul(r.mul(r)).intoArray(dz, dzOff + i);
    }
  }

  static void clippedRelu(int whole, float[] x, int xOff, float[] y, int yOff, float limit) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      v.blend(0f, v.compare(LE, 0f)).blend(limit, v.compare(GE, limit)).intoArray(y, yOff + i);
    }
  }

  static void clippedReluBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff, float limit) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(0f, v.compare(LE, 0f));
      d = d.blend(0f, v.compare(GE, limit));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void mish(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.mish(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void mishBackward(
      int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector d = LaneMath.mishDerivative(fromArray(FLOAT, x, xOff + i));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }
}
