package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;

/** Operators of places in a row: what counts, sums up, repeats or cuts a triangle off. */
final class SequenceOperators {
  private SequenceOperators() {}

  /** From a start to a limit, without it, by a step. */
  static Operator range(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor start = call.input(0);
      for (int i = 0; i < 3; i++) {
        call.requireOneType(start, call.input(i));
        if (call.input(i).count() != 1) {
          throw call.error("input " + i + " is " + call.input(i) + ", wanted one number");
        }
      }
      Type type = start.type();
      if (type == Type.INT64 || type == Type.INT32 || type == Type.INT16) {
        integers(call, start.integer(0), call.input(1).integer(0), call.input(2).integer(0));
      } else if (type == Type.FLOAT || type == Type.DOUBLE) {
        reals(call, start);
      } else {
        throw call.error("a range of " + type + " is not supported");
      }
    };
  }

  private static void integers(Call call, long start, long limit, long step)
      throws ModelFormatException {
    if (step == 0) {
      throw call.error("a step of 0");
    }
    boolean some = step > 0 ? start < limit : start > limit;
    // As unsigned numbers these do not overflow.
    long way = step > 0 ? limit - start : start - limit;
    long size = step > 0 ? step : -step;
    long count = some ? Long.divideUnsigned(way - 1, size) + 1 : 0;
    OnnxTensor y = call.make(call.input(0).type(), length(call, count));
    for (int i = 0; i < y.count(); i++) {
      y.put(i, start + i * step);
    }
    call.output(0, y);
  }

  private static int length(Call call, long count) throws ModelFormatException {
    if (count < 0 || count > Shapes.MAX_COUNT) {
      throw call.error("a range of " + Long.toUnsignedString(count) + " numbers");
    }
    return (int) count;
  }

  private static void reals(Call call, OnnxTensor first) throws ModelFormatException {
    double start = Casts.number(first, 0);
    double step = Casts.number(call.input(2), 0);
    double count = Math.ceil((Casts.number(call.input(1), 0) - start) / step);
    if (step == 0 || !Double.isFinite(count) || !Double.isFinite(step)) {
      throw call.error("a range from " + start + " by a step of " + step);
    }
    OnnxTensor y = call.make(first.type(), length(call, (long) Math.max(0, count)));
    for (int i = 0; i < y.count(); i++) {
      double value = start + i * step;
      if (y.data() instanceof float[] floats) {
        floats[i] = (float) value;
      } else {
        y.doubles()[i] = value;
      }
    }
    call.output(0, y);
  }

  /** Sums of what comes before along an axis, itself among them unless exclusive. */
  static Operator cumulativeSum(Node node) throws ModelFormatException {
    node.attributes().requireOnly("exclusive", "reverse");
    boolean exclusive = node.attributes().flag("exclusive", false);
    boolean reverse = node.attributes().flag("reverse", false);
    return call -> {
      OnnxTensor x = call.input(0);
      boolean whole = x.type().isIntegers() && x.type() != Type.BOOL;
      if (!whole && x.type() != Type.FLOAT) {
        throw call.error("sums of " + x.type() + " are not supported");
      }
      int axis = axis(call, x.rank());
      int n = x.shape()[axis];
      int inner = Shapes.count(x.shape(), axis + 1, x.rank());
      OnnxTensor y = call.make(x.type(), x.shape());
      int lines = y.count() == 0 ? 0 : y.count() / n;
      for (int line = 0; line < lines; line++) {
        int from = line / inner * n * inner + line % inner;
        // In double, as the other sums; of integers exact, as they wrap.
        double sum = 0;
        long total = 0;
        for (int j = 0; j < n; j++) {
          int at = from + (reverse ? n - 1 - j : j) * inner;
          double before = sum;
          long totalBefore = total;
          if (whole) {
            total += x.integer(at);
            y.put(at, x.type().wrap(exclusive ? totalBefore : total));
          } else {
            sum += x.floats()[at];
            y.floats()[at] = (float) (exclusive ? before : sum);
          }
        }
      }
      call.output(0, y);
    };
  }

  private static int axis(Call call, int rank) throws ModelFormatException {
    long[] axis = call.integers(1);
    if (axis.length != 1 || axis[0] != (int) axis[0]) {
      throw call.error("axis " + Arrays.toString(axis) + " of a tensor of rank " + rank);
    }
    return call.axis((int) axis[0], rank);
  }

  /** The triangle above, or below, a diagonal of the last two axes; the rest is 0. */
  static Operator triangle(Node node) throws ModelFormatException {
    node.attributes().requireOnly("upper");
    boolean upper = node.attributes().flag("upper", true);
    return call -> {
      OnnxTensor x = call.input(0);
      long[] k = call.optional(1) == null ? new long[1] : call.integers(1);
      if (x.rank() < 2 || x.type() == Type.STRING || k.length != 1) {
        throw call.error("a triangle of " + x + " at diagonal " + Arrays.toString(k));
      }
      int columns = x.shape()[x.rank() - 1];
      int rows = x.shape()[x.rank() - 2];
      OnnxTensor y = call.make(x.type(), x.shape());
      for (int i = 0; i < y.count(); i++) {
        long diagonal = (long) (i % columns) - i / columns % rows;
        if (upper ? diagonal >= k[0] : diagonal <= k[0]) {
          ShapeOperators.copy(x, i, y, i, 1);
        }
      }
      call.output(0, y);
    };
  }

  /** The whole tensor, so many times along each axis. */
  static Operator tile(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.input(0);
      int[] repeats = call.shape(1);
      if (repeats.length != x.rank()) {
        throw call.error(repeats.length + " repeats for " + x);
      }
      int[] dims = x.dims();
      for (int d = 0; d < dims.length; d++) {
        long dim = (long) dims[d] * repeats[d];
        if (dim > Shapes.MAX_COUNT) {
          throw call.error("its output is too large");
        }
        dims[d] = (int) dim;
      }
      OnnxTensor y = call.make(x.type(), dims);
      int[] strides = IndexOperators.plainStrides(x.shape());
      int[] index = new int[dims.length];
      for (int i = 0; i < y.count(); i++) {
        int from = 0;
        for (int d = 0; d < dims.length; d++) {
          from += index[d] % x.shape()[d] * strides[d];
        }
        ShapeOperators.copy(x, from, y, i, 1);
        for (int d = dims.length - 1; d >= 0 && ++index[d] == dims[d]; d--) {
          index[d] = 0;
        }
      }
      call.output(0, y);
    };
  }
}
