package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.nn.Loss.Reduction;
import java.util.Objects;

/**
 * The buffers of one computation through a network, for batches up to a size, and the computation:
 * forward, loss, backward. Allocated once; no call here allocates. For one thread at a time; the
 * network may be shared.
 *
 * <p>{@link #gradient} is the training: dropout drops, batch normalization uses the statistics of
 * the batch. {@link #predict}, {@link #forward} and {@link #loss} are inference.
 */
public final class Workspace {
  private final Network network;
  private final Kernels kernels;
  private final int maxBatch;
  private final boolean training;
  private final boolean needsStatistics;
  private final LossPass lossPass;
  private final LayerPasses passes;
  private final Matrix input = new Matrix();
  private final Matrix output = new Matrix();
  private final float[] batchStatistics;
  private int gradientRows;

  /**
   * Allocates the buffers.
   *
   * @param maxBatch the most rows of a batch, at least 1
   */
  public Workspace(Network network, Kernels kernels, int maxBatch) {
    this(network, kernels, maxBatch, true, unpacked(network));
  }

  /**
   * Allocates only what a prediction or a loss needs: no gradients.
   *
   * @param maxBatch the most rows of a batch, at least 1
   */
  public static Workspace forInference(Network network, Kernels kernels, int maxBatch) {
    return new Workspace(network, kernels, maxBatch, false, unpacked(network));
  }

  private static PackedMatrix[] unpacked(Network network) {
    return new PackedMatrix[Objects.requireNonNull(network, "network").layers().size()];
  }

  /**
   * @param packed the weights of each layer, which then must not change, or null for those that may
   */
  Workspace(
      Network network, Kernels kernels, int maxBatch, boolean training, PackedMatrix[] packed) {
    this.network = network;
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be >= 1, got " + maxBatch);
    }
    this.maxBatch = maxBatch;
    this.training = training;
    needsStatistics = network.layers().stream().anyMatch(Layer::needsBatchStatistics);
    lossPass = new LossPass(network, kernels, network.outputLayer().activation(), maxBatch);
    batchStatistics = new float[network.state().length];
    passes = new LayerPasses(network, kernels, maxBatch, training, lossPass.takesInput(), packed);
  }

  /** Returns the network. */
  public Network network() {
    return network;
  }

  /** Says the network's shape, the largest batch and the kernels. */
  @Override
  public String toString() {
    return "workspace for "
        + maxBatch
        + " rows of "
        + network.nIn()
        + " -> "
        + network.nOut()
        + (training ? "" : ", inference")
        + ", "
        + kernels.describe();
  }

  /** Returns the kernels. */
  public Kernels kernels() {
    return kernels;
  }

  /** Returns the most rows of a batch. */
  public int maxBatch() {
    return maxBatch;
  }

  /**
   * Says that what follows are pieces of a batch: the sum of the losses of a piece is then divided
   * by this, and so the losses and the gradients of the pieces add up to those of the batch.
   *
   * @param divisor the batch's, from {@link #divisor}; 0, as at first, if each piece has its own
   */
  public void divideBy(double divisor) {
    if (!(divisor >= 0 && divisor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("divisor must be finite and >= 0, got " + divisor);
    }
    lossPass.divideBy(divisor);
  }

  /**
   * Computes the outputs of a batch.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   * @param y receives (m, nOut)
   */
  public void predict(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    int nOut = network.nOut();
    checkBatch(m);
    Matrix.requireInside("y", y, yOff, ldy, m, nOut);
    forward(m, x, xOff, ldx);
    Matrix result = passes.scores();
    if (lossPass.takesInput()) {
      // The scores stay as they are.
      Activation f = network.outputLayer().activation();
      ActivationPass.apply(kernels, f, result, output.set(y, yOff, ldy, m, nOut));
      return;
    }
    for (int i = 0; i < m; i++) {
      System.arraycopy(result.array(), result.at(i), y, yOff + i * ldy, nOut);
    }
  }

  /**
   * Runs the layers as in a prediction. What {@link #scores()} then holds is the output, but for a
   * softmax, its logarithm or a sigmoid that is fused with the loss: there it is its input.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   */
  public void forward(int m, float[] x, int xOff, int ldx) {
    forward(m, x, xOff, ldx, false);
  }

  private void forward(int m, float[] x, int xOff, int ldx, boolean training) {
    checkBatch(m);
    Matrix.requireInside("x", x, xOff, ldx, m, network.nIn());
    passes.forward(input.set(x, xOff, ldx, m, network.nIn()), training);
  }

  /**
   * Says which units dropout drops in the next gradients: a function of these three and of the
   * layer, the row and the column, and of nothing else. Row i of a batch has the number firstRow +
   * i, so that a batch may be computed in pieces. All are 0 at first.
   *
   * @param seed of the training
   * @param step another one for each batch, in [0, 2^47)
   * @param firstRow the number of the first row, at least 0
   */
  public void masks(long seed, long step, int firstRow) {
    if (firstRow < 0) {
      throw new IllegalArgumentException("firstRow must be >= 0, got " + firstRow);
    }
    // Throws unless such a step has a stream.
    DropoutMask.stream(step, 0);
    passes.masks(seed, step, firstRow);
  }

  /**
   * Moves the running statistics in the network's state towards those of the batch of the last
   * gradient: see {@link Layer.BatchNorm}. Nothing where the network has no batch normalization.
   *
   * @throws IllegalStateException if there was no gradient
   */
  public void updateStatistics() {
    statistics(batchStatistics);
    updateStatistics(batchStatistics, 0, batchStatistics.length);
  }

  /**
   * Writes the statistics of the batch of the last gradient, for {@link #updateStatistics(float[],
   * int, int)} later: of batch normalization alone, what is not of it stays.
   *
   * @param batch as long as the network's state, and laid out as it is
   * @throws IllegalStateException if there was no gradient
   */
  public void statistics(float[] batch) {
    requireState(batch);
    if (gradientRows == 0) {
      throw new IllegalStateException("there was no gradient: call gradient(...)");
    }
    passes.statistics(batch);
  }

  /**
   * Moves a part of the running statistics towards those of a batch, from {@link #statistics}.
   *
   * @param batch as long as the network's state
   * @param from the first value of the state that is moved
   * @param to the end of these values
   */
  public void updateStatistics(float[] batch, int from, int to) {
    requireState(batch);
    Objects.checkFromToIndex(from, to, batch.length);
    passes.updateStatistics(batch, from, to);
  }

  /**
   * Forward, loss and backward of a batch: the gradients are then in {@link #gradients()}.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   * @param targets what the outputs are compared with, of which the m rows from that one on are
   *     taken
   * @return the loss
   */
  public double gradient(int m, float[] x, int xOff, int ldx, Targets targets, int from) {
    checkTargets(m, targets, from);
    lossPass.take(m, targets, from);
    return gradient(m, x, xOff, ldx);
  }

  /**
   * Forward, loss and backward of a batch with class indices: the gradients are then in {@link
   * #gradients()}. With a single output the labels are the targets 0 and 1.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   * @param labels m class indices in [0, nOut), or in {0, 1} for a single output
   * @return the loss
   */
  public double gradient(int m, float[] x, int xOff, int ldx, int[] labels, int labelsOff) {
    checkBatch(m);
    lossPass.takeLabels(m, labels, labelsOff, null, 0);
    return gradient(m, x, xOff, ldx);
  }

  /**
   * Forward, loss and backward of a batch with targets: the gradients are then in {@link
   * #gradients()}.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   * @param y (m, nOut), the targets
   * @return the loss
   */
  public double gradient(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    checkBatch(m);
    lossPass.takeRows(m, y, yOff, ldy, null, 0);
    return gradient(m, x, xOff, ldx);
  }

  private double gradient(int m, float[] x, int xOff, int ldx) {
    forwardFor(true, m, x, xOff, ldx);
    double value = lossPass.value(passes.scores(), passes.lossDeltas());
    passes.backward();
    gradientRows = m;
    return value;
  }

  /** The loss alone, as in {@link #gradient(int, float[], int, int, Targets, int)}. */
  public double loss(int m, float[] x, int xOff, int ldx, Targets targets, int from) {
    checkTargets(m, targets, from);
    lossPass.take(m, targets, from);
    return loss(m, x, xOff, ldx);
  }

  /** The loss alone, with class indices as in {@link #gradient}. */
  public double loss(int m, float[] x, int xOff, int ldx, int[] labels, int labelsOff) {
    checkBatch(m);
    lossPass.takeLabels(m, labels, labelsOff, null, 0);
    return loss(m, x, xOff, ldx);
  }

  /** The loss alone, with targets as in {@link #gradient}. */
  public double loss(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    checkBatch(m);
    lossPass.takeRows(m, y, yOff, ldy, null, 0);
    return loss(m, x, xOff, ldx);
  }

  private double loss(int m, float[] x, int xOff, int ldx) {
    forwardFor(false, m, x, xOff, ldx);
    return lossPass.value(passes.scores(), null);
  }

  /**
   * Returns what the sum of the losses of those rows is divided by, as the network's {@link
   * Reduction} says.
   *
   * @param rows may be more than maxBatch
   */
  public double divisor(int rows, Targets targets, int from) {
    Objects.requireNonNull(targets, "targets");
    Objects.checkFromIndexSize(from, rows, targets.rows());
    return lossPass.divisor(rows, targets, from);
  }

  private void checkTargets(int m, Targets targets, int from) {
    checkBatch(m);
    Objects.requireNonNull(targets, "targets");
    Objects.checkFromIndexSize(from, m, targets.rows());
  }

  private void forwardFor(boolean gradient, int m, float[] x, int xOff, int ldx) {
    if (gradient && needsStatistics && m == 1) {
      throw new IllegalArgumentException(
          "m must be >= 2 in training, got 1: batch normalization takes the variance of the rows");
    }
    if (gradient && !training) {
      throw new IllegalStateException("a workspace for inference has no gradients");
    }
    gradientRows = gradient ? 0 : gradientRows;
    forward(m, x, xOff, ldx, gradient);
  }

  /**
   * The gradient of the input, after a {@link #gradient} of the same batch.
   *
   * @param m the rows of that batch
   * @param dx receives (m, nIn)
   */
  public void inputGradient(int m, float[] dx, int dxOff, int lddx) {
    checkBatch(m);
    Matrix.requireInside("dx", dx, dxOff, lddx, m, network.nIn());
    passes.inputGradient(output.set(dx, dxOff, lddx, m, network.nIn()));
  }

  private void requireState(float[] batch) {
    if (batch.length != network.state().length) {
      throw new IllegalArgumentException(
          "batch must have " + network.state().length + " values, got " + batch.length);
    }
  }

  private void checkBatch(int m) {
    if (m < 1 || m > maxBatch) {
      throw new IllegalArgumentException("m must be in 1.." + maxBatch + ", got " + m);
    }
  }

  /** Returns the gradients of all parameters, laid out as they are. */
  public float[] gradients() {
    return passes.gradients();
  }

  /** Returns what the last layer left, (m, nOut): see {@link #forward}. */
  public float[] scores() {
    return outputs(network.layers().size() - 1);
  }

  /**
   * Returns what layer l left, (m, nOut): its output, or see {@link #forward} for the last one.
   * Outside training that of a dropout is the array of the layer before.
   */
  public float[] outputs(int l) {
    return passes.outputs(l);
  }

  /**
   * Returns the gradient that layer l left after a {@link #gradient}, (m, nOut): dZ of a dense
   * layer, that of its output for a sum. The others share the array with the layer before them.
   */
  public float[] deltas(int l) {
    return passes.deltas(l);
  }
}
