package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;

/** The operations of the layers: norms and their gradients, dropout, sums, weights of rows. */
final class LayerBattery {
  private static final Fill[] FILLS = {
    Fill.NORMAL, Fill.WIDE, Fill.SPECIAL, Fill.LOW, Fill.HUGE, Fill.BITS
  };
  private static final Fill[] POSITIVES = {Fill.POSITIVE, Fill.POSITIVE, Fill.SPECIAL};
  // With zeros among them, which must not skip a row: 0 x NaN is NaN.
  private static final Fill[] WEIGHTS = {Fill.NORMAL, Fill.WIDE, Fill.SPECIAL, Fill.TARGET};
  private static final double[] RATES = {0, 0.1, 0.5, 0.8, 1 - 0x1p-40};

  private LayerBattery() {}

  static void lengths(Trial trial) {
    for (int n = 0; n <= ElementBattery.LENGTHS; n++) {
      all(trial, n % 4, n);
      all(trial, 1 + n % 3, n);
    }
    // More groups of words than one, and rows whose last group has every number of vectors.
    for (int n : new int[] {79, 96, 113, 127, 128, 129, 191, 200}) {
      dropout(trial, 2, n);
    }
  }

  static void random(Trial trial, int count) {
    for (int i = 0; i < count; i++) {
      all(trial, trial.below(12), trial.below(i % 20 == 0 ? 1_100 : 150));
    }
  }

  /** Rows longer than any block, and more rows. */
  static void beyond(Trial trial, int max) {
    all(trial, 2, max - 1);
    all(trial, max - 1, 3);
  }

  private static void all(Trial trial, int m, int n) {
    normalize(trial, m, n);
    columnMoments(trial, m, n);
    normBackward(trial, m, n, false);
    layerNorm(trial, m, n);
    normBackward(trial, m, n, true);
    dropout(trial, m, n);
    add(trial, m, n);
    scaleRows(trial, m, n);
  }

  private static String shape(int m, int n, boolean inPlace) {
    return "m=" + m + " n=" + n + (inPlace ? " in place" : "");
  }

  /** What an operation that works in place writes: half of the time what it reads. */
  private static Matrix output(Trial trial, Matrix input) {
    return trial.inPlace() ? input : trial.out(input.rows(), input.columns(), Fill.NAN);
  }

  private static Matrix row(Trial trial, int n) {
    return trial.in(1, n, trial.pick(FILLS));
  }

  private static void normalize(Trial trial, int m, int n) {
    if (!trial.begin("normalize")) {
      return;
    }
    Matrix x = trial.out(m, n, trial.pick(FILLS));
    Matrix y = output(trial, x);
    trial.check(
        shape(m, n, y == x),
        "x mean scale shift y",
        Measure.normalize(),
        (kernels, w) -> kernels.normalize(w[0], w[1], w[2], w[3], w[4]),
        x,
        row(trial, n),
        row(trial, n),
        row(trial, n),
        y);
  }

  private static void columnMoments(Trial trial, int m, int n) {
    if (!trial.begin("columnMoments")) {
      return;
    }
    trial.check(
        shape(m, n, false),
        "x mean variance",
        Measure.NONE,
        (kernels, w) -> kernels.columnMoments(w[0], w[1], w[2]),
        trial.in(m, n, trial.pick(FILLS)),
        trial.out(1, n, Fill.NAN),
        trial.out(1, n, Fill.NAN));
  }

  private static void layerNorm(Trial trial, int m, int n) {
    if (!trial.begin("layerNorm")) {
      return;
    }
    Matrix x = trial.out(m, n, trial.pick(FILLS));
    Matrix y = output(trial, x);
    float epsilon = trial.below(4) == 0 ? trial.draw(Fill.SPECIAL) : 1e-5f;
    trial.check(
        shape(m, n, y == x),
        "x gamma beta mean rstd y",
        Measure.NONE,
        (kernels, w) -> kernels.layerNorm(w[0], new Norm(w[1], w[2], w[3], w[4]), epsilon, w[5]),
        x,
        row(trial, n),
        row(trial, n),
        trial.outColumn(m, Fill.NAN),
        trial.outColumn(m, Fill.NAN),
        y);
  }

  private static void normBackward(Trial trial, int m, int n, boolean rows) {
    if (!trial.begin(rows ? "layerNormBackward" : "batchNormBackward")) {
      return;
    }
    Matrix dy = trial.out(m, n, trial.pick(FILLS));
    Matrix dx = output(trial, dy);
    boolean without = trial.below(4) == 0;
    Fill means = trial.pick(FILLS);
    Fill deviations = trial.pick(POSITIVES);
    trial.check(
        shape(m, n, dx == dy) + (without ? " without dx" : ""),
        "x dy dx gamma mean rstd dgamma dbeta",
        Measure.NONE,
        (kernels, w) -> {
          // Beta is not read.
          Norm norm = new Norm(w[3], w[3], w[4], w[5]);
          if (rows) {
            kernels.layerNormBackward(w[0], norm, w[1], w[2], w[6], w[7]);
          } else {
            kernels.batchNormBackward(w[0], norm, w[1], w[2], w[6], w[7]);
          }
        },
        trial.in(m, n, trial.pick(FILLS)),
        dy,
        without ? null : dx,
        row(trial, n),
        rows ? trial.inColumn(m, means) : trial.in(1, n, means),
        rows ? trial.inColumn(m, deviations) : trial.in(1, n, deviations),
        trial.out(1, n, Fill.NAN),
        trial.out(1, n, Fill.NAN));
  }

  private static void dropout(Trial trial, int m, int n) {
    if (!trial.begin("dropout")) {
      return;
    }
    Matrix x = trial.out(m, n, trial.pick(FILLS));
    Matrix y = output(trial, x);
    double rate = RATES[trial.below(RATES.length)];
    boolean alpha = trial.coin();
    DropoutMask forward = alpha ? DropoutMask.alpha(rate) : DropoutMask.plain(rate);
    DropoutMask mask = trial.coin() ? forward : forward.backward();
    long seed = trial.bits();
    long stream = trial.bits() & Long.MAX_VALUE;
    int firstRow = trial.below(1 << 20) << trial.below(12);
    trial.check(
        (alpha ? "alpha " : "") + rate + " " + shape(m, n, y == x),
        "x y",
        Measure.NONE,
        (kernels, w) -> kernels.dropout(mask, seed, stream, firstRow, w[0], w[1]),
        x,
        y);
  }

  private static void add(Trial trial, int m, int n) {
    if (!trial.begin("add")) {
      return;
    }
    Matrix a = trial.out(m, n, trial.pick(FILLS));
    Matrix b = trial.out(m, n, trial.pick(FILLS));
    int out = trial.inPlace() ? trial.below(2) : 2;
    trial.check(
        shape(m, n, out < 2),
        "a b y",
        Measure.ulps(2),
        (kernels, w) -> kernels.add(w[0], w[1], w[2]),
        a,
        b,
        out == 0 ? a : out == 1 ? b : trial.out(m, n, Fill.NAN));
  }

  private static void scaleRows(Trial trial, int m, int n) {
    if (!trial.begin("scaleRows")) {
      return;
    }
    Matrix x = trial.out(m, n, trial.pick(FILLS));
    Matrix y = output(trial, x);
    trial.check(
        shape(m, n, y == x),
        "x w y",
        Measure.ulps(2),
        (kernels, w) -> kernels.scaleRows(w[0], w[1], w[2]),
        x,
        trial.inColumn(m, trial.pick(WEIGHTS)),
        y);
  }
}
