package io.lanewise.metrics;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Confusion.Average;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.util.Arrays;

/**
 * All that is to be said of a network's outputs for a dataset: see {@link Scores}. A figure that
 * has no meaning for the data or the network, or is undefined, is NaN. The weights of the rows
 * count; rows whose label is the ignored index do not.
 *
 * @param metrics loss, accuracy and confusion
 * @param logLoss the logarithmic loss, where the outputs are probabilities, or logits that softmax
 *     or the sigmoid make probabilities
 * @param rocAuc the area under the ROC curve: with two classes that of class 1, with more the mean
 *     of each against the others; undefined where a class has no row
 * @param r2 the coefficient of determination, of rows of targets that are quantities
 * @param meanAbsoluteError of such rows
 * @param rootMeanSquaredError of such rows
 */
public record Evaluation(
    Metrics metrics,
    double logLoss,
    double rocAuc,
    double r2,
    double meanAbsoluteError,
    double rootMeanSquaredError) {

  /** Evaluates the network on all rows, with the best kernels there are. */
  public static Evaluation of(Network network, Dataset data) {
    return of(network, data, KernelLookup.best());
  }

  /**
   * Evaluates the network on all rows.
   *
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Evaluation of(Network network, Dataset data, Kernels kernels) {
    return of(Metrics.workspace(network, data, kernels), data);
  }

  /**
   * Evaluates the workspace's network on all rows, in batches of the workspace's size.
   *
   * @throws IllegalArgumentException if the widths do not match, or there is no row
   */
  public static Evaluation of(Workspace workspace, Dataset data) {
    Network network = workspace.network();
    Metrics.requireRows(network, data);
    int nOut = network.nOut();
    float[] outputs = new float[Math.multiplyExact(data.rows(), nOut)];
    Metrics metrics =
        Metrics.evaluate(workspace, data, (from, m) -> outputs(workspace, from, m, outputs));
    if (data.hasLabels()) {
      return ofClasses(metrics, network, data, outputs);
    }
    if (network.loss().ofProbabilities() || !finite(outputs)) {
      return new Evaluation(metrics, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    float[] targets = data.targets();
    float[] weights = data.hasWeights() && anyPositive(data.weights()) ? data.weights() : null;
    return new Evaluation(
        metrics,
        Double.NaN,
        Double.NaN,
        Scores.r2(targets, outputs, nOut, weights),
        Scores.meanAbsoluteError(targets, outputs, nOut, weights),
        Scores.rootMeanSquaredError(targets, outputs, nOut, weights));
  }

  /** What makes of the scores outputs that can be compared between rows. */
  private static Activation last(Network network) {
    Activation f = network.outputLayer().activation();
    Loss loss = network.loss();
    if (loss.fusedWith(f)) {
      return f;
    }
    if (loss == Loss.CROSS_ENTROPY) {
      return Activation.SOFTMAX;
    }
    return loss == Loss.BINARY_CROSS_ENTROPY ? Activation.SIGMOID : Activation.IDENTITY;
  }

  /** Of the batch of m rows from that one on, whose scores are in the workspace. */
  private static void outputs(Workspace workspace, int from, int m, float[] outputs) {
    Network network = workspace.network();
    int nOut = network.nOut();
    float[] scores = workspace.scores();
    int off = from * nOut;
    Activation f = last(network);
    if (f == Activation.SOFTMAX) {
      workspace.kernels().softmax(m, nOut, scores, 0, nOut, outputs, off, nOut);
    } else {
      workspace.kernels().activate(f, m * nOut, scores, 0, outputs, off);
    }
  }

  private static Evaluation ofClasses(
      Metrics metrics, Network network, Dataset data, float[] outputs) {
    int nOut = network.nOut();
    int[] labels = new int[data.rows()];
    float[] scores = new float[outputs.length];
    float[] weights = data.hasWeights() ? new float[data.rows()] : null;
    int rows = 0;
    for (int i = 0; i < data.rows(); i++) {
      if (data.labels()[i] != network.lossOptions().ignoredIndex()) {
        labels[rows] = data.labels()[i];
        System.arraycopy(outputs, i * nOut, scores, rows * nOut, nOut);
        if (weights != null) {
          weights[rows] = data.weights()[i];
        }
        rows++;
      }
    }
    labels = Arrays.copyOf(labels, rows);
    scores = Arrays.copyOf(scores, rows * nOut);
    weights = weights == null ? null : Arrays.copyOf(weights, rows);
    boolean defined = rows > 0 && finite(scores) && (weights == null || anyPositive(weights));
    double logLoss = defined ? logLoss(network, labels, scores, weights) : Double.NaN;
    double rocAuc = defined ? rocAuc(network, labels, scores, weights) : Double.NaN;
    return new Evaluation(metrics, logLoss, rocAuc, Double.NaN, Double.NaN, Double.NaN);
  }

  private static double logLoss(Network network, int[] labels, float[] p, float[] weights) {
    int nOut = network.nOut();
    Activation f = network.outputLayer().activation();
    boolean sumsToOne =
        nOut > 1 && (last(network) == Activation.SOFTMAX || f == Activation.SOFTMAX);
    if (sumsToOne) {
      return Scores.logLoss(labels, p, nOut, weights);
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
    return Scores.logLoss(labels, both, 2, weights);
  }

  private static double rocAuc(Network network, int[] labels, float[] scores, float[] weights) {
    int nOut = network.nOut();
    double[] support = new double[Math.max(2, nOut)];
    double total = 0;
    for (int i = 0; i < labels.length; i++) {
      double w = weights == null ? 1 : weights[i];
      support[labels[i]] += w;
      total += w;
    }
    for (double each : support) {
      if (each == 0 || each == total) {
        return Double.NaN;
      }
    }
    if (nOut > 2) {
      return Scores.rocAuc(labels, scores, nOut, Average.MACRO, weights);
    }
    float[] ofClassOne = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      ofClassOne[i] = scores[i * nOut + nOut - 1];
    }
    return Scores.rocAuc(labels, ofClassOne, weights);
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
}
