package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A network of layers: its shape, its loss and its numbers, which are two flat arrays: the
 * parameters, which are trained, and the state, which is not. It holds no state of a computation,
 * that is in a {@link Workspace}: so a network may be shared by threads as long as none of them
 * writes its arrays.
 *
 * <pre>{@code
 * Network network =
 *     Network.builder(64)
 *         .dense(128).batchNorm().activation(Activation.RELU)
 *         .residual(block -> block.dense(128, Activation.RELU).dropout(0.2).dense(128))
 *         .dense(10, Activation.SOFTMAX)
 *         .seed(42)
 *         .build();
 * }</pre>
 */
public final class Network {
  private final List<Layer> layers;
  private final List<Tensor> tensors;
  private final List<Tensor> stateTensors;
  private final Loss loss;
  private final LossOptions lossOptions;
  private final Reduction reduction;
  private final float[] parameters;
  private final float[] state;

  private Network(
      List<Layer> layers,
      Loss loss,
      LossOptions lossOptions,
      Reduction reduction,
      float[] parameters,
      float[] state) {
    this.layers = List.copyOf(layers);
    this.loss = loss;
    this.lossOptions = lossOptions;
    this.reduction = reduction;
    this.parameters = parameters;
    this.state = state;
    TensorNames names = new TensorNames(this.layers);
    tensors = names.parameters();
    stateTensors = names.state();
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
  public List<Layer> layers() {
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
  public Layer outputLayer() {
    return layers.get(layers.size() - 1);
  }

  /** Returns the loss. */
  public Loss loss() {
    return loss;
  }

  /** Returns what the loss is told beside its name. */
  public LossOptions lossOptions() {
    return lossOptions;
  }

  /** Returns how the loss is reduced to one number. */
  public Reduction reduction() {
    return reduction;
  }

  /**
   * Returns the parameters themselves, not a copy, layer by layer: W, (nIn, nOut) row-major, then b
   * of a dense one; gamma, then beta of a normalization.
   */
  public float[] parameters() {
    return parameters;
  }

  /**
   * Returns the numbers that are not trained themselves, not a copy, layer by layer: the running
   * mean, then variance of a {@link BatchNorm}; shift, then scale of a {@link Normalization}.
   */
  public float[] state() {
    return state;
  }

  /** Returns all tensors of the parameters, in their order. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** Returns all tensors of the state, in their order. */
  public List<Tensor> stateTensors() {
    return stateTensors;
  }

  /** Returns a network of the same shape with a copy of the parameters and the state. */
  public Network copy() {
    return with(layers, parameters.clone(), state.clone());
  }

  /** A network of other layers, with everything else as here. */
  Network with(List<Layer> layers, float[] parameters, float[] state) {
    return new Network(layers, loss, lossOptions, reduction, parameters, state);
  }

  /**
   * Returns a network for inference with the same outputs up to rounding, and fewer layers: without
   * dropout, and with each batch normalization that directly follows a dense layer without an
   * activation folded into that layer's weights and biases, by the running statistics as they are
   * now. One that follows anything else stays, as does one at the beginning of a residual block. It
   * shares no array with this one.
   */
  public Network folded() {
    return new Folding(this).fold();
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
    Workspace workspace = Workspace.forInference(this, kernels, m);
    float[] y = new float[Math.multiplyExact(m, nOut())];
    workspace.predict(m, x, 0, nIn(), y, 0, nOut());
    return y;
  }

  /** Collects what a network is made of. */
  public static final class Builder {
    private static final double MOMENTUM = 0.1;
    private static final double EPSILON = 1e-5;

    private final LayerList list;
    // By the layer's index; a dense layer without one takes what suits its activation.
    private final Map<Integer, Initializer> initializers = new HashMap<>();
    private final Map<Integer, float[][]> normalizations = new HashMap<>();
    private Initializer initializer;
    private Loss loss;
    private LossOptions lossOptions = LossOptions.DEFAULT;
    private Reduction reduction = Reduction.MEAN_OVER_BATCH;
    private long seed;
    private boolean zeros;

    private Builder(int nIn) {
      list = new LayerList(requirePositive("nIn", nIn));
    }

    private static int requirePositive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be >= 1, got " + value);
      }
      return value;
    }

    /** Adds a dense layer without an activation; one that follows directly becomes its own. */
    public Builder dense(int nOut) {
      return dense(nOut, Activation.IDENTITY);
    }

    /**
     * Adds a dense layer whose weights start as suits its activation. Where that is the identity,
     * the next {@link #activation} counts, over normalizations and dropout between.
     *
     * @param nOut its outputs, at least 1
     * @throws IllegalArgumentException if the network gets more than 2^31 - 9 parameters, or more
     *     than 2,048 layers
     */
    public Builder dense(int nOut, Activation activation) {
      requirePositive("nOut", nOut);
      list.dense(nOut, Objects.requireNonNull(activation, "activation"));
      return this;
    }

    /** {@link #dense(int, Activation)} whose weights start from that distribution. */
    public Builder dense(int nOut, Activation activation, Initializer initializer) {
      Objects.requireNonNull(initializer, "initializer");
      dense(nOut, activation);
      initializers.put(list.layers().size() - 1, initializer);
      return this;
    }

    /**
     * Adds an activation. Directly after a dense layer that has none it becomes that layer's;
     * elsewhere it is an {@link ActivationLayer}. The identity adds nothing.
     */
    public Builder activation(Activation f) {
      list.activation(Objects.requireNonNull(f, "f"));
      return this;
    }

    /** Adds a {@link BatchNorm} with PyTorch's defaults: momentum 0.1, epsilon 1e-5. */
    public Builder batchNorm() {
      return batchNorm(MOMENTUM, EPSILON);
    }

    /**
     * Adds a {@link BatchNorm}; gamma starts from 1, beta from 0, the running mean from 0, the
     * running variance from 1.
     *
     * @param momentum the share of a batch in the running statistics, in (0, 1]
     * @param epsilon &gt; 0
     */
    public Builder batchNorm(double momentum, double epsilon) {
      list.batchNorm(momentum, epsilon);
      return this;
    }

    /** Adds a {@link LayerNorm} with PyTorch's default, epsilon 1e-5. */
    public Builder layerNorm() {
      return layerNorm(EPSILON);
    }

    /**
     * Adds a {@link LayerNorm}; gamma starts from 1, beta from 0.
     *
     * @param epsilon &gt; 0
     */
    public Builder layerNorm(double epsilon) {
      list.layerNorm(epsilon);
      return this;
    }

    /**
     * Adds a {@link Dropout}.
     *
     * @param rate the probability that a value is dropped, in [0, 1)
     */
    public Builder dropout(double rate) {
      list.dropout(rate, false);
      return this;
    }

    /**
     * Adds an alpha {@link Dropout}, for SELU.
     *
     * @param rate the probability that a value is dropped, in [0, 1)
     */
    public Builder alphaDropout(double rate) {
      list.dropout(rate, true);
      return this;
    }

    /**
     * Adds a {@link Normalization}, y = (x - shift) scale.
     *
     * @param shift one finite value a column; a copy is taken
     * @param scale one finite value a column; a copy is taken
     */
    public Builder normalization(float[] shift, float[] scale) {
      list.requireColumns("shift", shift);
      list.requireColumns("scale", scale);
      list.normalization();
      normalizations.put(list.layers().size() - 1, new float[][] {shift.clone(), scale.clone()});
      return this;
    }

    /**
     * Adds a {@link Normalization} whose shift is 0 and whose scale is 1, for who sets them in
     * {@link Network#state()}.
     */
    public Builder normalization() {
      list.normalization();
      return this;
    }

    /**
     * Adds a residual block: y = block(x) + x, see {@link ResidualAdd}. Blocks may be inside each
     * other, up to 32.
     *
     * @param block adds the block's layers to the builder it gets; the last must make as many
     *     values a row as the first takes, and one of them must not be dropout
     */
    public Builder residual(Consumer<Builder> block) {
      Objects.requireNonNull(block, "block");
      list.beginBlock();
      block.accept(this);
      list.endBlock();
      return this;
    }

    /** Returns the number of inputs that the next layer will take. */
    public int width() {
      return list.width();
    }

    /** Returns the number of parameters so far. */
    public long parameterCount() {
      return list.parameterCount();
    }

    /** Returns the numbers of the state so far. */
    public long stateCount() {
      return list.stateCount();
    }

    /** Sets how the weights of dense layers start that were or are added without saying so. */
    public Builder initializer(Initializer initializer) {
      this.initializer = Objects.requireNonNull(initializer, "initializer");
      return this;
    }

    /** Sets the loss; without it, cross-entropy after softmax, binary after sigmoid, else MSE. */
    public Builder loss(Loss loss) {
      this.loss = Objects.requireNonNull(loss, "loss");
      return this;
    }

    /** Sets the options of the loss; {@link LossOptions#DEFAULT} without it. */
    public Builder lossOptions(LossOptions options) {
      this.lossOptions = Objects.requireNonNull(options, "options");
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
     * @throws IllegalStateException if it has no dense layer, if a residual block is open, if
     *     cross-entropy has a single output, where it is always 0, or if an option of the loss is
     *     not one of that loss or has another length
     */
    public Network build() {
      List<Layer> layers = list.layers();
      if (layers.stream().noneMatch(layer -> layer instanceof Dense)) {
        throw new IllegalStateException(
            "a network needs at least one dense layer: call dense(...)");
      }
      if (list.inBlock()) {
        throw new IllegalStateException("build() was called inside a residual block");
      }
      Layer last = layers.get(layers.size() - 1);
      Loss chosen = loss != null ? loss : defaultLoss(last.activation());
      if (chosen == Loss.CROSS_ENTROPY && last.nOut() == 1) {
        throw new IllegalStateException(
            "cross-entropy needs at least 2 outputs, got 1: use BINARY_CROSS_ENTROPY with sigmoid");
      }
      lossOptions.requireFor(chosen, last.activation(), last.nOut());
      float[] parameters = new float[(int) list.parameterCount()];
      float[] state = new float[(int) list.stateCount()];
      Network network = new Network(layers, chosen, lossOptions, reduction, parameters, state);
      InitialValues initial = new InitialValues(network);
      initial.state(normalizations);
      if (!zeros) {
        initial.parameters(initializers, initializer, seed);
      }
      return network;
    }

    private static Loss defaultLoss(Activation output) {
      if (output == Activation.SOFTMAX) {
        return Loss.CROSS_ENTROPY;
      }
      return output == Activation.SIGMOID ? Loss.BINARY_CROSS_ENTROPY : Loss.MEAN_SQUARED_ERROR;
    }
  }
}
