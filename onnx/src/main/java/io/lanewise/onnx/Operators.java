package io.lanewise.onnx;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.ElementOperators.Arithmetic;
import io.lanewise.onnx.LogicOperators.Connection;
import io.lanewise.onnx.LogicOperators.Order;
import io.lanewise.onnx.ReduceOperators.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The operators that there are: a table of names, and of the opsets that changed their inputs. */
final class Operators {
  private static final int MANY = Integer.MAX_VALUE;
  private static final Map<String, List<Row>> ROWS = new TreeMap<>();

  private Operators() {}

  /** Reads and checks a node's attributes. */
  private interface Factory {
    Operator of(Node node) throws ModelFormatException;
  }

  /**
   * What there is from an opset on.
   *
   * @param since the opset
   * @param least how many inputs must be given
   * @param most how many there may be; all must be given where there may be MANY
   * @param outputs how many outputs there may be
   */
  private record Row(int since, int least, int most, int outputs, Factory factory) {}

  static {
    row("Gemm", 1, 3, 3, 1, floats(ProductOperators::gemm));
    row("Gemm", 11, 2, 3, 1, floats(ProductOperators::gemm));
    row("MatMul", 1, 2, 2, 1, floats(ProductOperators::matmul));
    row("Einsum", 12, 1, MANY, 1, floats(EinsumOperator::of));
    binary("Add", 1, floats(node -> ElementOperators.arithmetic(node, Arithmetic.ADD)));
    binary("Sub", 1, floats(node -> ElementOperators.arithmetic(node, Arithmetic.SUB)));
    binary("Mul", 1, floats(node -> ElementOperators.arithmetic(node, Arithmetic.MUL)));
    binary("Div", 1, floats(node -> ElementOperators.arithmetic(node, Arithmetic.DIV)));
    binary("PRelu", 1, floats(ElementOperators::prelu));
    binary("Pow", 1, ChoiceOperators::powOfAny);
    row("Min", 1, 1, MANY, 1, floats(node -> ChoiceOperators.extreme(node, -1)));
    row("Max", 1, 1, MANY, 1, floats(node -> ChoiceOperators.extreme(node, 1)));
    row("Where", 9, 3, 3, 1, ChoiceOperators::where);
    binary("Equal", 1, ChoiceOperators::equal);
    unary("Not", 1, ChoiceOperators::not);
    binary("Less", 1, node -> LogicOperators.compare(node, Order.LESS));
    binary("LessOrEqual", 12, node -> LogicOperators.compare(node, Order.LESS_OR_EQUAL));
    binary("Greater", 1, node -> LogicOperators.compare(node, Order.GREATER));
    binary("GreaterOrEqual", 12, node -> LogicOperators.compare(node, Order.GREATER_OR_EQUAL));
    binary("And", 1, node -> LogicOperators.connect(node, Connection.AND));
    binary("Or", 1, node -> LogicOperators.connect(node, Connection.OR));
    binary("Xor", 1, node -> LogicOperators.connect(node, Connection.XOR));
    unary("IsNaN", 9, LogicOperators::isNaN);
    for (String name : ActivationRow.operators()) {
      ActivationRow f = ActivationRow.of(name);
      unary(name, f.since(), floats(node -> ElementOperators.activation(node, f)));
    }
    unary("Gelu", 20, floats(ElementOperators::gelu));
    unary("Celu", 12, floats(ElementOperators::celu));
    unary("Exp", 1, floats(node -> ElementOperators.function(node, Function.EXP)));
    unary("Log", 1, floats(node -> ElementOperators.function(node, Function.LOG)));
    unary("Erf", 9, floats(node -> ElementOperators.function(node, Function.ERF)));
    unary("Sqrt", 1, floats(ElementOperators::sqrt));
    unary("Reciprocal", 1, floats(ElementOperators::reciprocal));
    unary("Neg", 1, floats(node -> ElementOperators.sign(node, false)));
    unary("Abs", 1, floats(node -> ElementOperators.sign(node, true)));
    unary("Sign", 9, floats(ElementOperators::signum));
    unary("Floor", 1, floats(ElementOperators::real));
    unary("Ceil", 1, floats(ElementOperators::real));
    unary("Round", 11, floats(ElementOperators::real));
    unary("Sin", 7, floats(ElementOperators::real));
    unary("Cos", 7, floats(ElementOperators::real));
    unary("Clip", 1, floats(ElementOperators::clip));
    row("Clip", 11, 1, 3, 1, floats(ElementOperators::clip));
    unary("Softmax", 1, floats(RowOperators::softmax));
    unary("LogSoftmax", 1, floats(RowOperators::logSoftmax));
    unary("ArgMax", 1, floats(RowOperators::argMax));
    row("BatchNormalization", 1, 5, 5, 1, floats(RowOperators::batchNormalization));
    row("LayerNormalization", 17, 2, 3, 3, floats(RowOperators::layerNormalization));
    row("RMSNormalization", 23, 2, 2, 1, floats(RowOperators::rmsNormalization));
    row("RotaryEmbedding", 23, 3, 4, 1, floats(RotaryOperator::of));
    row("Attention", 23, 3, 7, 1, floats(AttentionOperator::of));
    reduction("ReduceSum", 13, Reduction.SUM);
    reduction("ReduceMean", 18, Reduction.MEAN);
    reduction("ReduceMax", 18, Reduction.MAX);
    reduction("ReduceMin", 18, Reduction.MIN);
    reduction("ReduceProd", 18, Reduction.PROD);
    reduction("ReduceL1", 18, Reduction.L1);
    reduction("ReduceL2", 18, Reduction.L2);
    reduction("ReduceSumSquare", 18, Reduction.SUM_SQUARE);
    row("Dropout", 1, 1, 1, 2, floats(ShapeOperators::dropout));
    row("Dropout", 12, 1, 3, 2, floats(ShapeOperators::dropout));
    unary("Flatten", 1, ShapeOperators::flatten);
    binary("Reshape", 1, ShapeOperators::reshape);
    unary("Identity", 1, ShapeOperators::identity);
    unary("Cast", 1, ShapeOperators::cast);
    row("Constant", 1, 0, 0, 1, ShapeOperators::constant);
    unary("Transpose", 1, ShapeOperators::transpose);
    row("Concat", 1, 1, MANY, 1, ShapeOperators::concat);
    unary("Shape", 1, IndexOperators::shape);
    binary("Gather", 1, IndexOperators::gather);
    unary("Squeeze", 1, IndexOperators::squeeze);
    row("Squeeze", 13, 1, 2, 1, IndexOperators::squeeze);
    unary("Unsqueeze", 1, IndexOperators::unsqueeze);
    binary("Unsqueeze", 13, IndexOperators::unsqueeze);
    unary("Slice", 1, IndexOperators::slice);
    row("Slice", 10, 3, 5, 1, IndexOperators::slice);
    binary("Expand", 8, IndexOperators::expand);
    row("Split", 1, 1, 1, MANY, IndexOperators::split);
    row("Split", 13, 1, 2, MANY, IndexOperators::split);
    binary("GatherElements", 11, GatherOperators::elements);
    binary("GatherND", 11, GatherOperators::parts);
    row("Range", 11, 3, 3, 1, SequenceOperators::range);
    binary("CumSum", 11, floats(SequenceOperators::cumulativeSum));
    row("Trilu", 14, 1, 2, 1, SequenceOperators::triangle);
    binary("Tile", 6, SequenceOperators::tile);
    row("DynamicQuantizeLinear", 11, 1, 1, 3, Quantization::dynamic);
    row("QuantizeLinear", 10, 2, 3, 1, Quantization::quantize);
    row("DequantizeLinear", 10, 2, 3, 1, Quantization::dequantize);
    row("MatMulInteger", 10, 2, 4, 1, QuantizedProducts::integers);
    row("QLinearMatMul", 10, 8, 8, 1, QuantizedProducts::quantized);
    unary("ConstantOfShape", 9, IndexOperators::constantOfShape);
    unary(GraphParser.ML + ".ZipMap", 1, floats(ShapeOperators::zipMap));
    unary(GraphParser.ML + ".Scaler", 1, floats(ShapeOperators::scaler));
    binary(GraphParser.ML + ".ArrayFeatureExtractor", 1, ShapeOperators::arrayFeatureExtractor);
    unary(GraphParser.ML + ".Normalizer", 1, floats(LinearOperators::normalizer));
    unary(GraphParser.ML + ".Imputer", 1, floats(LinearOperators::imputer));
    unary(GraphParser.ML + ".LinearRegressor", 1, floats(LinearOperators::regressor));
    row(GraphParser.ML + ".LinearClassifier", 1, 1, 1, 2, floats(LinearOperators::classifier));
  }

  /** Operators that are worked out when all their inputs are constant. None is expensive. */
  private static final Set<String> FOLDED =
      Set.of(
          ("Constant Identity Cast Reshape Flatten Transpose Concat Add Sub Mul Div Sqrt Pow Neg Abs"
                  + " Reciprocal Min Max Where Equal Not Shape Gather Squeeze Unsqueeze Slice Expand"
                  + " Split ConstantOfShape Less LessOrEqual Greater GreaterOrEqual And Or Xor"
                  + " Sign Floor Ceil Round Range")
              .split(" "));

  private static void row(
      String name, int since, int least, int most, int outputs, Factory factory) {
    ROWS.computeIfAbsent(name, key -> new ArrayList<>(2))
        .add(new Row(since, least, most, outputs, factory));
  }

  private static void unary(String name, int since, Factory factory) {
    row(name, since, 1, 1, 1, factory);
  }

  private static void binary(String name, int since, Factory factory) {
    row(name, since, 2, 2, 1, factory);
  }

  /** The axes are an attribute, and from an opset on an input. */
  private static void reduction(String name, int input, Reduction f) {
    unary(name, 1, floats(node -> ReduceOperators.reduce(node, f, false)));
    row(name, input, 1, 2, 1, floats(node -> ReduceOperators.reduce(node, f, true)));
  }

  /** Of what computes in FLOAT: DOUBLE and 16-bit floats come and go as such. */
  private static Factory floats(Factory factory) {
    return node -> {
      Operator operator = factory.of(node);
      return call -> call.inFloats(operator);
    };
  }

  /** Returns the operators by name, those of another domain with it. */
  static Set<String> names() {
    return Set.copyOf(ROWS.keySet());
  }

  /** Returns whether the node is worked out where all its inputs are constants. */
  static boolean folds(Node node) {
    return node.domain().isEmpty() && FOLDED.contains(node.operator());
  }

  /**
   * Returns what the node does.
   *
   * @throws ModelFormatException if it is not supported; the message names the node, the operator
   *     and the opset
   */
  static Operator of(Node node) throws ModelFormatException {
    boolean own = node.domain().isEmpty();
    List<Row> rows = ROWS.get(own ? node.operator() : node.domain() + "." + node.operator());
    Row row = null;
    for (int i = 0; rows != null && i < rows.size(); i++) {
      row = rows.get(i).since <= node.opset() ? rows.get(i) : row;
    }
    if (row == null) {
      throw node.unsupported(
          "the operator is not supported"
              + (rows == null ? "" : ": there is none before opset " + rows.get(0).since));
    }
    boolean all = row.most == MANY;
    node.requireInputs(all ? Math.max(row.least, node.inputs().length) : row.least, row.most);
    node.requireOutputs(row.outputs);
    return row.factory.of(node);
  }
}
