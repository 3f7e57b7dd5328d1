package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes operations of a graph's nodes: what is constant is worked out, what is a layer
 * normalization, an activation or a softmax under a mask is one operation, and so are products with
 * constant matrices. All of it whatever the shapes of the inputs will be.
 */
final class Fusion {
  private final Graph graph;
  private final Map<String, OnnxTensor> constants;
  private final Values values;
  private final Patterns patterns;
  private final Map<String, Integer> uses = new HashMap<>();

  private Fusion(Graph graph) throws ModelFormatException {
    this.graph = graph;
    constants = folded(graph);
    // One element of more axes is no scalar: it gives its axes to what it is taken times.
    Map<String, OnnxTensor> plain = new HashMap<>(constants);
    plain.values().removeIf(tensor -> tensor.count() == 1 && tensor.rank() > 1);
    values = Values.of(graph, plain);
    patterns = new Patterns(values);
    for (Node node : graph.nodes()) {
      for (String input : node.inputs()) {
        uses.merge(input, 1, Integer::sum);
      }
    }
    for (OnnxModel.ValueInfo output : graph.outputs()) {
      uses.merge(output.name(), 1, Integer::sum);
    }
  }

  /**
   * The operations in their order, and the constants that they read.
   *
   * @param nodes how many nodes of the graph do something
   */
  record Fused(List<Op> ops, Map<String, OnnxTensor> constants, int nodes) {}

  static Fused of(Graph graph, Kernels kernels) throws ModelFormatException {
    Fusion fusion = new Fusion(graph);
    List<Op> ops = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!fusion.constants.containsKey(node.outputs()[0])) {
        ops.add(fusion.op(node));
      }
    }
    int nodes = ops.size();
    ops = fusion.attentions(fusion.alive(ops));
    ops = fusion.lookups(ops);
    ops = fusion.alive(new ProductFusion(fusion.constants, kernels, fusion.outputs()).fuse(ops));
    Map<String, OnnxTensor> read = new HashMap<>();
    Set<String> names = new HashSet<>(fusion.outputs());
    ops.forEach(op -> names.addAll(op.reads()));
    for (String name : names) {
      OnnxTensor constant = fusion.constants.get(name);
      if (constant != null) {
        read.put(name, constant);
      }
    }
    return new Fused(ops, read, nodes);
  }

  /** The constants, and what is made of them alone, within what the file's own take. */
  private static Map<String, OnnxTensor> folded(Graph graph) throws ModelFormatException {
    Map<String, OnnxTensor> constants = new HashMap<>(graph.initializers());
    Budget budget = new Budget("its constants take too much memory", Values.bytes(graph));
    // Of integers of 8 bits floats are made, once each.
    long scaled = Float.BYTES * Values.bytes(graph);
    for (Node node : graph.nodes()) {
      OnnxTensor[] inputs = new OnnxTensor[node.inputs().length];
      boolean weights = isPlain(node, "DequantizeLinear");
      boolean all = weights || Operators.folds(node);
      for (int i = 0; all && i < inputs.length; i++) {
        inputs[i] = constants.get(node.inputs()[i]);
        all = inputs[i] != null || !node.hasInput(i);
      }
      if (all && weights) {
        scaled -= (long) Float.BYTES * inputs[0].count() + 64;
        all = scaled >= 0;
      }
      if (all) {
        Budget own = weights ? new Budget("", Long.MAX_VALUE) : budget;
        Call call = new Call(node, inputs, ScalarKernels.INSTANCE, own);
        Operators.of(node).run(call);
        for (int i = 0; i < node.outputs().length; i++) {
          if (node.hasOutput(i)) {
            constants.put(node.outputs()[i], call.outputs()[i]);
          }
        }
      }
    }
    return constants;
  }

  private List<String> outputs() {
    return graph.outputs().stream().map(OnnxModel.ValueInfo::name).toList();
  }

  /** Without operations whose values nobody reads. */
  private List<Op> alive(List<Op> ops) {
    Set<String> wanted = new HashSet<>(outputs());
    List<Op> kept = new ArrayList<>();
    for (Op op : ops.reversed()) {
      if (op.makes().stream().anyMatch(wanted::contains)) {
        wanted.addAll(op.reads());
        kept.add(op);
      }
    }
    return new ArrayList<>(kept.reversed());
  }

  /** With a softmax between two products of matrices as one of attention. */
  private List<Op> attentions(List<Op> ops) {
    Map<String, Op> makers = new HashMap<>();
    Map<String, Integer> readers = new HashMap<>();
    for (Op op : ops) {
      op.makes().forEach(name -> makers.put(name, op));
      op.reads().forEach(name -> readers.merge(name, 1, Integer::sum));
    }
    outputs().forEach(name -> readers.merge(name, 1, Integer::sum));
    List<Op> result = new ArrayList<>();
    for (Op op : ops) {
      Op.Plain last = matmul(op);
      String p = last == null ? "" : last.node().inputs()[0];
      List<Op.Plain> guard = readers.getOrDefault(p, 0) == 1 ? guard(p, makers) : List.of();
      p = guard.isEmpty() ? p : guard.get(0).node().inputs()[0];
      Op before = makers.get(p);
      Op.Scores scores = scores(before);
      Op.Plain first = scores == null ? null : matmul(makers.get(scores.x()));
      boolean apart =
          first == null
              || readers.get(p) != (guard.isEmpty() ? 1 : 2)
              || readers.get(scores.x()) != 1;
      if (apart) {
        result.add(op);
        continue;
      }
      result.removeIf(other -> other == before || other == first || guard.contains(other));
      result.add(new Op.Attention(first, scores, guard, last, last.node().inputs()[1]));
    }
    return result;
  }

  /** With the scaling of rows of a constant table of integers as one with what gathers them. */
  private List<Op> lookups(List<Op> ops) throws ModelFormatException {
    Map<String, Op.Plain> gathers = new HashMap<>();
    List<Op> result = new ArrayList<>();
    for (Op op : ops) {
      Node node =
          op instanceof Op.Plain plain && plain.node().domain().isEmpty() ? plain.node() : null;
      if (node != null && node.operator().equals("Gather") && isTable(node)) {
        gathers.put(node.outputs()[0], (Op.Plain) op);
      }
      boolean scaling = node != null && node.operator().equals("DequantizeLinear");
      Op.Plain gather = scaling ? gathers.get(node.inputs()[0]) : null;
      if (gather == null || !isOne(node, gather)) {
        result.add(op);
        continue;
      }
      result.remove(gather);
      result.add(new Op.Lookup(gather, (Op.Plain) op));
    }
    return result;
  }

  /** Whether it gathers rows of a constant of 8 bits, and one node reads them. */
  private boolean isTable(Node gather) throws ModelFormatException {
    OnnxTensor table = constants.get(gather.inputs()[0]);
    return table != null
        && table.type().isBytes()
        && table.rank() > 0
        && gather.attributes().intValue("axis", 0) == 0
        && uses.get(gather.outputs()[0]) == 1;
  }

  /** Whether it has one constant scale, and one zero point if any. */
  private boolean isOne(Node scaling, Op.Plain gather) {
    OnnxTensor scale = constants.get(scaling.inputs()[1]);
    OnnxTensor zero = scaling.hasInput(2) ? constants.get(scaling.inputs()[2]) : null;
    OnnxTensor table = constants.get(gather.node().inputs()[0]);
    boolean none = !scaling.hasInput(2);
    return scale != null
        && scale.type() == OnnxTensor.Type.FLOAT
        && scale.count() == 1
        && (none || (zero != null && zero.count() == 1 && zero.type() == table.type()));
  }

  private static Op.Scores scores(Op op) {
    if (op instanceof Op.Plain plain && plain.node().operator().equals("Softmax")) {
      String x = plain.node().inputs()[0];
      return new Op.Scores(plain, null, null, x, 1, null, plain.node().outputs()[0]);
    }
    return op instanceof Op.Scores scores ? scores : null;
  }

  /** IsNaN of some weights, and Where that puts 0 in their place; else empty. */
  private List<Op.Plain> guard(String value, Map<String, Op> makers) {
    if (makers.get(value) instanceof Op.Plain where && where.node().operator().equals("Where")) {
      String[] inputs = where.node().inputs();
      Op test = makers.get(inputs[0]);
      boolean zero = values.scalar(inputs[1]) == 0;
      if (zero && test instanceof Op.Plain isNaN && isNaN.node().operator().equals("IsNaN")) {
        boolean same = isNaN.node().inputs()[0].equals(inputs[2]);
        return same && uses.get(inputs[0]) == 1 ? List.of(isNaN, where) : List.of();
      }
    }
    return List.of();
  }

  /** The operation as a product of two matrices that are no constants; else null. */
  private Op.Plain matmul(Op op) {
    return op instanceof Op.Plain plain
            && plain.node().operator().equals("MatMul")
            && plain.node().domain().isEmpty()
            && !constants.containsKey(plain.node().inputs()[0])
            && !constants.containsKey(plain.node().inputs()[1])
        ? plain
        : null;
  }

  private Op op(Node node) throws ModelFormatException {
    Op.Plain plain = new Op.Plain(node, Operators.of(node));
    if (!node.domain().isEmpty()) {
      return plain;
    }
    String y = node.outputs()[0];
    Op found = function(node, y);
    found = found == null ? steps(plain) : found;
    found = found == null ? norm(node, y) : found;
    return found == null && node.operator().equals("Softmax")
        ? scores(plain)
        : orElse(found, plain);
  }

  private static boolean isPlain(Node node, String operator) {
    return node.domain().isEmpty() && node.operator().equals(operator);
  }

  /** What was quantized just before, by one scale, and is made floats again by the same. */
  private Op steps(Op.Plain plain) throws ModelFormatException {
    Node node = plain.node();
    Node before =
        isPlain(node, "DequantizeLinear") ? values.maker(node.inputs()[0], "QuantizeLinear") : null;
    Quantization.Steps steps =
        before == null ? null : Quantization.Steps.of(before, node, constants);
    return steps == null
        ? null
        : new Op.Steps(new Op.Plain(before, Operators.of(before)), plain, steps);
  }

  private static Op orElse(Op found, Op plain) {
    return found == null ? plain : found;
  }

  private Op function(Node node, String y) throws ModelFormatException {
    ActivationRow row = ActivationRow.of(node.operator());
    Activation f = row == null ? null : row.read(node);
    f = node.operator().equals("Gelu") ? ElementOperators.geluOf(node) : f;
    if (f != null) {
      return new Op.Function(node, f, node.inputs()[0], y);
    }
    Patterns.Found found = patterns.find(y);
    found = found == null ? patterns.sigmoid(y) : found;
    return found == null ? null : new Op.Function(node, found.activation(), found.of(), y);
  }

  private Op norm(Node node, String y) throws ModelFormatException {
    if (node.operator().equals("LayerNormalization")) {
      boolean last = node.attributes().intValue("axis", -1) == -1;
      boolean one = !node.hasOutput(1) && !node.hasOutput(2);
      String beta = node.hasInput(2) ? node.inputs()[2] : null;
      return last && one && isRow(node.inputs()[1]) && (beta == null || isRow(beta))
          ? norm(node, node.inputs()[0], node.inputs()[1], beta, epsilon(node))
          : null;
    }
    if (!node.operator().equals("Add")) {
      return null;
    }
    String beta = values.constantOf(node);
    Node scaled = beta == null ? null : values.maker(values.beside(node), "Mul");
    String gamma = scaled == null ? null : values.constantOf(scaled);
    Patterns.Normalized rows = gamma == null ? null : patterns.normalized(values.beside(scaled));
    return rows != null && rows.last() && isRow(gamma) && isRow(beta)
        ? norm(node, rows.of(), gamma, beta, rows.epsilon())
        : null;
  }

  private static float epsilon(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis", "epsilon", "stash_type");
    return node.attributes().number("epsilon", 1e-5f);
  }

  private boolean isRow(String name) {
    OnnxTensor constant = constants.get(name);
    return constant != null && constant.type() == OnnxTensor.Type.FLOAT && constant.rank() == 1;
  }

  /** With the sum of two values before it, if nobody else reads that. */
  private Op norm(Node node, String x, String gamma, String beta, float epsilon) {
    Node sum = values.maker(x, "Add");
    boolean residual = sum != null && values.constantOf(sum) == null && isReadBy(x, node);
    return residual
        ? new Op.RowNorm(
            node, sum, sum.inputs()[0], sum.inputs()[1], gamma, beta, epsilon, node.outputs()[0])
        : new Op.RowNorm(node, null, x, null, gamma, beta, epsilon, node.outputs()[0]);
  }

  /** Whether a value is read by the nodes of that normalization alone. */
  private boolean isReadBy(String x, Node norm) {
    if (norm.operator().equals("LayerNormalization")) {
      return uses.get(x) == 1;
    }
    int inside = 0;
    for (Node reader : graph.nodes()) {
      boolean part = reader.operator().equals("ReduceMean") || reader.operator().equals("Sub");
      inside += part && reader.inputs()[0].equals(x) ? 1 : 0;
    }
    return inside == uses.get(x);
  }

  /** A softmax with the scalar and the mask before it. */
  private Op scores(Op.Plain softmax) throws ModelFormatException {
    String x = softmax.node().inputs()[0];
    Op.Plain add = single(x, "Add");
    String mask = null;
    if (add != null) {
      String[] both = add.node().inputs();
      int i = isProduct(both[0]) || !isProduct(both[1]) ? 0 : 1;
      x = both[i];
      mask = both[1 - i];
    }
    Op.Plain scale = scaling(x);
    float scalar = 1;
    if (scale != null) {
      x = values.beside(scale.node());
      scalar = (float) values.scalar(values.constantOf(scale.node()));
    }
    return add == null && scale == null
        ? softmax
        : new Op.Scores(softmax, scale, add, x, scalar, mask, softmax.node().outputs()[0]);
  }

  /** Whether it is a product of matrices, with a scalar or without. */
  private boolean isProduct(String value) throws ModelFormatException {
    Op.Plain scale = scaling(value);
    return values.maker(scale == null ? value : values.beside(scale.node()), "MatMul") != null;
  }

  /** The node of that operator that makes the value, if there is one reader. */
  private Op.Plain single(String value, String operator) throws ModelFormatException {
    Node node = values.maker(value, operator);
    return node == null || uses.get(value) != 1 ? null : new Op.Plain(node, Operators.of(node));
  }

  /** The product or quotient by one constant that makes the value, if there is one reader. */
  private Op.Plain scaling(String value) throws ModelFormatException {
    Op.Plain mul = single(value, "Mul");
    Op.Plain found = mul == null ? single(value, "Div") : mul;
    String constant = found == null ? null : values.constantOf(found.node());
    boolean divisor =
        mul != null || (constant != null && constant.equals(found.node().inputs()[1]));
    boolean one = constant != null && divisor && constants.get(constant).rank() <= 1;
    return one && !Double.isNaN(values.scalar(constant)) ? found : null;
  }
}
