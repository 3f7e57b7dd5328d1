package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Folds a graph into the layers of a network: from an output back to the input, each value made of
 * the one before. Two nodes or more that are one layer become one: a product and the sum with its
 * bias, a shift and a scale, the forms of {@link Patterns}.
 */
final class NetworkFolder {
  private final Graph graph;
  private final Values values;
  private final Patterns patterns;
  private final ActivationNodes activations;
  private final RowShapes shapes;
  private final Budget budget;
  // Last to first.
  private final List<Step> steps = new ArrayList<>();
  // How many steps follow a value.
  private final Map<String, Integer> positions = new HashMap<>();

  private NetworkFolder(Graph graph, Values values, Budget budget) {
    this.graph = graph;
    this.values = values;
    this.patterns = new Patterns(values);
    this.activations = new ActivationNodes(values);
    this.budget = budget;
    this.shapes = new RowShapes(graph, values, steps);
  }

  /** The steps, first to last, and for each {@link Step.Sum} where its block begins, else -1. */
  record Folded(List<Step> steps, int[] begins) {}

  /** Folds what leads to that output. */
  static Folded fold(Graph graph, Values values, String output, Budget budget)
      throws ModelFormatException {
    NetworkFolder folder = new NetworkFolder(graph, values, budget);
    return folder.fold(output);
  }

  private Folded fold(String output) throws ModelFormatException {
    ValueInfo input = graph.inputs().get(0);
    String value = output;
    while (true) {
      positions.put(value, steps.size());
      if (value.equals(input.name())) {
        break;
      }
      Node node = values.isConstant(value) ? null : values.maker(value);
      if (node == null) {
        throw new ModelFormatException("\"" + value + "\" does not come from the input");
      }
      value = before(node, value);
    }
    shapes.requireRows(positions.keySet());
    int count = steps.size();
    int[] begins = new int[count];
    Arrays.fill(begins, -1);
    for (int i = 0; i < count; i++) {
      if (steps.get(i) instanceof Step.Sum sum) {
        Integer position = positions.get(shapes.through(sum.from()));
        if (position == null) {
          throw sum.node()
              .error("adds \"" + sum.from() + "\", which is not on the way to its other input");
        }
        begins[count - 1 - i] = count - position;
      }
    }
    Collections.reverse(steps);
    return new Folded(List.copyOf(steps), begins);
  }

  /** Adds the step that makes the value, and returns the value that it is made of. */
  private String before(Node node, String value) throws ModelFormatException {
    if (shapes.isNothing(node)) {
      return node.inputs()[0];
    }
    shapes.pass(node);
    if (node.domain().equals(GraphParser.ML)) {
      if (node.operator().equals("Scaler")) {
        float[] offset = ShapeOperators.scalerConstants(node, "offset", 0);
        float[] scale = ShapeOperators.scalerConstants(node, "scale", 1);
        return add(new Step.Scale(node, offset, scale), 0);
      }
      return classical(node, value);
    }
    return switch (node.operator()) {
      case "Gemm" -> gemm(node);
      case "MatMul" -> matmul(node, node, null);
      case "Add" -> sum(node);
      case "Sub", "Div", "Mul" -> affine(node, value);
      case "Reciprocal" -> function(node, patterns.sigmoid(value));
      case "Where" -> function(node, patterns.softplus(value));
      case "Neg" -> scale(node, new float[] {0}, new float[] {-1}, node.inputs()[0]);
      case "BatchNormalization" -> {
        float epsilon = RowOperators.batchNormEpsilon(node);
        yield add(new Step.Batch(node, vectors(node), epsilon), 0);
      }
      case "LayerNormalization" -> {
        requireLastAxis(node, -1);
        float epsilon = node.attributes().number("epsilon", 1e-5f);
        yield add(new Step.Rows(node, vectors(node), epsilon), 0);
      }
      case "Flatten" -> shapes.flatten(node);
      case "Reshape" -> shapes.reshape(node);
      case "Squeeze" -> shapes.squeeze(node);
      case "Concat" -> twoClasses(node);
      default -> add(new Step.Function(node, activations.of(node)), 0);
    };
  }

  private String function(Node node, Patterns.Found found) throws ModelFormatException {
    require(node, found != null, "it is no layer of a network");
    steps.add(new Step.Function(node, found.activation()));
    return found.of();
  }

  private String add(Step step, int input) {
    steps.add(step);
    return step.node().inputs()[input];
  }

  /** ai.onnx.ml's linear models, and the Normalizer after probabilities, which do not need it. */
  private String classical(Node node, String value) throws ModelFormatException {
    LinearNodes.Folded linear =
        switch (node.operator()) {
          case "LinearRegressor" -> LinearNodes.regressor(node);
          case "LinearClassifier" -> LinearNodes.classifier(node, value, steps.isEmpty());
          default -> null;
        };
    if (linear == null) {
      Node maker = values.maker(shapes.through(node.inputs()[0]));
      boolean nothing = node.operator().equals("Normalizer") && LinearNodes.sumsToOne(maker);
      require(node, nothing && steps.isEmpty(), "it is no layer of a network");
      require(node, node.attributes().text("norm", "MAX").equals("L1"), "its norm is not L1");
      return node.inputs()[0];
    }
    if (linear.activation() != Activation.IDENTITY) {
      steps.add(new Step.Function(node, linear.activation()));
    }
    return linear(linear.step());
  }

  static ModelFormatException refused(Node node, String why) {
    return node.error("it cannot be folded into a network: " + why);
  }

  static void require(Node node, boolean condition, String otherwise) throws ModelFormatException {
    if (!condition) {
      throw refused(node, otherwise);
    }
  }

  static void requireLastAxis(Node node, int otherwise) throws ModelFormatException {
    int axis = node.attributes().intValue("axis", otherwise);
    require(node, axis == -1 || axis == 1, "axis " + axis + " is not that of a row");
  }

  /** The inputs from the second on, which must be constant vectors of FLOAT. */
  private float[][] vectors(Node node) throws ModelFormatException {
    int count = node.inputs().length - 1;
    // The last one may be left out by an empty name.
    count -= node.inputs()[count].isEmpty() ? 1 : 0;
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      OnnxTensor x = values.constant(node.inputs()[i + 1]);
      boolean vector = x != null && x.type() == OnnxTensor.Type.FLOAT && x.rank() == 1;
      require(node, vector, "input " + (i + 1) + " is no constant vector");
      vectors[i] = x.floats();
    }
    return vectors;
  }

  private String gemm(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    require(node, a.integer("transA", 0) == 0, "transA is not 0");
    boolean transposed = a.integer("transB", 0) != 0;
    OnnxTensor bias = node.hasInput(2) ? values.constant(node.inputs()[2]) : null;
    require(node, !node.hasInput(2) || bias != null, "C is no constant");
    OnnxTensor w = weights(node);
    int n = w.shape()[transposed ? 0 : 1];
    require(node, bias == null || isRow(bias, n), "C is no row of " + n);
    return linear(
        new Step.Linear(node, w, transposed, a.number("alpha", 1), bias, a.number("beta", 1)));
  }

  /** A product, and where it follows the sum with its bias. */
  private String matmul(Node product, Node last, OnnxTensor bias) throws ModelFormatException {
    linear(new Step.Linear(last, weights(product), false, 1, bias, 1));
    return product.inputs()[0];
  }

  private OnnxTensor weights(Node node) throws ModelFormatException {
    OnnxTensor w = values.constant(node.inputs()[1]);
    require(node, w != null, "its second factor is no constant");
    boolean matrix = w.type() == OnnxTensor.Type.FLOAT && w.rank() == 2 && w.count() > 0;
    require(node, matrix, "its second factor " + w + " is no matrix");
    require(node, !values.isConstant(node.inputs()[0]), "its first factor is constant");
    return w;
  }

  private String linear(Step.Linear step) throws ModelFormatException {
    // Weights that several nodes share become several layers' own.
    budget.charge(4L * step.w().count() + 4L * step.nOut());
    return add(step, 0);
  }

  /** Whether it broadcasts to rows of n and to no more. */
  private static boolean isRow(OnnxTensor x, int n) {
    boolean flat = x.rank() == 0 || x.shape()[x.rank() - 1] == x.count();
    return x.type() == OnnxTensor.Type.FLOAT && flat && (x.count() == 1 || x.count() == n);
  }

  /** A bias, a shift, or the end of a residual block. */
  private String sum(Node node) throws ModelFormatException {
    String normalized = layerNorm(node);
    if (normalized != null) {
      return normalized;
    }
    String x = values.beside(node);
    if (x != null) {
      OnnxTensor bias = values.constant(values.constantOf(node));
      Node product = values.maker(x, "MatMul");
      OnnxTensor w = product == null ? null : values.constant(product.inputs()[1]);
      if (w != null && w.rank() == 2 && isRow(bias, w.shape()[1])) {
        shapes.requireRank(node, bias);
        return matmul(product, node, bias);
      }
      return affine(node, node.outputs()[0]);
    }
    String first = node.inputs()[0];
    String second = node.inputs()[1];
    if (shapes.through(first).equals(shapes.through(second))) {
      return scale(node, new float[] {0}, new float[] {2}, first);
    }
    // The block's output is made of the other one, so later.
    boolean firstIsLater = place(first) > place(second);
    steps.add(new Step.Sum(node, firstIsLater ? second : first));
    return firstIsLater ? first : second;
  }

  /** Layer normalization as its nodes; returns what it is of, or null if it is none. */
  private String layerNorm(Node node) throws ModelFormatException {
    String inner = node.outputs()[0];
    float[][] vectors = {{1}, {0}};
    String[] operators = {"Mul", "Add"};
    for (int i = 1; i >= 0; i--) {
      Node affine = values.maker(inner, operators[i]);
      String beside = affine == null ? null : values.beside(affine);
      if (beside != null) {
        OnnxTensor c = values.constant(values.constantOf(affine));
        if (!isRow(c, c.count())) {
          return null;
        }
        vectors[i] = c.floats();
        inner = beside;
      }
    }
    Patterns.Normalized found = patterns.normalized(inner);
    if (found == null) {
      return null;
    }
    steps.add(new Step.Rows(node, vectors, found.epsilon()));
    return found.of();
  }

  private int place(String value) throws ModelFormatException {
    Node maker = values.maker(shapes.through(value));
    return maker == null ? -1 : maker.index();
  }

  /** A product that is an activation, or a shift and a scale by constants. */
  private String affine(Node node, String value) throws ModelFormatException {
    String normalized = layerNorm(node);
    if (normalized != null) {
      return normalized;
    }
    Patterns.Found found = node.operator().equals("Add") ? null : patterns.find(value);
    found = found == null ? patterns.sigmoid(value) : found;
    found = found == null ? patterns.softsign(value) : found;
    if (found != null) {
      return function(node, found);
    }
    String x = values.beside(node);
    boolean ordered = node.operator().equals("Sub") || node.operator().equals("Div");
    require(
        node,
        x != null && !(ordered && values.isConstant(node.inputs()[0])),
        "it is no sum or product with constants");
    float[] c = row(node);
    Node inner = values.maker(x, "Sub");
    float[] none = {0};
    boolean shifted = inner != null && values.isConstant(inner.inputs()[1]);
    return switch (node.operator()) {
      case "Add" -> scale(node, each(c, v -> -v), new float[] {1}, x);
      case "Sub" -> scale(node, c, new float[] {1}, x);
      default -> {
        float[] factors = node.operator().equals("Mul") ? c : each(c, v -> 1 / v);
        if (shifted && !values.isConstant(inner.inputs()[0])) {
          yield scale(node, row(inner), factors, inner.inputs()[0]);
        }
        yield scale(node, none, factors, x);
      }
    };
  }

  private String scale(Node node, float[] shift, float[] scale, String x) {
    steps.add(new Step.Scale(node, shift, scale));
    return x;
  }

  private interface FloatFunction {
    float of(float x);
  }

  private float[] each(float[] x, FloatFunction f) throws ModelFormatException {
    budget.charge(4L * x.length);
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = f.of(x[i]);
    }
    return y;
  }

  /** The constant of a node, which must be a row or a number. */
  private float[] row(Node node) throws ModelFormatException {
    OnnxTensor c = values.constant(values.constantOf(node));
    require(node, isRow(c, c.count()) && c.count() > 0, "its constant " + c + " is no row");
    shapes.requireRank(node, c);
    return c.floats();
  }

  /** [1 - p, p], as scikit-learn has it for two classes: the network has p alone. */
  private String twoClasses(Node node) throws ModelFormatException {
    boolean two = node.inputs().length == 2 && steps.isEmpty();
    Node minus = two ? values.maker(node.inputs()[0], "Sub") : null;
    boolean complement =
        minus != null
            && values.scalar(minus.inputs()[0]) == 1
            && minus.inputs()[1].equals(node.inputs()[1]);
    require(node, complement, "it is no layer of a network");
    return node.inputs()[1];
  }
}
