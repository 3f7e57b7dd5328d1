package io.lanewise.metrics;

import io.lanewise.dataset.Dataset;
import io.lanewise.internal.MeanLoss;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.math.FloatMath;
import io.lanewise.metrics.Confusion.Average;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Workspace;
import java.util.Arrays;
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

  /** Evaluates the network on all rows, with every metric and the best kernels there are. */
  public static Evaluation of(Network network, Dataset data) {
    return of(network, data, KernelLookup.best());
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
    Network network = workspace.network();
    requireRows(network, data);
    int nIn = network.nIn();
    int nOut = network.nOut();
    int batch = workspace.maxBatch();
    float[] outputs =
        OF_CONFUSION.containsAll(metrics) ? null : new float[Math.multiplyExact(data.rows(), nOut)];
    Targets targets = data.asTargets();
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
        outputs(workspace, from, m, outputs);
      }
    }
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    if (!metrics.isEmpty()) {
      Outputs all = outputs == null ? null : Outputs.of(network, data, outputs);
      metrics.forEach(metric -> values.put(metric, value(metric, network, confusion, all)));
    }
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

  /** What makes of the scores outputs that can be compared between rows. */
  private static Activation last(Network network) {
    Activation f = network.outputLayer().activation();
    Loss loss = network.loss();
    if (loss.fusedWith(f)) {
      return f == Activation.LOG_SOFTMAX ? Activation.SOFTMAX : f;
    }
    return loss.link();
  }

  /** Of the batch of m rows from that one on, whose scores are in the workspace. */
  private static void outputs(Workspace workspace, int from, int m, float[] outputs) {
    Network network = workspace.network();
    int nOut = network.nOut();
    Matrix scores = new Matrix(workspace.scores(), m, nOut);
    Matrix of = new Matrix(outputs, from * nOut, nOut, m, nOut);
    Activation f = last(network);
    if (f == Activation.SOFTMAX) {
      workspace.kernels().softmax(scores, of);
    } else {
      workspace.kernels().activate(f, scores, of);
    }
  }

  /** The outputs of the rows that count, beside what they should be. */
  static final class Outputs {
    final int @Nullable [] labels;
    final float @Nullable [] targets;
    final float[] y;
    final float @Nullable [] weights;

    Outputs(
        int @Nullable [] labels,
        float @Nullable [] targets,
        float[] y,
        float @Nullable [] weights) {
      this.labels = labels;
      this.targets = targets;
      this.y = y;
      this.weights = weights;
    }

    static Outputs of(Network network, Dataset data, float[] outputs) {
      float[] weights = data.hasWeights() ? data.weights() : null;
      if (!data.hasLabels()) {
        boolean ignored = weights != null && !anyPositive(weights);
        return new Outputs(null, data.targets(), outputs, ignored ? null : weights);
      }
      int nOut = network.nOut();
      int[] labels = new int[data.rows()];
      float[] y = new float[outputs.length];
      float[] w = weights == null ? null : new float[data.rows()];
      int rows = 0;
      for (int i = 0; i < data.rows(); i++) {
        if (data.labels()[i] != network.lossOptions().ignoredIndex()) {
          labels[rows] = data.labels()[i];
          System.arraycopy(outputs, i * nOut, y, rows * nOut, nOut);
          if (w != null) {
            w[rows] = weights[i];
          }
          rows++;
        }
      }
      return new Outputs(
          Arrays.copyOf(labels, rows),
          null,
          Arrays.copyOf(y, rows * nOut),
          w == null ? null : Arrays.copyOf(w, rows));
    }

    boolean defined() {
      return y.length > 0 && finite(y) && (weights == null || anyPositive(weights));
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

  static double logLoss(Network network, int[] labels, float[] p, float @Nullable [] weights) {
    int nOut = network.nOut();
    Activation f = network.outputLayer().activation();
    if (f == Activation.LOG_SOFTMAX && last(network) == Activation.IDENTITY) {
      return Metric.logLoss(labels, exp(p), nOut, weights);
    }
    boolean sumsToOne =
        nOut > 1 && (last(network) == Activation.SOFTMAX || f == Activation.SOFTMAX);
    if (sumsToOne) {
      return Metric.logLoss(labels, p, nOut, weights);
    }
    boolean ofClassOne = last(network) == Activation.SIGMOID || f == Activation.SIGMOID;
    if (nOut > 1 || !ofClassOne) {
      return Double.NaN;
    }
    float[] both = new float[2 * p.length];
    for (int i = 0; i < p.length; i++) {
      both[2 * i] = 1f - p[i];
      both[2 * i + 1] = p[i];
    }
    return Metric.logLoss(labels, both, 2, weights);
  }

  static double rocAuc(Network network, int[] labels, float[] scores, float @Nullable [] weights) {
    int nOut = network.nOut();
    double[] support = new double[Math.max(2, nOut)];
    for (int i = 0; i < labels.length; i++) {
      support[labels[i]] += weights == null ? 1 : weights[i];
    }
    for (double each : support) {
      if (each == 0) {
        return Double.NaN;
      }
    }
    if (nOut > 2) {
      return Metric.rocAuc(labels, scores, nOut, Average.MACRO, weights);
    }
    float[] ofClassOne = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      ofClassOne[i] = scores[i * nOut + nOut - 1];
    }
    return Metric.rocAuc(labels, ofClassOne, weights);
  }

  private static float[] exp(float[] logs) {
    float[] p = new float[logs.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = FloatMath.exp(logs[i]);
    }
    return p;
  }

  private static boolean finite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private static boolean anyPositive(float[] weights) {
    for (float weight : weights) {
      if (weight > 0) {
        return true;
      }
    }
    return false;
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
      return Float.isNaN(largest) ? NO_CLASS : largest > threshold(network) ? 1 : 0;
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

  /** Between the classes 0 and 1 of one output: a logit's is 0, a probability's or target's 1/2. */
  private static float threshold(Network network) {
    return network.loss().ofProbabilities() ? 0f : 0.5f;
  }
}
