package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.FloatMath;
import jdk.incubator.vector.FloatVector;

/**
 * dz = da f'(saved), a loop for each function as in {@link Elementwise}. Where a derivative is
 * chosen by sign, NaN falls into the part that computes with the saved value, so that it stays.
 */
final class Derivatives {
  private static final float LEAKY_SLOPE = 0.01f;

  private Derivatives() {}

  static void multiply(Activation f, Matrix saved, Matrix da, Matrix dz) {
    int rows = saved.isDense() && da.isDense() && dz.isDense() ? 1 : saved.rows();
    int n = saved.rows() / rows * saved.columns();
    for (int i = 0; i < rows; i++) {
      multiply(f, n, saved.array(), saved.at(i), da.array(), da.at(i), dz.array(), dz.at(i));
    }
  }

  /** Likewise of n elements; x are the saved values. */
  static void multiply(
      Activation f, int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    if (f == Activation.IDENTITY) {
      // da * 1 is da, bit for bit.
      System.arraycopy(da, daOff, dz, dzOff, n);
      return;
    }
    int whole = FLOAT.loopBound(n);
    if (whole > 0) {
      if (f == Activation.RELU) {
        relu(whole, x, xOff, da, daOff, dz, dzOff);
      } else if (f == Activation.LEAKY_RELU) {
        leakyRelu(whole, x, xOff, da, daOff, dz, dzOff);
      } else {
        Pass.valueOf(f.name()).derivative(whole, x, xOff, da, daOff, dz, dzOff);
      }
    }
    if (whole < n) {
      Scratch scratch = Scratch.get();
      Matrix saved = scratch.row(0, x, xOff + whole, n - whole);
      Matrix gradient = scratch.row(1, da, daOff + whole, n - whole);
      Matrix product = scratch.row(2, dz, dzOff + whole, n - whole);
      ScalarKernels.INSTANCE.activateBackward(f, saved, gradient, product);
    }
  }

  static void relu(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(0f, v.compare(LE, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void leakyRelu(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(LEAKY_SLOPE, v.compare(LE, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void elu(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.add(1f).blend(1f, v.compare(GT, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void selu(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d =
          v.add(FloatMath.SELU_LAMBDA_ALPHA).blend(FloatMath.SELU_LAMBDA, v.compare(GT, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void sigmoid(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.mul(FloatVector.broadcast(FLOAT, 1f).sub(v));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void tanh(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = v.neg().fma(v, FloatVector.broadcast(FLOAT, 1f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void softplus(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.expm1(v.neg()).neg();
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void silu(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.siluDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void gelu(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.geluDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void geluTanh(int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < n; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      FloatVector d = LaneMath.geluTanhDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }
}
