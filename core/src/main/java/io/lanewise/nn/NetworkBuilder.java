package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Collects what a {@link Network} is made of: layers in their order, the loss, how it starts. */
public final class NetworkBuilder {
  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;

  private final LayerList list;
  // By the layer's index, where the layer has its own; a dense layer without one takes the common
  // one, or else what suits its activation.
  private final Map<Integer, Initializer> initializers = new HashMap<>();
  // Shift and scale by the layer's index, where they are not 0 and 1.
  private final Map<Integer, float[][]> normalizations = new HashMap<>();
  private Initializer initializer;
  private Loss loss;
  private Loss.Options lossOptions = Loss.Options.DEFAULT;
  private Reduction reduction = Reduction.MEAN_OVER_BATCH;
  private long seed;
  private boolean zeros;

  NetworkBuilder(int nIn) {
    list = new LayerList(nIn);
  }

  /** Adds a dense layer without an activation; one that follows directly becomes its own. */
  public NetworkBuilder dense(int nOut) {
    return dense(nOut, Activation.IDENTITY);
  }

  /**
   * Adds a dense layer whose weights start as suits its activation. Where that is the identity, the
   * next {@link #activation} counts, over normalizations and dropout between.
   *
   * @param nOut its outputs, at least 1
   * @throws IllegalArgumentException if the network gets more than 2^31 - 9 parameters, or more
   *     than 2,048 layers
   */
  public NetworkBuilder dense(int nOut, Activation activation) {
    list.add(new Dense(list.next(), list.width(), nOut, activation, 0));
    return this;
  }

  /** {@link #dense(int, Activation)} whose weights start from that distribution. */
  public NetworkBuilder dense(int nOut, Activation activation, Initializer initializer) {
    Objects.requireNonNull(initializer, "initializer");
    dense(nOut, activation);
    initializers.put(list.layers().size() - 1, initializer);
    return this;
  }

  /**
   * Adds an activation. Directly after a dense layer that has none it becomes that layer's;
   * elsewhere it is an {@link Layer.ActivationLayer}. The identity adds nothing.
   */
  public NetworkBuilder activation(Activation f) {
    list.activation(Objects.requireNonNull(f, "f"));
    return this;
  }

  /** Adds a {@link BatchNorm} with PyTorch's defaults: momentum 0.1, epsilon 1e-5. */
  public NetworkBuilder batchNorm() {
    return batchNorm(MOMENTUM, EPSILON);
  }

  /**
   * Adds a {@link BatchNorm}; gamma starts from 1, beta from 0, the running mean from 0, the
   * running variance from 1.
   *
   * @param momentum the share of a batch in the running statistics, in (0, 1]
   * @param epsilon &gt; 0
   */
  public NetworkBuilder batchNorm(double momentum, double epsilon) {
    list.add(new BatchNorm(list.next(), list.width(), (float) momentum, (float) epsilon, 0, 0));
    return this;
  }

  /** Adds a {@link LayerNorm} with PyTorch's default, epsilon 1e-5. */
  public NetworkBuilder layerNorm() {
    return layerNorm(EPSILON);
  }

  /**
   * Adds a {@link LayerNorm}; gamma starts from 1, beta from 0.
   *
   * @param epsilon &gt; 0
   */
  public NetworkBuilder layerNorm(double epsilon) {
    list.add(new LayerNorm(list.next(), list.width(), (float) epsilon, 0));
    return this;
  }

  /**
   * Adds a {@link Dropout}.
   *
   * @param rate the probability that a value is dropped, in [0, 1)
   */
  public NetworkBuilder dropout(double rate) {
    list.add(new Dropout(list.next(), list.width(), (float) rate, false));
    return this;
  }

  /**
   * Adds an alpha {@link Dropout}, for SELU.
   *
   * @param rate the probability that a value is dropped, in [0, 1)
   */
  public NetworkBuilder alphaDropout(double rate) {
    list.add(new Dropout(list.next(), list.width(), (float) rate, true));
    return this;
  }

  /**
   * Adds a {@link Normalization}, y = (x - shift) scale.
   *
   * @param shift one finite value a column; a copy is taken
   * @param scale one finite value a column; a copy is taken
   */
  public NetworkBuilder normalization(float[] shift, float[] scale) {
    requireColumns("shift", shift);
    requireColumns("scale", scale);
    normalization();
    normalizations.put(list.layers().size() - 1, new float[][] {shift.clone(), scale.clone()});
    return this;
  }

  /** One finite value for each that the next layer takes. */
  private void requireColumns(String name, float[] values) {
    Objects.requireNonNull(values, name);
    if (values.length != list.width()) {
      throw new IllegalArgumentException(
          name + " must have " + list.width() + " elements, got " + values.length);
    }
    for (int j = 0; j < values.length; j++) {
      if (!Float.isFinite(values[j])) {
        throw new IllegalArgumentException(name + "[" + j + "] must be finite, got " + values[j]);
      }
    }
  }

  /**
   * Adds a {@link Normalization} whose shift is 0 and whose scale is 1, for who sets them in {@link
   * Network#state()}.
   */
  public NetworkBuilder normalization() {
    list.add(new Normalization(list.next(), list.width(), 0));
    return this;
  }

  /**
   * Adds a residual block: y = block(x) + x, see {@link ResidualAdd}. Blocks may be inside each
   * other, up to 32.
   *
   * @param block adds the block's layers to the builder it gets; the last must make as many values
   *     a row as the first takes, and one of them must not be dropout
   */
  public NetworkBuilder residual(Consumer<NetworkBuilder> block) {
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
  public NetworkBuilder initializer(Initializer initializer) {
    this.initializer = Objects.requireNonNull(initializer, "initializer");
    return this;
  }

  /** Sets the loss; without it, cross-entropy after softmax, binary after sigmoid, else MSE. */
  public NetworkBuilder loss(Loss loss) {
    this.loss = Objects.requireNonNull(loss, "loss");
    return this;
  }

  /** Sets the options of the loss; {@link Loss.Options#DEFAULT} without it. */
  public NetworkBuilder lossOptions(Loss.Options options) {
    this.lossOptions = Objects.requireNonNull(options, "options");
    return this;
  }

  /** Sets the reduction; {@link Reduction#MEAN_OVER_BATCH} without it. */
  public NetworkBuilder reduction(Reduction reduction) {
    this.reduction = Objects.requireNonNull(reduction, "reduction");
    return this;
  }

  /** Sets the seed of the initial weights; 0 without it. */
  public NetworkBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Leaves all parameters 0, for who is about to set them. */
  public NetworkBuilder zeros() {
    this.zeros = true;
    return this;
  }

  /**
   * Makes the network and its initial parameters.
   *
   * @throws IllegalStateException if it has no dense layer, if a residual block is open, if
   *     cross-entropy has a single output, where it is always 0, or if an option of the loss is not
   *     one of that loss or has another length
   */
  public Network build() {
    List<Layer> layers = list.layers();
    if (layers.stream().noneMatch(Layer::hasWeights)) {
      throw new IllegalStateException("a network needs at least one dense layer: call dense(...)");
    }
    if (list.inBlock()) {
      throw new IllegalStateException("build() was called inside a residual block");
    }
    Layer last = layers.getLast();
    Activation output = last.activation();
    Loss chosen = loss;
    if (chosen == null) {
      chosen = output == Activation.SIGMOID ? Loss.BINARY_CROSS_ENTROPY : Loss.MEAN_SQUARED_ERROR;
      chosen = output.elementwise() ? chosen : Loss.CROSS_ENTROPY;
    }
    if (chosen == Loss.CROSS_ENTROPY && last.nOut() == 1) {
      throw new IllegalStateException(
          "cross-entropy needs at least 2 outputs, got 1: use binary-cross-entropy with sigmoid");
    }
    lossOptions.requireFor(chosen, output, last.nOut());
    float[] parameters = new float[list.parameterCount()];
    float[] state = new float[list.stateCount()];
    Network network = new Network(layers, chosen, lossOptions, reduction, parameters, state);
    initialState(network);
    if (!zeros) {
      initialParameters(network);
    }
    return network;
  }

  /** What the tensors of the state say, and the constants of the normalizations. */
  private void initialState(Network network) {
    network.stateTensors().forEach(tensor -> fill(tensor, network.state()));
    normalizations.forEach(
        (index, both) -> {
          List<Tensor> tensors = network.layers().get(index).tensors();
          for (int i = 0; i < both.length; i++) {
            int off = tensors.get(i).off();
            System.arraycopy(both[i], 0, network.state(), off, both[i].length);
          }
        });
  }

  private static void fill(Tensor tensor, float[] values) {
    Arrays.fill(values, tensor.off(), tensor.off() + tensor.count(), tensor.initial());
  }

  /** Weights from their distributions, the other parameters as their tensors say. */
  private void initialParameters(Network network) {
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.WEIGHTS);
    float[] parameters = network.parameters();
    for (Tensor tensor : network.tensors()) {
      if (tensor.kind() != Tensor.Kind.WEIGHT) {
        fill(tensor, parameters);
        continue;
      }
      int l = tensor.layer();
      Initializer given = initializers.getOrDefault(l, initializer);
      Initializer chosen =
          given != null ? given : Initializer.of(activationAfter(network.layers(), l));
      chosen.fill(parameters, tensor.off(), tensor.rows(), tensor.columns(), random);
    }
  }

  /** The activation that the outputs come to before a sum or other weights. */
  private static Activation activationAfter(List<Layer> layers, int layer) {
    int l = layer;
    while (layers.get(l).activation() == Activation.IDENTITY
        && l + 1 < layers.size()
        && !layers.get(l + 1).hasWeights()
        && !(layers.get(l + 1) instanceof ResidualAdd)) {
      l++;
    }
    return layers.get(l).activation();
  }

  /** Returns its size so far in a line. */
  @Override
  public String toString() {
    return "NetworkBuilder["
        + list.layers().size()
        + " layers, the next takes "
        + width()
        + ", "
        + parameterCount()
        + " parameters]";
  }
}
