package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Loss.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
  private static final List<String> COLUMNS =
      List.of("module", "layer", "in", "out", "parameters", "state");
  // The first columns of the summary are texts, the others numbers.
  private static final int TEXTS = 2;

  private final List<Layer> layers;
  // The ends of blocks by the layer that a block begins with: most networks have none, and a file
  // may have many layers.
  private final Map<Integer, List<ResidualAdd>> blocks = new HashMap<>();
  private final List<Tensor> tensors;
  private final List<Tensor> stateTensors;
  private final Loss loss;
  private final Loss.Options lossOptions;
  private final Reduction reduction;
  private final float[] parameters;
  private final float[] state;

  Network(
      List<Layer> layers,
      Loss loss,
      Loss.Options lossOptions,
      Reduction reduction,
      float[] parameters,
      float[] state) {
    this.layers = List.copyOf(layers);
    this.loss = loss;
    this.lossOptions = lossOptions;
    this.reduction = reduction;
    this.parameters = parameters;
    this.state = state;
    for (Layer layer : layers) {
      if (layer instanceof ResidualAdd add) {
        List<ResidualAdd> ends = blocks.getOrDefault(add.from() + 1, new ArrayList<>());
        ends.add(add);
        blocks.put(add.from() + 1, ends);
      }
    }
    ModuleNames names = new ModuleNames(this, false);
    tensors = names.parameters();
    stateTensors = names.state();
  }

  /**
   * Begins a network.
   *
   * @param nIn the inputs of its first layer, at least 1
   */
  public static NetworkBuilder builder(int nIn) {
    return new NetworkBuilder(nIn);
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

  /**
   * Returns the ends of the residual blocks that begin with a layer, the innermost first; most
   * often none.
   *
   * @param index the layer's
   */
  public List<ResidualAdd> blocksFrom(int index) {
    return List.copyOf(blocks.getOrDefault(index, List.of()));
  }

  /** Returns the loss. */
  public Loss loss() {
    return loss;
  }

  /** Returns what the loss is told beside its name. */
  public Loss.Options lossOptions() {
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
   * mean, then variance of a {@link Layer.BatchNorm}; shift, then scale of a {@link
   * Layer.Normalization}.
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
   * Returns about how many floating-point operations it takes to take rows through the network: for
   * {@link KernelLookup#forWork}. Those of products, and in their place what takes as long: an
   * output of a layer is 50, of one with exp and its kin, dropout or a norm 300, and a row of
   * batches of less than four rows as many as eight.
   *
   * @param rows how many, each as often as it is taken, at least 0
   * @param batch how many are taken at once, at least 1
   * @param training whether backwards too
   */
  public double work(double rows, int batch, boolean training) {
    double functions = 0;
    for (Layer layer : layers) {
      Activation.Kind kind = layer.activation().kind();
      boolean cheap =
          layer.hasWeights()
              && (kind == Activation.Kind.IDENTITY
                  || kind == Activation.Kind.RELU
                  || kind == Activation.Kind.LEAKY_RELU);
      functions += layer.nOut() * (cheap ? 50.0 : 300.0);
    }
    double products = 2.0 * parameters.length;
    double row = training ? 3 * products + 2 * functions : products + functions;
    return (batch < 4 ? 8 : 1) * rows * row;
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

  /**
   * Returns a table of the layers for people to read: the name of its module as in {@link
   * #tensors()}, its kind and activation, the values a row that it takes and makes, and how many
   * numbers of the parameters and the state are its own. The last line has the sums.
   *
   * <pre>
   * module  layer                  in  out  parameters  state
   * 0       Dense                  64  128       8,320      0
   * 1       BatchNorm             128  128         256    256
   * 2       ActivationLayer relu  128  128           0      0
   * 3       Dense softmax         128   10       1,290      0
   * 9,866 parameters, 256 of state, 40,488 bytes
   * </pre>
   */
  public String summary() {
    List<String> modules = modules();
    List<List<String>> lines = new ArrayList<>();
    lines.add(COLUMNS);
    for (Layer layer : layers) {
      lines.add(
          List.of(
              modules.get(layer.index()),
              describe(layer),
              count(layer.nIn()),
              count(layer.nOut()),
              count(layer.parameterCount()),
              count(layer.stateCount())));
    }
    int[] widths = new int[COLUMNS.size()];
    for (List<String> line : lines) {
      for (int j = 0; j < widths.length; j++) {
        widths[j] = Math.max(widths[j], line.get(j).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> line : lines) {
      for (int j = 0; j < widths.length; j++) {
        String gap = " ".repeat(widths[j] - line.get(j).length());
        out.append(j == 0 ? "" : "  ");
        out.append(j < TEXTS ? line.get(j) + gap : gap + line.get(j));
      }
      out.append('\n');
    }
    return out.append(total()).append('\n').toString();
  }

  private static String describe(Layer layer) {
    String kind = layer.getClass().getSimpleName();
    return layer.activation() == Activation.IDENTITY ? kind : kind + " " + layer.activation();
  }

  private String total() {
    String bytes = count(4L * ((long) parameters.length + state.length));
    return count(parameters.length)
        + " parameters, "
        + count(state.length)
        + " of state, "
        + bytes
        + " bytes";
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /**
   * Returns the name of each layer's module, which the names of its tensors begin with: of the end
   * of a residual block that of the block.
   */
  public List<String> modules() {
    return new ModuleNames(this, true).modules();
  }

  /** Returns its size and its loss in a line; {@link #summary()} says more. */
  @Override
  public String toString() {
    return "Network["
        + nIn()
        + " to "
        + nOut()
        + ", "
        + layers.size()
        + " layers, "
        + parameters.length
        + " parameters, "
        + loss
        + "]";
  }

  /**
   * A window of a network's flat parameters or state, with a name: what parameter groups, gradient
   * reports and model files speak of.
   *
   * @param name as PyTorch's state_dict of a Sequential has it: the number of the module, then
   *     weight or bias ("2.weight"); a residual block is a Sequential of its own ("3.0.weight").
   *     See {@link Network#tensors()}
   * @param kind what it is
   * @param layer the index of its layer
   * @param off the index of its first element, in {@link Network#parameters()}, or for {@link
   *     Kind#STATE} in {@link Network#state()}
   * @param rows nIn for a weight, otherwise 1
   * @param columns nOut
   * @param initial what its elements are in a new network; a {@link Kind#WEIGHT} is drawn instead
   */
  public record Tensor(
      String name, Kind kind, int layer, int off, int rows, int columns, float initial) {

    /** What a tensor is. */
    public enum Kind {
      /** The weights of a dense layer, (nIn, nOut). */
      WEIGHT,
      /** The bias of a dense layer. */
      BIAS,
      /** Gamma or beta of a normalization. */
      NORM,
      /** Not trained: running statistics, or the constants of a {@link Layer.Normalization}. */
      STATE
    }

    static Tensor vector(String name, Kind kind, int layer, int off, int n, float initial) {
      return new Tensor(name, kind, layer, off, 1, n, initial);
    }

    /** The elements of those that are windows of the parameters, or else of the state. */
    static int count(List<Tensor> tensors, boolean ofParameters) {
      int count = 0;
      for (Tensor tensor : tensors) {
        count += tensor.isParameter() == ofParameters ? tensor.count() : 0;
      }
      return count;
    }

    /** Returns whether it is a window of the parameters; otherwise it is one of the state. */
    public boolean isParameter() {
      return kind != Kind.STATE;
    }

    /** The same under another name. */
    Tensor named(String name) {
      return new Tensor(name, kind, layer, off, rows, columns, initial);
    }

    /** Returns the number of its elements. */
    public int count() {
      return rows * columns;
    }
  }
}
