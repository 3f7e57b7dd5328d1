package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import java.lang.reflect.Method;
import java.util.SplittableRandom;

/**
 * The scalar kernels compute with what SIMD packed, a piece of its columns too, with the bits of
 * both kernels' products. On the class path, where what is protected is within reach.
 */
final class UnpackProbe {
  private static final int GRAIN = 96;
  private static final Epilogue[] EPILOGUES = {
    Epilogue.NONE,
    Epilogue.BIAS,
    Epilogue.ACCUMULATE,
    Epilogue.BIAS.activation(Activation.RELU),
    Epilogue.NONE.derivative(Activation.TANH)
  };

  private final SplittableRandom random = new SplittableRandom(27);
  private final Method method;

  private UnpackProbe() throws ReflectiveOperationException {
    method =
        Kernels.class.getDeclaredMethod(
            "doMatmulPacked",
            Matrix.class,
            PackedMatrix.class,
            int.class,
            Matrix.class,
            Epilogue.class,
            Matrix.class,
            Matrix.class);
    method.setAccessible(true);
  }

  /** A few of them, and small, for a JVM that emulates what it computes with. */
  static void check(boolean few) throws ReflectiveOperationException {
    UnpackProbe probe = new UnpackProbe();
    for (int n = 1; n < 300; n += few ? 13 : 1) {
      probe.product(1 + n % 9, n, n % 7, false);
    }
    int rounds = few ? 30 : 300;
    int most = few ? 60 : 300;
    for (int round = 0; round < rounds; round++) {
      int m = 1 + probe.random.nextInt(round % 2 == 0 ? 4 : few ? 12 : 70);
      int n = 1 + probe.random.nextInt(round % 5 == 0 ? 1_000 + most : most);
      probe.product(m, n, probe.random.nextInt(most), round % 3 == 0);
    }
  }

  private void product(int m, int n, int k, boolean integers) throws ReflectiveOperationException {
    Matrix whole = new Matrix(floats(k * n, integers ? 4 : 0), k, n);
    PackedMatrix b =
        integers ? SimdKernels.INSTANCE.packIntegers(whole) : SimdKernels.INSTANCE.pack(whole);
    Matrix a = window(m, k, integers ? 128 : 0);
    int zeros = random.nextInt(10);
    for (int i = 0; i < a.array().length; i++) {
      a.array()[i] = random.nextInt(10) < zeros ? 0f : a.array()[i];
    }
    Epilogue epilogue = integers ? Epilogue.NONE : EPILOGUES[random.nextInt(EPILOGUES.length)];
    int last = Math.max(0, n / GRAIN - 1);
    int from = random.nextInt(last + 1) * GRAIN;
    int end = random.nextBoolean() ? n : from + random.nextInt(last - from / GRAIN + 1) * GRAIN;
    end = end == from ? n : end;
    Matrix c = window(m, end - from, 0);
    Matrix bias = epilogue.start() == Epilogue.Start.BIAS ? window(1, c.columns(), 0) : null;
    Matrix saved = epilogue.derivative() != null ? window(m, c.columns(), 0) : null;
    float[] of = multiply(SimdKernels.INSTANCE, a, b, from, c, epilogue, bias, saved);
    float[] got = multiply(ScalarKernels.INSTANCE, a, b, from, c, epilogue, bias, saved);
    PackedMatrix plain = ScalarKernels.INSTANCE.pack(whole);
    float[] wanted = multiply(ScalarKernels.INSTANCE, a, plain, from, c, epilogue, bias, saved);
    for (int i = 0; i < wanted.length; i++) {
      int bits = Float.floatToIntBits(wanted[i]);
      if (bits != Float.floatToIntBits(got[i]) || bits != Float.floatToIntBits(of[i])) {
        throw new AssertionError(
            String.format(
                "%dx%dx%d, columns %d to %d, %s, %s: at %d %s and %s, wanted %s",
                m, n, k, from, end, epilogue, b.getClass(), i, got[i], of[i], wanted[i]));
      }
    }
  }

  private float[] multiply(
      Kernels kernels,
      Matrix a,
      PackedMatrix b,
      int from,
      Matrix c,
      Epilogue epilogue,
      Matrix bias,
      Matrix saved)
      throws ReflectiveOperationException {
    float[] copy = c.array().clone();
    Matrix to = new Matrix(copy, c.off(), c.ld(), c.rows(), c.columns());
    method.invoke(kernels, a, b, from, to, epilogue, bias, saved);
    return copy;
  }

  private Matrix window(int rows, int columns, int integers) {
    int off = random.nextInt(18);
    int ld = Math.max(1, columns) + random.nextInt(8);
    return new Matrix(floats(off + rows * ld, integers), off, ld, rows, columns);
  }

  /** Any floats for 0, else integers below that. */
  private float[] floats(int length, int integers) {
    if (integers == 0) {
      return random.nextBoolean()
          ? RandomFloats.mixed(random, length)
          : RandomFloats.finite(random, length);
    }
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = random.nextInt(-integers, integers);
    }
    return x;
  }
}
