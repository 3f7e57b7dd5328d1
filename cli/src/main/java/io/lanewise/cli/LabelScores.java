package io.lanewise.cli;

import io.lanewise.check.internal.TextTable;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Confusion;
import io.lanewise.nn.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/**
 * How right the labels of rows are, of which each has any number: scikit-learn's figures of a
 * matrix of zeros and ones.
 */
final class LabelScores {
  private static final int BATCH = 256;
  private static final int MOST_SHOWN = 100;

  private final int nOut;
  private final int[] actual;
  private final int[] predicted;
  private final float[] weights;

  /**
   * Takes the targets of a dataset and what a network with binary cross-entropy makes of its rows.
   *
   * @throws UsageException if a target is neither 0 nor 1
   */
  LabelScores(Saved saved, Dataset data, Kernels kernels) {
    nOut = saved.network().nOut();
    int rows = data.rows();
    actual = new int[Math.multiplyExact(rows, nOut)];
    predicted = new int[actual.length];
    weights = data.hasWeights() ? data.weights() : null;
    Workspace workspace = new Workspace(saved.network(), kernels, Math.min(BATCH, rows));
    float[] y = new float[workspace.maxBatch() * nOut];
    for (int from = 0; from < rows; from += BATCH) {
      int m = Math.min(BATCH, rows - from);
      workspace.predict(m, data.features(), from * data.nIn(), data.nIn(), y, 0, nOut);
      for (int i = 0; i < m * nOut; i++) {
        int at = from * nOut + i;
        float target = data.targets()[at];
        if (target != 0 && target != 1) {
          throw new UsageException(
              "row "
                  + (at / nOut + 1)
                  + ": "
                  + saved.encoding().outputName(at % nOut)
                  + " is "
                  + target
                  + ": a label is 0 or 1; of quantities, say --task regression");
        }
        actual[at] = (int) target;
        // What says nothing is wrong, as a class of NaN is.
        float score = workspace.scores()[i];
        predicted[at] = Float.isNaN(score) ? 1 - actual[at] : score > 0 ? 1 : 0;
      }
    }
  }

  /** The share of rows all of whose labels are right. */
  double subsetAccuracy() {
    int[] all = new int[actual.length / nOut];
    int[] right = new int[all.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = 1;
      right[i] = 1;
      for (int j = i * nOut; j < (i + 1) * nOut; j++) {
        right[i] &= actual[j] == predicted[j] ? 1 : 0;
      }
    }
    return Confusion.of(all, right, weights, 2).accuracy();
  }

  /** The share of labels that are wrong. */
  double hammingLoss() {
    return 1 - all().accuracy();
  }

  /** Those of all labels together. */
  private Confusion all() {
    return confusion(0, 1);
  }

  /** Those from one on, every {@code step}-th. */
  private Confusion confusion(int from, int step) {
    int count = (actual.length - from + step - 1) / step;
    int[] a = new int[count];
    int[] p = new int[count];
    float[] w = weights == null ? null : new float[count];
    for (int i = 0; i < count; i++) {
      a[i] = actual[from + i * step];
      p[i] = predicted[from + i * step];
      if (w != null) {
        w[i] = weights[(from + i * step) / nOut];
      }
    }
    return Confusion.of(a, p, w, 2);
  }

  /** A line a label, with its accuracy, precision, recall and F1, then their means. */
  String table(IntFunction<String> name) {
    TextTable table = new TextTable(1);
    table.add("label", "accuracy", "precision", "recall", "F1", "rows");
    List<Confusion> labels = new ArrayList<>();
    for (int j = 0; j < nOut; j++) {
      labels.add(confusion(j, nOut));
    }
    for (int j = 0; j < Math.min(nOut, MOST_SHOWN); j++) {
      Confusion c = labels.get(j);
      String rows = Text.count(c.support(1));
      add(table, name.apply(j), c.accuracy(), c.precision(1), c.recall(1), c.f1(1), rows);
    }
    Confusion all = all();
    add(table, "micro mean", all.accuracy(), all.precision(1), all.recall(1), all.f1(1), "");
    addMean(table, "macro mean", labels, c -> 1);
    addMean(table, "weighted mean", labels, c -> c.support(1));
    return table.toString();
  }

  private static void addMean(
      TextTable table, String name, List<Confusion> labels, ToDoubleFunction<Confusion> weight) {
    double[] sums = new double[5];
    for (Confusion c : labels) {
      double w = weight.applyAsDouble(c);
      double[] figures = {c.accuracy(), c.precision(1), c.recall(1), c.f1(1), 1};
      for (int i = 0; i < figures.length; i++) {
        sums[i] += w * figures[i];
      }
    }
    double total = sums[4] == 0 ? 1 : sums[4];
    add(table, name, sums[0] / total, sums[1] / total, sums[2] / total, sums[3] / total, "");
  }

  private static void add(
      TextTable table,
      String name,
      double accuracy,
      double precision,
      double recall,
      double f1,
      String rows) {
    table.add(
        name,
        Text.format("%.4f", accuracy),
        Text.format("%.4f", precision),
        Text.format("%.4f", recall),
        Text.format("%.4f", f1),
        rows);
  }
}
