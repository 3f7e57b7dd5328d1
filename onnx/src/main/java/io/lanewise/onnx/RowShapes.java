package io.lanewise.onnx;

import static io.lanewise.onnx.NetworkFolder.require;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Sees to it that the values on the way from an output back to the input are rows: what reshapes
 * them must leave them rows, or make rows of the input.
 */
final class RowShapes {
  private final Graph graph;
  private final Values values;
  private final List<Step> steps;
  // Nodes that take the number of rows from a value, which must be on the way.
  private final List<Step.Sum> countedRows = new ArrayList<>();
  private boolean flattensInput;
  // The node after the place where the folding is that wants a matrix, not rows of a higher rank.
  private Node wantsMatrix;

  /** Of that graph; the steps that were folded so far, last to first, are added to. */
  RowShapes(Graph graph, Values values, List<Step> steps) {
    this.graph = graph;
    this.values = values;
    this.steps = steps;
  }

  /**
   * Throws unless the input is a batch of rows, or something that is flattened into one first, and
   * unless rows are counted of what is on the way alone.
   */
  void requireRows(Set<String> way) throws ModelFormatException {
    ValueInfo input = graph.inputs().get(0);
    int[] dims = input.dims();
    boolean rows = dims == null || dims.length == 2 || flattensInput;
    if (!input.type().isReal() || !rows) {
      throw new ModelFormatException("the input " + input + " is no matrix of FLOAT");
    }
    for (Step.Sum counted : countedRows) {
      require(
          counted.node(),
          way.contains(through(counted.from())),
          "\"" + counted.from() + "\", whose rows it counts, is not on the way to it");
    }
  }

  /** The value that it is when what does nothing in inference is taken away. */
  String through(String value) throws ModelFormatException {
    String inner = value;
    while (values.maker(inner) != null && isNothing(values.maker(inner))) {
      inner = values.maker(inner).inputs()[0];
    }
    return inner;
  }

  boolean isNothing(Node node) throws ModelFormatException {
    return switch (node.operator()) {
      case "Identity", "ZipMap" -> true;
      case "Dropout" -> {
        OnnxTensor training = node.hasInput(2) ? values.constant(node.inputs()[2]) : null;
        boolean one = training != null && training.count() == 1;
        boolean off = one && training.type() == OnnxTensor.Type.BOOL && training.longs()[0] == 0;
        require(node, off || !node.hasInput(2), "training_mode is not a constant false");
        yield true;
      }
      case "Cast" -> {
        OnnxTensor.Type to = ShapeOperators.castTo(node);
        yield to == OnnxTensor.Type.FLOAT || to == OnnxTensor.Type.DOUBLE;
      }
      default -> false;
    };
  }

  /** Goes through a node, from its output to its input. */
  void pass(Node node) throws ModelFormatException {
    wantsMatrix = wantsMatrix(node) ? node : wantsMatrix;
  }

  /** Whether it means something else of (1, m, n) than of (m, n). */
  private static boolean wantsMatrix(Node node) throws ModelFormatException {
    return switch (node.operator()) {
      case "Gemm", "BatchNormalization", "Flatten", "Concat" -> true;
      case "Softmax", "LogSoftmax" ->
          node.attributes().intValue("axis", node.opset() < 13 ? 1 : -1) != -1 || node.opset() < 13;
      case "LayerNormalization" -> node.attributes().intValue("axis", -1) != -1;
      default -> false;
    };
  }

  /** Throws if the constant makes a tensor of a higher rank, and a node after it wants a matrix. */
  void requireRank(Node node, OnnxTensor c) throws ModelFormatException {
    require(
        node,
        c.rank() <= 2 || wantsMatrix == null,
        "its constant " + c + " makes a tensor of rank " + c.rank());
  }

  /** Flatten, where it leaves rows, or makes them of the input. */
  String flatten(Node node) throws ModelFormatException {
    flattensInput |= isInput(node.inputs()[0]);
    int axis = node.attributes().intValue("axis", 1);
    require(node, axis == 1, "axis " + axis + " does not leave rows");
    return node.inputs()[0];
  }

  /** Reshape, where it leaves rows, or makes them of the input. */
  String reshape(Node node) throws ModelFormatException {
    String x = node.inputs()[0];
    flattensInput |= isInput(x);
    OnnxTensor shape = values.shape(node.inputs()[1]);
    require(node, shape != null, "its shape is no constant, and not one but for the rows");
    boolean integers = shape.type() == OnnxTensor.Type.INT64;
    if (integers && shape.count() == 1 && isScalarSoFar() && shape.longs()[0] == -1) {
      return scalars(node);
    }
    require(node, integers && shape.count() == 2, "it does not leave rows");
    long first = shape.longs()[0];
    long columns = shape.longs()[1];
    boolean rest = first == -1;
    require(node, rest || keepsRows(node, first), "it does not leave rows");
    wantsMatrix = rest ? null : node;
    if (columns > 0) {
      steps.add(new Step.Width(node, columns));
    } else if (Values.isOpen(columns)) {
      require(node, isColumns(node, columns), "its columns are not those of its input");
    } else {
      // [-1, 0] of more than a matrix would not be rows.
      require(node, !rest && columns == -1, "it does not leave rows");
    }
    return x;
  }

  private boolean isInput(String value) throws ModelFormatException {
    return through(value).equals(graph.inputs().get(0).name());
  }

  /** Whether the first dimension of a shape stays: 0, the declared number of rows, or computed. */
  private boolean keepsRows(Node node, long first) throws ModelFormatException {
    if (first == 0) {
      return !node.attributes().flag("allowzero", false);
    }
    int[] declared = graph.inputs().get(0).dims();
    boolean fixed = declared != null && declared.length > 0 && declared[0] > 0;
    String counted = values.countedBy(first, false);
    if (counted != null) {
      countedRows.add(new Step.Sum(node, counted));
    }
    return counted != null || (fixed && declared[0] == first);
  }

  /** Whether it is the second dimension of what is reshaped, which is a matrix. */
  private boolean isColumns(Node node, long columns) throws ModelFormatException {
    String counted = values.countedBy(columns, true);
    String x = through(node.inputs()[0]);
    int[] declared = graph.inputs().get(0).dims();
    boolean matrix = !isInput(x) || (declared != null && declared.length == 2);
    wantsMatrix = node;
    return counted != null && matrix && through(counted).equals(x);
  }

  /** Whether nothing but functions of each element comes after this place. */
  private boolean isScalarSoFar() {
    boolean functions = true;
    for (Step step : steps) {
      functions &= step instanceof Step.Function f && f.activation().elementwise();
    }
    return functions;
  }

  /** Rows of one value become a vector, as a regression often has them: the network has rows. */
  private String scalars(Node node) {
    steps.add(new Step.Width(node, 1));
    return node.inputs()[0];
  }

  /** Squeeze at the end, of rows of one value. */
  String squeeze(Node node) throws ModelFormatException {
    OnnxTensor input = node.hasInput(1) ? values.constant(node.inputs()[1]) : null;
    long[] axes = node.opset() < 13 ? node.attributes().integers("axes") : null;
    axes = input != null && input.type().isIntegers() ? input.longs() : axes;
    boolean last = axes != null && axes.length == 1 && (axes[0] == 1 || axes[0] == -1);
    require(node, last && isScalarSoFar(), "it does not leave rows");
    wantsMatrix = node;
    return scalars(node);
  }
}
