package io.lanewise.check;

import static io.lanewise.check.Doubles.abs;
import static io.lanewise.check.Doubles.addTo;
import static io.lanewise.check.Doubles.toDouble;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A network in double, by loops that say the mathematics and nothing else: what the float kernels
 * are measured against, and what is itself measured against its differences by {@link
 * GradientCheck}. Slow; for one thread at a time.
 *
 * <p>It has a copy of the parameters and of the state, which may be changed, and works on one
 * batch: give it one, then ask for the loss or the gradient. Both are those of training, with the
 * statistics of the batch and the units dropped that a {@link io.lanewise.nn.Workspace} drops,
 * unless {@link #training} says else.
 */
public class Reference {
  private final Network network;
  private final List<Layer> layers;
  private final ReferenceLoss loss;
  private final double[] parameters;
  private final double[] state;
  private final double[] gradients;
  // The sums that the gradients are, with each term's absolute value.
  private final double[] magnitudes;
  // For each layer, (m, nOut): z is a itself where the layer has no activation.
  private final double[][] z;
  private final double[][] a;
  private final double[][] dz;
  private final DoubleNorm[] norms;
  private final DoubleDropout[] dropouts;
  private boolean training = true;
  private long seed;
  private long step;
  private int firstRow;
  private int m;
  private double[] x = {};
  private double[] dx = {};

  /** Not public: only the tests make another one, with a bug. */
  Reference(Network network) {
    this.network = Objects.requireNonNull(network, "network");
    layers = network.layers();
    loss = new ReferenceLoss(network);
    parameters = toDouble(network.parameters(), network.parameters().length);
    state = toDouble(network.state(), network.state().length);
    gradients = new double[parameters.length];
    magnitudes = new double[parameters.length];
    z = new double[layers.size()][];
    a = new double[layers.size()][];
    dz = new double[layers.size()][];
    norms = new DoubleNorm[layers.size()];
    dropouts = new DoubleDropout[layers.size()];
  }

  /** Makes the reference of that network, with a copy of its parameters. */
  public static Reference of(Network network) {
    return new Reference(network);
  }

  /** Sets whether what follows is training or inference. Default: training. */
  public void training(boolean training) {
    this.training = training;
  }

  /** Says which units are dropped: see {@link io.lanewise.nn.Workspace#masks}. */
  public void masks(long seed, long step, int firstRow) {
    this.seed = seed;
    this.step = step;
    this.firstRow = firstRow;
    drawMasks();
  }

  private void drawMasks() {
    for (Layer layer : layers) {
      if (layer instanceof Dropout dropout) {
        dropouts[layer.index()] = new DoubleDropout(dropout, m, seed, step, firstRow);
      }
    }
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
    requireLength("labels", labels.length, requireRows(m));
    batch(x, m, Targets.ofLabels(labels));
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
    requireLength("targets", targets.length, (long) requireRows(m) * network.nOut());
    batch(x, m, Targets.ofRows(targets, network.nOut()));
  }

  /**
   * Takes a copy of a batch.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param targets of which the first m rows are taken
   * @throws IllegalArgumentException if a length does not fit, or a label is out of range
   */
  public void batch(float[] x, int m, Targets targets) {
    Objects.requireNonNull(targets, "targets");
    inputs(x, m);
    requireLength("targets", targets.rows(), m);
    loss.take(m, targets);
  }

  private static int requireRows(int m) {
    if (m < 1) {
      throw new IllegalArgumentException("m must be >= 1, got " + m);
    }
    return m;
  }

  private void inputs(float[] x, int m) {
    Objects.requireNonNull(x, "x");
    requireLength("x", x.length, (long) requireRows(m) * network.nIn());
    this.m = m;
    this.x = toDouble(x, m * network.nIn());
    dx = new double[this.x.length];
    for (Layer layer : layers) {
      int l = layer.index();
      int n = layer.nOut();
      a[l] = new double[Math.multiplyExact(m, n)];
      z[l] = layer.activation() == Activation.IDENTITY ? a[l] : new double[m * n];
      dz[l] = new double[m * n];
      norms[l] =
          switch (layer) {
            case BatchNorm norm -> new DoubleNorm(m, n, true, norm.epsilon());
            case LayerNorm norm -> new DoubleNorm(m, n, false, norm.epsilon());
            case Dense _, ActivationLayer _, Dropout _, Normalization _, ResidualAdd _ -> null;
          };
    }
    drawMasks();
  }

  private static void requireLength(String name, int length, long wanted) {
    if (length < wanted) {
      throw new IllegalArgumentException(
          name + " must have at least " + wanted + " elements, got " + length);
    }
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
      forward(layer);
    }
    return loss.value(lossInput());
  }

  /** Computes forward, the loss and backward: {@link #gradients()}, {@link #inputGradient()}. */
  public double gradient() {
    if (!training) {
      throw new IllegalStateException("there are gradients in training only");
    }
    double value = loss();
    for (double[] each : dz) {
      Arrays.fill(each, 0);
    }
    Arrays.fill(dx, 0);
    lossBackward();
    for (Layer layer : layers.reversed()) {
      backward(layer);
    }
    return value;
  }

  private double[] lossInput() {
    int last = layers.size() - 1;
    return loss.takesInput() ? z[last] : a[last];
  }

  /** What the loss took has its gradient in dz of the last layer, which is da unless it took z. */
  private void lossBackward() {
    loss.gradient(lossInput(), dz[layers.size() - 1], lossFactor(loss.factor()));
  }

  private void forward(Layer layer) {
    int l = layer.index();
    int n = layer.nOut();
    double[] input = output(l - 1);
    switch (layer) {
      case Dense dense -> DoubleDense.forward(dense, m, input, parameters, z[l]);
      case ActivationLayer _ -> System.arraycopy(input, 0, z[l], 0, m * n);
      case BatchNorm norm -> {
        if (training) {
          norms[l].forward(input);
        } else {
          norms[l].forward(input, state, norm.meanOff(), state, norm.varianceOff());
        }
        norms[l].scale(parameters, norm.gammaOff(), norm.betaOff(), a[l]);
      }
      case LayerNorm norm -> {
        norms[l].forward(input);
        norms[l].scale(parameters, norm.gammaOff(), norm.betaOff(), a[l]);
      }
      case Dropout _ when training -> dropouts[l].forward(input, a[l]);
      case Dropout _ -> System.arraycopy(input, 0, a[l], 0, m * n);
      case Normalization fixed -> {
        for (int i = 0; i < m * n; i++) {
          double shift = state[fixed.shiftOff() + i % n];
          a[l][i] = (input[i] - shift) * state[fixed.scaleOff() + i % n];
        }
      }
      case ResidualAdd add -> {
        System.arraycopy(input, 0, a[l], 0, m * n);
        addTo(output(add.from()), a[l]);
      }
    }
    if (layer.activation() != Activation.IDENTITY) {
      DoubleDense.activate(layer.activation(), m, n, z[l], a[l]);
    }
  }

  /** Makes the gradients of the parameters, and adds to those of what the layer takes. */
  private void backward(Layer layer) {
    int l = layer.index();
    int n = layer.nOut();
    boolean done = loss.takesInput() && l == layers.size() - 1;
    if (!done) {
      activationBackward(layer);
    }
    double[] dInput = gradient(l - 1);
    switch (layer) {
      case Dense dense -> {
        weightGradient(dense, output(l - 1), dz[l], gradients);
        biasGradient(dense, dz[l], gradients);
        DoubleDense.weightGradient(dense, m, abs(output(l - 1)), abs(dz[l]), magnitudes);
        DoubleDense.columnSums(m, n, abs(dz[l]), magnitudes, dense.biasOff());
        DoubleDense.inputGradient(dense, m, dz[l], parameters, dInput);
      }
      case ActivationLayer _ -> addTo(dz[l], dInput);
      case BatchNorm norm -> normBackward(l, n, norm.gammaOff(), norm.betaOff(), dInput);
      case LayerNorm norm -> normBackward(l, n, norm.gammaOff(), norm.betaOff(), dInput);
      case Dropout _ -> dropouts[l].backward(dz[l], dInput);
      case Normalization fixed -> {
        for (int i = 0; i < m * n; i++) {
          dInput[i] += dz[l][i] * state[fixed.scaleOff() + i % n];
        }
      }
      case ResidualAdd add -> {
        addTo(dz[l], dInput);
        addTo(dz[l], gradient(add.from()));
      }
    }
  }

  private void normBackward(int l, int n, int gammaOff, int betaOff, double[] dInput) {
    norms[l].gammaGradient(dz[l], gradients, gammaOff);
    DoubleDense.columnSums(m, n, dz[l], gradients, betaOff);
    norms[l].gammaMagnitude(dz[l], magnitudes, gammaOff);
    DoubleDense.columnSums(m, n, abs(dz[l]), magnitudes, betaOff);
    norms[l].inputGradient(parameters, gammaOff, dz[l], dInput);
  }

  /** dz (m, n) holds dA and receives dZ. */
  private void activationBackward(Layer layer) {
    int l = layer.index();
    Activation f = layer.activation();
    if (f == Activation.SOFTMAX) {
      DoubleDense.softmaxBackward(m, layer.nOut(), a[l], dz[l]);
    } else if (f == Activation.LOG_SOFTMAX) {
      DoubleDense.logSoftmaxBackward(m, layer.nOut(), a[l], dz[l]);
    } else if (f != Activation.IDENTITY) {
      for (int i = 0; i < dz[l].length; i++) {
        dz[l][i] *= derivative(f, z[l][i]);
      }
    }
  }

  void weightGradient(Dense layer, double[] x, double[] dz, double[] gradients) {
    DoubleDense.weightGradient(layer, m, x, dz, gradients);
  }

  void biasGradient(Dense layer, double[] dz, double[] gradients) {
    DoubleDense.columnSums(m, layer.nOut(), dz, gradients, layer.biasOff());
  }

  double derivative(Activation f, double z) {
    return DoubleActivations.derivative(f, z);
  }

  double lossFactor(double factor) {
    return factor;
  }

  /** On which side of each kink of the loss each output is; empty where it has none. */
  boolean[] lossSides() {
    return loss.sides(lossInput());
  }

  private double[] output(int l) {
    return l < 0 ? x : a[l];
  }

  private double[] gradient(int l) {
    return l < 0 ? dx : dz[l];
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

  /** The sums that the gradients are, with each term's absolute value. */
  double[] magnitudes() {
    return magnitudes;
  }

  /** Returns the state itself, laid out as the network's. */
  public double[] state() {
    return state;
  }

  /** Returns the batch's inputs themselves, (m, nIn). */
  public double[] input() {
    return x;
  }

  /** Returns the gradient of the inputs, (m, nIn), after {@link #gradient}. */
  public double[] inputGradient() {
    return dx;
  }

  /**
   * Returns Z of layer l, (m, nOut), its output if it has no activation, after {@link #loss} or
   * {@link #gradient}.
   */
  public double[] preActivations(int l) {
    return z[l];
  }

  /** Returns A of layer l, (m, nOut), after {@link #loss} or {@link #gradient}. */
  public double[] outputs(int l) {
    return a[l];
  }

  /** Returns dZ of layer l, (m, nOut), after {@link #gradient}; without an activation it is dA. */
  public double[] deltas(int l) {
    return dz[l];
  }

  @Override
  public String toString() {
    return "double: " + network + ", " + m + " rows";
  }
}
