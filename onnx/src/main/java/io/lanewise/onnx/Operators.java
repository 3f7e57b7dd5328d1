package io.lanewise.onnx;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.ElementOperators.Arithmetic;

/** The operators that there are, by name. */
final class Operators {
  private Operators() {}

  /**
   * Returns what the node does.
   *
   * @throws ModelFormatException if it is not supported; the message names the node, the operator
   *     and the opset
   */
  static Operator of(Node node) throws ModelFormatException {
    boolean ml = node.domain().equals(GraphParser.ML);
    Signature signature = ml ? mlSignature(node) : signature(node);
    if (signature == null || node.opset() < signature.since) {
      throw node.error(
          "the operator is not supported"
              + (signature == null ? "" : ": there is none before opset " + signature.since));
    }
    node.requireInputs(signature.least, signature.most);
    node.requireOutputs(signature.outputs);
    return ml ? mlOperator(node) : operator(node);
  }

  /** How many inputs, at most how many outputs, and since which opset. */
  private record Signature(int since, int least, int most, int outputs) {}

  private static final Signature UNARY = new Signature(1, 1, 1, 1);
  private static final Signature BINARY = new Signature(1, 2, 2, 1);

  private static Signature signature(Node node) {
    int opset = node.opset();
    return switch (node.operator()) {
      case "Gemm" -> new Signature(1, opset < 11 ? 3 : 2, 3, 1);
      case "MatMul", "Add", "Sub", "Mul", "Div", "PRelu", "Reshape" -> BINARY;
      case "Softmax", "LogSoftmax", "Exp", "Log", "Sqrt", "ArgMax" -> UNARY;
      case "Flatten", "Identity", "Cast", "Transpose" -> UNARY;
      case "Gelu" -> new Signature(20, 1, 1, 1);
      case "Erf" -> new Signature(9, 1, 1, 1);
      case "Dropout" -> new Signature(1, 1, opset < 12 ? 1 : 3, 2);
      case "BatchNormalization" -> new Signature(1, 5, 5, 1);
      case "LayerNormalization" -> new Signature(17, 2, 3, 3);
      case "Clip" -> new Signature(1, 1, opset < 11 ? 1 : 3, 1);
      case "Constant" -> new Signature(1, 0, 0, 1);
      case "Concat" ->
          new Signature(
              1, node.inputs().length == 0 ? 1 : node.inputs().length, Integer.MAX_VALUE, 1);
      default -> {
        ActivationRow row = ActivationRow.of(node.operator());
        yield row == null ? null : row.since() == 1 ? UNARY : new Signature(row.since(), 1, 1, 1);
      }
    };
  }

  private static Signature mlSignature(Node node) {
    return switch (node.operator()) {
      case "ZipMap", "Scaler" -> UNARY;
      case "ArrayFeatureExtractor" -> BINARY;
      default -> null;
    };
  }

  private static Operator operator(Node node) throws ModelFormatException {
    return switch (node.operator()) {
      case "Gemm" -> ProductOperators.gemm(node);
      case "MatMul" -> ProductOperators.matmul(node);
      case "Add" -> ElementOperators.arithmetic(node, Arithmetic.ADD);
      case "Sub" -> ElementOperators.arithmetic(node, Arithmetic.SUB);
      case "Mul" -> ElementOperators.arithmetic(node, Arithmetic.MUL);
      case "Div" -> ElementOperators.arithmetic(node, Arithmetic.DIV);
      case "PRelu" -> ElementOperators.prelu(node);
      case "Gelu" -> ElementOperators.gelu(node);
      case "Exp" -> ElementOperators.function(node, Function.EXP);
      case "Log" -> ElementOperators.function(node, Function.LOG);
      case "Erf" -> ElementOperators.function(node, Function.ERF);
      case "Sqrt" -> ElementOperators.sqrt(node);
      case "Clip" -> ElementOperators.clip(node);
      case "Softmax" -> RowOperators.softmax(node);
      case "LogSoftmax" -> RowOperators.logSoftmax(node);
      case "ArgMax" -> RowOperators.argMax(node);
      case "BatchNormalization" -> RowOperators.batchNormalization(node);
      case "LayerNormalization" -> RowOperators.layerNormalization(node);
      case "Flatten" -> ShapeOperators.flatten(node);
      case "Reshape" -> ShapeOperators.reshape(node);
      case "Identity" -> ShapeOperators.identity(node);
      case "Dropout" -> ShapeOperators.dropout(node);
      case "Cast" -> ShapeOperators.cast(node);
      case "Constant" -> ShapeOperators.constant(node);
      case "Transpose" -> ShapeOperators.transpose(node);
      case "Concat" -> ShapeOperators.concat(node);
      default -> ElementOperators.activation(node, ActivationRow.of(node.operator()));
    };
  }

  private static Operator mlOperator(Node node) throws ModelFormatException {
    return switch (node.operator()) {
      case "ZipMap" -> ShapeOperators.zipMap(node);
      case "Scaler" -> ShapeOperators.scaler(node);
      case "ArrayFeatureExtractor" -> ShapeOperators.arrayFeatureExtractor(node);
      default -> throw new AssertionError(node.operator());
    };
  }
}
