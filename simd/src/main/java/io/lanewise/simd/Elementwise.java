package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Function;
import io.lanewise.kernel.ScalarKernels;
import jdk.incubator.vector.FloatVector;

/**
 * Functions of each element. Every function has its own loop, and a {@link Pass} keeps it from
 * being inlined, so that each is compiled alone: one loop that is given the function would call it,
 * and box its vectors.
 *
 * <p>What is less than a vector goes to the scalar kernels. A masked load in the same method, or a
 * second call of the function, takes so much of what the compiler inlines in one method that parts
 * of the function would be left out, and box their vectors.
 *
 * <p>A loop is entered only for a whole vector. C2 inlines what is called often enough for each
 * time its caller is; a loop that was mostly entered for nothing calls its function, and boxes.
 */
final class Elementwise {
  private static final float LEAKY_SLOPE = 0.01f;

  private Elementwise() {}

  static void map(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    int whole = FLOAT.loopBound(length);
    if (whole > 0) {
      Pass.run(Pass.valueOf(f.name()), whole, x, xOff, y, yOff);
    }
    ScalarKernels.INSTANCE.map(f, length - whole, x, xOff + whole, y, yOff + whole);
  }

  static void activate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    if (f == Activation.IDENTITY) {
      System.arraycopy(z, zOff, a, aOff, length);
      return;
    }
    int whole = FLOAT.loopBound(length);
    if (whole > 0) {
      if (f == Activation.RELU) {
        relu(whole, z, zOff, a, aOff);
      } else if (f == Activation.LEAKY_RELU) {
        leakyRelu(whole, z, zOff, a, aOff);
      } else {
        Pass.run(Pass.valueOf(f.name()), whole, z, zOff, a, aOff);
      }
    }
    ScalarKernels.INSTANCE.activate(f, length - whole, z, zOff + whole, a, aOff + whole);
  }

  static void exp(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.exp(v).intoArray(y, yOff + i);
    }
  }

  static void expm1(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.expm1(v).intoArray(y, yOff + i);
    }
  }

  static void log(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.log(v).intoArray(y, yOff + i);
    }
  }

  static void log1p(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.log1p(v).intoArray(y, yOff + i);
    }
  }

  static void erf(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.erf(v).intoArray(y, yOff + i);
    }
  }

  private static void relu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      v.blend(0f, v.compare(LE, 0f)).intoArray(y, yOff + i);
    }
  }

  private static void leakyRelu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      v.blend(v.mul(LEAKY_SLOPE), v.compare(LE, 0f)).intoArray(y, yOff + i);
    }
  }

  static void elu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.elu(v).intoArray(y, yOff + i);
    }
  }

  static void selu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.selu(v).intoArray(y, yOff + i);
    }
  }

  static void sigmoid(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.sigmoid(v).intoArray(y, yOff + i);
    }
  }

  static void tanh(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.tanh(v).intoArray(y, yOff + i);
    }
  }

  static void softplus(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.softplus(v).intoArray(y, yOff + i);
    }
  }

  static void silu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.silu(v).intoArray(y, yOff + i);
    }
  }

  static void gelu(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.gelu(v).intoArray(y, yOff + i);
    }
  }

  static void geluTanh(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, x, xOff + i);
      LaneMath.geluTanh(v).intoArray(y, yOff + i);
    }
  }
}
