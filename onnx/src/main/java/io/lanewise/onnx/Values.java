package io.lanewise.onnx;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a graph's values without running it: who makes them, which are constant, and
 * which are shapes that are constant but for the number of rows.
 */
final class Values {
  // A dimension that is not known, of what the node of that index asks for: d - OPEN is 2 index
  // for its first dimension, 2 index + 1 for its second. No shape has such a number by itself.
  private static final long OPEN = Long.MIN_VALUE;

  /** Operators that leave such a number as it is. */
  private static final Set<String> MOVING =
      Set.of("Identity", "Cast", "Gather", "Squeeze", "Unsqueeze", "Slice", "Concat", "Reshape");

  private final Graph graph;
  private final Map<String, OnnxTensor> constants;
  private final Map<String, OnnxTensor> shapes = new HashMap<>();
  private final Map<String, Node> makers = new HashMap<>();

  /** Of a graph whose constants were worked out before: they, and who makes the values. */
  static Values of(Graph graph, Map<String, OnnxTensor> constants) {
    return new Values(graph, constants);
  }

  private Values(Graph graph, Map<String, OnnxTensor> constants) {
    this.graph = graph;
    this.constants = constants;
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        makers.put(output, node);
      }
    }
  }

  /** Works out the constants, within what the file's own take. */
  static Values of(Graph graph) throws ModelFormatException {
    return new Values(graph, new Budget("its constants take too much memory", bytes(graph)));
  }

  /** What the constants of the file take in memory, and a little for small ones. */
  static long bytes(Graph graph) {
    long bytes = 1 << 18;
    for (OnnxTensor tensor : graph.initializers().values()) {
      bytes += (long) tensor.count() * tensor.type().heldBytes();
    }
    return bytes;
  }

  private Values(Graph graph, Budget budget) throws ModelFormatException {
    this.graph = graph;
    constants = new HashMap<>(graph.initializers());
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        makers.put(output, node);
      }
      if (Operators.folds(node) && !fold(node, budget)) {
        shape(node, budget);
      }
    }
    for (Map.Entry<String, OnnxTensor> constant : constants.entrySet()) {
      try {
        constant.setValue(Casts.toFloat(constant.getValue(), budget));
      } catch (ModelFormatException e) {
        throw new ModelFormatException("tensor \"" + constant.getKey() + "\": " + e.getMessage());
      }
    }
  }

  /** Works the node out, if all its inputs are constant. */
  private boolean fold(Node node, Budget budget) throws ModelFormatException {
    OnnxTensor[] outputs = outputs(node, false, budget);
    for (int i = 0; outputs != null && i < outputs.length; i++) {
      if (node.hasOutput(i)) {
        constants.put(node.outputs()[i], outputs[i]);
      }
    }
    return outputs != null;
  }

  /** What the node makes of constants, or also of shapes; null if its inputs are others. */
  private OnnxTensor[] outputs(Node node, boolean ofShapes, Budget budget)
      throws ModelFormatException {
    OnnxTensor[] inputs = new OnnxTensor[node.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      if (!node.hasInput(i)) {
        continue;
      }
      String name = node.inputs()[i];
      inputs[i] = constants.get(name);
      // What is moved may have open dimensions; where it is moved to may not.
      if (inputs[i] == null && ofShapes && (i == 0 || node.operator().equals("Concat"))) {
        inputs[i] = shapes.get(name);
      }
      if (inputs[i] == null) {
        return null;
      }
    }
    Call call = new Call(node, inputs, ScalarKernels.INSTANCE, budget);
    Operators.of(node).run(call);
    return call.outputs();
  }

  /** Works out a shape of which dimensions are open, or what moves them. */
  private void shape(Node node, Budget budget) throws ModelFormatException {
    OnnxTensor y = null;
    if (node.operator().equals("Shape")) {
      y = shapeOf(node, budget);
    } else if (MOVING.contains(node.operator())) {
      boolean whole =
          !node.operator().equals("Cast") || ShapeOperators.castTo(node) == OnnxTensor.Type.INT64;
      OnnxTensor[] outputs = whole ? outputs(node, true, budget) : null;
      y = outputs == null ? null : outputs[0];
    }
    if (y != null && y.type() == OnnxTensor.Type.INT64) {
      boolean open = false;
      for (long dim : y.longs()) {
        open |= isOpen(dim);
      }
      (open ? shapes : constants).put(node.outputs()[0], y);
    }
  }

  /** The declared shape of the input, whose first dimension is the rows'; or that of rows. */
  private OnnxTensor shapeOf(Node node, Budget budget) throws ModelFormatException {
    ValueInfo input = graph.inputs().get(0);
    boolean isInput = node.inputs()[0].equals(input.name());
    int[] declared = input.dims();
    if (isInput && (declared == null || declared.length == 0)) {
      return null;
    }
    long[] dims = new long[isInput ? declared.length : 2];
    for (int i = 0; i < dims.length; i++) {
      boolean known = isInput && i > 0 && declared[i] >= 0;
      // The third and later ones of an input stand for nothing that is asked for.
      dims[i] = known ? declared[i] : OPEN + 2L * node.index() + Math.min(i, 1);
    }
    return IndexOperators.part(node, dims, budget);
  }

  /** Whether a dimension is not known: that of rows or of columns. */
  static boolean isOpen(long dim) {
    return dim < OPEN / 2;
  }

  /**
   * The value of whose rows an open dimension is the number, or of whose columns; null if it is the
   * other, or none of which more is known.
   */
  String countedBy(long dim, boolean columns) {
    long index = (dim - OPEN) / 2;
    boolean fits = isOpen(dim) && (dim & 1) == (columns ? 1 : 0) && index < graph.nodes().size();
    Node node = fits ? graph.nodes().get((int) index) : null;
    return node != null && node.operator().equals("Shape") ? node.inputs()[0] : null;
  }

  /** The value as a shape, of which dimensions may be open; null if it is none. */
  OnnxTensor shape(String value) {
    OnnxTensor constant = constants.get(value);
    return constant == null ? shapes.get(value) : constant;
  }

  /** The node that makes a value; null for an input. */
  Node maker(String value) {
    return makers.get(value);
  }

  /** The node that makes a value, if it is of that operator; else null. */
  Node maker(String value, String operator) {
    Node node = makers.get(value);
    return node != null && node.domain().isEmpty() && node.operator().equals(operator)
        ? node
        : null;
  }

  /** The value as a constant; null if it is none. */
  OnnxTensor constant(String value) {
    return constants.get(value);
  }

  boolean isConstant(String value) {
    return constants.containsKey(value);
  }

  /** The value as one constant float; NaN if it is none. */
  double scalar(String value) {
    OnnxTensor constant = constants.get(value);
    boolean one =
        constant != null && constant.type() == OnnxTensor.Type.FLOAT && constant.count() == 1;
    return one ? constant.floats()[0] : Double.NaN;
  }

  /** The value as one constant number of any type; NaN if it is none. */
  double number(String value) {
    OnnxTensor constant = constants.get(value);
    boolean one = constant != null && constant.count() == 1;
    return one && constant.type() != OnnxTensor.Type.STRING
        ? Casts.number(constant, 0)
        : Double.NaN;
  }

  /** The input of a commutative node beside one that is constant; null if there is none. */
  String beside(Node node) {
    boolean first = isConstant(node.inputs()[0]);
    boolean second = isConstant(node.inputs()[1]);
    return first == second ? null : node.inputs()[first ? 1 : 0];
  }

  /** The constant input of a node with one; null if there is none, or two. */
  String constantOf(Node node) {
    String beside = beside(node);
    return beside == null ? null : node.inputs()[beside.equals(node.inputs()[0]) ? 1 : 0];
  }
}
