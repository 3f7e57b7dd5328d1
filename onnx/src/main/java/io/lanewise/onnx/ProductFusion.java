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
    @Nullable String bias;
    Activation f = Activation.IDENTITY;
    String y;

    Open(Op.Plain op, boolean transposed, @Nullable String bias) {
      node = op.node();
      x = node.inputs()[0];
      b = node.inputs()[1];
      this.transposed = transposed;
      this.bias = bias;
      y = node.outputs()[0];
    }
  }

  List<Op> fuse(List<Op> ops) throws ModelFormatException {
    for (Op op : ops) {
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
      Open open = op instanceof Op.Plain plain ? open(plain) : null;
      if (open != null) {
        bias(open, gone);
        activation(open, gone);
        places.put(op, open);
        if (open.f == Activation.IDENTITY && open.node.operator().equals("MatMul")) {
          String key = open.x + '\0' + constants.get(open.b).shape()[0];
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
    Map<String, PackedMatrix> packed = new HashMap<>();
    List<Op> result = new ArrayList<>();
    for (Op op : ops) {
      Open open = places.get(op);
      if (open == null) {
        if (!gone.containsKey(op)) {
          result.add(op);
        }
        continue;
      }
      String key = open.x + '\0' + constants.get(open.b).shape()[0];
      List<Open> group = beside.getOrDefault(key, List.of());
      group = group.contains(open) ? group : List.of(open);
      if (group.get(0) == open) {
        result.add(packed(group, packed));
      }
    }
    return result;
  }

  /** The node as such a product; null if it is none. */
  private Open open(Op.Plain op) throws ModelFormatException {
    Node node = op.node();
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

  private Op packed(List<Open> group, Map<String, PackedMatrix> packed) {
    int k = 0;
    int n = 0;
    boolean biased = false;
    StringBuilder key = new StringBuilder();
    int[] widths = new int[group.size()];
    List<String> makes = new ArrayList<>();
    for (Open open : group) {
      int[] dims = constants.get(open.b).shape();
      k = dims[open.transposed ? 1 : 0];
      widths[makes.size()] = dims[open.transposed ? 0 : 1];
      n += dims[open.transposed ? 0 : 1];
      biased |= open.bias != null;
      makes.add(open.y);
      key.append(open.transposed).append(open.b).append('\0');
    }
    int total = n;
    int rows = k;
    PackedMatrix b =
        packed.computeIfAbsent(
            key.toString(), none -> kernels.pack(beside(group, rows, total, widths)));
    Matrix bias = biased ? biases(group, n, widths) : null;
    Open first = group.get(0);
    return new Op.Product(first.node, first.x, b, bias, first.f, List.copyOf(makes), widths);
  }

  private Matrix beside(List<Open> group, int k, int n, int[] widths) {
    Open first = group.get(0);
    if (group.size() == 1 && !first.transposed) {
      return new Matrix(constants.get(first.b).floats(), k, n);
    }
    float[] all = new float[k * n];
    int at = 0;
    for (int g = 0; g < widths.length; g++) {
      float[] from = constants.get(group.get(g).b).floats();
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < widths[g]; j++) {
          all[i * n + at + j] = from[group.get(g).transposed ? j * k + i : i * widths[g] + j];
        }
      }
      at += widths[g];
    }
    return new Matrix(all, k, n);
  }

  private Matrix biases(List<Open> group, int n, int[] widths) {
    float[] all = new float[n];
    int at = 0;
    for (int g = 0; g < widths.length; g++) {
      if (group.get(g).bias != null) {
        System.arraycopy(constants.get(group.get(g).bias).floats(), 0, all, at, widths[g]);
      }
      at += widths[g];
    }
    return Matrix.row(all);
  }
}
