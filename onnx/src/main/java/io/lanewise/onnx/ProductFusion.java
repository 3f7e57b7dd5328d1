package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes packed products of those with constant matrices, takes their biases and activations in, and
 * makes one of several that have the same left operand, as queries, keys and values have.
 */
final class ProductFusion {
  private final Map<String, OnnxTensor> constants;
  private final Kernels kernels;
  private final List<String> outputs;
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<String, List<Op>> readers = new HashMap<>();
  private final Map<String, Op> makers = new HashMap<>();

  ProductFusion(Map<String, OnnxTensor> constants, Kernels kernels, List<String> outputs) {
    this.constants = constants;
    this.kernels = kernels;
    this.outputs = outputs;
  }

  /** A product that is not packed yet. */
  private static final class Open {
    final Node node;
    final String x;
    final String b;
    final boolean transposed;
    // Of columns of integers; null where they are floats.
    final @Nullable String scale;
    @Nullable String bias;
    Activation f = Activation.IDENTITY;
    String y;

    Open(Op.Plain op, boolean transposed, @Nullable String bias) {
      node = op.node();
      x = node.inputs()[0];
      b = node.inputs()[1];
      this.transposed = transposed;
      scale = null;
      this.bias = bias;
      y = node.outputs()[0];
    }

    /** Of integers: what is quantized times node's matrix, scaled. */
    Open(Node node, String x, String scale, String y) {
      this.node = node;
      this.x = x;
      b = node.inputs()[1];
      transposed = false;
      this.scale = scale;
      this.y = y;
    }

    /** Products with the same may be one; null if it can be none with others. */
    @Nullable String beside(int k) {
      if (f != Activation.IDENTITY || node.operator().equals("Gemm")) {
        return null;
      }
      return x + '\0' + k + (scale == null ? "" : bias == null ? " of integers" : " with biases");
    }
  }

  List<Op> fuse(List<Op> ops) throws ModelFormatException {
    for (Op op : ops) {
      op.makes().forEach(name -> makers.put(name, op));
      for (String name : op.reads()) {
        uses.merge(name, 1, Integer::sum);
        readers.computeIfAbsent(name, key -> new ArrayList<>()).add(op);
      }
    }
    outputs.forEach(name -> uses.merge(name, 1, Integer::sum));
    // By identity: two nodes may say the same.
    Map<Op, Open> places = new IdentityHashMap<>();
    Map<Op, Boolean> gone = new IdentityHashMap<>();
    Map<String, List<Open>> beside = new HashMap<>();
    for (Op op : ops) {
      Open open = op instanceof Op.Plain plain ? open(plain, gone) : null;
      if (open != null) {
        bias(open, gone);
        activation(open, gone);
        places.put(op, open);
        String key = open.beside(constants.get(open.b).shape()[0]);
        if (key != null) {
          beside.computeIfAbsent(key, none -> new ArrayList<>()).add(open);
        }
      }
    }
    return made(ops, places, gone, beside);
  }

  private List<Op> made(
      List<Op> ops, Map<Op, Open> places, Map<Op, Boolean> gone, Map<String, List<Open>> beside)
      throws ModelFormatException {
    // A matrix that several products have is packed once.
    Map<String, Object> packed = new HashMap<>();
    List<Op> result = new ArrayList<>();
    for (Op op : ops) {
      Open open = places.get(op);
      if (open == null) {
        if (!gone.containsKey(op)) {
          result.add(op);
        }
        continue;
      }
      String key = open.beside(constants.get(open.b).shape()[0]);
      List<Open> group = key == null ? List.of(open) : beside.get(key);
      if (group.get(0) == open) {
        result.add(packed(group, packed));
      }
    }
    return result;
  }

  /** The node as such a product; null if it is none. */
  private Open open(Op.Plain op, Map<Op, Boolean> gone) throws ModelFormatException {
    Node node = op.node();
    if (node.domain().isEmpty() && node.operator().equals("MatMulInteger")) {
      return integers(node, gone);
    }
    boolean gemm = node.operator().equals("Gemm");
    if (!node.domain().isEmpty() || (!gemm && !node.operator().equals("MatMul"))) {
      return null;
    }
    OnnxTensor b = constants.get(node.inputs()[1]);
    boolean fits =
        b != null
            && b.type() == OnnxTensor.Type.FLOAT
            && b.rank() == 2
            && b.count() > 0
            && !constants.containsKey(node.inputs()[0]);
    if (!fits || !gemm) {
      return fits ? new Open(op, false, null) : null;
    }
    Attributes a = node.attributes();
    boolean plain = a.number("alpha", 1) == 1 && a.number("beta", 1) == 1;
    boolean transposed = a.integer("transB", 0) != 0;
    String c = node.hasInput(2) ? node.inputs()[2] : null;
    boolean row = c == null || isBias(c, b.shape()[transposed ? 0 : 1], true);
    return plain && a.integer("transA", 0) == 0 && row ? new Open(op, transposed, c) : null;
  }

  /**
   * The node as a product of what DynamicQuantizeLinear made, and the nodes that scale it back:
   * Cast to FLOAT, and Mul by the product of both scales; null if it is none.
   */
  private Open integers(Node node, Map<Op, Boolean> gone) throws ModelFormatException {
    String[] inputs = node.inputs();
    Op.Plain range = plain(makers.get(inputs[0]), "DynamicQuantizeLinear");
    OnnxTensor b = constants.get(inputs[1]);
    boolean fits =
        range != null
            && range.node().hasOutput(2)
            && node.hasInput(2)
            && inputs[0].equals(range.node().outputs()[0])
            && inputs[2].equals(range.node().outputs()[2])
            && b != null
            && b.type().isBytes()
            && b.rank() == 2
            && b.count() > 0
            && !constants.containsKey(range.node().inputs()[0]);
    if (!fits || (node.hasInput(3) && !isZero(inputs[3], b))) {
      return null;
    }
    Op.Plain cast = plain(only(node.outputs()[0]), "Cast");
    boolean floats = cast != null && ShapeOperators.castTo(cast.node()) == OnnxTensor.Type.FLOAT;
    Op.Plain scaled = floats ? plain(only(cast.node().outputs()[0]), "Mul") : null;
    String by = scaled == null ? "" : other(scaled.node(), cast.node().outputs()[0]);
    Op.Plain scales = only(by) == scaled ? plain(makers.get(by), "Mul") : null;
    String scale = scales == null ? "" : other(scales.node(), range.node().outputs()[1]);
    OnnxTensor columns = constants.get(scale);
    boolean same =
        columns != null
            && columns.type() == OnnxTensor.Type.FLOAT
            && columns.rank() <= 1
            && (columns.count() == 1 || columns.count() == b.shape()[1]);
    if (!same) {
      return null;
    }
    gone.put(cast, true);
    gone.put(scales, true);
    gone.put(scaled, true);
    return new Open(node, range.node().inputs()[0], scale, scaled.node().outputs()[0]);
  }

  private static Op.Plain plain(Op op, String operator) {
    return op instanceof Op.Plain plain
            && plain.node().domain().isEmpty()
            && plain.node().operator().equals(operator)
        ? plain
        : null;
  }

  /** The other of two inputs; "" if the value is none of them. */
  private static String other(Node node, String value) {
    String[] inputs = node.inputs();
    return inputs[0].equals(value) ? inputs[1] : inputs[1].equals(value) ? inputs[0] : "";
  }

  private boolean isZero(String name, OnnxTensor b) {
    OnnxTensor zero = constants.get(name);
    boolean columns = zero != null && zero.rank() == 1 && zero.count() == b.shape()[1];
    return zero != null && zero.type() == b.type() && (columns || zero.count() == 1);
  }

  private boolean isBias(String name, int n, boolean matrix) {
    OnnxTensor c = constants.get(name);
    boolean floats = c != null && c.type() == OnnxTensor.Type.FLOAT && c.count() == n;
    return floats && (c.rank() == 1 || (matrix && c.rank() == 2 && c.shape()[0] == 1));
  }

  private Op only(String value) {
    return uses.getOrDefault(value, 0) == 1 && readers.containsKey(value)
        ? readers.get(value).get(0)
        : null;
  }

  private void bias(Open open, Map<Op, Boolean> gone) {
    if (open.bias != null || !(only(open.y) instanceof Op.Plain next)) {
      return;
    }
    Node node = next.node();
    int n = constants.get(open.b).shape()[open.transposed ? 0 : 1];
    if (node.domain().isEmpty() && node.operator().equals("Add")) {
      String other = node.inputs()[node.inputs()[0].equals(open.y) ? 1 : 0];
      if (isBias(other, n, false)) {
        open.bias = other;
        take(open, next, node.outputs()[0], gone);
      }
    }
  }

  private void activation(Open open, Map<Op, Boolean> gone) {
    if (only(open.y) instanceof Op.Function next && next.f().elementwise()) {
      open.f = next.f();
      take(open, next, next.y(), gone);
    }
  }

  private static void take(Open open, Op next, String y, Map<Op, Boolean> gone) {
    open.y = y;
    gone.put(next, true);
  }

  private Op packed(List<Open> group, Map<String, Object> packed) throws ModelFormatException {
    int n = 0;
    boolean biased = false;
    StringBuilder key = new StringBuilder();
    int[] widths = new int[group.size()];
    List<String> makes = new ArrayList<>();
    for (Open open : group) {
      int[] dims = constants.get(open.b).shape();
      widths[makes.size()] = dims[open.transposed ? 0 : 1];
      n += dims[open.transposed ? 0 : 1];
      biased |= open.bias != null;
      makes.add(open.y);
      String zero = open.scale != null && open.node.hasInput(3) ? open.node.inputs()[3] : "";
      key.append(open.transposed).append(open.b).append('\0').append(zero).append('\0');
    }
    Open first = group.get(0);
    int k = constants.get(first.b).shape()[first.transposed ? 1 : 0];
    Object b = packed.get(key.toString());
    if (b == null) {
      float[] all = beside(group, k, n, widths);
      b =
          first.scale == null
              ? kernels.pack(new Matrix(all, k, n))
              : ExactParts.of(kernels::packIntegers, all, k, n);
      packed.put(key.toString(), b);
    }
    float[] bias = biased ? rows(group, n, widths, open -> open.bias) : null;
    if (b instanceof ExactParts parts) {
      float[] scale = rows(group, n, widths, open -> open.scale);
      return new Op.QuantizedProduct(
          first.node, first.x, parts, scale, bias, first.f, List.copyOf(makes), widths);
    }
    return new Op.Product(
        first.node,
        first.x,
        (PackedMatrix) b,
        bias == null ? null : Matrix.row(bias),
        first.f,
        List.copyOf(makes),
        widths);
  }

  private float[] beside(List<Open> group, int k, int n, int[] widths) throws ModelFormatException {
    Open first = group.get(0);
    if (group.size() == 1 && !first.transposed) {
      return floats(first);
    }
    float[] all = new float[k * n];
    int at = 0;
    for (int g = 0; g < widths.length; g++) {
      float[] from = floats(group.get(g));
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < widths[g]; j++) {
          all[i * n + at + j] = from[group.get(g).transposed ? j * k + i : i * widths[g] + j];
        }
      }
      at += widths[g];
    }
    return all;
  }

  private float[] floats(Open open) throws ModelFormatException {
    OnnxTensor b = constants.get(open.b);
    return open.scale == null
        ? b.floats()
        : QuantizedProducts.centered(
            open.node, b, open.node.hasInput(3) ? constants.get(open.node.inputs()[3]) : null);
  }

  /** One row beside the other: 0 where there is none, and one number as often as wanted. */
  private float[] rows(List<Open> group, int n, int[] widths, Function<Open, String> name) {
    float[] all = new float[n];
    int at = 0;
    for (int g = 0; g < widths.length; g++) {
      String row = name.apply(group.get(g));
      float[] from = row == null ? null : constants.get(row).floats();
      for (int j = 0; from != null && j < widths[g]; j++) {
        all[at + j] = from[from.length == 1 ? 0 : j];
      }
      at += widths[g];
    }
    return all;
  }
}
