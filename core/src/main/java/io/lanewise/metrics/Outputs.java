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
 * The outputs of the rows, beside what they should be. Of classes there may be many, so only some
 * columns of them are kept at a time, and the logarithmic loss is summed as they come.
 */
final class Outputs {
  /** The most scores of classes that are kept, if that is a column: 64 MiB. */
  static final int ROOM = 1 << 24;

  /** What probabilities are kept away from 0 and 1 by: the rounding of a float below 1, twice. */
  private static final double EPSILON = 0x1p-23;

  final float @Nullable [] targets;
  // Of rows with labels 0 where the label is the ignored index; of targets null for 1 each.
  final float @Nullable [] weights;
  final float[] y;
  private final Workspace workspace;
  private final Network network;
  private final Dataset data;
  private final int @Nullable [] labels;
  private final int nOut;
  // What the output layer is, and what makes of the scores outputs that can be compared.
  private final Activation output;
  private final Activation last;
  // Of a pass of the workspace, all columns; of a single one beside it that of the other class.
  private final float[] batch;
  private final float[] both = new float[2];
  private final int firstColumn;
  private final int width;
  private int column;
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
    nOut = network.nOut();
    output = network.outputLayer().activation();
    last = last(network.loss(), output);
    batch = new float[workspace.maxBatch() * nOut];
    int rows = data.rows();
    float[] all = data.hasWeights() ? data.weights() : null;
    if (!data.hasLabels()) {
      labels = null;
      targets = data.targets();
      weights = all != null && anyPositive(all) ? all : null;
      firstColumn = 0;
      width = nOut;
    } else {
      labels = data.labels();
      targets = null;
      weights = new float[rows];
      for (int i = 0; i < rows; i++) {
        boolean counts = labels[i] != network.lossOptions().ignoredIndex();
        weights[i] = !counts ? 0 : all == null ? 1 : all[i];
      }
      // Of two classes the one says what the other does.
      firstColumn = nOut == 2 ? 1 : 0;
      width = Math.min(nOut - firstColumn, Math.max(1, room / rows));
    }
    column = firstColumn;
    y = new float[rows * width];
  }

  private static Activation last(Loss loss, Activation f) {
    if (loss.fusedWith(f)) {
      return f == Activation.LOG_SOFTMAX ? Activation.SOFTMAX : f;
    }
    return loss.link();
  }

  /** Takes the batch of m rows from that one on, whose scores are in the workspace. */
  void take(int from, int m) {
    keep(from, m);
    for (int i = 0; i < m; i++) {
      int off = i * nOut;
      float w = weights == null ? 1 : weights[from + i];
      // Quantities of rows that do not count are looked at, too.
      for (int j = off; j < off + nOut && (w > 0 || labels == null); j++) {
        finite &= Float.isFinite(batch[j]);
      }
      if (labels != null && w > 0) {
        logLoss -= w * logProbability(off, labels[from + i]);
        total += w;
      }
    }
  }

  private void keep(int from, int m) {
    Matrix scores = new Matrix(workspace.scores(), m, nOut);
    Matrix of = new Matrix(batch, 0, nOut, m, nOut);
    if (last == Activation.SOFTMAX) {
      workspace.kernels().softmax(scores, of);
    } else {
      workspace.kernels().activate(last, scores, of);
    }
    for (int i = 0; i < m; i++) {
      System.arraycopy(batch, i * nOut + column, y, (from + i) * width, columns());
    }
  }

  private int columns() {
    return Math.min(width, nOut - column);
  }

  private double logProbability(int off, int label) {
    if (nOut == 1) {
      both[0] = 1f - batch[off];
      both[1] = batch[off];
      return logProbability(both, 0, 2, label);
    }
    for (int j = off; j < off + nOut && ofLogarithms(); j++) {
      batch[j] = FloatMath.exp(batch[j]);
    }
    return logProbability(batch, off, nOut, label);
  }

  /** Of a class, by the probabilities of a row. */
  static double logProbability(float[] probabilities, int off, int classes, int c) {
    double sum = 0;
    for (int j = off; j < off + classes; j++) {
      sum += clip(probabilities[j]);
    }
    return StrictMath.log(clip(probabilities[off + c]) / sum);
  }

  private static double clip(double p) {
    return Math.min(Math.max(p, EPSILON), 1 - EPSILON);
  }

  private boolean ofLogarithms() {
    return output == Activation.LOG_SOFTMAX && last == Activation.IDENTITY;
  }

  /** NaN of outputs that are no probabilities. */
  double logLoss() {
    Activation wanted = nOut == 1 ? Activation.SIGMOID : Activation.SOFTMAX;
    return last == wanted || output == wanted || nOut > 1 && ofLogarithms()
        ? logLoss / total
        : Double.NaN;
  }

  /** The mean of each class against the others: once more over the rows for columns not kept. */
  double rocAuc() {
    double[] support = new double[Math.max(2, nOut)];
    for (int i = 0; i < labels.length; i++) {
      if (weights[i] > 0) {
        support[labels[i]] += weights[i];
      }
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
        sum += Metric.rocAuc(labels, nOut == 1 ? 1 : column + c, y, width, c, weights);
      }
    }
    return sum / (nOut - firstColumn);
  }

  private void again() {
    int nIn = network.nIn();
    int m;
    for (int from = 0; from < data.rows(); from += m) {
      m = Math.min(workspace.maxBatch(), data.rows() - from);
      workspace.loss(m, data.features(), from * nIn, nIn, data.asTargets(), from);
      keep(from, m);
    }
  }

  boolean defined() {
    return finite && (weights == null || anyPositive(weights));
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
