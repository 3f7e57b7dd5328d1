package io.lanewise.metrics;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Scaling;
import io.lanewise.internal.MeanLoss;
import io.lanewise.internal.Work;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Workspace;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a network makes of a dataset. The weights of the rows count; rows whose label is the ignored
 * index do not.
 *
 * <pre>{@code
 * Evaluation evaluation = Evaluation.of(network, test);
 * double accuracy = evaluation.accuracy();
 * double area = evaluation.value(Metric.ROC_AUC);
 * }</pre>
 *
 * @param rows the rows
 * @param loss the mean loss, as the network's reduction takes it; that of a sum, a row
 * @param accuracy the share of rows whose class is right; NaN where there are no classes
 * @param confusion of the rows that have a class; null where there are no classes
 * @param metrics those that were taken, and their values; NaN is one that has no meaning for the
 *     data or the network, or is undefined
 */
public record Evaluation(
    int rows,
    double loss,
    double accuracy,
    @Nullable Confusion confusion,
    Map<Metric, Double> metrics) {
  /** What a row whose outputs are NaN is taken for, -1: it has no class. */
  public static final int NO_CLASS = -1;

  private static final int BATCH = 256;
  private static final Set<Metric> OF_CONFUSION = EnumSet.of(Metric.F1_MACRO, Metric.RECALL_MACRO);

  /** Takes a copy of the map. */
  public Evaluation {
    Map<Metric, Double> copy = new EnumMap<>(Metric.class);
    copy.putAll(metrics);
    metrics = Collections.unmodifiableMap(copy);
  }

  /** Evaluates the network on all rows, with every metric and the kernels that end it first. */
  public static Evaluation of(Network network, Dataset data) {
    return of(network, data, Work.kernels(network.work(data.rows(), BATCH, false)));
  }

  /**
   * Evaluates the network on all rows, with every metric.
   *
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Evaluation of(Network network, Dataset data, Kernels kernels) {
    return of(network, data, kernels, EnumSet.allOf(Metric.class));
  }

  /**
   * Evaluates the network on all rows.
   *
   * @param metrics which are taken; without any, no output is kept
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Evaluation of(Network network, Dataset data, Kernels kernels, Set<Metric> metrics) {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(kernels, "kernels");
    requireRows(network, data);
    return of(new Workspace(network, kernels, Math.min(BATCH, data.rows())), data, metrics);
  }

  /**
   * Evaluates the workspace's network on all rows, in batches of the workspace's size.
   *
   * @param metrics which are taken; without any, no output is kept
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Evaluation of(Workspace workspace, Dataset data, Set<Metric> metrics) {
    return of(workspace, data, metrics, null);
  }

  /**
   * The same of a network whose outputs are scaled targets: the loss is of these, the metrics are
   * of targets as the data has them.
   *
   * @param scaling that of the targets; null for none
   */
  public static Evaluation of(
      Workspace workspace, Dataset data, Set<Metric> metrics, Scaling.@Nullable Fit scaling) {
    Network network = workspace.network();
    requireRows(network, data);
    int nIn = network.nIn();
    int nOut = network.nOut();
    int batch = workspace.maxBatch();
    Outputs outputs =
        OF_CONFUSION.containsAll(metrics) ? null : new Outputs(workspace, data, Outputs.ROOM);
    Targets targets = data.asTargets();
    if (scaling != null) {
      float[] y = data.targets().clone();
      scaling.apply(y, data.rows());
      targets = Targets.ofRows(y, nOut).weighted(targets.weights());
    }
    MeanLoss meanLoss = new MeanLoss(network.reduction() == Reduction.SUM);
    Confusion confusion = data.hasLabels() ? Confusion.empty(Math.max(2, nOut)) : null;
    for (int from = 0; from < data.rows(); from += batch) {
      int m = Math.min(batch, data.rows() - from);
      double loss = workspace.loss(m, data.features(), from * nIn, nIn, targets, from);
      meanLoss.add(loss, workspace.divisor(m, targets, from), m);
      if (confusion != null) {
        count(workspace, data, from, m, confusion);
      }
      if (outputs != null) {
        outputs.take(from, m);
      }
    }
    if (outputs != null && scaling != null) {
      scaling.undo(outputs.y, data.rows());
    }
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    metrics.forEach(metric -> values.put(metric, value(metric, network, confusion, outputs)));
    double accuracy = confusion == null ? Double.NaN : confusion.accuracy();
    return new Evaluation(data.rows(), meanLoss.value(), accuracy, confusion, values);
  }

  /** Returns the value of a metric; NaN of one that was not taken, or is undefined. */
  public double value(Metric metric) {
    return metrics.getOrDefault(metric, Double.NaN);
  }

  private static void requireRows(Network network, Dataset data) {
    data.requireMatch(network);
    if (data.rows() == 0) {
      throw new IllegalArgumentException("data must have at least one row");
    }
  }

  private static void count(
      Workspace workspace, Dataset data, int from, int m, Confusion confusion) {
    Network network = workspace.network();
    for (int i = 0; i < m; i++) {
      int label = data.labels()[from + i];
      if (label != network.lossOptions().ignoredIndex()) {
        int predicted = predictedClass(network, workspace.scores(), i * network.nOut());
        confusion.add(label, predicted, data.hasWeights() ? data.weights()[from + i] : 1);
      }
    }
  }

  private static double value(
      Metric metric, Network network, @Nullable Confusion confusion, @Nullable Outputs o) {
    boolean quantities = confusion == null && !network.loss().ofProbabilities();
    if (metric.ofClasses() ? confusion == null : !quantities) {
      return Double.NaN;
    }
    if (!OF_CONFUSION.contains(metric) && !o.defined()) {
      return Double.NaN;
    }
    return metric.of(network, confusion, o);
  }

  /**
   * Returns the class that a row of scores (see {@link Workspace#scores()}) speaks for: the first
   * of the largest; with a single output, 1 where it is on the positive side. {@link #NO_CLASS}
   * where that is undefined: if a score is NaN, or the largest of several is infinite, of which a
   * softmax is NaN. Such a row counts as wrong.
   */
  public static int predictedClass(Network network, float[] scores, int off) {
    int nOut = network.nOut();
    float largest = scores[off];
    if (nOut == 1) {
      // Between the classes 0 and 1: a logit's is 0, a probability's or target's 1/2.
      float threshold = network.loss().ofProbabilities() ? 0f : 0.5f;
      return Float.isNaN(largest) ? NO_CLASS : largest > threshold ? 1 : 0;
    }
    int best = 0;
    for (int j = 1; j < nOut; j++) {
      if (scores[off + j] > largest) {
        best = j;
      }
      // NaN remains.
      largest = Math.max(largest, scores[off + j]);
    }
    return Float.isFinite(largest) ? best : NO_CLASS;
  }
}
