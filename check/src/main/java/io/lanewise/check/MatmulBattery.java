package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;

/** Matrix products: every form and epilogue over many shapes. */
final class MatmulBattery {
  static final int[] GRID = {0, 1, 2, 3, 5, 7, 9, 31, 63};
  private static final int[] EDGES = {15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129};
  private static final int[] BLOCKS = {128, 192, 240, 256, 288, 384, 480, 512, 576, 768, 960, 1024};
  // Thin products: one size crosses the block sizes, the others are a tile and its edge.
  static final int[][] THIN = {
    {1, 1, 1100},
    {5, 18, 257},
    {3, 17, 513},
    {2, 33, 1025},
    {261, 17, 3},
    {5, 1030, 2},
    {9, 2047, 3},
    {9, 2049, 3},
    {130, 70, 5}
  };

  private static final int[][] PACKED_THIN = {{1, 97, 5}, {2, 2049, 3}, {9, 100, 7}, {20, 64, 0}};
  private static final int[][] PACKED = {
    {3, 191, 300},
    {4, 48, 257},
    {5, 10, 512},
    {9, 193, 513},
    {130, 300, 33},
    {131, 96, 9},
    {64, 385, 70},
    {257, 17, 20},
    {8, 2100, 260},
    {131, 965, 140},
    // Large enough for threads to cut the columns, a vector and less behind a cut.
    {8, 193, 6000},
    {8, 385, 3000},
    {8, 4141, 300}
  };

  // Chains of a sparse row that end in zero nowhere, here and there and nearly everywhere; and a B
  // that is not finite.
  private static final Fill[] ROW_FILLS = {Fill.NORMAL, Fill.TARGET, Fill.SPARSE, Fill.SPECIAL};

  // Both zeros: the product of BLAS reads less with them, and leaves other signs.
  private static final float[] FACTORS = {
    0f, -0f, 1f, -1f, 0.3f, -2f, 1e-30f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };
  private static final int[][] SCALED = {
    {1, 1, 1}, {3, 1, 0}, {7, 15, 1}, {1, 16, 9}, {2, 50, 6}, {25, 17, 21}, {19, 1, 8}, {38, 1, 29}
  };

  private MatmulBattery() {}

  private static Epilogue from(Start start) {
    return new Epilogue(start, Activation.IDENTITY, null, 1f, 0f);
  }

  /** Followed by an activation, or by its derivative. */
  private static Epilogue from(Start start, Activation f, boolean derivative) {
    return derivative ? from(start).derivative(f) : from(start).activation(f);
  }

  /** Any start, followed by nothing half of the time. */
  private static Epilogue any(Trial trial) {
    Start start = trial.pick(Start.values());
    return trial.coin() ? from(start) : from(start, elementwise(trial.below(99)), trial.coin());
  }

  static void grid(Trial trial) {
    int next = 0;
    for (int m : GRID) {
      for (int n : GRID) {
        for (int k : GRID) {
          for (Transpose form : Transpose.values()) {
            for (Start start : Start.values()) {
              Activation f = elementwise(next++);
              Fill fill = next % 5 == 0 ? Fill.SPECIAL : Fill.NORMAL;
              product(trial, form, m, n, k, from(start), fill);
              product(trial, form, m, n, k, from(start, f, false), fill);
              product(trial, form, m, n, k, from(start, f, true), fill);
            }
          }
        }
      }
    }
  }

  static void sample(Trial trial) {
    int next = 0;
    for (Transpose form : Transpose.values()) {
      for (Start start : Start.values()) {
        for (int m : new int[] {1, 2, 7, 25}) {
          for (int n : new int[] {1, 15, 16, 50}) {
            for (int k : new int[] {0, 1, 6, 21}) {
              Epilogue epilogue = from(start, elementwise(next), next % 2 == 0);
              Fill fill = next++ % 3 == 0 ? Fill.SPECIAL : Fill.NORMAL;
              product(trial, form, m, n, k, epilogue, fill);
            }
          }
        }
      }
      for (int[] s : THIN) {
        Epilogue epilogue = from(Start.values()[next++ % 3]);
        product(trial, form, s[0], s[1], s[2], epilogue, Fill.NORMAL);
      }
    }
    sideBySide(trial);
  }

  /** Every pair of factors, in every form, over small shapes and single columns. */
  static void scaledSample(Trial trial) {
    int next = 0;
    for (float alpha : FACTORS) {
      for (float beta : FACTORS) {
        if (trial.finite() && !Float.isFinite(alpha + beta)) {
          continue;
        }
        for (Transpose form : Transpose.values()) {
          int[] s = SCALED[next++ % SCALED.length];
          scaled(trial, form, s[0], s[1], s[2], alpha, beta, Fill.SPECIAL);
          s = SCALED[next % SCALED.length];
          scaled(trial, form, s[0], s[1], s[2], alpha, beta, Fill.NORMAL);
        }
      }
    }
    scaled(trial, Transpose.NN, 3, 2050, 2, 0.7f, 0.3f, Fill.NORMAL);
    scaled(trial, Transpose.TN, 300, 17, 3, 0.7f, 0.3f, Fill.NORMAL);
    scaled(trial, Transpose.NN, 300, 1, 40, 0.7f, 0.3f, Fill.NORMAL);
    // Chains that are 0, whose sign a factor changes and a sum with 0 takes away.
    scaled(trial, Transpose.NN, 5, 19, 1, -0.7f, 0f, Fill.TARGET);
  }

  /**
   * Scaled products of random shape and factors, m, n and k in 0..max; every third has one column,
   * whose leading dimension is the increment of a vector.
   */
  static void scaled(Trial trial, int count, int max) {
    for (int i = 0; i < count; i++) {
      int m = trial.below(max + 1);
      int n = i % 3 == 0 ? 1 : trial.below(max + 1);
      int k = trial.below(max + 1);
      float alpha = factor(trial);
      float beta = factor(trial);
      Fill fill = trial.below(4) == 0 ? Fill.SPECIAL : Fill.NORMAL;
      scaled(trial, trial.pick(Transpose.values()), m, n, k, alpha, beta, fill);
    }
    // Wider and taller than what is scaled at once.
    scaled(trial, Transpose.NT, 300, 1100, 5, 0.7f, 0.3f, Fill.NORMAL);
    scaled(trial, Transpose.TN, 270, 2100, 3, -1f, 1f, Fill.NORMAL);
  }

  private static float factor(Trial trial) {
    float factor = trial.coin() ? FACTORS[trial.below(FACTORS.length)] : trial.draw(Fill.WIDE);
    return trial.finite() && !Float.isFinite(factor) ? 1f : factor;
  }

  private static void scaled(
      Trial trial, Transpose form, int m, int n, int k, float alpha, float beta, Fill fill) {
    product(trial, form, m, n, k, Epilogue.scaled(alpha, beta), fill);
  }

  static void random(Trial trial, int count, int max) {
    for (int i = 0; i < count; i++) {
      int m = trial.below(max + 1);
      int n = trial.below(max + 1);
      int k = trial.below(max + 1);
      Fill fill = trial.below(4) == 0 ? Fill.SPECIAL : Fill.NORMAL;
      product(trial, trial.pick(Transpose.values()), m, n, k, any(trial), fill);
    }
  }

  /**
   * One size (in turn m, n and k) crosses a large block size by one, the others smaller ones; each
   * tenth product has two large sizes.
   */
  static void large(Trial trial, int count) {
    for (int i = 0; i < count; i++) {
      int[] size = new int[3];
      for (int d = 0; d < 3; d++) {
        int[] from = d == i % 3 ? BLOCKS : EDGES;
        size[d] = from[trial.below(from.length)] + trial.below(3) - 1;
      }
      if (i % 10 == 0) {
        size[i % 3] = 1100;
        size[(i + 1) % 3] = BLOCKS[trial.below(BLOCKS.length)] + 1;
      }
      Transpose form = Transpose.values()[i % 4];
      Epilogue epilogue = from(trial.pick(Start.values()));
      product(trial, form, size[0], size[1], size[2], epilogue, Fill.NORMAL);
    }
  }

  static void fused(Trial trial, int shapes) {
    for (int f = 0; f < ElementBattery.ACTIVATIONS.size(); f++) {
      for (Start start : Start.values()) {
        for (boolean derivative : new boolean[] {false, true}) {
          for (int i = 0; i < shapes; i++) {
            Epilogue epilogue = from(start, elementwise(f), derivative);
            Transpose form = trial.pick(Transpose.values());
            Fill fill = i % 2 == 0 ? Fill.WIDE : Fill.SPECIAL;
            int m = 1 + trial.below(40);
            int n = 1 + trial.below(70);
            product(trial, form, m, n, trial.below(300), epilogue, fill);
          }
        }
      }
    }
  }

  /** Products with a packed B that cross its cuts by one, and some random ones. */
  static void packedSample(Trial trial) {
    packed(trial, PACKED_THIN);
    packed(trial, 60, 30);
    packedRows(trial, 24);
  }

  /** Single rows with zeros, by a B of enough elements that they are looked for. */
  static void packedRows(Trial trial, int count) {
    for (int i = 0; i < count; i++) {
      int n = 700 + trial.below(100);
      int k = 50 + trial.below(50);
      Epilogue epilogue = from(trial.pick(Start.values()));
      packed(trial, 1, n, k, epilogue, Fill.SPARSE, ROW_FILLS[i % ROW_FILLS.length]);
    }
  }

  /** Random ones, m, n and k in 0..max, every second one with few rows. */
  static void packed(Trial trial, int count, int max) {
    for (int i = 0; i < count; i++) {
      Fill fill = trial.below(4) == 0 ? Fill.SPECIAL : Fill.NORMAL;
      int m = trial.coin() ? trial.below(max + 1) : trial.below(9);
      int n = trial.below(max + 1);
      int k = trial.below(max + 1);
      packed(trial, m, n, k, any(trial), fill, fill);
    }
  }

  /** Larger ones that cross the cuts. */
  static void packedLarge(Trial trial) {
    packed(trial, PACKED);
  }

  private static void packed(Trial trial, int[][] shapes) {
    for (int[] s : shapes) {
      for (Start start : Start.values()) {
        packed(trial, s[0], s[1], s[2], from(start), Fill.NORMAL, Fill.NORMAL);
      }
    }
  }

  /** The elementwise activations in turn. */
  static Activation elementwise(int i) {
    return ElementBattery.ACTIVATIONS.get(i % ElementBattery.ACTIVATIONS.size());
  }

  /** What must not be read is NaN. */
  private static void product(
      Trial trial, Transpose form, int m, int n, int k, Epilogue epilogue, Fill fill) {
    product(trial, false, form, m, n, k, epilogue, fill);
  }

  /**
   * One product.
   *
   * @param plain whether its form is an operation of its own
   */
  static void product(
      Trial trial,
      boolean plain,
      Transpose form,
      int m,
      int n,
      int k,
      Epilogue epilogue,
      Fill fill) {
    if (!trial.begin(plain ? "product " + form : "matmul")) {
      return;
    }
    Fill fillAb = epilogue.alpha() == 0f && !trial.finite() ? Fill.NAN : fill;
    Matrix a = form.a() ? trial.in(k, m, fillAb) : trial.in(m, k, fillAb);
    Matrix b = form.b() ? trial.in(n, k, fillAb) : trial.in(k, n, fillAb);
    trial.product(
        (plain ? "" : form + " ") + shape(m, n, k) + (plain ? "" : ", " + epilogue),
        "a b c bias saved",
        Measure.product(form, epilogue),
        (kernels, w) -> kernels.matmul(form, w[0], w[1], w[2], epilogue, w[3], w[4]),
        a,
        b,
        c(trial, m, n, epilogue, fill),
        bias(trial, n, epilogue, fill),
        saved(trial, m, n, epilogue, fill));
  }

  /** Packed by the kernels themselves, each time; in every other case the second product counts. */
  private static void packed(
      Trial trial, int m, int n, int k, Epilogue epilogue, Fill fill, Fill fillB) {
    if (!trial.begin("matmulPacked")) {
      return;
    }
    trial.product(
        shape(m, n, k) + ", " + epilogue,
        "a b c bias saved",
        Measure.product(Transpose.NN, epilogue),
        (kernels, w) -> {
          PackedMatrix packed = kernels.pack(w[1]);
          float[] old = w[2].array().clone();
          kernels.matmulPacked(w[0], packed, w[2], epilogue, w[3], w[4]);
          if ((m + n + k) % 2 == 1) {
            System.arraycopy(old, 0, w[2].array(), 0, old.length);
            kernels.matmulPacked(w[0], packed, w[2], epilogue, w[3], w[4]);
          }
        },
        trial.in(m, k, fill),
        trial.in(k, n, fillB),
        c(trial, m, n, epilogue, fill),
        bias(trial, n, epilogue, fill),
        saved(trial, m, n, epilogue, fill));
  }

  private static String shape(int m, int n, int k) {
    return "m=" + m + " n=" + n + " k=" + k;
  }

  private static Matrix c(Trial trial, int m, int n, Epilogue epilogue, Fill fill) {
    boolean read = epilogue.start() == Start.ACCUMULATE || epilogue.beta() != 0f;
    return trial.out(m, n, read ? fill : Fill.NAN);
  }

  private static Matrix bias(Trial trial, int n, Epilogue epilogue, Fill fill) {
    return epilogue.start() == Start.BIAS ? trial.in(1, n, fill) : null;
  }

  private static Matrix saved(Trial trial, int m, int n, Epilogue epilogue, Fill fill) {
    return epilogue.derivative() != null ? trial.in(m, n, fill) : null;
  }

  /** One size far beyond every block, the others a tile and its edge. */
  static void thin(Trial trial, int max) {
    int next = 0;
    for (int[] s : new int[][] {{max - 1, 17, 3}, {5, max - 1, 3}, {5, 18, max - 1}}) {
      for (Transpose form : Transpose.values()) {
        Epilogue epilogue = from(Start.values()[next % 3], elementwise(next++), next % 2 == 0);
        product(trial, form, s[0], s[1], s[2], epilogue, Fill.NORMAL);
      }
      scaled(trial, Transpose.NN, s[0], s[1], s[2], 0.7f, 0.3f, Fill.NORMAL);
      packed(trial, s[0], s[1], s[2], from(Start.BIAS), Fill.NORMAL, Fill.NORMAL);
    }
    packed(trial, 1, max - 1, 3, from(Start.ZERO), Fill.SPARSE, Fill.NORMAL);
    packed(trial, 1, 33, max - 1, from(Start.ZERO), Fill.SPARSE, Fill.NORMAL);
  }

  /** A, B and C as column windows of one array. */
  private static void sideBySide(Trial trial) {
    int size = 19;
    for (Transpose form : Transpose.values()) {
      if (!trial.begin("matmul")) {
        continue;
      }
      Matrix abc = trial.out(size, 3 * size, Fill.NORMAL);
      trial.product(
          form + " of three windows of one array, m=n=k=" + size,
          "a b c",
          Measure.product(form, Epilogue.NONE),
          (kernels, w) -> kernels.matmul(form, w[0], w[1], w[2]),
          new Matrix().part(abc, 0, size, size, size),
          new Matrix().part(abc, 0, size, 2 * size, size),
          new Matrix().part(abc, 0, size, 0, size));
    }
  }
}
