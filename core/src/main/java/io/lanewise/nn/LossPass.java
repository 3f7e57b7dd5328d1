package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import java.util.Arrays;
import java.util.Objects;

/**
 * The loss of a batch: from what the last layer left to the value and its gradient. Holds the
 * buffers that it needs between, so that no call allocates; for one thread at a time.
 */
final class LossPass {
  private final Kernels kernels;
  private final Loss loss;
  private final Reduction reduction;
  private final Activation output;
  private final int nOut;
  private final int maxBatch;
  private final float[] oneHot;
  private final float[] rowLoss;
  private int wholeRows;

  /**
   * @param output the activation of the output layer
   * @param maxBatch the most rows of a batch
   */
  LossPass(Network network, Kernels kernels, Activation output, int maxBatch) {
    this.kernels = kernels;
    this.output = output;
    this.maxBatch = maxBatch;
    loss = network.loss();
    reduction = network.reduction();
    nOut = network.nOut();
    oneHot = new float[Math.multiplyExact(maxBatch, nOut)];
    rowLoss = new float[maxBatch];
  }

  /** See {@link Workspace#partOf}. */
  void partOf(int rows) {
    wholeRows = rows;
  }

  /** Returns whether the loss takes the input of the output activation instead of its output. */
  boolean takesInput() {
    return loss.fusedWith(output);
  }

  /** Throws unless there are such labels, before anything is computed from them. */
  void check(int m, int[] labels, int labelsOff) {
    Objects.requireNonNull(labels, "labels");
    Objects.checkFromIndexSize(labelsOff, m, labels.length);
    int classes = Math.max(2, nOut);
    for (int i = labelsOff; i < labelsOff + m; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "labels[" + i + "] must be in 0.." + (classes - 1) + ", got " + labels[i]);
      }
    }
  }

  /**
   * The loss of checked class indices.
   *
   * @param s (m, nOut), what the loss is a function of
   * @param ds receives its gradient, (m, nOut); null for the value alone; may be s
   */
  double labels(int m, float[] s, int[] labels, int labelsOff, float[] ds) {
    boolean softmaxCrossEntropy = loss == Loss.CROSS_ENTROPY && output != Activation.SIGMOID;
    if (!softmaxCrossEntropy || nOut == 1) {
      expand(m, labels, labelsOff);
      return targets(m, s, oneHot, 0, nOut, ds);
    }
    double factor = factor(m);
    float scale = (float) factor;
    kernels.crossEntropy(m, nOut, s, 0, nOut, labels, labelsOff, scale, ds, 0, nOut, rowLoss, 0);
    return sum(m) * factor;
  }

  /** The loss of targets, (m, nOut); s and ds as in {@link #labels}. */
  double targets(int m, float[] s, float[] y, int yOff, int ldy, float[] ds) {
    double factor = factor(m);
    float scale = (float) factor;
    kernels.loss(
        loss.kernel(output), m, nOut, s, 0, nOut, y, yOff, ldy, scale, ds, 0, nOut, rowLoss, 0);
    return sum(m) * factor;
  }

  private double factor(int m) {
    return reduction.factor(wholeRows == 0 ? m : wholeRows, nOut);
  }

  private double sum(int m) {
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum += rowLoss[i];
    }
    return sum;
  }

  private void expand(int m, int[] labels, int labelsOff) {
    Arrays.fill(oneHot, 0, m * nOut, 0f);
    for (int i = 0; i < m; i++) {
      int label = labels[labelsOff + i];
      if (nOut == 1) {
        oneHot[i] = label;
      } else {
        oneHot[i * nOut + label] = 1f;
      }
    }
  }
}
