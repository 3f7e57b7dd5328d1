package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.check.Trial.Window;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;

/** The operations on rows: softmax and its Jacobian, the losses, the column sums. */
final class RowBattery {
  private static final Fill[] LOGITS = {
    Fill.NORMAL, Fill.WIDE, Fill.MASKED, Fill.LOW, Fill.SPECIAL
  };
  private static final Fill[] TARGETS = {Fill.TARGET, Fill.TARGET, Fill.NORMAL, Fill.SPECIAL};

  private RowBattery() {}

  static void lengths(Trial trial) {
    for (int n = 0; n <= ElementBattery.LENGTHS; n++) {
      all(trial, n % 4, n);
      all(trial, 1 + n % 3, n);
    }
  }

  static void rows(Trial trial, int count) {
    for (int i = 0; i < count; i++) {
      all(trial, trial.below(12), trial.below(i % 20 == 0 ? 1_100 : 150));
    }
  }

  private static void all(Trial trial, int m, int n) {
    softmax(trial, m, n);
    softmaxBackward(trial, m, n);
    if (n > 0) {
      crossEntropy(trial, m, n);
    }
    for (LossKernel loss : LossKernel.values()) {
      loss(trial, LossFunction.of(loss), m, n);
    }
    loss(trial, LossFunction.huber(0.25f), m, n);
    loss(trial, LossFunction.weightedBinary(positiveWeights(trial, n)), m, n);
    columnSums(trial, m, n);
  }

  private static String shape(int m, int n) {
    return " m=" + m + " n=" + n;
  }

  private static void softmax(Trial trial, int m, int n) {
    Window z = trial.out(m, n, trial.pick(LOGITS));
    Window a = trial.coin() ? z : trial.out(m, n, Fill.NAN);
    int out = a == z ? 0 : 1;
    trial.check(
        "softmax" + shape(m, n) + (a == z ? " in place" : ""),
        (kernels, x) -> kernels.softmax(m, n, x[0], z.off(), z.ld(), x[out], a.off(), a.ld()),
        z.x(),
        a.x());
  }

  private static void softmaxBackward(Trial trial, int m, int n) {
    Window a = trial.in(m, n, trial.coin() ? Fill.POSITIVE : Fill.SPECIAL);
    Window da = trial.out(m, n, trial.pick(LOGITS));
    Window dz = trial.coin() ? da : trial.out(m, n, Fill.NAN);
    int out = dz == da ? 1 : 2;
    trial.check(
        "softmaxBackward" + shape(m, n) + (dz == da ? " in place" : ""),
        (kernels, x) ->
            kernels.softmaxBackward(
                m, n, x[0], a.off(), a.ld(), x[1], da.off(), da.ld(), x[out], dz.off(), dz.ld()),
        a.x(),
        da.x(),
        dz.x());
  }

  private static void crossEntropy(Trial trial, int m, int n) {
    Window z = trial.out(m, n, trial.pick(LOGITS));
    Window dz = trial.coin() ? z : trial.out(m, n, Fill.NAN);
    Window rowLoss = trial.out(1, m, Fill.NAN);
    float scale = scale(trial, m);
    int labelsOff = trial.below(5);
    int[] labels = new int[labelsOff + m];
    for (int i = 0; i < m; i++) {
      labels[labelsOff + i] = trial.below(n);
    }
    int out = trial.below(4) == 0 ? -1 : dz == z ? 0 : 1;
    trial.check(
        "crossEntropy" + shape(m, n) + gradient(out),
        (kernels, x) ->
            kernels.crossEntropy(
                m,
                n,
                x[0],
                z.off(),
                z.ld(),
                labels,
                labelsOff,
                scale,
                out < 0 ? null : x[out],
                dz.off(),
                dz.ld(),
                x[2],
                rowLoss.off()),
        z.x(),
        dz.x(),
        rowLoss.x());
  }

  private static void loss(Trial trial, LossFunction loss, int m, int n) {
    Window z = trial.out(m, n, trial.pick(LOGITS));
    Window dz = trial.coin() ? z : trial.out(m, n, Fill.NAN);
    Window rowLoss = trial.out(1, m, Fill.NAN);
    Window y = trial.in(m, n, trial.pick(TARGETS));
    float scale = scale(trial, m);
    int out = trial.below(4) == 0 ? -1 : dz == z ? 0 : 1;
    trial.check(
        loss + shape(m, n) + gradient(out),
        (kernels, x) ->
            kernels.loss(
                loss,
                m,
                n,
                x[0],
                z.off(),
                z.ld(),
                x[3],
                y.off(),
                y.ld(),
                scale,
                out < 0 ? null : x[out],
                dz.off(),
                dz.ld(),
                x[2],
                rowLoss.off()),
        z.x(),
        dz.x(),
        rowLoss.x(),
        y.x());
  }

  private static float[] positiveWeights(Trial trial, int n) {
    float[] weights = new float[n];
    Fill fill = trial.coin() ? Fill.POSITIVE : Fill.SPECIAL;
    for (int j = 0; j < n; j++) {
      weights[j] = trial.draw(fill);
    }
    return weights;
  }

  private static float scale(Trial trial, int m) {
    return trial.below(8) == 0 ? trial.draw(Fill.SPECIAL) : 1f / Math.max(1, m);
  }

  private static String gradient(int out) {
    return out < 0 ? " without gradient" : out == 0 ? " in place" : "";
  }

  private static void columnSums(Trial trial, int m, int n) {
    Window x = trial.in(m, n, trial.pick(LOGITS));
    Window sums = trial.out(1, n, Fill.NAN);
    trial.check(
        "columnSums" + shape(m, n),
        (kernels, v) -> kernels.columnSums(m, n, v[0], x.off(), x.ld(), v[1], sums.off()),
        x.x(),
        sums.x());
  }
}
