package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;
import java.util.List;
import java.util.Objects;

/**
 * The buffers of one computation through a network, for batches up to a size, and the computation:
 * forward, loss, backward. Allocated once; no call here allocates. For one thread at a time; the
 * network may be shared.
 */
public final class Workspace {
  private final Network network;
  private final Kernels kernels;
  private final List<Dense> layers;
  private final int maxBatch;

  // For each layer, (maxBatch, nOut): z is a itself unless f' needs z.
  private final float[][] z;
  private final float[][] a;
  private final Fusion[] forward;

  // The same shapes; and what the product that makes dz of a layer is fused with.
  private final float[][] dz;
  private final Fusion[] backward;
  private final float[] gradients;
  private final LossPass lossPass;

  /**
   * Allocates the buffers.
   *
   * @param maxBatch the most rows of a batch, at least 1
   */
  public Workspace(Network network, Kernels kernels, int maxBatch) {
    this.network = Objects.requireNonNull(network, "network");
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be >= 1, got " + maxBatch);
    }
    this.maxBatch = maxBatch;
    this.layers = network.layers();
    lossPass = new LossPass(network, kernels, network.outputLayer().activation(), maxBatch);
    int depth = layers.size();
    z = new float[depth][];
    a = new float[depth][];
    dz = new float[depth][];
    forward = new Fusion[depth];
    backward = new Fusion[depth];
    for (int l = 0; l < depth; l++) {
      Dense layer = layers.get(l);
      int length = Math.multiplyExact(maxBatch, layer.nOut());
      a[l] = new float[length];
      dz[l] = new float[length];
      z[l] = layer.activation().savesInput() ? new float[length] : a[l];
      forward[l] = forwardFusion(layer);
      backward[l] =
          layer.activation().elementwise() && layer.activation() != Activation.IDENTITY
              ? Fusion.NONE.derivative(layer.activation(), z[l], 0, layer.nOut())
              : Fusion.NONE;
    }
    gradients = new float[network.parameters().length];
  }

  /** Bias first; f in the product where it is elementwise, z is not kept, and no loss wants z. */
  private Fusion forwardFusion(Dense layer) {
    Fusion fusion = Fusion.bias(network.parameters(), layer.biasOff());
    Activation f = layer.activation();
    boolean separate = !f.elementwise() || f.savesInput() || takenByLoss(layer);
    return separate ? fusion : fusion.activation(f);
  }

  private boolean takenByLoss(Dense layer) {
    return layer == network.outputLayer() && lossPass.takesInput();
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
   * Says that what follows are pieces of a batch of so many rows: the loss and the gradients of a
   * piece are then its share, and the pieces' sum is that of the whole batch.
   *
   * @param rows of the whole batch; 0, as at first, if each is one by itself
   */
  public void partOf(int rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("rows must be >= 0, got " + rows);
    }
    lossPass.partOf(rows);
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
    Dense output = network.outputLayer();
    int nOut = output.nOut();
    float[] result = a[output.index()];
    if (takenByLoss(output)) {
      if (output.activation() == Activation.SOFTMAX) {
        kernels.softmax(m, nOut, result, 0, nOut, y, yOff, ldy);
        return;
      }
      kernels.activate(output.activation(), m * nOut, result, 0, result, 0);
    }
    for (int i = 0; i < m; i++) {
      System.arraycopy(result, i * nOut, y, yOff + i * ldy, nOut);
    }
  }

  /**
   * Runs the layers and keeps what the backward pass needs. What {@link #scores()} then holds is
   * the output, but for a softmax or sigmoid that is fused with the loss: there it is its input.
   *
   * @param m rows, 1 to maxBatch
   * @param x (m, nIn)
   */
  public void forward(int m, float[] x, int xOff, int ldx) {
    checkBatch(m);
    float[] input = x;
    int inputOff = xOff;
    int ld = ldx;
    for (int l = 0; l < a.length; l++) {
      Dense layer = layers.get(l);
      int nOut = layer.nOut();
      kernels.matmul(
          Form.NN,
          m,
          nOut,
          layer.nIn(),
          input,
          inputOff,
          ld,
          network.parameters(),
          layer.weightOff(),
          nOut,
          z[l],
          0,
          nOut,
          forward[l]);
      Activation f = layer.activation();
      if (!takenByLoss(layer)) {
        if (f == Activation.SOFTMAX) {
          kernels.softmax(m, nOut, a[l], 0, nOut, a[l], 0, nOut);
        } else if (f.savesInput()) {
          kernels.activate(f, m * nOut, z[l], 0, a[l], 0);
        }
      }
      input = a[l];
      inputOff = 0;
      ld = nOut;
    }
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
    double value = lossOf(m, x, xOff, ldx, labels, labelsOff, true);
    backward(m, x, xOff, ldx);
    return value;
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
    double value = lossOf(m, x, xOff, ldx, y, yOff, ldy, true);
    backward(m, x, xOff, ldx);
    return value;
  }

  /** The loss alone, with class indices as in {@link #gradient}. */
  public double loss(int m, float[] x, int xOff, int ldx, int[] labels, int labelsOff) {
    return lossOf(m, x, xOff, ldx, labels, labelsOff, false);
  }

  /** The loss alone, with targets as in {@link #gradient}. */
  public double loss(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    return lossOf(m, x, xOff, ldx, y, yOff, ldy, false);
  }

  private double lossOf(
      int m, float[] x, int xOff, int ldx, int[] labels, int labelsOff, boolean withGradient) {
    checkBatch(m);
    lossPass.check(m, labels, labelsOff);
    forward(m, x, xOff, ldx);
    return lossPass.labels(m, scores(), labels, labelsOff, withGradient ? lossDeltas() : null);
  }

  private double lossOf(
      int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, boolean withGradient) {
    forward(m, x, xOff, ldx);
    return lossPass.targets(m, scores(), y, yOff, ldy, withGradient ? lossDeltas() : null);
  }

  /** Where the gradient of what the loss took goes, (m, nOut). */
  private float[] lossDeltas() {
    return dz[dz.length - 1];
  }

  /** From dz of what the loss saw, through the output's activation, down to the first layer. */
  private void backward(int m, float[] x, int xOff, int ldx) {
    float[] parameters = network.parameters();
    for (int l = a.length - 1; l >= 0; l--) {
      Dense layer = layers.get(l);
      int nIn = layer.nIn();
      int nOut = layer.nOut();
      boolean fused = l < a.length - 1 ? layer.activation().elementwise() : takenByLoss(layer);
      if (!fused) {
        throughActivation(m, layer);
      }
      float[] input = l == 0 ? x : a[l - 1];
      int inputOff = l == 0 ? xOff : 0;
      int ld = l == 0 ? ldx : nIn;
      kernels.matmul(
          Form.TN,
          nIn,
          nOut,
          m,
          input,
          inputOff,
          ld,
          dz[l],
          0,
          nOut,
          gradients,
          layer.weightOff(),
          nOut,
          Fusion.NONE);
      kernels.columnSums(m, nOut, dz[l], 0, nOut, gradients, layer.biasOff());
      if (l > 0) {
        kernels.matmul(
            Form.NT,
            m,
            nIn,
            nOut,
            dz[l],
            0,
            nOut,
            parameters,
            layer.weightOff(),
            nOut,
            dz[l - 1],
            0,
            nIn,
            backward[l - 1]);
      }
    }
  }

  /** dz holds the gradient of a; makes it that of z. */
  private void throughActivation(int m, Dense layer) {
    int l = layer.index();
    int nOut = layer.nOut();
    Activation f = layer.activation();
    if (f == Activation.SOFTMAX) {
      kernels.softmaxBackward(m, nOut, a[l], 0, nOut, dz[l], 0, nOut, dz[l], 0, nOut);
    } else if (f != Activation.IDENTITY) {
      kernels.activateBackward(f, m * nOut, z[l], 0, dz[l], 0, dz[l], 0);
    }
  }

  /**
   * The gradient of the input, dX = dZ W' of the first layer, after a {@link #gradient} of the same
   * batch.
   *
   * @param m the rows of that batch
   * @param dx receives (m, nIn)
   */
  public void inputGradient(int m, float[] dx, int dxOff, int lddx) {
    checkBatch(m);
    Dense layer = layers.get(0);
    int nOut = layer.nOut();
    kernels.matmul(
        Form.NT,
        m,
        layer.nIn(),
        nOut,
        dz[0],
        0,
        nOut,
        network.parameters(),
        layer.weightOff(),
        nOut,
        dx,
        dxOff,
        lddx,
        Fusion.NONE);
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
    return a[a.length - 1];
  }

  /** Returns what layer l left, (m, nOut): its output, or see {@link #forward} for the last one. */
  public float[] outputs(int l) {
    return a[l];
  }

  /** Returns dZ of layer l, (m, nOut), after a {@link #gradient}. */
  public float[] deltas(int l) {
    return dz[l];
  }
}
