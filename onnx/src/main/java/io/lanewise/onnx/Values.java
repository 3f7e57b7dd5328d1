package io.lanewise.onnx;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import java.util.HashMap;
import java.util.Map;

/** What is known of a graph's values without running it: who makes them, and which are constant. */
final class Values {
  private final Map<String, OnnxTensor> constants;
  private final Map<String, Node> makers = new HashMap<>();

  /** Works out the constants, within a budget. */
  Values(Graph graph, Budget budget) throws ModelFormatException {
    constants = new HashMap<>(graph.initializers());
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        makers.put(output, node);
      }
      if (Operators.folds(node)) {
        fold(node, budget);
      }
    }
    for (Map.Entry<String, OnnxTensor> constant : constants.entrySet()) {
      constant.setValue(Casts.toFloat(constant.getValue(), budget));
    }
  }

  private void fold(Node node, Budget budget) throws ModelFormatException {
    OnnxTensor[] inputs = new OnnxTensor[node.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = constants.get(node.inputs()[i]);
      if (inputs[i] == null && !node.inputs()[i].isEmpty()) {
        return;
      }
    }
    Call call = new Call(node, inputs, ScalarKernels.INSTANCE, budget);
    Operators.of(node).run(call);
    for (int i = 0; i < node.outputs().length; i++) {
      constants.put(node.outputs()[i], call.outputs()[i]);
    }
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
