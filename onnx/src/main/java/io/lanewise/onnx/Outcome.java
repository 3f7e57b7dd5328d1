package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Of which operators the shapes of the outputs are known before a run, from the shapes of the
 * inputs and from what says a shape itself: where a graph has others, it runs node by node.
 */
final class Outcome {
  /** Operators of one output whose shape they tell before they compute it. */
  private static final Set<String> TOLD =
      Set.of(
          ("Add Sub Mul Div Pow PRelu Where Equal Not Exp Log Erf Sqrt Reciprocal Neg Abs Gelu Clip"
                  + " Softmax LogSoftmax BatchNormalization LayerNormalization Gemm Identity Cast"
                  + " Concat Gather Shape Constant ConstantOfShape Transpose Reshape Flatten Squeeze"
                  + " Unsqueeze Slice Expand Split MatMul ArgMax ReduceSum ReduceMean ReduceMax"
                  + " ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare Min Max Dropout Less LessOrEqual Greater GreaterOrEqual And Or Xor IsNaN Sign Floor Ceil Round Sin Cos GatherElements GatherND Range CumSum Trilu Tile"
                  + " QuantizeLinear DequantizeLinear DynamicQuantizeLinear MatMulInteger"
                  + " QLinearMatMul Einsum"
                  + " RMSNormalization RotaryEmbedding Attention")
              .split(" "));

  /** Inputs that are a shape, or say what of another input is kept: which, by operator. */
  private static final Map<String, int[]> SHAPES =
      Map.ofEntries(
          Map.entry("Reshape", new int[] {1}),
          Map.entry("Expand", new int[] {1}),
          Map.entry("Squeeze", new int[] {1}),
          Map.entry("Unsqueeze", new int[] {1}),
          Map.entry("Split", new int[] {1}),
          Map.entry("Range", new int[] {0, 1, 2}),
          Map.entry("CumSum", new int[] {1}),
          Map.entry("Trilu", new int[] {1}),
          Map.entry("Tile", new int[] {1}),
          Map.entry("Slice", new int[] {1, 2, 3, 4}),
          Map.entry("Dropout", new int[] {1, 2}),
          Map.entry("Clip", new int[] {1, 2}),
          Map.entry("ConstantOfShape", new int[] {0}));

  private Outcome() {}

  /** What finds the shapes. */
  interface Shaping {
    Probe probe() throws ModelFormatException;
  }

  /** Why the graph cannot be planned; null if it can. */
  static String obstacle(Graph graph) throws ModelFormatException {
    for (OnnxModel.ValueInfo input : graph.inputs()) {
      if (input.dims() == null) {
        return "the rank of its input \"" + input.name() + "\" is not known";
      }
      if (isOdd(input.type())) {
        return "its input \"" + input.name() + "\" is " + input.type();
      }
    }
    for (Map.Entry<String, OnnxTensor> constant : graph.initializers().entrySet()) {
      if (isOdd(constant.getValue().type())) {
        return "its tensor \"" + constant.getKey() + "\" is " + constant.getValue().type();
      }
    }
    // Values that depend on the numbers of the inputs, not on their shapes alone.
    Set<String> numbers = new HashSet<>();
    graph.inputs().forEach(input -> numbers.add(input.name()));
    for (Node node : graph.nodes()) {
      String why = obstacle(node, numbers);
      if (why != null) {
        return node.describe() + why;
      }
      boolean depends = false;
      for (String input : node.inputs()) {
        depends |= numbers.contains(input);
      }
      if (depends && !node.operator().equals("Shape")) {
        numbers.addAll(List.of(node.outputs()));
      }
    }
    return null;
  }

  private static boolean isOdd(OnnxTensor.Type type) {
    return type == null || (type.isReal() && type != OnnxTensor.Type.FLOAT);
  }

  private static String obstacle(Node node, Set<String> numbers) throws ModelFormatException {
    String operator = node.operator();
    boolean told = TOLD.contains(operator) || ActivationRow.of(operator) != null;
    if (!node.domain().isEmpty() || !told) {
      return " is an operator of which no shape is known before the run";
    }
    boolean several = operator.equals("Split") || operator.equals("DynamicQuantizeLinear");
    if (node.hasOutput(1) && !several) {
      return " has more than one output";
    }
    boolean odd = operator.equals("Cast") && isOdd(ShapeOperators.castTo(node));
    OnnxTensor value = operator.startsWith("Constant") ? node.attributes().tensor("value") : null;
    if (odd || (value != null && isOdd(value.type()))) {
      return " makes numbers that are no FLOAT";
    }
    int[] none = operator.startsWith("Reduce") ? new int[] {1} : new int[0];
    for (int i : SHAPES.getOrDefault(operator, none)) {
      if (node.hasInput(i) && numbers.contains(node.inputs()[i])) {
        return ": its input " + i + " depends on the numbers of the inputs";
      }
    }
    return null;
  }

  /** The outputs of a node, of which the shapes and types count. */
  static OnnxTensor[] of(Node node, Shaping shaping, View[] inputs) throws ModelFormatException {
    switch (node.operator()) {
      case "DynamicQuantizeLinear" -> {
        return new OnnxTensor[] {
          Probe.empty(OnnxTensor.Type.UINT8, inputs[0].dims()),
          Probe.empty(OnnxTensor.Type.FLOAT, new int[0]),
          Probe.empty(OnnxTensor.Type.UINT8, new int[0])
        };
      }
      case "MatMulInteger" -> {
        int[] dims = product(node, inputs[0].dims(), inputs[1].dims());
        return new OnnxTensor[] {Probe.empty(OnnxTensor.Type.INT32, dims)};
      }
      case "QLinearMatMul" -> {
        int[] dims = product(node, inputs[0].dims(), inputs[3].dims());
        return new OnnxTensor[] {Probe.empty(inputs[7].type(), dims)};
      }
      default -> {
        return ofOne(node, shaping, inputs);
      }
    }
  }

  private static OnnxTensor[] ofOne(Node node, Shaping shaping, View[] inputs)
      throws ModelFormatException {
    int[] dims =
        switch (node.operator()) {
          case "MatMul" -> product(node, inputs[0].dims(), inputs[1].dims());
          case "Min", "Max" -> extreme(node, inputs);
          case "ArgMax" -> reduced(node, inputs);
          default -> node.operator().startsWith("Reduce") ? reduced(node, inputs) : null;
        };
    if (dims == null) {
      return shaping.probe().outputs();
    }
    boolean places = node.operator().equals("ArgMax");
    return new OnnxTensor[] {Probe.empty(places ? OnnxTensor.Type.INT64 : inputs[0].type(), dims)};
  }

  private static int[] product(Node node, int[] a, int[] b) throws ModelFormatException {
    boolean row = a.length == 1;
    boolean column = b.length == 1;
    if (a.length == 0 || b.length == 0) {
      throw node.error("a scalar has no product");
    }
    List<Integer> dims = new ArrayList<>();
    int[] batch =
        Shapes.broadcast(
            Arrays.copyOf(a, Math.max(0, a.length - 2)),
            Arrays.copyOf(b, Math.max(0, b.length - 2)));
    if (batch == null || a[a.length - 1] != b[column ? 0 : b.length - 2]) {
      throw node.error("A " + Shapes.text(a) + " and B " + Shapes.text(b) + " do not fit");
    }
    for (int dim : batch) {
      dims.add(dim);
    }
    if (!row) {
      dims.add(a[a.length - 2]);
    }
    if (!column) {
      dims.add(b[b.length - 1]);
    }
    return dims.stream().mapToInt(dim -> dim).toArray();
  }

  private static int[] extreme(Node node, View[] inputs) throws ModelFormatException {
    int[] dims = inputs[0].dims();
    for (View input : inputs) {
      dims = Shapes.broadcast(dims, input.dims());
      if (dims == null) {
        throw node.error("its inputs do not broadcast to one shape");
      }
    }
    return dims;
  }

  private static int[] reduced(Node node, View[] inputs) throws ModelFormatException {
    int[] dims = inputs[0].dims();
    boolean[] gone = new boolean[dims.length];
    long[] axes =
        node.operator().equals("ArgMax")
            ? named(node, dims.length, node.attributes().intValue("axis", 0))
            : axes(node, inputs[0], inputs.length > 1 ? inputs[1] : null);
    if (axes == null) {
      return dims;
    }
    for (long axis : axes) {
      gone[(int) axis] = true;
    }
    boolean keep = node.attributes().flag("keepdims", true);
    int[] kept = dims.clone();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = gone[i] ? 1 : dims[i];
    }
    return keep ? kept : IndexOperators.without(dims, gone);
  }

  /** The axes that a reduction is along, from 0 on; null if it leaves all as it is. */
  static long[] axes(Node node, View x, View given) throws ModelFormatException {
    long[] axes = node.attributes().integers("axes");
    if (given != null) {
      if (!given.isConstant() || !given.isWhole() || !given.type().isIntegers()) {
        throw node.error("its axes are not known before the run");
      }
      axes = given.buffer().tensor.longs();
    }
    if (axes != null && axes.length > 0) {
      return named(node, x.rank(), axes);
    }
    boolean noop =
        node.attributes().has("noop_with_empty_axes")
            && node.attributes().flag("noop_with_empty_axes", false);
    return noop ? null : LongStream.range(0, x.rank()).toArray();
  }

  private static long[] named(Node node, int rank, long... axes) throws ModelFormatException {
    for (long axis : axes) {
      if (axis < -rank || axis >= rank) {
        throw node.error("axis " + axis + " of a tensor of rank " + rank);
      }
    }
    return Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).toArray();
  }
}
