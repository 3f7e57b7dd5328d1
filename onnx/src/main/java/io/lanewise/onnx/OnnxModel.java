package io.lanewise.onnx;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model that was read and checked: a graph of supported operators, opset 7 to 25. It can be
 * run as it is, node by node, or be made a {@link Network} if it is one.
 *
 * <p>Immutable; any number of threads may run it at once. The same bits come out on every machine
 * and with all kernels: products and functions are those of {@link Kernels}.
 */
public final class OnnxModel {
  /** The bytes that a run may allocate by default: 2 GiB. */
  public static final long DEFAULT_RUN_LIMIT = 1L << 31;

  private static final System.Logger LOG = System.getLogger("io.lanewise");

  private final Graph graph;
  private final Program program;
  // To look for them costs more than a run of a small graph.
  private volatile @Nullable Kernels best;

  private OnnxModel(Graph graph) throws ModelFormatException {
    this.graph = graph;
    this.program = new Program(graph);
  }

  /**
   * Loads a model. Weights may be in other files ("external data", such as model.onnx.data) in the
   * same folder; links are not followed.
   *
   * @throws ModelFormatException if it is no valid model, or has something that is not supported;
   *     the message names the file and the node or tensor; the cause is an {@link
   *     UnsupportedOperationException} if there is no such operator here
   * @throws IOException if it cannot be read
   */
  public static OnnxModel load(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    try {
      OnnxModel model;
      try (ExternalFiles beside = new ExternalFiles(file)) {
        model = new OnnxModel(GraphParser.parse(read(file), beside));
      }
      for (String remark : model.remarks()) {
        LOG.log(System.Logger.Level.WARNING, "{0}: {1}", file, remark);
      }
      return model;
    } catch (ModelFormatException e) {
      ModelFormatException named = new ModelFormatException(file + ": " + e.getMessage());
      named.initCause(e.getCause());
      throw named;
    }
  }

  private static byte[] read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > Shapes.MAX_COUNT) {
      throw new ModelFormatException("it has " + size + " bytes: an ONNX file has at most 2 GiB");
    }
    byte[] bytes = new byte[(int) size];
    try (InputStream in = Files.newInputStream(file)) {
      if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
        throw new ModelFormatException("truncated while it was read");
      }
    }
    return bytes;
  }

  /**
   * Reads a model from the bytes of its file; one whose weights are in another file is refused.
   *
   * @throws ModelFormatException as {@link #load}
   */
  public static OnnxModel parse(byte[] file) throws ModelFormatException {
    return new OnnxModel(GraphParser.parse(Objects.requireNonNull(file, "file")));
  }

  /** Writes a network without metadata; see {@link #export(Model, Path)}. */
  public static void export(Network network, Path file) throws IOException {
    export(new Model(network, Map.of()), file);
  }

  /**
   * Writes a model as an ONNX file, opset 17 and IR version 8, whole or not at all. Its input,
   * "input" (batch, nIn), and its output, "output" (batch, nOut), are those of {@link
   * Network#predict}. Dropout is left out. {@link #toModel()} gives the model back, but for
   * dropout, the momentum of batch normalization and the options of the loss: the same numbers, bit
   * for bit.
   *
   * @throws IOException if it cannot be written; what was there is then as it was
   * @throws IllegalArgumentException if the file would have more than 2 GiB, or a name of the
   *     metadata begins with "lanewise."
   */
  public static void export(Model model, Path file) throws IOException {
    OnnxExport.write(Objects.requireNonNull(model, "model"), Objects.requireNonNull(file, "file"));
  }

  Graph graph() {
    return graph;
  }

  /**
   * Returns what is unusual, though allowed, one line each: weights that are not finite, types that
   * are computed with as FLOAT.
   */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    Set<OnnxTensor.Type> types = EnumSet.noneOf(OnnxTensor.Type.class);
    graph.initializers().values().forEach(tensor -> types.add(tensor.type()));
    graph.inputs().forEach(input -> types.add(input.type()));
    for (OnnxTensor.Type type : types) {
      if (type.isReal() && type != OnnxTensor.Type.FLOAT) {
        remarks.add("its " + type + " numbers are computed with as FLOAT");
      }
    }
    graph
        .initializers()
        .forEach(
            (name, tensor) -> {
              int odd = 0;
              if (tensor.data() instanceof float[] values) {
                for (float value : values) {
                  odd += Float.isFinite(value) ? 0 : 1;
                }
              }
              if (odd > 0) {
                remarks.add(odd + " values of \"" + name + "\" are NaN or infinite");
              }
            });
    return remarks;
  }

  /**
   * Returns whether values are quantized by the range of all of their elements
   * (DynamicQuantizeLinear). What the graph makes of a row depends on the rows that it is run with
   * then, padding among them: run each alone, where that must not be.
   */
  public boolean quantizesByRange() {
    for (Node node : graph.nodes()) {
      if (node.domain().isEmpty() && node.operator().equals("DynamicQuantizeLinear")) {
        return true;
      }
    }
    return false;
  }

  /** Returns the version of ONNX's operator set that the model is written in. */
  public int opset() {
    return graph.opset();
  }

  /** Returns what made the file, and its version, as it says; may be empty. */
  public String producer() {
    return graph.producer();
  }

  /** Returns the texts that are kept with the model, by name. */
  public Map<String, String> metadata() {
    return graph.metadata();
  }

  /** Returns the inputs that a run wants. */
  public List<ValueInfo> inputs() {
    return graph.inputs();
  }

  /** Returns the outputs, at least one. */
  public List<ValueInfo> outputs() {
    return graph.outputs();
  }

  /** Runs it with the best kernels there are, within {@link #DEFAULT_RUN_LIMIT}. */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) throws ModelFormatException {
    // Threads that look for them at once find the same.
    best = best == null ? KernelLookup.best() : best;
    return run(inputs, best, DEFAULT_RUN_LIMIT);
  }

  /**
   * Runs the graph, node by node.
   *
   * @param inputs a tensor for each of {@link #inputs()}, of the type and shape declared there
   * @param kernels what computes
   * @param limit the bytes that the run may allocate for tensors
   * @return a tensor for each of {@link #outputs()}, in their order; one that no node computes from
   *     others is an input or a constant itself
   * @throws IllegalArgumentException if an input is missing, not wanted, or not as declared
   * @throws ModelFormatException if the graph cannot be run on these inputs: shapes that do not
   *     fit, types that are not supported, more memory than the limit; the message names the node
   */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs, Kernels kernels, long limit)
      throws ModelFormatException {
    Objects.requireNonNull(kernels, "kernels");
    return program.run(Objects.requireNonNull(inputs, "inputs"), kernels, limit);
  }

  /**
   * {@link #compile(Kernels, long)} with the best kernels there are and {@link #DEFAULT_RUN_LIMIT}.
   */
  public CompiledModel compile() throws ModelFormatException {
    best = best == null ? KernelLookup.best() : best;
    return compile(best, DEFAULT_RUN_LIMIT);
  }

  /**
   * Makes the graph ready to run often: fused, its weights packed, allocating nothing. It does not
   * keep this model, whose weights the two then have twice until this one is let go.
   *
   * @param kernels what computes; those of {@link io.lanewise.kernel.Threads} let calls take turns
   * @param limit the bytes that a run may allocate for tensors
   * @throws ModelFormatException if its constants cannot be worked out; the message names the node
   */
  public CompiledModel compile(Kernels kernels, long limit) throws ModelFormatException {
    Objects.requireNonNull(kernels, "kernels");
    return new CompiledModel(graph, program, kernels, limit);
  }

  /**
   * Folds the graph into a network, if it is a chain of layers from its only input to its {@link
   * #answer()}. Products with the sums of their biases, normalizations, shifts and scales,
   * activations that stand there as several nodes, and residual blocks are understood; dropout and
   * a final ZipMap are left out. Where scikit-learn makes columns 1 - p and p of two classes, the
   * network has p.
   *
   * <p>The outputs are those of {@link #run} but for rounding: a bias starts a chain here and is
   * added there, a division becomes a product. The loss is that of the output's activation, if the
   * file's metadata has none.
   *
   * @throws ModelFormatException if it is no such graph; the message names the node that is in the
   *     way
   */
  public Network toNetwork() throws ModelFormatException {
    return StepsNetwork.of(graph);
  }

  /**
   * {@link #toNetwork()}, with the texts that are kept with the model, but for those of our own.
   * What they leave open of a file that is not ours is told by two more: "classes" are the names of
   * the {@link #classes()}, a line of CSV; where there are none, "task" is "unknown", since a
   * network of logits looks like a regression. Where {@link #classes()} fails, "classes-open" says
   * why. {@code io.lanewise.data.Meaning} reads them.
   *
   * @throws ModelFormatException as {@link #toNetwork()} and {@link #answer()}
   */
  public Model toModel() throws ModelFormatException {
    return new Model(toNetwork(), GraphMetadata.of(graph));
  }

  /**
   * Returns what runs the graph on rows as a network does, where it does not fold into one. The
   * input is rows: its first dimension, of which any number may come, or one row by itself.
   *
   * @throws ModelFormatException if it has several inputs, or one that does not say how many values
   *     a row has or that takes texts; if it cannot be run; or as {@link #answer()}
   */
  public OnnxRows rows() throws ModelFormatException {
    return rows(DEFAULT_RUN_LIMIT);
  }

  /**
   * {@link #rows()} with a limit.
   *
   * @param limit the bytes that a run may allocate for tensors, the rows among them
   */
  public OnnxRows rows(long limit) throws ModelFormatException {
    return new OnnxRows(this, limit);
  }

  /**
   * Returns the name of the output that is the answer: of those that are made of real numbers all
   * the way, the one that is not on the way to another. A hidden layer is, and so are logits beside
   * their softmax; labels, which an arg-max told, are no numbers. Where there is nothing but labels
   * it is what they were told of, which then is no output.
   *
   * @throws ModelFormatException if there is none, or more than one: {@link #withOutput} chooses
   */
  public String answer() throws ModelFormatException {
    return Answer.of(graph, Values.of(graph));
  }

  /**
   * Returns what the graph calls the columns of the {@link #answer()}: the keys of a ZipMap, the
   * labels of a classifier, or the constant of which an arg-max picks one; empty if it does not
   * say. There may be more or fewer of them than columns.
   *
   * @throws ModelFormatException as {@link #answer()}, or if it names them twice and differently
   */
  public List<String> classes() throws ModelFormatException {
    Values values = Values.of(graph);
    return ClassLabels.of(graph, values, Answer.of(graph, values));
  }

  /**
   * Returns the same model with one output alone: one of {@link #outputs()}, or a value on the way.
   *
   * @throws IllegalArgumentException if no node makes such a value
   */
  public OnnxModel withOutput(String name) throws ModelFormatException {
    Objects.requireNonNull(name, "name");
    ValueInfo chosen = null;
    for (ValueInfo output : graph.outputs()) {
      chosen = output.name().equals(name) ? output : chosen;
    }
    for (Node node : graph.nodes()) {
      if (chosen == null && !name.isEmpty() && List.of(node.outputs()).contains(name)) {
        chosen = new ValueInfo(name, null, null);
      }
    }
    if (chosen == null) {
      throw new IllegalArgumentException(
          "no output \"" + name + "\": it has " + graph.outputs().stream().limit(8).toList());
    }
    return new OnnxModel(graph.withOutput(chosen));
  }

  /** Returns one line: the producer, the opset, the inputs and the outputs. */
  @Override
  public String toString() {
    return (graph.producer().isEmpty() ? "" : graph.producer() + ", ")
        + "opset "
        + graph.opset()
        + ": "
        + graph.inputs()
        + " -> "
        + graph.outputs();
  }

  /**
   * An input or output of a graph, as the file declares it.
   *
   * @param name its name
   * @param type the type of its elements; null for an output of which the file does not say it, or
   *     that is no tensor there
   * @param dims its shape, -1 for a dimension that is open; null if the file does not say
   */
  public record ValueInfo(String name, OnnxTensor.@Nullable Type type, int @Nullable [] dims) {

    /** Takes a copy of dims. */
    public ValueInfo {
      Objects.requireNonNull(name, "name");
      dims = dims == null ? null : dims.clone();
    }

    /** Returns a copy of the shape, or null. */
    @Override
    public int @Nullable [] dims() {
      return dims == null ? null : dims.clone();
    }

    /** Returns the name, the type and the shape, such as "x: FLOAT (?, 4)". */
    @Override
    public String toString() {
      return name
          + ": "
          + (type == null ? "?" : type)
          + (dims == null ? "" : " " + Shapes.text(dims));
    }
  }
}
