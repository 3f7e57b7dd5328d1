package io.lanewise.metrics;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Matrix;
import io.lanewise.math.FloatMath;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import org.jspecify.annotations.Nullable;

/**
 * The outputs of the rows that count, beside what they should be. Of classes there may be many, so
 * only some columns of them are kept at a time, and the logarithmic loss is summed as they come.
 */
final class Outputs {
  /** The most scores of classes that are kept, if that is a column: 64 MiB. */
  static final int ROOM = 1 << 24;

  final float @Nullable [] targets;
  final float @Nullable [] weights;
  final float[] y;
  private final Workspace workspace;
  private final Network network;
  private final Dataset data;
  private final int @Nullable [] labels;
  private final Activation last;
  // What a pass of the workspace gives, all columns.
  private final float[] batch;
  private final int firstColumn;
  private final int width;
  private int column;
  private int rows;
  private boolean finite = true;
  private double logLoss;
  private double total;

  /**
   * @param room the most scores of classes that are kept
   */
  Outputs(Workspace workspace, Dataset data, int room) {
    this.workspace = workspace;
    this.data = data;
    network = workspace.network();
    last = last(network);
    int nOut = network.nOut();
    batch = new float[workspace.maxBatch() * nOut];
    float[] all = data.hasWeights() ? data.weights() : null;
    if (!data.hasLabels()) {
      labels = null;
      targets = data.targets();
      weights = all != null && anyPositive(all) ? all : null;
      firstColumn = 0;
      width = nOut;
      y = new float[targets.length];
      return;
    }
    int count = 0;
    for (int label : data.labels()) {
      count += counts(label) ? 1 : 0;
    }
    labels = new int[count];
    targets = null;
    weights = all == null ? null : new float[count];
    int at = 0;
    for (int i = 0; i < data.rows(); i++) {
      if (counts(data.labels()[i])) {
        labels[at] = data.labels()[i];
        if (weights != null) {
          weights[at] = all[i];
        }
        at++;
      }
    }
    // Of two classes the one says what the other does.
    firstColumn = nOut == 2 ? 1 : 0;
    width = Math.min(nOut - firstColumn, Math.max(1, room / Math.max(1, count)));
    column = firstColumn;
    y = new float[count * width];
  }

  private boolean counts(int label) {
    return label != network.lossOptions().ignoredIndex();
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

  /** Takes the batch of m rows from that one on, whose scores are in the workspace. */
  void take(int from, int m) {
    activate(m);
    int nOut = network.nOut();
    for (int i = 0; i < m; i++) {
      if (labels == null || counts(data.labels()[from + i])) {
        for (int j = i * nOut; j < (i + 1) * nOut; j++) {
          finite &= Float.isFinite(batch[j]);
        }
        if (labels != null) {
          double w = weights == null ? 1 : weights[rows];
          logLoss -= w * logProbability(i * nOut, labels[rows]);
          total += w;
        }
        keep(i);
      }
    }
  }

  private void activate(int m) {
    int nOut = network.nOut();
    Matrix scores = new Matrix(workspace.scores(), m, nOut);
    Matrix of = new Matrix(batch, 0, nOut, m, nOut);
    if (last == Activation.SOFTMAX) {
      workspace.kernels().softmax(scores, of);
    } else {
      workspace.kernels().activate(last, scores, of);
    }
  }

  private void keep(int row) {
    System.arraycopy(batch, row * network.nOut() + column, y, rows * width, columns());
    rows++;
  }

  private int columns() {
    return Math.min(width, network.nOut() - column);
  }

  /** Of the class of a row; NaN of outputs that are no probabilities. */
  private double logProbability(int off, int label) {
    int nOut = network.nOut();
    Activation f = network.outputLayer().activation();
    if (nOut == 1) {
      boolean ofClassOne = last == Activation.SIGMOID || f == Activation.SIGMOID;
      float one = batch[off];
      float own = label == 1 ? one : 1f - one;
      double sum = Metric.clip(1f - one) + Metric.clip(one);
      return ofClassOne ? StrictMath.log(Metric.clip(own) / sum) : Double.NaN;
    }
    boolean logs = f == Activation.LOG_SOFTMAX && last == Activation.IDENTITY;
    if (!logs && last != Activation.SOFTMAX && f != Activation.SOFTMAX) {
      return Double.NaN;
    }
    double sum = 0;
    double own = 0;
    for (int c = 0; c < nOut; c++) {
      float p = batch[off + c];
      double clipped = Metric.clip(logs ? FloatMath.exp(p) : p);
      sum += clipped;
      own = c == label ? clipped : own;
    }
    return StrictMath.log(own / sum);
  }

  double logLoss() {
    return logLoss / total;
  }

  /** The mean of each class against the others: once more over the rows for columns not kept. */
  double rocAuc() {
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
    double sum = 0;
    for (; column < nOut; column += width) {
      if (column > firstColumn) {
        again();
      }
      for (int c = 0; c < columns(); c++) {
        int positive = nOut == 1 ? 1 : column + c;
        sum += Metric.rocAuc(labels, positive, y, width, c, weights);
      }
    }
    return sum / (nOut - firstColumn);
  }

  private void again() {
    rows = 0;
    int nIn = network.nIn();
    for (int from = 0; from < data.rows(); from += workspace.maxBatch()) {
      int m = Math.min(workspace.maxBatch(), data.rows() - from);
      workspace.loss(m, data.features(), from * nIn, nIn, data.asTargets(), from);
      activate(m);
      for (int i = 0; i < m; i++) {
        if (counts(data.labels()[from + i])) {
          keep(i);
        }
      }
    }
  }

  boolean defined() {
    return y.length > 0 && finite && (weights == null || anyPositive(weights));
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
