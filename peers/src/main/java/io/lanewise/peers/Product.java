package io.lanewise.peers;

import io.lanewise.bench.MatmulBenchmark;
import io.lanewise.kernel.Transpose;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Param;

/** C = op(A) op(B) + bias, of a shape such as "128x512x784 NN": m x n x k and the form. */
final class Product implements Task {
  /** The reference takes every row of products up to this size, and some rows of larger ones. */
  private static final long REFERENCE_SIZE = 1L << 30;

  final String name;
  final Transpose form;
  final int m;
  final int n;
  final int k;
  final int lda;
  final int ldb;
  final float[] a;
  final float[] b;
  final float[] bias;

  private final int rowStep;

  /** For each row that is checked, n sums and n sums of absolute values. */
  private double[][] reference;

  Product(String shape) {
    name = shape;
    String[] parts = shape.split("[x ]");
    m = Integer.parseInt(parts[0]);
    n = Integer.parseInt(parts[1]);
    k = Integer.parseInt(parts[2]);
    form = Transpose.valueOf(parts[3]);
    lda = form.a() ? m : k;
    ldb = form.b() ? k : n;
    SplittableRandom random = new SplittableRandom(1);
    a = uniform(random, m * k);
    b = uniform(random, k * n);
    bias = uniform(random, n);
    rowStep = (int) Math.max(1, (long) m * n * k / REFERENCE_SIZE);
  }

  /** Returns the shapes of {@link MatmulBenchmark}. */
  static List<String> shapes() {
    try {
      return List.of(
          MatmulBenchmark.class.getDeclaredField("shape").getAnnotation(Param.class).value());
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  static float[] uniform(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double operations() {
    return 2.0 * m * n * k;
  }

  @Override
  public int runs() {
    return 1;
  }

  /** Copies the bias to each row of C: the start of a library that can only add to C. */
  void fill(float[] c) {
    for (int i = 0; i < m; i++) {
      System.arraycopy(bias, 0, c, i * n, n);
    }
  }

  /** Any order of k products and k sums, and the bias, errs by gamma(k + 2) at most. */
  @Override
  public void check(float[] c) {
    if (reference == null) {
      reference = new double[(m + rowStep - 1) / rowStep][];
      for (int i = 0; i < m; i += rowStep) {
        reference[i / rowStep] = referenceRow(i);
      }
    }
    double u = 0x1p-24 * (k + 2);
    double gamma = u / (1 - u);
    for (int i = 0; i < m; i += rowStep) {
      double[] row = reference[i / rowStep];
      for (int j = 0; j < n; j++) {
        double error = Math.abs(c[i * n + j] - row[j]);
        double bound = gamma * row[n + j];
        // Not >: a NaN is wrong too.
        if (!(error <= bound)) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "c[%d,%d] is %s, not %s within %.2g",
                  i,
                  j,
                  c[i * n + j],
                  row[j],
                  bound));
        }
      }
    }
  }

  private double[] referenceRow(int i) {
    double[] sum = new double[n];
    double[] size = new double[n];
    for (int j = 0; j < n; j++) {
      sum[j] = bias[j];
      size[j] = Math.abs(bias[j]);
    }
    for (int p = 0; p < k; p++) {
      double x = form.a() ? a[p * m + i] : a[i * k + p];
      int start = form.b() ? p : p * n;
      int step = form.b() ? k : 1;
      for (int j = 0; j < n; j++) {
        double product = x * b[start + j * step];
        sum[j] += product;
        size[j] += Math.abs(product);
      }
    }
    double[] row = new double[2 * n];
    System.arraycopy(sum, 0, row, 0, n);
    System.arraycopy(size, 0, row, n, n);
    return row;
  }
}
