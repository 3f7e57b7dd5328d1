package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.LossKernel;
import io.lanewise.nn.Dense;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A network in double, by loops that say the mathematics and nothing else: what the float kernels
 * are measured against, and what is itself measured against its differences by {@link
 * GradientCheck}. Slow; for one thread at a time.
 *
 * <p>It has a copy of the parameters, which may be changed, and works on one batch: give it one,
 * then ask for the loss or the gradient.
 */
public class Reference {
  private final Network network;
  private final List<Layer> layers;
  private final LossKernel lossKernel;
  private final boolean lossTakesInput;
  private final double[] parameters;
  private final double[] gradients;
  // For each layer, (m, nOut).
  private final double[][] z;
  private final double[][] a;
  private final double[][] dz;
  private int m;
  private double[] x = {};
  private double[] dx = {};
  private double[] y = {};

  /** Not public: only the tests make another one, with a bug. */
  Reference(Network network) {
    this.network = Objects.requireNonNull(network, "network");
    layers = network.layers();
    Activation output = network.outputLayer().activation();
    lossKernel = network.loss().kernel(output);
    lossTakesInput = network.loss().fusedWith(output);
    parameters = toDouble(network.parameters(), network.parameters().length);
    gradients = new double[parameters.length];
    z = new double[layers.size()][];
    a = new double[layers.size()][];
    dz = new double[layers.size()][];
  }

  /** Makes the reference of that network, with a copy of its parameters. */
  public static Reference of(Network network) {
    return new Reference(network);
  }

  /**
   * Takes a copy of a batch with class indices.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param labels m class indices in [0, nOut), or in {0, 1} for a single output
   * @throws IllegalArgumentException if a length does not fit, or a label is out of range
   */
  public void batch(float[] x, int m, int[] labels) {
    Objects.requireNonNull(labels, "labels");
    inputs(x, m);
    requireLength("labels", labels.length, m);
    int nOut = network.nOut();
    int classes = Math.max(2, nOut);
    y = new double[m * nOut];
    for (int i = 0; i < m; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "labels[" + i + "] must be in 0.." + (classes - 1) + ", got " + labels[i]);
      }
      if (nOut == 1) {
        y[i] = labels[i];
      } else {
        y[i * nOut + labels[i]] = 1;
      }
    }
  }

  /**
   * Takes a copy of a batch with targets.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param targets (m, nOut), row-major
   * @throws IllegalArgumentException if a length does not fit
   */
  public void batch(float[] x, int m, float[] targets) {
    Objects.requireNonNull(targets, "targets");
    inputs(x, m);
    requireLength("targets", targets.length, (long) m * network.nOut());
    y = toDouble(targets, m * network.nOut());
  }

  private void inputs(float[] x, int m) {
    Objects.requireNonNull(x, "x");
    if (m < 1) {
      throw new IllegalArgumentException("m must be >= 1, got " + m);
    }
    requireLength("x", x.length, (long) m * network.nIn());
    this.m = m;
    this.x = toDouble(x, m * network.nIn());
    dx = new double[this.x.length];
    for (Layer layer : layers) {
      int l = layer.index();
      int length = Math.multiplyExact(m, layer.nOut());
      z[l] = new double[length];
      a[l] = new double[length];
      dz[l] = new double[length];
    }
  }

  private static void requireLength(String name, int length, long wanted) {
    if (length < wanted) {
      throw new IllegalArgumentException(
          name + " must have at least " + wanted + " elements, got " + length);
    }
  }

  private static double[] toDouble(float[] values, int length) {
    double[] result = new double[length];
    for (int i = 0; i < length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  /** Computes forward and the loss. */
  public double loss() {
    return lossFrom(0);
  }

  /** Computes the loss again where only layers from this one on have changed. */
  double lossFrom(int first) {
    if (m == 0) {
      throw new IllegalStateException("there is no batch: call batch(...)");
    }
    for (Layer layer : layers.subList(first, layers.size())) {
      forward((Dense) layer);
    }
    int nOut = network.nOut();
    double[] s = lossInput();
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum += DoubleLosses.value(lossKernel, nOut, s, i * nOut, y, i * nOut);
    }
    return sum * network.reduction().factor(m, nOut);
  }

  /** Computes forward, the loss and backward: {@link #gradients()}, {@link #inputGradient()}. */
  public double gradient() {
    double loss = loss();
    lossBackward();
    for (Layer layer : layers.reversed()) {
      backward((Dense) layer);
    }
    return loss;
  }

  private double[] lossInput() {
    int last = layers.size() - 1;
    return lossTakesInput ? z[last] : a[last];
  }

  /** What the loss took has its gradient in dz of the last layer, which is da unless it took z. */
  private void lossBackward() {
    int nOut = network.nOut();
    double[] s = lossInput();
    double[] ds = dz[layers.size() - 1];
    double factor = lossFactor(m, nOut);
    for (int i = 0; i < m; i++) {
      DoubleLosses.gradient(lossKernel, nOut, s, i * nOut, y, i * nOut, ds, i * nOut);
    }
    for (int i = 0; i < ds.length; i++) {
      ds[i] *= factor;
    }
  }

  /** Z = X W + b, A = f(Z). */
  private void forward(Dense layer) {
    int l = layer.index();
    int nIn = layer.nIn();
    int nOut = layer.nOut();
    double[] input = input(layer);
    // x (m, nIn), w (nIn, nOut), b (nOut), z (m, nOut)
    for (int i = 0; i < m; i++) {
      System.arraycopy(parameters, layer.biasOff(), z[l], i * nOut, nOut);
      for (int k = 0; k < nIn; k++) {
        double xik = input[i * nIn + k];
        int wRow = layer.weightOff() + k * nOut;
        for (int j = 0; j < nOut; j++) {
          z[l][i * nOut + j] += xik * parameters[wRow + j];
        }
      }
    }
    Activation f = layer.activation();
    if (f == Activation.SOFTMAX) {
      for (int i = 0; i < m; i++) {
        DoubleLosses.softmax(nOut, z[l], i * nOut, a[l], i * nOut);
      }
    } else {
      for (int i = 0; i < m * nOut; i++) {
        a[l][i] = DoubleActivations.apply(f, z[l][i]);
      }
    }
  }

  /** dZ = dA f'(Z), dW = X' dZ, db = column sums of dZ, dX = dZ W'. */
  private void backward(Dense layer) {
    int l = layer.index();
    boolean done = lossTakesInput && l == layers.size() - 1;
    if (!done) {
      activationBackward(layer, z[l], a[l], dz[l]);
    }
    weightGradient(layer, input(layer), dz[l], gradients);
    biasGradient(layer, dz[l], gradients);
    inputGradient(layer, dz[l], l == 0 ? dx : dz[l - 1]);
  }

  /** dz (m, nOut) holds dA and receives dZ. */
  private void activationBackward(Dense layer, double[] z, double[] a, double[] dz) {
    int nOut = layer.nOut();
    Activation f = layer.activation();
    if (f != Activation.SOFTMAX) {
      for (int i = 0; i < m * nOut; i++) {
        dz[i] *= derivative(f, z[i]);
      }
      return;
    }
    // dz_j = a_j (da_j - sum_k a_k da_k)
    for (int row = 0; row < m * nOut; row += nOut) {
      double dot = 0;
      for (int j = row; j < row + nOut; j++) {
        dot += a[j] * dz[j];
      }
      for (int j = row; j < row + nOut; j++) {
        dz[j] = a[j] * (dz[j] - dot);
      }
    }
  }

  /** x (m, nIn), dz (m, nOut), dw (nIn, nOut). */
  void weightGradient(Dense layer, double[] x, double[] dz, double[] gradients) {
    int nIn = layer.nIn();
    int nOut = layer.nOut();
    int off = layer.weightOff();
    Arrays.fill(gradients, off, off + layer.weightCount(), 0);
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < nIn; k++) {
        double xik = x[i * nIn + k];
        for (int j = 0; j < nOut; j++) {
          gradients[off + k * nOut + j] += xik * dz[i * nOut + j];
        }
      }
    }
  }

  /** dz (m, nOut), db (nOut). */
  void biasGradient(Dense layer, double[] dz, double[] gradients) {
    int nOut = layer.nOut();
    for (int j = 0; j < nOut; j++) {
      double sum = 0;
      for (int i = 0; i < m; i++) {
        sum += dz[i * nOut + j];
      }
      gradients[layer.biasOff() + j] = sum;
    }
  }

  /** dz (m, nOut), w (nIn, nOut), dx (m, nIn). */
  private void inputGradient(Dense layer, double[] dz, double[] dx) {
    int nIn = layer.nIn();
    int nOut = layer.nOut();
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < nIn; k++) {
        int wRow = layer.weightOff() + k * nOut;
        double sum = 0;
        for (int j = 0; j < nOut; j++) {
          sum += dz[i * nOut + j] * parameters[wRow + j];
        }
        dx[i * nIn + k] = sum;
      }
    }
  }

  double derivative(Activation f, double z) {
    return DoubleActivations.derivative(f, z);
  }

  double lossFactor(int m, int nOut) {
    return network.reduction().factor(m, nOut);
  }

  private double[] input(Dense layer) {
    return layer.index() == 0 ? x : a[layer.index() - 1];
  }

  /** Returns the network. */
  public Network network() {
    return network;
  }

  /** Returns the parameters themselves, laid out as the network's. */
  public double[] parameters() {
    return parameters;
  }

  /** Returns the gradients of the parameters, laid out as they are, after {@link #gradient}. */
  public double[] gradients() {
    return gradients;
  }

  /** Returns the batch's inputs themselves, (m, nIn). */
  public double[] input() {
    return x;
  }

  /** Returns the gradient of the inputs, (m, nIn), after {@link #gradient}. */
  public double[] inputGradient() {
    return dx;
  }

  /** Returns Z of layer l, (m, nOut), after {@link #loss} or {@link #gradient}. */
  public double[] preActivations(int l) {
    return z[l];
  }

  /** Returns A of layer l, (m, nOut), after {@link #loss} or {@link #gradient}. */
  public double[] outputs(int l) {
    return a[l];
  }

  /** Returns dZ of layer l, (m, nOut), after {@link #gradient}. */
  public double[] deltas(int l) {
    return dz[l];
  }
}
