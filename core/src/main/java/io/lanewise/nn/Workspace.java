package io.lanewise.nn;

import io.lanewise.event.LayerEvent;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LayerKernels;
import java.util.List;
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
  private final Values input = new Values();
  // The input without gaps, for a first layer that needs it so; otherwise null.
  private final float[] inputCopy;
  private final LayerPass[] passes;
  private final AddPass[][] skips;
  private final int firstTrained;
  private final boolean needsStatistics;
  private final Masks masks = new Masks();
  private final float[] gradients;
  private final LossPass lossPass;
  private int gradientRows;
  private boolean belowDone;

  /**
   * Allocates the buffers.
   *
   * @param maxBatch the most rows of a batch, at least 1
   */
  public Workspace(Network network, Kernels kernels, int maxBatch) {
    this(network, kernels, maxBatch, true);
  }

  /**
   * Allocates only what a prediction or a loss needs: no gradients.
   *
   * @param maxBatch the most rows of a batch, at least 1
   */
  public static Workspace forInference(Network network, Kernels kernels, int maxBatch) {
    return new Workspace(network, kernels, maxBatch, false);
  }

  private Workspace(Network network, Kernels kernels, int maxBatch, boolean training) {
    this.network = Objects.requireNonNull(network, "network");
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be >= 1, got " + maxBatch);
    }
    this.maxBatch = maxBatch;
    this.training = training;
    List<Layer> layers = network.layers();
    lossPass = new LossPass(network, kernels, network.outputLayer().activation(), maxBatch);
    gradients = new float[training ? network.parameters().length : 0];
    Layer first = layers.get(0);
    boolean copies = first instanceof Activate || first instanceof Dropout;
    inputCopy = copies ? new float[Math.multiplyExact(maxBatch, network.nIn())] : null;
    input.set(inputCopy, 0, network.nIn());
    passes = new LayerPass[layers.size()];
    skips = new AddPass[layers.size()][];
    for (Layer layer : layers) {
      passes[layer.index()] = pass(layer);
    }
    for (int l = 0; l < skips.length; l++) {
      skips[l] = skipsFrom(l - 1);
    }
    int trained = 0;
    while (layers.get(trained).parameterCount() == 0) {
      trained++;
    }
    firstTrained = trained;
    needsStatistics = layers.stream().anyMatch(layer -> layer instanceof BatchNorm);
  }

  private LayerPass pass(Layer layer) {
    int l = layer.index();
    LayerPass before = l == 0 ? null : passes[l - 1];
    Values x = before == null ? input : before.y;
    boolean takenByLoss = layer == network.outputLayer() && lossPass.takesInput();
    if (layer instanceof Dense dense) {
      boolean mayFuse = before != null && !beginsBlock(l);
      return new DensePass(
          kernels,
          network,
          dense,
          x,
          gradientBuffer(dense.nOut()),
          before,
          mayFuse,
          takenByLoss,
          gradients,
          maxBatch);
    }
    if (layer instanceof Add add) {
      Values skip = add.from() < 0 ? input : passes[add.from()].y;
      return new AddPass(kernels.layers(), add, skip, gradientBuffer(add.n()), before, maxBatch);
    }
    float[] dy = before != null ? before.dy : gradientBuffer(layer.nIn());
    if (layer instanceof Activate activate) {
      return new ActivatePass(kernels, activate, x, dy, takenByLoss, maxBatch);
    }
    if (layer instanceof BatchNorm norm) {
      return new BatchNormPass(kernels.layers(), network, norm, x, dy, gradients, maxBatch);
    }
    if (layer instanceof LayerNorm norm) {
      return new LayerNormPass(kernels.layers(), network, norm, x, dy, gradients, maxBatch);
    }
    if (layer instanceof Dropout dropout) {
      return new DropoutPass(kernels.layers(), dropout, masks, x, dy, maxBatch);
    }
    if (layer instanceof Normalization fixed) {
      return new NormalizationPass(kernels.layers(), network, fixed, x, dy, maxBatch);
    }
    throw new AssertionError(layer);
  }

  /** (maxBatch, n) for the gradient of a layer's output; nothing where there will be none. */
  private float[] gradientBuffer(int n) {
    return new float[training ? Math.multiplyExact(maxBatch, n) : 0];
  }

  /** Whether what layer l takes is also added to the output of a block. */
  private boolean beginsBlock(int l) {
    return network.layers().stream().anyMatch(each -> each instanceof Add a && a.from() == l - 1);
  }

  /** The sums that take the output of that layer, the innermost block's first. */
  private AddPass[] skipsFrom(int l) {
    return network.layers().stream()
        .filter(layer -> layer instanceof Add add && add.from() == l)
        .map(layer -> (AddPass) passes[layer.index()])
        .toArray(AddPass[]::new);
  }

  /** Returns the network. */
  public Network network() {
    return network;
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
    forward(m, x, xOff, ldx);
    int nOut = network.nOut();
    float[] result = scores();
    if (lossPass.takesInput()) {
      Activation f = network.outputLayer().activation();
      if (f == Activation.SOFTMAX) {
        kernels.softmax(m, nOut, result, 0, nOut, y, yOff, ldy);
        return;
      }
      kernels.activate(f, m * nOut, result, 0, result, 0);
    }
    for (int i = 0; i < m; i++) {
      System.arraycopy(result, i * nOut, y, yOff + i * ldy, nOut);
    }
  }

  /**
   * Runs the layers as in a prediction. What {@link #scores()} then holds is the output, but for a
   * softmax or sigmoid that is fused with the loss: there it is its input.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   */
  public void forward(int m, float[] x, int xOff, int ldx) {
    forward(m, x, xOff, ldx, false);
  }

  private void forward(int m, float[] x, int xOff, int ldx, boolean training) {
    checkBatch(m);
    takeInput(m, x, xOff, ldx);
    for (int l = 0; l < passes.length; l++) {
      LayerEvent event = LayerEvent.begun();
      passes[l].forward(m, training);
      LayerEvent.commit(event, l, false, m);
    }
  }

  private void takeInput(int m, float[] x, int xOff, int ldx) {
    if (inputCopy == null) {
      input.set(x, xOff, ldx);
      return;
    }
    int nIn = network.nIn();
    for (int i = 0; i < m; i++) {
      System.arraycopy(x, xOff + i * ldx, inputCopy, i * nIn, nIn);
    }
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
    LayerKernels.stream(step, 0);
    masks.set(seed, step, firstRow);
  }

  /**
   * Moves the running statistics in the network's state towards those of the batch of the last
   * gradient: see {@link BatchNorm}. Nothing where the network has no batch normalization.
   *
   * @throws IllegalStateException if there was no gradient
   */
  public void updateStatistics() {
    if (gradientRows == 0) {
      throw new IllegalStateException("there was no gradient: call gradient(...)");
    }
    for (LayerPass pass : passes) {
      pass.updateStatistics(gradientRows);
    }
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
    double value = lossPass.value(scores(), lossDeltas());
    backward(m);
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
    return lossPass.value(scores(), null);
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

  /** Where the gradient of what the loss took goes, (m, nOut). */
  private float[] lossDeltas() {
    return passes[passes.length - 1].dy;
  }

  /**
   * From dy of the last layer down to the first that has parameters. Where a residual block begins,
   * the gradient of the layers between comes first, then those of the skips are added, that of the
   * innermost block first.
   */
  private void backward(int m) {
    for (int l = passes.length - 1; l >= firstTrained; l--) {
      LayerEvent event = LayerEvent.begun();
      passes[l].backward(m);
      if (l > firstTrained) {
        handOn(m, l);
      }
      LayerEvent.commit(event, l, true, m);
    }
    gradientRows = m;
    belowDone = false;
  }

  private void handOn(int m, int l) {
    LayerPass before = passes[l - 1];
    passes[l].handOn(m);
    for (AddPass skip : skips[l]) {
      skip.addTo(m, before.dy, 0, before.y.ld);
    }
  }

  /**
   * The gradient of the input, after a {@link #gradient} of the same batch.
   *
   * @param m the rows of that batch
   * @param dx receives (m, nIn)
   */
  public void inputGradient(int m, float[] dx, int dxOff, int lddx) {
    checkBatch(m);
    for (int l = firstTrained; l > 0 && !belowDone; l--) {
      handOn(m, l);
      passes[l - 1].backward(m);
    }
    belowDone = true;
    passes[0].inputGradient(m, dx, dxOff, lddx);
    for (AddPass skip : skips[0]) {
      skip.addTo(m, dx, dxOff, lddx);
    }
  }

  private void checkBatch(int m) {
    if (m < 1 || m > maxBatch) {
      throw new IllegalArgumentException("m must be in 1.." + maxBatch + ", got " + m);
    }
  }

  /** Returns the gradients of all parameters, laid out as they are. */
  public float[] gradients() {
    return gradients;
  }

  /** Returns what the last layer left, (m, nOut): see {@link #forward}. */
  public float[] scores() {
    return outputs(passes.length - 1);
  }

  /** Returns what layer l left, (m, nOut): its output, or see {@link #forward} for the last one. */
  public float[] outputs(int l) {
    return passes[l].y.array;
  }

  /**
   * Returns the gradient that layer l left after a {@link #gradient}, (m, nOut): dZ of a dense
   * layer, that of its output for a sum. The others share the array with the layer before them.
   */
  public float[] deltas(int l) {
    return passes[l].dy;
  }
}
