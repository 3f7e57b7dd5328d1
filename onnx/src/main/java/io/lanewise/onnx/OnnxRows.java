package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Rows through a graph that does not fold into a network: it is run node by node, some rows at a
 * time. What its outputs are for is told as for a network, by a {@link #model()} of as many inputs
 * and outputs; where that has an activation at the end, the graph is run up to it, and {@link
 * #after} does the rest.
 *
 * <p>For one thread.
 */
public final class OnnxRows {
  private static final int MAX_ROWS = 256;
  private static final int MAX_ELEMENTS = 1 << 22;
  // Up to there each has a float of its own.
  private static final float MAX_INTEGER = 1 << 24;

  private final OnnxModel graph;
  private final Map<String, String> metadata;
  private final ValueInfo input;
  private final String output;
  private final Activation activation;
  private final int nIn;
  private final int nOut;
  private final long limit;
  // The rows of a run: the most, or exactly as many; the input has them as its first dimension, or
  // none where it is one row.
  private final int batch;
  private final boolean fixed;
  private final boolean isRow;
  private boolean compared;
  // To look for them costs more than a run of a small graph.
  private Kernels best;

  /** See {@link OnnxModel#rows()}. */
  OnnxRows(OnnxModel whole, long limit) throws ModelFormatException {
    if (whole.inputs().size() != 1) {
      throw new ModelFormatException(
          "it takes "
              + whole.inputs().size()
              + " inputs, "
              + whole.inputs().stream().limit(8).toList()
              + ": rows are one input; in Java OnnxModel.run takes them all");
    }
    this.limit = limit;
    metadata = GraphMetadata.of(whole.graph());
    input = whole.inputs().get(0);
    int[] dims = input.dims();
    isRow = dims != null && dims.length == 1;
    nIn = valuesOfARow(dims, isRow ? 0 : 1);
    if (!isRow && dims[0] == 0) {
      throw new ModelFormatException("its input " + input + " is a batch of no rows");
    }
    fixed = isRow || dims[0] > 0;
    // The range of some rows would be another than that of one.
    int most = whole.quantizesByRange() ? 1 : Math.clamp(MAX_ELEMENTS / nIn, 1, MAX_ROWS);
    batch = isRow ? 1 : fixed ? dims[0] : most;
    long values = (long) Math.max(2, batch) * nIn;
    if (values > Shapes.MAX_COUNT || values * Double.BYTES > limit) {
      throw new ModelFormatException("its input " + input + " is too large");
    }
    Ending ending = Ending.of(whole);
    OnnxTensor probe = probe(ending.cut());
    boolean rows = probe.rank() == 2 && probe.shape()[1] > 1;
    if (!rows && !ending.activation().elementwise()) {
      // There a softmax is of something else than several outputs of a row.
      ending = new Ending(whole.withOutput(ending.answer()), ending.answer(), Activation.IDENTITY);
      probe = probe(ending.cut());
    }
    activation = ending.activation();
    graph = ending.cut();
    output = graph.outputs().get(0).name();
    nOut = probe.count() / probeRows();
  }

  private int valuesOfARow(int[] dims, int from) throws ModelFormatException {
    long count = dims == null || dims.length == 0 ? -1 : 1;
    for (int i = from; count >= 0 && i < dims.length; i++) {
      count = dims[i] <= 0 || count > Shapes.MAX_COUNT ? -1 : count * dims[i];
    }
    if (count < 1 || count > Shapes.MAX_COUNT) {
      throw new ModelFormatException(
          "its input " + input + " does not say how many values a row has");
    }
    return (int) count;
  }

  private int probeRows() {
    return fixed ? batch : 2;
  }

  /** A run on zeros says how many outputs a row has. */
  private OnnxTensor probe(OnnxModel model) throws ModelFormatException {
    int m = probeRows();
    float[] zeros = new float[Math.multiplyExact(m, nIn)];
    Map<String, OnnxTensor> x = Map.of(input.name(), tensor(m, zeros));
    OnnxTensor y = model.run(x, ScalarKernels.INSTANCE, limit).values().iterator().next();
    boolean one = fixed && batch == 1;
    boolean rows = one || (y.rank() > 0 && y.shape()[0] == m);
    if (!y.type().isReal() || !rows || y.count() == 0) {
      throw new ModelFormatException(
          "its output "
              + model.outputs().get(0).name()
              + " is "
              + y
              + " for "
              + m
              + " rows: wanted some FLOATs for each");
    }
    return y;
  }

  /** Returns the values of a row that it takes. */
  public int nIn() {
    return nIn;
  }

  /** Returns the outputs of a row. */
  public int nOut() {
    return nOut;
  }

  /**
   * Returns a model that says what the outputs are for: its network has as many inputs and outputs,
   * and the activation that the graph ends with, but no numbers, so that nobody takes its answers
   * for those of the graph: its weights are NaN. Its metadata is that of the graph.
   */
  public Model model() {
    Network network = Network.builder(nIn).zeros().dense(1).dense(nOut, activation).build();
    Arrays.fill(network.parameters(), Float.NaN);
    return new Model(network, metadata);
  }

  /**
   * Returns the network that makes the outputs of what {@link #run} gives: none but the activation
   * at the end of the network that says what they are for, with the loss of it. A row of which one
   * value is NaN becomes NaN.
   *
   * @param meant that of {@link #model()}, or of what became of it
   */
  public Network after(Network meant) {
    Activation f = meant.outputLayer().activation();
    // z + 0, where the 0 is of any z, even one that is infinite, and keeps a zero's sign: a network
    // has weights.
    Network network =
        Network.builder(nOut)
            .zeros()
            .residual(b -> b.activation(Activation.clippedRelu(1)).dense(1).dense(nOut))
            .activation(f)
            .loss(meant.loss())
            .lossOptions(meant.lossOptions())
            .reduction(meant.reduction())
            .build();
    float[] p = network.parameters();
    Arrays.fill(p, nOut + 1, p.length, -0f);
    return network;
  }

  /** Runs it on rows with the best kernels there are; see the other. */
  public void run(int m, float[] x, float[] y) throws ModelFormatException {
    best = best == null ? KernelLookup.best() : best;
    run(m, x, y, best);
  }

  /**
   * Runs it on rows.
   *
   * @param m the rows, at least 0
   * @param x (m, {@link #nIn}), from its beginning
   * @param y (m, {@link #nOut}), where the outputs go; without the activation of {@link #model()}
   * @throws ModelFormatException if it cannot be run on them, naming the node; or if the outputs of
   *     a row depend on the other rows, so that they depend on which are together
   * @throws IllegalArgumentException if x or y is too short
   */
  public void run(int m, float[] x, float[] y, Kernels kernels) throws ModelFormatException {
    Objects.requireNonNull(kernels, "kernels");
    if (m < 0 || (long) m * nIn > x.length || (long) m * nOut > y.length) {
      throw new IllegalArgumentException(
          "m, x and y: " + m + " rows, " + x.length + " and " + y.length + " values");
    }
    for (int from = 0; from < m; from += batch) {
      int count = Math.min(batch, m - from);
      int rows = fixed ? batch : count;
      float[] part = new float[rows * nIn];
      for (int i = 0; i < rows; i++) {
        // A batch of a fixed size is filled with its last row.
        System.arraycopy(x, (from + Math.min(i, count - 1)) * nIn, part, i * nIn, nIn);
      }
      float[] outputs = outputs(rows, part, kernels);
      if (!compared && rows > 1) {
        requireRowsAlone(rows, part, outputs, kernels);
        // Where a range is taken, others may be alike in one batch and not in the next.
        compared = !graph.quantizesByRange();
      }
      System.arraycopy(outputs, 0, y, from * nOut, count * nOut);
    }
  }

  private float[] outputs(int rows, float[] x, Kernels kernels) throws ModelFormatException {
    OnnxTensor in = tensor(rows, x);
    OnnxTensor ran = graph.run(Map.of(input.name(), in), kernels, limit).get(output);
    OnnxTensor y = Casts.toFloat(ran, Budget.ofRun(limit));
    if (y.count() != rows * nOut) {
      throw new ModelFormatException(
          "its output "
              + output
              + " is "
              + y
              + ": wanted "
              + nOut
              + " for each of "
              + rows
              + " rows");
    }
    return y.floats();
  }

  /** The first row must give the same where all others are like it. */
  private void requireRowsAlone(int rows, float[] x, float[] outputs, Kernels kernels)
      throws ModelFormatException {
    float[] same = new float[x.length];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, 0, same, i * nIn, nIn);
    }
    float[] alone = outputs(rows, same, kernels);
    if (!Arrays.equals(outputs, 0, nOut, alone, 0, nOut)) {
      throw new ModelFormatException(
          "its outputs of a row depend on the other rows of the batch: in Java OnnxModel.run takes"
              + " the batch that is meant");
    }
  }

  private OnnxTensor tensor(int rows, float[] x) throws ModelFormatException {
    int[] declared = input.dims();
    int[] dims = declared == null ? new int[] {rows, nIn} : declared;
    if (!isRow) {
      dims[0] = rows;
    }
    Type type = input.type();
    OnnxTensor floats = new OnnxTensor(Type.FLOAT, dims, x);
    if (type == Type.FLOAT) {
      return floats;
    }
    if (type == Type.STRING) {
      throw new ModelFormatException("its input " + input + " takes texts: rows are numbers");
    }
    OnnxTensor converted = new OnnxTensor(type, dims, TensorParser.newArray(type, x.length));
    for (int i = 0; i < x.length; i++) {
      Casts.cast(floats, i, converted);
      boolean exact = Casts.number(converted, i) == x[i] && Math.abs(x[i]) <= MAX_INTEGER;
      if (type.isIntegers() && !exact) {
        throw new ModelFormatException(
            "its input " + input + " takes whole numbers up to 2^24, got " + x[i]);
      }
    }
    return converted;
  }

  /**
   * What a graph ends with.
   *
   * @param cut the graph up to it, with one output
   * @param answer the graph's own
   */
  private record Ending(OnnxModel cut, String answer, Activation activation) {
    static Ending of(OnnxModel whole) throws ModelFormatException {
      String answer = whole.answer();
      Graph graph = whole.graph();
      Values values = Values.of(graph);
      Node last = values.maker(new RowShapes(graph, values, List.of()).through(answer));
      Activation f = last == null ? Activation.IDENTITY : activation(last);
      if (f == Activation.IDENTITY || values.maker(last.inputs()[0]) == null) {
        return new Ending(whole.withOutput(answer), answer, Activation.IDENTITY);
      }
      return new Ending(whole.withOutput(last.inputs()[0]), answer, f);
    }

    private static Activation activation(Node last) throws ModelFormatException {
      int axis = last.attributes().intValue("axis", last.opset() < 13 ? 1 : -1);
      boolean ofRow = axis == 1 || axis == -1;
      return switch (last.operator()) {
        case "Sigmoid" -> Activation.SIGMOID;
        case "Softmax" -> ofRow ? Activation.SOFTMAX : Activation.IDENTITY;
        case "LogSoftmax" -> ofRow ? Activation.LOG_SOFTMAX : Activation.IDENTITY;
        default -> Activation.IDENTITY;
      };
    }
  }

  @Override
  public String toString() {
    return "OnnxRows["
        + nIn
        + " inputs of "
        + input.name()
        + ", "
        + nOut
        + " outputs of "
        + output
        + "]";
  }
}
