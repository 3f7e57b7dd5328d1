package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Graphs of floats of 16 bits, which are kept small and computed in FLOAT. */
final class Halves {
  private Halves() {}

  private static boolean isHalf(Type type) {
    return type == Type.FLOAT16 || type == Type.BFLOAT16;
  }

  /** The graph with FLOAT in their place; itself where it takes or gives them, or has none. */
  static Graph widened(Graph graph) throws ModelFormatException {
    boolean some = graph.initializers().values().stream().anyMatch(x -> isHalf(x.type()));
    for (ValueInfo info : graph.inputs()) {
      some &= !isHalf(info.type());
    }
    for (ValueInfo info : graph.outputs()) {
      some &= info.type() != null && !isHalf(info.type());
    }
    if (!some) {
      return graph;
    }
    Budget budget = new Budget("its constants take too much memory", 4 * Values.bytes(graph));
    Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    for (Map.Entry<String, OnnxTensor> entry : graph.initializers().entrySet()) {
      initializers.put(entry.getKey(), wide(entry.getValue(), budget));
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(wide(node, budget));
    }
    return graph.with(nodes, initializers);
  }

  private static OnnxTensor wide(OnnxTensor x, Budget budget) throws ModelFormatException {
    return isHalf(x.type()) ? Casts.toFloat(x, budget) : x;
  }

  private static Node wide(Node node, Budget budget) throws ModelFormatException {
    Attributes a = node.attributes();
    if (node.operator().equals("Cast") && isHalf(ShapeOperators.castTo(node))) {
      return node.with(a.with("to", (long) Type.FLOAT.code()));
    }
    boolean constant = node.operator().startsWith("Constant") && a.has("value");
    return constant ? node.with(a.with("value", wide(a.tensor("value"), budget))) : node;
  }
}
