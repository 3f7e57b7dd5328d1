package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import io.lanewise.math.FloatMath;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A bug as outsiders write them, in plain methods and in kernels. */
enum Planted {
  NONE("no bug"),
  TAIL("the tail of a vector left out"),
  NAN("NaN becomes 0"),
  BESIDE("a write beyond the window"),
  LAST_TERM("one term of a sum left out in the tail"),
  ORDER("another order of summation"),
  LONG_1200("wrong beyond 1,200 elements"),
  LONG_5000("wrong beyond 5,000 elements");

  private static final Kernels SCALAR = ScalarKernels.INSTANCE;

  private final String text;

  Planted(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** From which element on a long row is wrong. */
  private int longest() {
    return this == LONG_1200 ? 1_200 : this == LONG_5000 ? 5_000 : Integer.MAX_VALUE;
  }

  float reluOf(float x) {
    return this == NAN ? (x > 0f ? x : 0f) : x <= 0f ? 0f : x;
  }

  void relu(int n, float[] x, int xOff, float[] y, int yOff) {
    int end = this == TAIL ? n - n % 16 : n;
    for (int i = 0; i < end; i++) {
      y[yOff + i] = i >= longest() ? -1f : reluOf(x[xOff + i]);
    }
    beside(y, yOff + n);
  }

  void reluIn(int n, MemorySegment x, MemorySegment y) {
    float[] in = x.asSlice(0, 4L * n).toArray(ValueLayout.JAVA_FLOAT);
    float[] out = y.toArray(ValueLayout.JAVA_FLOAT);
    relu(n, in, 0, out, 0);
    MemorySegment.copy(out, 0, y, ValueLayout.JAVA_FLOAT, 0, out.length);
  }

  private void beside(float[] y, int at) {
    if (this == BESIDE && at < y.length) {
      y[at] = 3f;
    }
  }

  void reluOn(Matrix x, Matrix y) {
    for (int i = 0; i < x.rows(); i++) {
      relu(x.columns(), x.array(), x.at(i), y.array(), y.at(i));
    }
  }

  void product(
      int m,
      int n,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int ldc) {
    int end = this == TAIL ? n - n % 16 : n;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < end; j++) {
        boolean short1 = this == LAST_TERM && j >= n - n % 16;
        int terms = Math.min(longest(), short1 ? k - 1 : k);
        float even = 0f;
        float odd = 0f;
        for (int p = 0; p < terms; p++) {
          float ap = a[aOff + i * lda + p];
          float bp = b[bOff + p * ldb + j];
          if (this == ORDER && p % 2 == 1) {
            odd = Math.fma(ap, bp, odd);
          } else {
            even = Math.fma(ap, bp, even);
          }
        }
        float sum = this == ORDER ? even + odd : even;
        c[cOff + i * ldc + j] = this == NAN && Float.isNaN(sum) ? 0f : sum;
      }
      beside(c, cOff + i * ldc + n);
    }
  }

  void softmax(int m, int n, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    for (int i = 0; i < m; i++) {
      Matrix row = Matrix.row(x, xOff + i * ldx, n);
      Matrix out = Matrix.row(y, yOff + i * ldy, n);
      float[] old = new float[n];
      System.arraycopy(y, yOff + i * ldy, old, 0, n);
      float[] in = new float[n];
      System.arraycopy(x, xOff + i * ldx, in, 0, n);
      SCALAR.softmax(row, out);
      for (int j = 0; j < n; j++) {
        boolean tail = j >= n - n % 16;
        float right = out.get(0, j);
        float wrong = this == NAN && Float.isNaN(right) ? 0f : j >= longest() ? -1f : right;
        out.put(0, j, this == TAIL && tail ? old[j] : wrong);
      }
      if (this == ORDER || this == LAST_TERM && n % 16 != 0) {
        inOrder(in, n, this == ORDER ? n : n - 1, out);
      }
      beside(y, yOff + i * ldy + n);
    }
  }

  private static void inOrder(float[] x, int n, int terms, Matrix out) {
    float max = Float.NEGATIVE_INFINITY;
    for (float v : x) {
      max = Math.max(max, v);
    }
    float sum = 0f;
    for (int j = 0; j < terms; j++) {
      sum += FloatMath.exp(x[j] - max);
    }
    for (int j = 0; j < n; j++) {
      out.put(0, j, FloatMath.exp(x[j] - max) / sum);
    }
  }

  void adam(
      Update u,
      int n,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    float[] gradients = g.clone();
    for (int i = 0; i < g.length && this == NAN; i++) {
      gradients[i] = Float.isNaN(g[i]) ? 0f : g[i];
    }
    int end = this == TAIL ? n - n % 16 : n;
    SCALAR.update(
        u,
        Matrix.row(p, pOff, end),
        Matrix.row(gradients, gOff, end),
        Matrix.row(s1, s1Off, end),
        Matrix.row(s2, s2Off, end));
    if (n > longest()) {
      p[pOff + longest()] = -1f;
    }
    beside(p, pOff + n);
  }

  /** Kernels with it, in the activation and in every product. */
  Kernels kernels() {
    return new ForwardingKernels(SCALAR) {
      @Override
      protected void doActivate(Activation f, Matrix z, Matrix a) {
        if (f == Activation.RELU) {
          reluOn(z, a);
        } else {
          super.doActivate(f, z, a);
        }
      }

      @Override
      protected void doMatmul(
          Transpose form,
          Matrix a,
          Matrix b,
          Matrix c,
          Epilogue epilogue,
          Matrix bias,
          Matrix saved) {
        if (form == Transpose.NN && epilogue.equals(Epilogue.NONE)) {
          product(
              c.rows(),
              c.columns(),
              a.columns(),
              a.array(),
              a.off(),
              a.ld(),
              b.array(),
              b.off(),
              b.ld(),
              c.array(),
              c.off(),
              c.ld());
        } else {
          super.doMatmul(form, a, b, c, epilogue, bias, saved);
        }
      }
    };
  }
}
