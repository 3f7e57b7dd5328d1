package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;

/** The operations on rows: softmax and its Jacobian, attention, the losses, the column sums. */
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

  /** Rows longer than any block, and more rows. */
  static void beyond(Trial trial, int max) {
    all(trial, 2, max - 1);
    all(trial, max - 1, 3);
  }

  private static void all(Trial trial, int m, int n) {
    softmax(trial, m, n);
    softmaxBackward(trial, m, n);
    logSoftmax(trial, m, n);
    logSoftmaxBackward(trial, m, n);
    if (n > 0) {
      crossEntropy(trial, m, n);
    }
    for (LossFunction.Kind loss : LossFunction.Kind.values()) {
      loss(trial, LossFunction.of(loss), m, n);
    }
    for (LossFunction.Kind loss : LossFunction.Kind.values()) {
      if (loss.hasParameter()) {
        loss(trial, LossFunction.of(loss, 0.25f), m, n);
      }
    }
    loss(trial, LossFunction.weightedBinary(positiveWeights(trial, n)), m, n);
    columnSums(trial, m, n);
    if (n > 0) {
      attention(trial, m, n);
    }
  }

  /** Of m queries to n keys, with operands beside each other or apart. */
  private static void attention(Trial trial, int m, int n) {
    if (!trial.begin("attention")) {
      return;
    }
    int texts = 1 + trial.below(n > 200 ? 1 : 3);
    int heads = 1 + trial.below(3);
    int d = heads * trial.below(35);
    // Zeros and what becomes less than any float: sums that are -0.
    boolean tiny = trial.below(4) == 0;
    Fill fill = tiny ? Fill.NORMAL : trial.pick(LOGITS);
    Matrix q = trial.in(texts * m, d, fill);
    Matrix k;
    Matrix v;
    if (trial.coin()) {
      Matrix both = trial.in(texts * n, 2 * d, fill);
      k = new Matrix().part(both, 0, texts * n, 0, d);
      v = new Matrix().part(both, 0, texts * n, d, d);
    } else {
      k = trial.in(texts * n, d, tiny ? fill : Fill.WIDE);
      v = trial.in(texts * n, heads * trial.below(35), fill);
    }
    for (int i = 0; tiny && i < v.rows(); i++) {
      for (int j = 0; j < v.columns(); j++) {
        v.put(i, j, -Math.abs(trial.draw(Fill.SPARSE)));
      }
    }
    int masks = trial.below(3) * texts;
    Matrix mask =
        masks == 0 ? null : trial.in(masks == texts ? texts : texts * m, n, trial.pick(LOGITS));
    float scale = tiny ? 30f : trial.coin() ? 0.125f : trial.draw(Fill.SPECIAL);
    Kernels.Heads all = new Kernels.Heads(texts, heads, scale);
    trial.check(
        shape(m, n) + " texts=" + texts + " heads=" + heads + " d=" + d / heads,
        "q k v mask y",
        Measure.NONE,
        (kernels, w) -> kernels.attention(all, w[0], w[1], w[2], w[3], w[4]),
        q,
        k,
        v,
        mask,
        trial.out(texts * m, v.columns(), Fill.NAN));
  }

  private static String shape(int m, int n) {
    return "m=" + m + " n=" + n;
  }

  private static void softmax(Trial trial, int m, int n) {
    if (!trial.begin("softmax")) {
      return;
    }
    Matrix z = trial.out(m, n, trial.pick(LOGITS));
    Matrix a = trial.inPlace() ? z : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n) + (a == z ? " in place" : ""),
        "z a",
        Measure.softmax(),
        (kernels, w) -> kernels.softmax(w[0], w[1]),
        z,
        a);
  }

  private static void softmaxBackward(Trial trial, int m, int n) {
    if (!trial.begin("softmaxBackward")) {
      return;
    }
    Matrix a = trial.in(m, n, trial.coin() ? Fill.POSITIVE : Fill.SPECIAL);
    Matrix da = trial.out(m, n, trial.pick(LOGITS));
    Matrix dz = trial.inPlace() ? da : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n) + (dz == da ? " in place" : ""),
        "a da dz",
        Measure.NONE,
        (kernels, w) -> kernels.softmaxBackward(w[0], w[1], w[2]),
        a,
        da,
        dz);
  }

  private static void logSoftmax(Trial trial, int m, int n) {
    if (!trial.begin("logSoftmax")) {
      return;
    }
    Matrix z = trial.out(m, n, trial.pick(LOGITS));
    Matrix a = trial.inPlace() ? z : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n) + (a == z ? " in place" : ""),
        "z a",
        Measure.logSoftmax(),
        (kernels, w) -> kernels.logSoftmax(w[0], w[1]),
        z,
        a);
  }

  private static void logSoftmaxBackward(Trial trial, int m, int n) {
    if (!trial.begin("logSoftmaxBackward")) {
      return;
    }
    Matrix a = trial.in(m, n, trial.pick(LOGITS));
    Matrix da = trial.out(m, n, trial.pick(LOGITS));
    Matrix dz = trial.inPlace() ? da : trial.out(m, n, Fill.NAN);
    trial.check(
        shape(m, n) + (dz == da ? " in place" : ""),
        "a da dz",
        Measure.NONE,
        (kernels, w) -> kernels.logSoftmaxBackward(w[0], w[1], w[2]),
        a,
        da,
        dz);
  }

  private static void crossEntropy(Trial trial, int m, int n) {
    if (!trial.begin("crossEntropy")) {
      return;
    }
    Matrix z = trial.out(m, n, trial.pick(LOGITS));
    Matrix dz = gradient(trial, z);
    float scale = scale(trial, m);
    int labelsOff = trial.below(5);
    int[] labels = new int[labelsOff + m];
    for (int i = 0; i < m; i++) {
      labels[labelsOff + i] = trial.below(n);
    }
    trial.check(
        shape(m, n) + gradient(dz, z),
        "z dz rowLoss",
        Measure.NONE,
        (kernels, w) -> kernels.crossEntropy(w[0], labels, labelsOff, scale, w[1], w[2]),
        z,
        dz,
        trial.outColumn(m, Fill.NAN));
  }

  private static void loss(Trial trial, LossFunction loss, int m, int n) {
    if (!trial.begin("loss " + loss)) {
      return;
    }
    Matrix z = trial.out(m, n, trial.pick(LOGITS));
    Matrix dz = gradient(trial, z);
    float scale = scale(trial, m);
    trial.check(
        shape(m, n) + gradient(dz, z),
        "z y dz rowLoss",
        Measure.NONE,
        (kernels, w) -> kernels.loss(loss, w[0], w[1], scale, w[2], w[3]),
        z,
        trial.in(m, n, trial.pick(TARGETS)),
        dz,
        trial.outColumn(m, Fill.NAN));
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

  /** None one time in four, else in place half of the time. */
  private static Matrix gradient(Trial trial, Matrix z) {
    if (trial.below(4) == 0) {
      return null;
    }
    return trial.inPlace() ? z : trial.out(z.rows(), z.columns(), Fill.NAN);
  }

  private static String gradient(Matrix dz, Matrix z) {
    return dz == null ? " without gradient" : dz == z ? " in place" : "";
  }

  private static void columnSums(Trial trial, int m, int n) {
    if (!trial.begin("columnSums")) {
      return;
    }
    trial.check(
        shape(m, n),
        "x sums",
        Measure.columnSums(),
        (kernels, w) -> kernels.columnSums(w[0], w[1]),
        trial.in(m, n, trial.pick(LOGITS)),
        trial.out(1, n, Fill.NAN));
  }
}
