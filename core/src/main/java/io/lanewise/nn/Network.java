package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A network of dense layers: its shape, its loss and its parameters, one flat array. It holds no
 * state of a computation, that is in a {@link Workspace}: so a network may be shared by threads as
 * long as none of them writes its parameters.
 *
 * <pre>{@code
 * Network network =
 *     Network.builder(64)
 *         .dense(32, Activation.RELU)
 *         .dense(10, Activation.SOFTMAX)
 *         .loss(Loss.CROSS_ENTROPY)
 *         .seed(42)
 *         .build();
 * }</pre>
 */
public final class Network {
  private final List<Dense> layers;
  private final Loss loss;
  private final Reduction reduction;
  private final float[] parameters;

  private Network(List<Dense> layers, Loss loss, Reduction reduction) {
    this.layers = List.copyOf(layers);
    this.loss = loss;
    this.reduction = reduction;
    this.parameters = new float[parameterCount(layers)];
  }

  private static int parameterCount(List<Dense> layers) {
    Dense last = layers.get(layers.size() - 1);
    return last.biasOff() + last.nOut();
  }

  /**
   * Begins a network.
   *
   * @param nIn the inputs of its first layer, at least 1
   */
  public static Builder builder(int nIn) {
    return new Builder(nIn);
  }

  /** Returns the layers, first to last. */
  public List<Dense> layers() {
    return layers;
  }

  /** Returns the number of inputs. */
  public int nIn() {
    return layers.get(0).nIn();
  }

  /** Returns the number of outputs. */
  public int nOut() {
    return outputLayer().nOut();
  }

  /** Returns the last layer. */
  public Dense outputLayer() {
    return layers.get(layers.size() - 1);
  }

  /** Returns the loss. */
  public Loss loss() {
    return loss;
  }

  /** Returns how the loss is reduced to one number. */
  public Reduction reduction() {
    return reduction;
  }

  /**
   * Returns the parameters themselves, not a copy: for each layer W, (nIn, nOut) row-major, then b.
   */
  public float[] parameters() {
    return parameters;
  }

  /** Returns a network of the same shape with a copy of the parameters. */
  public Network copy() {
    Network copy = new Network(layers, loss, reduction);
    System.arraycopy(parameters, 0, copy.parameters, 0, parameters.length);
    return copy;
  }

  /**
   * Computes the outputs of a batch with the best kernels there are. Allocates a workspace at each
   * call: who predicts often keeps a {@link Workspace}.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @return (m, nOut), row-major
   */
  public float[] predict(float[] x, int m) {
    return predict(x, m, KernelLookup.best());
  }

  /** {@link #predict(float[], int)} with those kernels. */
  public float[] predict(float[] x, int m, Kernels kernels) {
    Workspace workspace = new Workspace(this, kernels, m);
    float[] y = new float[Math.multiplyExact(m, nOut())];
    workspace.predict(m, x, 0, nIn(), y, 0, nOut());
    return y;
  }

  /** Collects what a network is made of. */
  public static final class Builder {
    private final List<Dense> layers = new ArrayList<>();
    private final List<Initializer> initializers = new ArrayList<>();
    private int nIn;
    private long parameterCount;
    private Loss loss;
    private Reduction reduction = Reduction.MEAN_OVER_BATCH;
    private long seed;
    private boolean zeros;

    private Builder(int nIn) {
      this.nIn = requirePositive("nIn", nIn);
    }

    private static int requirePositive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be >= 1, got " + value);
      }
      return value;
    }

    /** Adds a dense layer whose weights start as suits the activation. */
    public Builder dense(int nOut, Activation activation) {
      return dense(
          nOut, activation, Initializer.of(Objects.requireNonNull(activation, "activation")));
    }

    /**
     * Adds a dense layer.
     *
     * @param nOut its outputs, at least 1
     * @throws IllegalArgumentException if the network gets more than 2^31 - 1 parameters
     */
    public Builder dense(int nOut, Activation activation, Initializer initializer) {
      requirePositive("nOut", nOut);
      Objects.requireNonNull(activation, "activation");
      Objects.requireNonNull(initializer, "initializer");
      long biasOff = parameterCount + (long) nIn * nOut;
      if (biasOff + nOut > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "layer " + layers.size() + " of (" + nIn + ", " + nOut + "): too many parameters");
      }
      layers.add(
          new Dense(layers.size(), nIn, nOut, activation, (int) parameterCount, (int) biasOff));
      initializers.add(initializer);
      parameterCount = biasOff + nOut;
      nIn = nOut;
      return this;
    }

    /** Sets the loss; without it, cross-entropy after softmax, binary after sigmoid, else MSE. */
    public Builder loss(Loss loss) {
      this.loss = Objects.requireNonNull(loss, "loss");
      return this;
    }

    /** Sets the reduction; {@link Reduction#MEAN_OVER_BATCH} without it. */
    public Builder reduction(Reduction reduction) {
      this.reduction = Objects.requireNonNull(reduction, "reduction");
      return this;
    }

    /** Sets the seed of the initial weights; 0 without it. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Leaves all parameters 0, for who is about to set them. */
    public Builder zeros() {
      this.zeros = true;
      return this;
    }

    /**
     * Makes the network and its initial parameters.
     *
     * @throws IllegalStateException if it has no layer, or cross-entropy has a single output, where
     *     it is always 0
     */
    public Network build() {
      if (layers.isEmpty()) {
        throw new IllegalStateException("a network needs at least one layer: call dense(...)");
      }
      Dense last = layers.get(layers.size() - 1);
      Loss chosen = loss != null ? loss : defaultLoss(last.activation());
      if (chosen == Loss.CROSS_ENTROPY && last.nOut() == 1) {
        throw new IllegalStateException(
            "cross-entropy needs at least 2 outputs, got 1: use BINARY_CROSS_ENTROPY with sigmoid");
      }
      Network network = new Network(layers, chosen, reduction);
      if (zeros) {
        return network;
      }
      RandomStream random = new RandomStream(seed, RandomStream.Purpose.WEIGHTS);
      for (Dense layer : network.layers) {
        initializers
            .get(layer.index())
            .fill(network.parameters, layer.weightOff(), layer.nIn(), layer.nOut(), random);
      }
      return network;
    }

    private static Loss defaultLoss(Activation output) {
      return switch (output) {
        case SOFTMAX -> Loss.CROSS_ENTROPY;
        case SIGMOID -> Loss.BINARY_CROSS_ENTROPY;
        default -> Loss.MEAN_SQUARED_ERROR;
      };
    }
  }
}
