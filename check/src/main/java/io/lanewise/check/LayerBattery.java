package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.check.Trial.Window;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;

/** The operations of the layers: norms and their gradients, dropout, sums, weights of rows. */
final class LayerBattery {
  private static final Fill[] FILLS = {Fill.NORMAL, Fill.WIDE, Fill.SPECIAL, Fill.LOW, Fill.BITS};
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
    return " m=" + m + " n=" + n + (inPlace ? " in place" : "");
  }

  private static void normalize(Trial trial, int m, int n) {
    Window x = trial.out(m, n, trial.pick(FILLS));
    Window mean = trial.in(1, n, trial.pick(FILLS));
    Window scale = trial.in(1, n, trial.pick(FILLS));
    Window shift = trial.in(1, n, trial.pick(FILLS));
    Window y = trial.coin() ? x : trial.out(m, n, Fill.NAN);
    int out = y == x ? 0 : 4;
    trial.check(
        "normalize" + shape(m, n, y == x),
        (kernels, v) ->
            kernels
                .layers()
                .normalize(
                    m,
                    n,
                    v[0],
                    x.off(),
                    x.ld(),
                    v[1],
                    mean.off(),
                    v[2],
                    scale.off(),
                    v[3],
                    shift.off(),
                    v[out],
                    y.off(),
                    y.ld()),
        x.x(),
        mean.x(),
        scale.x(),
        shift.x(),
        y.x());
  }

  private static void columnMoments(Trial trial, int m, int n) {
    Window x = trial.in(m, n, trial.pick(FILLS));
    Window mean = trial.out(1, n, Fill.NAN);
    Window variance = trial.out(1, n, Fill.NAN);
    trial.check(
        "columnMoments" + shape(m, n, false),
        (kernels, v) ->
            kernels
                .layers()
                .columnMoments(m, n, v[0], x.off(), x.ld(), v[1], mean.off(), v[2], variance.off()),
        x.x(),
        mean.x(),
        variance.x());
  }

  private static void layerNorm(Trial trial, int m, int n) {
    Window x = trial.out(m, n, trial.pick(FILLS));
    Window gamma = trial.in(1, n, trial.pick(FILLS));
    Window beta = trial.in(1, n, trial.pick(FILLS));
    Window mean = trial.out(1, m, Fill.NAN);
    Window rstd = trial.out(1, m, Fill.NAN);
    Window y = trial.coin() ? x : trial.out(m, n, Fill.NAN);
    float epsilon = trial.below(4) == 0 ? trial.draw(Fill.SPECIAL) : 1e-5f;
    int out = y == x ? 0 : 5;
    trial.check(
        "layerNorm" + shape(m, n, y == x),
        (kernels, v) -> {
          Norm norm =
              new Norm(v[1], gamma.off(), v[2], beta.off(), v[3], mean.off(), v[4], rstd.off());
          kernels
              .layers()
              .layerNorm(m, n, v[0], x.off(), x.ld(), norm, epsilon, v[out], y.off(), y.ld());
        },
        x.x(),
        gamma.x(),
        beta.x(),
        mean.x(),
        rstd.x(),
        y.x());
  }

  private static void normBackward(Trial trial, int m, int n, boolean rows) {
    Window x = trial.in(m, n, trial.pick(FILLS));
    Window dy = trial.out(m, n, trial.pick(FILLS));
    Window gamma = trial.in(1, n, trial.pick(FILLS));
    Window mean = trial.in(1, rows ? m : n, trial.pick(FILLS));
    Window rstd = trial.in(1, rows ? m : n, trial.pick(POSITIVES));
    Window dgamma = trial.out(1, n, Fill.NAN);
    Window dbeta = trial.out(1, n, Fill.NAN);
    Window dx = trial.coin() ? dy : trial.out(m, n, Fill.NAN);
    boolean without = trial.below(4) == 0;
    int out = dx == dy ? 1 : 7;
    trial.check(
        (rows ? "layerNormBackward" : "batchNormBackward")
            + shape(m, n, dx == dy)
            + (without ? " without dx" : ""),
        (kernels, v) -> {
          // Beta is not read.
          Norm norm =
              new Norm(v[2], gamma.off(), v[2], gamma.off(), v[3], mean.off(), v[4], rstd.off());
          float[] to = without ? null : v[out];
          LayerKernels layers = kernels.layers();
          if (rows) {
            layers.layerNormBackward(
                m,
                n,
                v[0],
                x.off(),
                x.ld(),
                norm,
                v[1],
                dy.off(),
                dy.ld(),
                to,
                dx.off(),
                dx.ld(),
                v[5],
                dgamma.off(),
                v[6],
                dbeta.off());
          } else {
            layers.batchNormBackward(
                m,
                n,
                v[0],
                x.off(),
                x.ld(),
                norm,
                v[1],
                dy.off(),
                dy.ld(),
                to,
                dx.off(),
                dx.ld(),
                v[5],
                dgamma.off(),
                v[6],
                dbeta.off());
          }
        },
        x.x(),
        dy.x(),
        gamma.x(),
        mean.x(),
        rstd.x(),
        dgamma.x(),
        dbeta.x(),
        dx.x());
  }

  private static void dropout(Trial trial, int m, int n) {
    Window x = trial.out(m, n, trial.pick(FILLS));
    Window y = trial.coin() ? x : trial.out(m, n, Fill.NAN);
    double rate = RATES[trial.below(RATES.length)];
    boolean alpha = trial.coin();
    DropoutMask forward = alpha ? DropoutMask.alpha(rate) : DropoutMask.plain(rate);
    DropoutMask mask = trial.coin() ? forward : forward.backward();
    long seed = trial.bits();
    long stream = trial.bits() & Long.MAX_VALUE;
    int firstRow = trial.below(1 << 20) << trial.below(12);
    int out = y == x ? 0 : 1;
    trial.check(
        "dropout" + (alpha ? " alpha " : " ") + rate + shape(m, n, y == x),
        (kernels, v) ->
            kernels
                .layers()
                .dropout(
                    mask, m, n, seed, stream, firstRow, v[0], x.off(), x.ld(), v[out], y.off(),
                    y.ld()),
        x.x(),
        y.x());
  }

  private static void add(Trial trial, int m, int n) {
    Window a = trial.out(m, n, trial.pick(FILLS));
    Window b = trial.out(m, n, trial.pick(FILLS));
    int out = trial.below(3);
    Window y = out == 0 ? a : out == 1 ? b : trial.out(m, n, Fill.NAN);
    trial.check(
        "add" + shape(m, n, out < 2),
        (kernels, v) ->
            kernels
                .layers()
                .add(m, n, v[0], a.off(), a.ld(), v[1], b.off(), b.ld(), v[out], y.off(), y.ld()),
        a.x(),
        b.x(),
        y.x());
  }

  private static void scaleRows(Trial trial, int m, int n) {
    Window x = trial.out(m, n, trial.pick(FILLS));
    Window w = trial.in(1, m, trial.pick(WEIGHTS));
    Window y = trial.coin() ? x : trial.out(m, n, Fill.NAN);
    int out = y == x ? 0 : 2;
    trial.check(
        "scaleRows" + shape(m, n, y == x),
        (kernels, v) ->
            kernels
                .layers()
                .scaleRows(m, n, v[0], x.off(), x.ld(), v[1], w.off(), v[out], y.off(), y.ld()),
        x.x(),
        w.x(),
        y.x());
  }
}
