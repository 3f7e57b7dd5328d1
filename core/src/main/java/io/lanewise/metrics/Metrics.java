package io.lanewise.metrics;

import io.lanewise.dataset.Dataset;
import io.lanewise.internal.MeanLoss;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network;
import io.lanewise.nn.Reduction;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Workspace;
import java.util.Objects;

/**
 * What a network makes of a dataset, as far as it is cheap to say; {@link Evaluation} says more.
 *
 * @param rows the rows
 * @param loss the mean loss, as the network's reduction takes it; that of a sum, a row
 * @param accuracy the share of rows whose class is right, by their weights where they have any; NaN
 *     where there are no classes
 * @param confusion of the rows that have a class; null where there are no classes
 */
public record Metrics(int rows, double loss, double accuracy, Confusion confusion) {

  private static final int BATCH = 256;

  /** Evaluates the network on all rows, with the best kernels there are. */
  public static Metrics evaluate(Network network, Dataset data) {
    return evaluate(network, data, KernelLookup.best());
  }

  /**
   * Evaluates the network on all rows.
   *
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Metrics evaluate(Network network, Dataset data, Kernels kernels) {
    return evaluate(workspace(network, data, kernels), data);
  }

  /** A workspace for batches of that data, which is checked. */
  static Workspace workspace(Network network, Dataset data, Kernels kernels) {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(kernels, "kernels");
    requireRows(network, data);
    return new Workspace(network, kernels, Math.min(BATCH, data.rows()));
  }

  /** Throws unless there is a row, and the network takes it. */
  static void requireRows(Network network, Dataset data) {
    data.requireMatch(network);
    if (data.rows() == 0) {
      throw new IllegalArgumentException("data must have at least one row");
    }
  }

  /**
   * Evaluates the workspace's network on all rows, in batches of the workspace's size.
   *
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Metrics evaluate(Workspace workspace, Dataset data) {
    requireRows(workspace.network(), data);
    return evaluate(workspace, data, (from, m) -> {});
  }

  /** Takes each batch after its loss was computed: {@link Workspace#scores()} are its. */
  interface BatchListener {
    void after(int from, int m);
  }

  static Metrics evaluate(Workspace workspace, Dataset data, BatchListener listener) {
    Network network = workspace.network();
    int nIn = network.nIn();
    int nOut = network.nOut();
    int batch = workspace.maxBatch();
    Targets targets = data.asTargets();
    MeanLoss meanLoss = new MeanLoss(network.reduction() == Reduction.SUM);
    Confusion confusion = data.hasLabels() ? Confusion.empty(Math.max(2, nOut)) : null;
    for (int from = 0; from < data.rows(); from += batch) {
      int m = Math.min(batch, data.rows() - from);
      double loss = workspace.loss(m, data.features(), from * nIn, nIn, targets, from);
      meanLoss.add(loss, workspace.divisor(m, targets, from), m);
      for (int i = 0; confusion != null && i < m; i++) {
        int label = data.labels()[from + i];
        if (label != network.lossOptions().ignoredIndex()) {
          int predicted = predictedClass(network, workspace.scores(), i * nOut);
          confusion.add(label, predicted, data.hasWeights() ? data.weights()[from + i] : 1);
        }
      }
      listener.after(from, m);
    }
    double accuracy = confusion == null ? Double.NaN : confusion.accuracy();
    return new Metrics(data.rows(), meanLoss.value(), accuracy, confusion);
  }

  /**
   * Returns the class that a row of scores (see {@link Workspace#scores()}) speaks for: the first
   * of the largest; with a single output, 1 where it is on the positive side.
   */
  public static int predictedClass(Network network, float[] scores, int off) {
    int nOut = network.nOut();
    if (nOut == 1) {
      return scores[off] > threshold(network) ? 1 : 0;
    }
    int best = 0;
    for (int j = 1; j < nOut; j++) {
      if (scores[off + j] > scores[off + best]) {
        best = j;
      }
    }
    return best;
  }

  /** Between the classes 0 and 1 of one output: a logit's is 0, a probability's or target's 1/2. */
  private static float threshold(Network network) {
    return network.loss().ofProbabilities() ? 0f : 0.5f;
  }
}
