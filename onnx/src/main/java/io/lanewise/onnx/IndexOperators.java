package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** Operators of shapes and of places in tensors; of all types. */
final class IndexOperators {
  private IndexOperators() {}

  static Operator shape(Node node) throws ModelFormatException {
    node.attributes().requireOnly("start", "end");
    node.attributes().integer("start", 0);
    node.attributes().integer("end", 0);
    return call -> {
      long[] dims = Arrays.stream(call.input(0).shape()).asLongStream().toArray();
      call.output(0, part(node, dims, call.budget()));
    };
  }

  /** The dimensions that a node of Shape gives out of all. */
  static OnnxTensor part(Node node, long[] dims, Budget budget) throws ModelFormatException {
    int rank = dims.length;
    int from = clamp(node.attributes().integer("start", 0), rank, 0, rank);
    int to = clamp(node.attributes().integer("end", Long.MAX_VALUE), rank, 0, rank);
    long[] part = Arrays.copyOfRange(dims, from, Math.max(from, to));
    budget.charge(8L * part.length + 64);
    return OnnxTensor.of(part, part.length);
  }

  /** An index counted from the end if negative, not beyond the bounds. */
  private static int clamp(long index, int size, int least, int most) {
    return Math.clamp(index < 0 ? index + size : index, least, most);
  }

  static Operator gather(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis");
    int wanted = node.attributes().intValue("axis", 0);
    return call -> {
      OnnxTensor x = call.input(0);
      OnnxTensor indices = call.input(1);
      long[] places = call.integers(1);
      int axis = call.axis(wanted, x.rank());
      int n = x.shape()[axis];
      for (long place : places) {
        if (place < -n || place >= n) {
          throw call.error("index " + place + " of " + n);
        }
      }
      int rank = x.rank() - 1 + indices.rank();
      int[] dims = Arrays.copyOf(x.shape(), call.rank(rank));
      System.arraycopy(indices.shape(), 0, dims, axis, indices.rank());
      System.arraycopy(x.shape(), axis + 1, dims, axis + indices.rank(), x.rank() - axis - 1);
      OnnxTensor y = call.make(x.type(), dims);
      int inner = Math.max(1, Shapes.count(x.shape(), axis + 1, x.rank()));
      for (int i = 0; i < y.count() / inner; i++) {
        int place = (int) places[i % places.length];
        int from = i / places.length * n + (place < 0 ? place + n : place);
        ShapeOperators.copy(x, from * inner, y, i * inner, inner);
      }
      call.output(0, y);
    };
  }

  /** The axes: an attribute, from opset 13 on an input; null if there are none. */
  private static long[] axes(Call call) throws ModelFormatException {
    if (call.node().opset() < 13) {
      return call.node().attributes().integers("axes");
    }
    return call.optional(1) == null ? null : call.integers(1);
  }

  private static void requireAxes(Node node) throws ModelFormatException {
    if (node.opset() < 13) {
      node.attributes().requireOnly("axes");
      node.attributes().integers("axes");
    } else {
      node.attributes().requireOnly();
    }
  }

  static Operator squeeze(Node node) throws ModelFormatException {
    requireAxes(node);
    return call -> {
      OnnxTensor x = call.input(0);
      long[] axes = axes(call);
      boolean[] gone = axes == null ? new boolean[x.rank()] : call.axes(axes, x.rank());
      for (int i = 0; i < gone.length; i++) {
        gone[i] |= axes == null && x.shape()[i] == 1;
        if (gone[i] && x.shape()[i] != 1) {
          throw call.error("axis " + i + " of " + x + " is not 1");
        }
      }
      call.output(0, x.reshaped(without(x.shape(), gone)));
    };
  }

  static int[] without(int[] dims, boolean[] gone) {
    int[] rest = new int[dims.length];
    int n = 0;
    for (int i = 0; i < dims.length; i++) {
      if (!gone[i]) {
        rest[n++] = dims[i];
      }
    }
    return Arrays.copyOf(rest, n);
  }

  static Operator unsqueeze(Node node) throws ModelFormatException {
    requireAxes(node);
    return call -> {
      OnnxTensor x = call.input(0);
      long[] axes = axes(call);
      if (axes == null) {
        throw call.error("it has no axes");
      }
      int[] dims = new int[call.rank(x.rank() + axes.length)];
      boolean[] added = call.axes(axes, dims.length);
      int from = 0;
      for (int i = 0; i < dims.length; i++) {
        dims[i] = added[i] ? 1 : x.shape()[from++];
      }
      call.output(0, x.reshaped(dims));
    };
  }

  static Operator slice(Node node) throws ModelFormatException {
    boolean inputs = node.opset() >= 10;
    Attributes a = node.attributes();
    if (inputs) {
      a.requireOnly();
    } else {
      a.requireOnly("starts", "ends", "axes");
      if (a.integers("starts") == null || a.integers("ends") == null) {
        throw node.error("it has no starts or no ends");
      }
      a.integers("axes");
    }
    return call -> {
      if (inputs) {
        slice(
            call,
            call.integers(1),
            call.integers(2),
            call.optional(3) == null ? null : call.integers(3),
            call.optional(4) == null ? null : call.integers(4));
      } else {
        slice(call, a.integers("starts"), a.integers("ends"), a.integers("axes"), null);
      }
    };
  }

  private static void slice(Call call, long[] starts, long[] ends, long[] axes, long[] steps)
      throws ModelFormatException {
    OnnxTensor x = call.input(0);
    int n = starts.length;
    boolean fits = ends.length == n && (axes == null || axes.length == n);
    if (!fits || (steps != null && steps.length != n) || n > x.rank()) {
      throw call.error("its starts, ends, axes and steps do not fit " + x + " and each other");
    }
    if (axes != null) {
      call.axes(axes, x.rank());
    }
    int[] dims = x.dims();
    int[] strides = plainStrides(x.shape());
    int base = 0;
    for (int i = 0; i < n; i++) {
      int axis = axes == null ? i : call.axis((int) axes[i], x.rank());
      int size = x.shape()[axis];
      if (size == 0) {
        continue;
      }
      // A step beyond the end is one to the end.
      int step = steps == null ? 1 : Math.clamp(steps[i], -size - 1, size + 1);
      if (step == 0) {
        throw call.error("a step of 0");
      }
      int start = clamp(starts[i], size, 0, step > 0 ? size : size - 1);
      int end = clamp(ends[i], size, step > 0 ? 0 : -1, size);
      long length =
          step > 0
              ? ((long) end - start + step - 1) / step
              : ((long) end - start + step + 1) / step;
      dims[axis] = (int) Math.max(0, length);
      base += dims[axis] == 0 ? 0 : start * strides[axis];
      strides[axis] *= dims[axis] <= 1 ? 0 : step;
    }
    call.output(0, call.strided(x, base, strides, dims));
  }

  /** How far one step along each dimension goes. */
  static int[] plainStrides(int[] dims) {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  /** Fills y from places of x that begin at base and go on by the strides. */
  static void strided(OnnxTensor x, int base, int[] strides, OnnxTensor y) {
    int[] dims = y.shape();
    int[] index = new int[dims.length];
    int from = base;
    for (int i = 0; i < y.count(); i++) {
      ShapeOperators.copy(x, from, y, i, 1);
      for (int d = dims.length - 1; d >= 0; d--) {
        from += strides[d];
        if (++index[d] < dims[d]) {
          break;
        }
        index[d] = 0;
        from -= strides[d] * dims[d];
      }
    }
  }

  static Operator expand(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.input(0);
      int[] wanted = call.shape(1);
      int[] dims = Shapes.broadcast(x.shape(), wanted);
      if (dims == null) {
        throw call.error(x + " does not broadcast to " + Shapes.text(wanted));
      }
      call.output(0, call.strided(x, 0, Shapes.strides(x.shape(), dims), dims));
    };
  }

  static Operator split(Node node) throws ModelFormatException {
    boolean input = node.opset() >= 13;
    boolean counted = node.opset() >= 18;
    Attributes a = node.attributes();
    if (input && !counted) {
      a.requireOnly("axis");
    } else {
      a.requireOnly("axis", counted ? "num_outputs" : "split");
    }
    int wanted = a.intValue("axis", 0);
    int count = node.outputs().length;
    if (a.integer("num_outputs", count) != count) {
      throw node.error("num_outputs is not its " + count + " outputs");
    }
    long[] attribute = a.integers("split");
    return call -> {
      OnnxTensor x = call.input(0);
      int axis = call.axis(wanted, x.rank());
      int size = x.shape()[axis];
      long[] lengths = !input ? attribute : call.optional(1) == null ? null : call.integers(1);
      int part = (int) (((long) size + count - 1) / count);
      if (lengths == null && !counted && size % count != 0) {
        throw call.error(x + " cannot be split into " + count + " equal parts");
      }
      if (lengths != null && lengths.length != count) {
        throw call.error(lengths.length + " lengths for " + count + " outputs");
      }
      int[] strides = plainStrides(x.shape());
      int at = 0;
      for (int i = 0; i < count; i++) {
        long length = lengths == null ? Math.min(part, size - at) : lengths[i];
        if (length < 0 || length > size - at) {
          throw call.error("a part of " + length + ", " + (size - at) + " are left");
        }
        int[] dims = x.dims();
        dims[axis] = (int) length;
        call.output(i, call.strided(x, at * strides[axis], strides, dims));
        at += (int) length;
      }
      if (at != size) {
        throw call.error("its parts have " + at + " of " + size);
      }
    };
  }

  static Operator constantOfShape(Node node) throws ModelFormatException {
    node.attributes().requireOnly("value");
    OnnxTensor given = node.attributes().tensor("value");
    OnnxTensor value = given == null ? OnnxTensor.of(new float[1], 1) : given;
    if (value.count() != 1) {
      throw node.error("its value is " + value + ", wanted one element");
    }
    return call -> {
      OnnxTensor y = call.make(value.type(), call.shape(0));
      for (int i = 0; i < y.count(); i++) {
        ShapeOperators.copy(value, 0, y, i, 1);
      }
      call.output(0, y);
    };
  }
}
