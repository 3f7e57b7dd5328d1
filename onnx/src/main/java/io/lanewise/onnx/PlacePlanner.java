package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import io.lanewise.onnx.ReduceOperators.Reduction;
import java.util.Arrays;
import java.util.Map;

/** Plans what picks elements by their places, puts tensors together, or goes along an axis. */
final class PlacePlanner {
  private static final Map<String, Reduction> REDUCTIONS =
      Map.of(
          "ReduceSum", Reduction.SUM,
          "ReduceMean", Reduction.MEAN,
          "ReduceMax", Reduction.MAX,
          "ReduceMin", Reduction.MIN,
          "ReduceProd", Reduction.PROD,
          "ReduceL1", Reduction.L1,
          "ReduceL2", Reduction.L2,
          "ReduceSumSquare", Reduction.SUM_SQUARE);

  private final Planner planner;
  private final Node node;

  PlacePlanner(Planner planner, Node node) {
    this.planner = planner;
    this.node = node;
  }

  /**
   * Adds it; returns false if there is no instruction for it, before anything is added.
   *
   * @param dims the shape of its output
   */
  boolean add(int[] dims) throws ModelFormatException {
    View x = input(0);
    if (x.type() == Type.STRING) {
      return false;
    }
    return switch (node.operator()) {
      case "Gather" -> gather(x, dims);
      case "GatherND" -> parts(x, dims);
      case "GatherElements" -> elements(x, dims);
      case "Concat" -> concat(dims);
      case "CumSum" -> sums(x);
      case "Tile" -> tiled(x, dims);
      default -> REDUCTIONS.containsKey(node.operator()) && reduced(x, dims);
    };
  }

  private View input(int i) {
    return planner.value(node.inputs()[i]);
  }

  private boolean set(View y) {
    planner.set(node.outputs()[0], y);
    return true;
  }

  private int axis(int rank, int usual) throws ModelFormatException {
    int axis = node.attributes().intValue("axis", usual);
    return axis < 0 ? axis + rank : axis;
  }

  private boolean gather(View x, int[] dims) throws ModelFormatException {
    View places = input(1);
    int axis = axis(x.rank(), 0);
    int[] ofPlaces = places.dims();
    int[] outer = Arrays.copyOfRange(x.strides(), 0, axis);
    int[] inner = Arrays.copyOfRange(x.strides(), axis + 1, x.rank());
    int[] sizes = {x.dims()[axis]};
    int[] steps = {x.strides()[axis]};
    if (Shapes.count(dims) == 0) {
      return set(planner.room(node, x.type(), dims));
    }
    int[] even = even(places, ofPlaces, sizes, steps);
    if (even != null) {
      int[] by = Arrays.copyOfRange(even, 1, even.length);
      return set(x.as(dims, joined(outer, by, inner), x.off() + even[0]));
    }
    places = planner.dense(node, places);
    View y = planner.room(node, x.type(), dims);
    int[] kept =
        joined(
            Arrays.copyOf(dims, axis),
            Arrays.copyOfRange(dims, axis + ofPlaces.length, dims.length));
    int[] steady =
        joined(
            Arrays.copyOf(y.strides(), axis),
            Arrays.copyOfRange(y.strides(), axis + ofPlaces.length, dims.length));
    View part = x.as(kept, joined(outer, inner), x.off());
    View to = y.as(kept, steady, y.off());
    int yStep = Shapes.count(dims, axis + ofPlaces.length, dims.length);
    emit(places, sizes, steps, part, to, places.count(), yStep);
    return set(y);
  }

  private boolean parts(View x, int[] dims) throws ModelFormatException {
    View places = input(1);
    if (node.attributes().intValue("batch_dims", 0) != 0) {
      return false;
    }
    int last = places.rank() - 1;
    int depth = places.dims()[last];
    if (Shapes.count(dims) == 0) {
      return set(planner.room(node, x.type(), dims));
    }
    int[] sizes = Arrays.copyOf(x.dims(), depth);
    int[] steps = Arrays.copyOf(x.strides(), depth);
    int[] inner = Arrays.copyOfRange(x.strides(), depth, x.rank());
    int[] even = even(places, Arrays.copyOf(places.dims(), last), sizes, steps);
    if (even != null) {
      int[] by = Arrays.copyOfRange(even, 1, even.length);
      return set(x.as(dims, joined(by, inner), x.off() + even[0]));
    }
    places = planner.dense(node, places);
    View y = planner.room(node, x.type(), dims);
    int[] kept = Arrays.copyOfRange(x.dims(), depth, x.rank());
    View part = x.as(kept, inner, x.off());
    View to = y.as(kept, View.plain(kept), y.off());
    int yStep = Shapes.count(kept);
    emit(places, sizes, steps, part, to, y.count() / yStep, yStep);
    return set(y);
  }

  private void emit(
      View places, int[] sizes, int[] steps, View part, View to, int rows, int yStep) {
    Instruction parts = new Along.Parts(node, places, sizes, steps, part, to, rows, yStep);
    planner.emit(parts, places, part, to);
  }

  private static int[] joined(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  /**
   * Where places that are known lie evenly, so that what they name is a view: the place of the
   * first, and how far one step along each of their dimensions goes; else null.
   */
  private int[] even(View places, int[] dims, int[] sizes, int[] steps)
      throws ModelFormatException {
    if (!places.isConstant() || !places.isWhole()) {
      return null;
    }
    OnnxTensor tensor = places.buffer().tensor;
    int rows = Shapes.count(dims);
    int[] at = new int[rows];
    for (int i = 0; i < rows; i++) {
      for (int d = 0; d < sizes.length; d++) {
        int place = Along.place(node, tensor.integer(i * sizes.length + d), sizes[d]);
        at[i] += place * steps[d];
      }
    }
    int[] even = new int[dims.length + 1];
    even[0] = at[0];
    int[] row = View.plain(dims);
    for (int d = 0; d < dims.length; d++) {
      even[d + 1] = dims[d] == 1 ? 0 : at[row[d]] - at[0];
    }
    for (int i = 0; i < rows; i++) {
      int wanted = even[0];
      for (int d = 0; d < dims.length; d++) {
        wanted += i / row[d] % dims[d] * even[d + 1];
      }
      if (wanted != at[i]) {
        return null;
      }
    }
    return even;
  }

  private boolean elements(View x, int[] dims) throws ModelFormatException {
    View places = input(1);
    int axis = axis(x.rank(), 0);
    View y = planner.room(node, x.type(), dims);
    int[] steps = x.strides().clone();
    int size = x.dims()[axis];
    int step = steps[axis];
    steps[axis] = 0;
    View line = x.as(dims, steps, x.off());
    if (y.count() > 0) {
      Instruction picked = new Along.Picked(node, places, line, y, size, step);
      planner.emit(picked, places, line, y);
    }
    return set(y);
  }

  private boolean concat(int[] dims) throws ModelFormatException {
    int axis = axis(dims.length, 0);
    View y = planner.room(node, input(0).type(), dims);
    int at = y.off();
    for (int i = 0; i < node.inputs().length; i++) {
      View x = input(i);
      planner.copy(x, y.as(x.dims(), y.strides(), at));
      at += x.dims()[axis] * y.strides()[axis];
    }
    return set(y);
  }

  private boolean tiled(View x, int[] dims) throws ModelFormatException {
    int rank = x.rank();
    if (2 * rank > Shapes.MAX_RANK || x.count() == 0) {
      return false;
    }
    int[] wide = new int[2 * rank];
    int[] strides = new int[2 * rank];
    for (int d = 0; d < rank; d++) {
      wide[2 * d] = dims[d] / x.dims()[d];
      wide[2 * d + 1] = x.dims()[d];
      strides[2 * d + 1] = x.strides()[d];
    }
    return set(planner.dense(node, x.as(wide, strides, x.off())).reshaped(dims));
  }

  private boolean sums(View x) throws ModelFormatException {
    if (x.isFloats() || x.count() == 0 || !input(1).isWhole()) {
      return false;
    }
    int axis = (int) input(1).buffer().tensor.integer(0);
    View y = planner.room(node, x.type(), x.dims());
    int[] order = order(x.rank(), axis < 0 ? axis + x.rank() : axis);
    boolean exclusive = node.attributes().flag("exclusive", false);
    boolean reverse = node.attributes().flag("reverse", false);
    Instruction sums = new Along.Sums(x.permuted(order), y.permuted(order), exclusive, reverse);
    planner.emit(sums, x, y);
    return set(y);
  }

  /** The axes with that one as the last. */
  private static int[] order(int rank, int last) {
    int[] order = new int[rank];
    for (int i = 0, n = 0; i < rank; i++) {
      if (i != last) {
        order[n++] = i;
      }
    }
    order[rank - 1] = last;
    return order;
  }

  private boolean reduced(View x, int[] dims) throws ModelFormatException {
    Reduction f = REDUCTIONS.get(node.operator());
    long[] axes = Outcome.axes(node, x, node.hasInput(1) ? input(1) : null);
    if (axes == null) {
      return set(x);
    }
    if (x.count() == 0 || !ReduceOperators.isOf(f, x.type())) {
      return false;
    }
    boolean[] gone = new boolean[x.rank()];
    for (long axis : axes) {
      gone[(int) axis] = true;
    }
    int[] kept = IndexOperators.without(x.dims(), gone);
    int[] order = new int[x.rank()];
    int n = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int d = 0; d < order.length; d++) {
        if (gone[d] == (pass == 1)) {
          order[n++] = d;
        }
      }
    }
    int[] rows = Arrays.copyOf(kept, kept.length + 1);
    rows[kept.length] = x.count() / Shapes.count(kept);
    View moved = x.permuted(order);
    View lines = moved.reshaped(rows);
    lines = lines == null ? planner.dense(node, moved).reshaped(rows) : lines;
    View y = planner.room(node, x.type(), kept);
    planner.emit(
        x.isFloats() ? new Along.Reduced(f, lines, y) : new Along.Whole(f, lines, y), lines, y);
    return set(y.reshaped(dims));
  }
}
