package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import java.util.Objects;

/**
 * The loss of a batch: takes its targets, then makes the value and its gradient from what the last
 * layer left. Holds the buffers that it needs between, so that no call allocates; for one thread at
 * a time.
 */
final class LossPass {
  private final Kernels kernels;
  private final Loss loss;
  private final LossFunction function;
  private final Loss.Reduction reduction;
  private final Activation output;
  private final int nOut;

  private final int ignoredIndex;
  private final float[] classWeights;
  // Whether labels go to the kernel as they are, and the weight of a class is one of the row.
  private final boolean byIndex;

  // The smoothed target is fma(y, keep, share).
  private final boolean smoothed;
  private final float keep;
  private final float share;

  // What was taken: labels or y, and what the rows' losses are multiplied by where it is not 1.
  private int m;
  private int[] labels;
  private int labelsOff;
  private float[] y;
  private int yOff;
  private int ldy;
  private boolean weighted;
  private boolean ignoring;
  private double divisor;
  private final float[] rowWeight;

  // What the caller set instead, or 0.
  private double wholeDivisor;

  private final int[] anyLabels;
  private final float[] targets;
  private final float[] rowLoss;

  // Windows on them, and on what was taken.
  private final Matrix rowLosses;
  private final Matrix rowWeights;
  private final Matrix made;
  private final Matrix given = new Matrix();

  /**
   * @param output the activation of the output layer
   * @param maxBatch the most rows of a batch
   */
  LossPass(Network network, Kernels kernels, Activation output, int maxBatch) {
    this.kernels = kernels;
    this.output = output;
    Loss.Options options = network.lossOptions();
    loss = network.loss();
    function = loss.function(output, options);
    reduction = network.reduction();
    nOut = network.nOut();
    ignoredIndex = options.ignoredIndex();
    classWeights = options.classWeights();
    smoothed = options.labelSmoothing() > 0;
    keep = 1f - options.labelSmoothing();
    share = options.labelSmoothing() / (loss.link() == Activation.SIGMOID ? 2 : nOut);
    byIndex = function.kind() == LossFunction.Kind.SOFTMAX_CROSS_ENTROPY && !smoothed;
    rowWeight = new float[maxBatch];
    rowLoss = new float[maxBatch];
    anyLabels = new int[maxBatch];
    targets = new float[Math.multiplyExact(maxBatch, nOut)];
    rowLosses = Matrix.column(rowLoss, 0, maxBatch);
    rowWeights = Matrix.column(rowWeight, 0, maxBatch);
    made = new Matrix(targets, maxBatch, nOut);
  }

  /** Returns whether the loss takes the input of the output activation instead of its output. */
  boolean takesInput() {
    return loss.fusedWith(output);
  }

  /** See {@link Workspace#divideBy}. */
  void divideBy(double divisor) {
    wholeDivisor = divisor;
  }

  /** Checks and takes the targets of a batch, with the weights of its rows. */
  void take(int m, Targets t, int from) {
    // No switch over types: the JVM makes a class for each, at every start.
    if (t instanceof Targets.Labels l) {
      takeLabels(m, l.labels(), from, l.weights(), from);
    } else if (t instanceof Targets.Values v) {
      takeRows(m, v.y(), from * v.ldy(), v.ldy(), v.weights(), from);
    }
  }

  /** {@link #take} of class indices; weights may be null. */
  void takeLabels(int m, int[] labels, int labelsOff, float[] weights, int weightsOff) {
    divisor = labelsDivisor(m, labels, labelsOff, weights, weightsOff);
    this.m = m;
    this.labels = labels;
    this.labelsOff = labelsOff;
    y = null;
    weighted = weights != null || (byIndex && classWeights.length > 0);
    ignoring = false;
    for (int i = 0; i < m; i++) {
      int label = labels[labelsOff + i];
      if (label == ignoredIndex) {
        ignoring = true;
        rowWeight[i] = 0f;
      } else if (byIndex) {
        rowWeight[i] = labelWeight(label, weights, weightsOff + i);
      } else if (weights != null) {
        rowWeight[i] = weights[weightsOff + i];
      }
    }
  }

  /** {@link #take} of rows of targets; weights may be null. */
  void takeRows(int m, float[] y, int yOff, int ldy, float[] weights, int weightsOff) {
    divisor = rowsDivisor(m, y, yOff, ldy, weights, weightsOff);
    this.m = m;
    this.y = y;
    this.yOff = yOff;
    this.ldy = ldy;
    labels = null;
    weighted = weights != null;
    ignoring = false;
    if (weighted) {
      System.arraycopy(weights, weightsOff, rowWeight, 0, m);
    }
  }

  /** What the sum of the losses of so many rows is divided by, which may be more than a batch. */
  double divisor(int rows, Targets t, int from) {
    if (t instanceof Targets.Labels l) {
      return labelsDivisor(rows, l.labels(), from, l.weights(), from);
    }
    Targets.Values v = (Targets.Values) t;
    return rowsDivisor(rows, v.y(), from * v.ldy(), v.ldy(), v.weights(), from);
  }

  private double labelsDivisor(int m, int[] labels, int labelsOff, float[] weights, int off) {
    Objects.requireNonNull(labels, "labels");
    Objects.checkFromIndexSize(labelsOff, m, labels.length);
    checkWeights(m, weights, off);
    int classes = Math.max(2, nOut);
    int counted = 0;
    double weight = 0;
    for (int i = 0; i < m; i++) {
      int label = labels[labelsOff + i];
      if (label == ignoredIndex) {
        continue;
      }
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "labels[" + (labelsOff + i) + "] must be in 0.." + (classes - 1) + ", got " + label);
      }
      counted++;
      weight += labelWeight(label, weights, off + i);
    }
    return reduction.divisor(counted, weight, nOut);
  }

  private double rowsDivisor(int m, float[] y, int yOff, int ldy, float[] weights, int off) {
    Objects.requireNonNull(y, "y");
    if (ldy < nOut || yOff < 0 || yOff + (m - 1L) * ldy + nOut > y.length) {
      throw new IllegalArgumentException(
          "y: "
              + m
              + " rows of "
              + nOut
              + " from "
              + yOff
              + " with ldy "
              + ldy
              + " do not fit into "
              + y.length
              + " elements");
    }
    checkWeights(m, weights, off);
    double weight = 0;
    for (int i = 0; i < m; i++) {
      weight += weights == null ? 1f : weights[off + i];
    }
    return reduction.divisor(m, weight, nOut);
  }

  private static void checkWeights(int m, float[] weights, int off) {
    if (weights == null) {
      return;
    }
    Objects.checkFromIndexSize(off, m, weights.length);
    for (int i = off; i < off + m; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weights[" + i + "] must be finite and >= 0, got " + weights[i]);
      }
    }
  }

  /** The weight of a row of that label, weights[i] being its own. */
  private float labelWeight(int label, float[] weights, int i) {
    float own = weights == null ? 1f : weights[i];
    return classWeights.length == 0 ? own : own * classWeights[label];
  }

  /**
   * The loss of what was taken. Where the divisor is 0, no row counts, and the loss and its
   * gradient are 0.
   *
   * @param s (m, nOut), what the loss is a function of
   * @param ds receives its gradient, (m, nOut); null for the value alone; may be s
   */
  double value(Matrix s, Matrix ds) {
    rowLosses.setRows(m);
    double by = wholeDivisor > 0 ? wholeDivisor : divisor;
    double factor = by == 0 ? 0 : 1 / by;
    float scale = (float) factor;
    if (labels != null && byIndex) {
      int[] known = ignoring ? withoutIgnored() : labels;
      int off = ignoring ? 0 : labelsOff;
      kernels.crossEntropy(s, known, off, scale, ds, rowLosses);
    } else {
      boolean asGiven = labels == null && !smoothed && classWeights.length == 0;
      if (!asGiven) {
        makeTargets();
      }
      Matrix t = asGiven ? given.set(y, yOff, ldy, m, nOut) : made.setRows(m);
      kernels.loss(function, s, t, scale, ds, rowLosses);
    }
    weigh(ds);
    labels = null;
    y = null;
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum += rowLoss[i];
    }
    return sum * factor;
  }

  private int[] withoutIgnored() {
    for (int i = 0; i < m; i++) {
      int label = labels[labelsOff + i];
      anyLabels[i] = label == ignoredIndex ? 0 : label;
    }
    return anyLabels;
  }

  /** The targets as rows: smoothed, and times the weights of the classes. */
  private void makeTargets() {
    if (labels != null) {
      expandLabels();
    } else {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < nOut; j++) {
          targets[i * nOut + j] = Math.fma(y[yOff + i * ldy + j], keep, share);
        }
      }
    }
    for (int i = 0; classWeights.length > 0 && i < m; i++) {
      for (int j = 0; j < nOut; j++) {
        targets[i * nOut + j] *= classWeights[j];
      }
    }
  }

  /** fma(y, keep, share), y being 1 at the label, 0 elsewhere, or the label of a single output. */
  private void expandLabels() {
    Arrays.fill(targets, 0, m * nOut, share);
    for (int i = 0; i < m; i++) {
      int label = labels[labelsOff + i];
      if (label == ignoredIndex) {
        continue;
      }
      if (nOut == 1) {
        targets[i] = Math.fma(label, keep, share);
      } else {
        targets[i * nOut + label] = keep + share;
      }
    }
  }

  /** Multiplies the rows by their weights; those that are ignored become 0, whatever they were. */
  private void weigh(Matrix ds) {
    if (weighted) {
      rowWeights.setRows(m);
      kernels.scaleRows(rowLosses, rowWeights, rowLosses);
      if (ds != null) {
        kernels.scaleRows(ds, rowWeights, ds);
      }
    }
    for (int i = 0; ignoring && i < m; i++) {
      if (labels[labelsOff + i] == ignoredIndex) {
        rowLoss[i] = 0f;
        if (ds != null) {
          Arrays.fill(ds.array(), ds.at(i), ds.at(i) + nOut, 0f);
        }
      }
    }
  }
}
