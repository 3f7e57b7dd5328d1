package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The operators of ONNX Runtime's own, which its optimizer writes in the place of several of the
 * standard's: they become those again, so that all that knows the standard's knows them.
 */
final class RuntimeNodes {
  static final String DOMAIN = "com.microsoft";

  /** The bytes of a node in memory. */
  private static final int NODE = 768;

  private static final float LARGEST_HALF = 65_504;

  /** Old enough to be known here, new enough for all that is written. */
  static final int OPSET = 23;

  private final Map<String, OnnxTensor> initializers;
  private final Budget budget;
  private final Map<String, Integer> ranks = new HashMap<>();
  private final Map<String, Node> makers = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> read = new HashSet<>();
  private final List<Node> made = new ArrayList<>();
  private final Map<String, String> masks = new HashMap<>();
  private final OnnxTensor.Type real;
  private final Map<String, String[]> ranges = new HashMap<>();
  private int fresh;
  private Node node;

  private RuntimeNodes(
      List<Node> nodes,
      Map<String, OnnxTensor> initializers,
      List<ValueInfo> inputs,
      List<ValueInfo> outputs,
      Budget budget) {
    this.initializers = initializers;
    this.budget = budget;
    initializers.forEach((name, tensor) -> ranks.put(name, tensor.rank()));
    real =
        initializers.values().stream()
            .filter(tensor -> tensor.rank() > 1 && tensor.type().isReal())
            .map(OnnxTensor::type)
            .filter(type -> type != OnnxTensor.Type.FLOAT)
            .findFirst()
            .orElse(OnnxTensor.Type.FLOAT);
    for (ValueInfo input : inputs) {
      if (input.dims() != null) {
        ranks.put(input.name(), input.dims().length);
      }
    }
    names.addAll(initializers.keySet());
    inputs.forEach(input -> names.add(input.name()));
    for (Node one : nodes) {
      names.addAll(List.of(one.outputs()));
      read.addAll(List.of(one.inputs()));
    }
    outputs.forEach(output -> read.add(output.name()));
  }

  /**
   * Returns the nodes with the standard's in the place of ONNX Runtime's; what they need of
   * constants is put to the initializers.
   */
  static List<Node> standard(
      List<Node> nodes,
      Map<String, OnnxTensor> initializers,
      List<ValueInfo> inputs,
      List<ValueInfo> outputs,
      Budget budget)
      throws ModelFormatException {
    if (nodes.stream().noneMatch(RuntimeNodes::isOne)) {
      return nodes;
    }
    RuntimeNodes all = new RuntimeNodes(nodes, initializers, inputs, outputs, budget);
    for (Node next : nodes) {
      all.add(next);
    }
    return all.made;
  }

  private static boolean isOne(Node node) {
    // An Einsum may be a product of matrices. ONNX Runtime has the others in the standard's domain
    // too, where the standard has none.
    boolean own = node.opset() < 17 && node.operator().equals("LayerNormalization");
    return node.domain().equals(DOMAIN)
        || (node.domain().isEmpty()
            && (own
                || node.operator().equals("Einsum") && node.opset() >= 12
                || node.operator().equals("SimplifiedLayerNormalization")));
  }

  private void add(Node next) throws ModelFormatException {
    node = next;
    if (!isOne(next)) {
      keep(next);
      return;
    }
    new RuntimeOperators(this, next).add();
  }

  void keep(Node next) throws ModelFormatException {
    made.add(next);
    for (String output : next.outputs()) {
      makers.put(output, next);
    }
    if (next.operator().equals("DynamicQuantizeLinear")
        && next.inputs().length == 1
        && next.outputs().length == 3) {
      ranges.putIfAbsent(next.inputs()[0], next.outputs());
    }
    boolean same = next.operator().equals("Cast") || next.operator().equals("Identity");
    long[] perm = next.operator().equals("Transpose") ? next.attributes().integers("perm") : null;
    if (perm != null) {
      ranks.put(next.outputs()[0], perm.length);
    }
    if (same && next.inputs().length > 0 && ranks.containsKey(next.inputs()[0])) {
      ranks.put(next.outputs()[0], ranks.get(next.inputs()[0]));
    }
  }

  // What the nodes are made with.

  String in(int i) {
    return node.inputs()[i];
  }

  boolean has(int i) {
    return node.hasInput(i);
  }

  /** Input i; "" if it is left out. */
  String optional(int i) {
    return has(i) ? in(i) : "";
  }

  /** The rank of a value, if it is known; else -1. */
  int rank(String value) {
    return ranks.getOrDefault(value, -1);
  }

  /** The columns of a constant; 0 if it is none. */
  int columns(String value) {
    OnnxTensor tensor = initializers.get(value);
    return tensor == null || tensor.rank() == 0 ? 0 : tensor.shape()[tensor.rank() - 1];
  }

  /** What was made of masks, by name and filter. */
  Map<String, String> masks() {
    return masks;
  }

  /** The operator that makes a value; "" for a constant or an input. */
  String maker(String value) {
    Node found = makers.get(value);
    return found == null ? "" : found.operator();
  }

  /** Checks how many inputs and outputs the node has. */
  void takes(int least, int most, int outputs) throws ModelFormatException {
    node.requireInputs(least, most);
    node.requireOutputs(outputs);
  }

  /** Whether anybody reads that output. */
  boolean isRead(int output) {
    return node.hasOutput(output) && read.contains(node.outputs()[output]);
  }

  void ranked(String value, int rank) {
    ranks.put(value, rank);
  }

  /** Throws if an output is wanted that is not made here. */
  void leaves(int... which) throws ModelFormatException {
    for (int i : which) {
      if (isRead(i)) {
        throw node.unsupported("its output " + i + " is not supported");
      }
    }
  }

  private String fresh() {
    String name;
    do {
      name = node.outputs()[0] + "/" + fresh++;
    } while (!names.add(name));
    return name;
  }

  String write(String operator, String... inputs) throws ModelFormatException {
    return write(operator, new Attributes(), inputs);
  }

  /** Adds a node of the standard's; returns its output. */
  String write(String operator, Attributes attributes, String... inputs)
      throws ModelFormatException {
    return several(1, operator, attributes, inputs)[0];
  }

  String[] several(int outputs, String operator, Attributes attributes, String... inputs)
      throws ModelFormatException {
    budget.charge(NODE);
    String[] to = new String[outputs];
    for (int i = 0; i < outputs; i++) {
      to[i] = fresh();
    }
    String name = (node.name() + " of " + node.operator()).trim();
    Node written = new Node(node.index(), name, "", operator, OPSET, inputs, to, attributes);
    attributes.owner(written.describe());
    keep(written);
    return to;
  }

  String integers(long... values) throws ModelFormatException {
    return constant(OnnxTensor.of(values, values.length));
  }

  /** A scalar. */
  String integer(long value) throws ModelFormatException {
    return constant(OnnxTensor.of(new long[] {value}));
  }

  /** The type that the graph's weights have, and so what it computes with. */
  OnnxTensor.Type real() {
    return real;
  }

  /** A scalar of that type; the largest there is in the place of what is beyond. */
  String number(float value) throws ModelFormatException {
    boolean half = real == OnnxTensor.Type.FLOAT16;
    float near = half ? Math.clamp(value, -LARGEST_HALF, LARGEST_HALF) : value;
    OnnxTensor number = OnnxTensor.of(new float[] {near});
    return constant(real == OnnxTensor.Type.FLOAT ? number : Casts.ofFloat(number, real, budget));
  }

  private String constant(OnnxTensor tensor) throws ModelFormatException {
    budget.charge(NODE);
    String name = fresh();
    initializers.put(name, tensor);
    ranks.put(name, tensor.rank());
    return name;
  }

  /** The value is the node's output i. */
  void last(String value, int i) throws ModelFormatException {
    Node maker = made.removeLast();
    String[] outputs = {node.outputs()[i]};
    if (!maker.outputs()[0].equals(value)) {
      made.add(maker);
      outputs = null;
    }
    keep(
        outputs == null
            ? new Node(
                node.index(),
                node.name(),
                "",
                "Identity",
                OPSET,
                new String[] {value},
                new String[] {node.outputs()[i]},
                new Attributes())
            : new Node(
                maker.index(),
                maker.name(),
                "",
                maker.operator(),
                OPSET,
                maker.inputs(),
                outputs,
                maker.attributes()));
  }

  void last(String value) throws ModelFormatException {
    last(value, 0);
  }

  // Products of integers.

  /** The integers, their scale and their zero point. */
  String[] range(String x) throws ModelFormatException {
    String[] known = ranges.get(x);
    return known != null ? known : several(3, "DynamicQuantizeLinear", new Attributes(), x);
  }

  /** The product of integers as floats: of a and b, by their scales, less their zero points. */
  String product(String a, String b, String aScale, String bScale, String aZero, String bZero)
      throws ModelFormatException {
    String[] inputs = {a, b, aZero, bZero};
    int count = !bZero.isEmpty() ? 4 : !aZero.isEmpty() ? 3 : 2;
    String sums = write("MatMulInteger", Arrays.copyOf(inputs, count));
    String floats = write("Cast", Attributes.of("to", 1L), sums);
    return write("Mul", floats, write("Mul", aScale, bScale));
  }
}
