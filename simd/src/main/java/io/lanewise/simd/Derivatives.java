package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import jdk.incubator.vector.FloatVector;

/**
 * dz = da f'(saved), a loop for each function as in {@link Elementwise}. Where a derivative is
 * chosen by sign, NaN falls into the part that computes with the saved value, so that it stays.
 */
final class Derivatives {
  private static final float LEAKY_SLOPE = 0.01f;
  private static final float SELU_LAMBDA = 1.0507009873554805f;
  private static final float SELU_LAMBDA_ALPHA = (float) (1.0507009873554805 * 1.6732632423543772);

  private Derivatives() {}

  static void multiply(
      Activation f,
      int length,
      float[] saved,
      int savedOff,
      float[] da,
      int daOff,
      float[] dz,
      int dzOff) {
    if (f == Activation.IDENTITY) {
      // da * 1 is da, bit for bit.
      System.arraycopy(da, daOff, dz, dzOff, length);
      return;
    }
    int whole = FLOAT.loopBound(length);
    if (whole > 0) {
      if (f == Activation.RELU) {
        relu(whole, saved, savedOff, da, daOff, dz, dzOff);
      } else if (f == Activation.LEAKY_RELU) {
        leakyRelu(whole, saved, savedOff, da, daOff, dz, dzOff);
      } else {
        Pass.derivative(Pass.valueOf(f.name()), whole, saved, savedOff, da, daOff, dz, dzOff);
      }
    }
    ScalarKernels.INSTANCE.activateBackward(
        f, length - whole, saved, savedOff + whole, da, daOff + whole, dz, dzOff + whole);
  }

  private static void relu(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(0f, v.compare(LE, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  private static void leakyRelu(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = v.blend(1f, v.compare(GT, 0f)).blend(LEAKY_SLOPE, v.compare(LE, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void elu(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = v.add(1f).blend(1f, v.compare(GT, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void selu(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = v.add(SELU_LAMBDA_ALPHA).blend(SELU_LAMBDA, v.compare(GT, 0f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void sigmoid(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = v.mul(FloatVector.broadcast(FLOAT, 1f).sub(v));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void tanh(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = v.neg().fma(v, FloatVector.broadcast(FLOAT, 1f));
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void softplus(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = LaneMath.expm1(v.neg()).neg();
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void silu(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = LaneMath.siluDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void gelu(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = LaneMath.geluDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }

  static void geluTanh(
      int whole, float[] saved, int savedOff, float[] da, int daOff, float[] dz, int dzOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, saved, savedOff + i);
      FloatVector d = LaneMath.geluTanhDerivative(v);
      fromArray(FLOAT, da, daOff + i).mul(d).intoArray(dz, dzOff + i);
    }
  }
}
