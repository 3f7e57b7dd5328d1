package io.lanewise.onnx;

import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.List;
import java.util.Map;

/**
 * What a file says, checked: every value is made once and before it is read, every output is made.
 *
 * @param opset the version of ONNX's own operator set
 * @param nodes in an order in which they can run
 * @param initializers constants by name
 * @param inputs what must be given; those that are initializers too are not among them
 * @param outputs at least one
 */
record Graph(
    String name,
    String producer,
    int opset,
    List<Node> nodes,
    Map<String, OnnxTensor> initializers,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs,
    Map<String, String> metadata) {

  /** The same with one output alone. */
  Graph withOutput(ValueInfo output) {
    return new Graph(name, producer, opset, nodes, initializers, inputs, List.of(output), metadata);
  }

  /** The same with other nodes and constants. */
  Graph with(List<Node> others, Map<String, OnnxTensor> constants) {
    return new Graph(name, producer, opset, others, constants, inputs, outputs, metadata);
  }
}
