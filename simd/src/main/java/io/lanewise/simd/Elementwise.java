package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;

/**
 * Functions of each element, {@link Activations} among them. Every function has its own loop, and a
 * {@link Pass} keeps it from being inlined, so that each is compiled alone: one loop that is given
 * the function would call it, and box its vectors.
 *
 * <p>What is less than a vector goes to the scalar kernels. A masked load in the same method, or a
 * second call of the function, takes so much of what the compiler inlines in one method that parts
 * of the function would be left out, and box their vectors.
 *
 * <p>A loop is entered only for a whole vector. C2 inlines what is called often enough for each
 * time its caller is; a loop that was mostly entered for nothing calls its function, and boxes.
 */
final class Elementwise {
  private Elementwise() {}

  static void map(Function f, Matrix x, Matrix y) {
    int rows = x.isDense() && y.isDense() ? 1 : x.rows();
    int length = x.rows() / rows * x.columns();
    for (int i = 0; i < rows; i++) {
      map(f, length, x.array(), x.at(i), y.array(), y.at(i));
    }
  }

  private static void map(Function f, int length, float[] x, int xOff, float[] y, int yOff) {
    int whole = FLOAT.loopBound(length);
    if (whole > 0) {
      Pass.of(f).run(whole, x, xOff, y, yOff);
    }
    if (whole < length) {
      Scratch scratch = Scratch.take();
      Matrix tail = scratch.row(0, x, xOff + whole, length - whole);
      ScalarKernels.INSTANCE.map(f, tail, scratch.row(1, y, yOff + whole, length - whole));
      scratch.give();
    }
  }

  static void activate(Activation f, Matrix z, Matrix a) {
    int rows = z.isDense() && a.isDense() ? 1 : z.rows();
    int length = z.rows() / rows * z.columns();
    for (int i = 0; i < rows; i++) {
      activate(f, length, z.array(), z.at(i), a.array(), a.at(i));
    }
  }

  static void activate(Activation f, int length, float[] z, int zOff, float[] a, int aOff) {
    if (f == Activation.IDENTITY) {
      System.arraycopy(z, zOff, a, aOff, length);
      return;
    }
    int whole = FLOAT.loopBound(length);
    if (whole > 0) {
      if (f == Activation.RELU) {
        Activations.relu(whole, z, zOff, a, aOff);
      } else if (f.kind() == Activation.Kind.LEAKY_RELU) {
        Activations.leakyRelu(whole, z, zOff, a, aOff, f.parameter());
      } else {
        Pass.of(f.kind()).run(f, whole, z, zOff, a, aOff);
      }
    }
    if (whole < length) {
      Scratch scratch = Scratch.take();
      Matrix tail = scratch.row(0, z, zOff + whole, length - whole);
      ScalarKernels.INSTANCE.activate(f, tail, scratch.row(1, a, aOff + whole, length - whole));
      scratch.give();
    }
  }

  static void backward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    int rows = saved.isDense() && da.isDense() && dz.isDense() ? 1 : saved.rows();
    int n = saved.rows() / rows * saved.columns();
    for (int i = 0; i < rows; i++) {
      backward(f, n, saved.array(), saved.at(i), da.array(), da.at(i), dz.array(), dz.at(i));
    }
  }

  /** dz = da f'(x) of n elements, x being what f saved. */
  static void backward(
      Activation f, int n, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    if (f == Activation.IDENTITY) {
      // da * 1 is da, bit for bit.
      System.arraycopy(da, daOff, dz, dzOff, n);
      return;
    }
    int whole = FLOAT.loopBound(n);
    if (whole > 0) {
      if (f == Activation.RELU) {
        Activations.reluBackward(whole, x, xOff, da, daOff, dz, dzOff);
      } else if (f.kind() == Activation.Kind.LEAKY_RELU) {
        Activations.leakyReluBackward(whole, x, xOff, da, daOff, dz, dzOff, f.parameter());
      } else {
        Pass.of(f.kind()).backward(f, whole, x, xOff, da, daOff, dz, dzOff);
      }
    }
    if (whole < n) {
      Scratch scratch = Scratch.take();
      Matrix saved = scratch.row(0, x, xOff + whole, n - whole);
      Matrix gradient = scratch.row(1, da, daOff + whole, n - whole);
      Matrix product = scratch.row(2, dz, dzOff + whole, n - whole);
      ScalarKernels.INSTANCE.activateBackward(f, saved, gradient, product);
      scratch.give();
    }
  }

  static void exp(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.exp(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void expm1(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.expm1(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void log(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.log(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void log1p(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.log1p(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }

  static void erf(int whole, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < whole; i += LENGTH) {
      LaneMath.erf(fromArray(FLOAT, x, xOff + i)).intoArray(y, yOff + i);
    }
  }
}
