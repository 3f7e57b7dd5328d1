package io.lanewise.onnx;

import io.lanewise.kernel.Matrix;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;
import java.util.List;

/** Plans what the kernels compute row by row: products, layer normalization, softmax of scores. */
final class RowPlanner {
  private final Planner planner;

  RowPlanner(Planner planner) {
    this.planner = planner;
  }

  void product(Op.Product op) throws ModelFormatException {
    Node node = op.node();
    View x = rows(node, op.x(), op.b().k(), op.b().n());
    View y = products(node, x, op.b().n(), op.makes(), op.widths());
    if (y.count() > 0) {
      planner.emit(RowWork.product(x, op.b(), op.bias(), op.f(), y), x, y);
    }
  }

  void product(Op.QuantizedProduct op) throws ModelFormatException {
    Node node = op.node();
    ExactParts b = op.b();
    View x = rows(node, op.x(), b.k(), b.n());
    View y = products(node, x, b.n(), op.makes(), op.widths());
    if (y.count() == 0) {
      return;
    }
    planner.needNear(Math.max(x.count(), b.n()));
    int others = b.parts().length - 1;
    if (others == 0) {
      planner.emit(new QuantizedWork(op, x, y, null), x, y);
    } else {
      View rest = planner.inArena(node, others, y.count());
      planner.emit(new QuantizedWork(op, x, y, rest), x, y, rest);
    }
  }

  /** The left operand of a product with (k, n), its rows at equal distances. */
  private View rows(Node node, String name, int k, int n) throws ModelFormatException {
    View x = planner.floats(node, name);
    int rank = x.rank();
    boolean gemm = node.operator().equals("Gemm");
    if (rank == 0 || (gemm && rank != 2) || x.fromEnd(1) != k) {
      throw node.error("A " + Shapes.text(x.dims()) + " and B (" + k + ", " + n + ") do not fit");
    }
    return x.rowStride() < 0 ? planner.dense(node, x) : x;
  }

  /** Room for products of n columns together, of which each is a part. */
  private View products(Node node, View x, int n, List<String> makes, int[] widths)
      throws ModelFormatException {
    int last = x.rank() - 1;
    int[] dims = x.dims().clone();
    dims[last] = n;
    View y = planner.inArena(node, dims);
    int at = 0;
    for (int i = 0; i < widths.length; i++) {
      int[] part = dims.clone();
      part[last] = widths[i];
      planner.set(makes.get(i), y.as(part, y.strides(), y.off() + at));
      at += widths[i];
    }
    return y;
  }

  void norm(Op.RowNorm op) throws ModelFormatException {
    Node node = op.node();
    View x = planner.floats(node, op.x());
    View beside = op.beside() == null ? null : planner.floats(node, op.beside());
    if (beside != null && !Arrays.equals(x.dims(), beside.dims())) {
      x = planner.binary(op.sum(), ElementOperators.Arithmetic.ADD, x, beside);
      beside = null;
    }
    Matrix gamma = planner.value(op.gamma()).buffer().tensor.row();
    Matrix beta =
        op.beta() == null
            ? Matrix.row(new float[gamma.columns()])
            : planner.value(op.beta()).buffer().tensor.row();
    int n = x.rank() == 0 ? 0 : x.fromEnd(1);
    if (n == 0 || gamma.columns() != n || beta.columns() != n) {
      throw node.error(
          "layer normalization of "
              + Shapes.text(x.dims())
              + " by a scale of "
              + gamma.columns()
              + " and a shift of "
              + beta.columns()
              + " is not supported in a compiled graph");
    }
    x = planner.dense(node, x);
    View y = planner.inArena(node, x.dims());
    if (y.count() > 0) {
      View statistics = planner.inArena(node, 2 * (y.count() / n));
      if (beside == null) {
        planner.emit(
            RowWork.norm(x, null, gamma, beta, op.epsilon(), statistics, y), x, statistics, y);
      } else {
        View other = planner.dense(node, beside);
        planner.emit(
            RowWork.norm(x, other, gamma, beta, op.epsilon(), statistics, y),
            x,
            other,
            statistics,
            y);
      }
    }
    planner.set(op.y(), y);
  }

  /** Adds it; returns false, before anything is added, if that is for its parts. */
  boolean scores(Op.Scores op) throws ModelFormatException {
    Node node = op.softmax().node();
    View x = planner.floats(node, op.x());
    View mask = op.mask() == null ? null : planner.value(op.mask());
    int[] dims = x.dims();
    int rank = dims.length;
    int axis = node.attributes().intValue("axis", node.opset() >= 13 ? -1 : 1);
    boolean last = rank > 0 && (axis == -1 || axis == rank - 1) && x.count() > 0;
    boolean fits =
        mask == null
            || (mask.isFloats() && Arrays.equals(Shapes.broadcast(dims, mask.dims()), dims));
    if (!last || !fits) {
      return false;
    }
    x = planner.dense(node, x);
    View y = planner.inArena(node, dims);
    View wide = null;
    if (mask != null) {
      wide = mask.broadcast(dims);
      int step = wide.strides()[rank - 1];
      wide = step == 0 || step == 1 ? wide : planner.dense(node, mask).broadcast(dims);
    }
    Instruction softmax = new RowWork.Softmax(y, x, wide, op.divides(), op.scalar());
    if (wide == null) {
      planner.emit(softmax, x, y);
    } else {
      planner.emit(softmax, x, y, wide);
    }
    planner.set(op.y(), y);
    return true;
  }
}
