package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;

/** Sums, means and extremes along axes. */
final class ReduceOperators {
  private ReduceOperators() {}

  /** What is made of the elements that become one. */
  enum Reduction {
    SUM,
    MEAN,
    MAX,
    MIN
  }

  /**
   * Sums are in double, one element after another, so they have the same bits everywhere; of
   * integers they wrap.
   *
   * @param input whether the axes are an input, not an attribute
   */
  static Operator reduce(Node node, Reduction f, boolean input) throws ModelFormatException {
    if (input) {
      node.attributes().requireOnly("keepdims", "noop_with_empty_axes");
    } else {
      node.attributes().requireOnly("keepdims", "axes");
    }
    boolean keep = node.attributes().flag("keepdims", true);
    boolean noop = node.attributes().flag("noop_with_empty_axes", false);
    long[] attribute = node.attributes().integers("axes");
    return call -> {
      OnnxTensor x = call.input(0);
      long[] axes = !input ? attribute : call.optional(1) == null ? null : call.integers(1);
      boolean none = axes == null || axes.length == 0;
      if (none && noop) {
        call.output(0, x);
        return;
      }
      boolean[] reduced = new boolean[x.rank()];
      if (none) {
        Arrays.fill(reduced, true);
      } else {
        reduced = call.axes(axes, x.rank());
      }
      OnnxTensor y = reduce(call, f, x, reduced);
      call.output(0, keep ? y : y.reshaped(IndexOperators.without(y.shape(), reduced)));
    };
  }

  private static OnnxTensor reduce(Call call, Reduction f, OnnxTensor x, boolean[] reduced)
      throws ModelFormatException {
    boolean floats = x.type() == Type.FLOAT;
    boolean integers = x.type().isIntegers() && x.type() != Type.BOOL;
    if (!floats && (!integers || f == Reduction.MEAN)) {
      throw call.error(f + " of " + x.type() + " is not supported");
    }
    int[] dims = x.dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = reduced[i] ? 1 : dims[i];
    }
    OnnxTensor y = call.make(x.type(), dims);
    Walk walk = new Walk(x.shape(), dims, dims);
    if (!floats) {
      integers(f, x, y, walk);
      return y;
    }
    call.scratch(2L * y.count());
    double[] sums = new double[y.count()];
    double start =
        f == Reduction.MAX
            ? Double.NEGATIVE_INFINITY
            : f == Reduction.MIN ? Double.POSITIVE_INFINITY : 0;
    Arrays.fill(sums, start);
    for (int i = 0; i < x.count(); i++, walk.step()) {
      int j = walk.first();
      double value = x.floats()[i];
      sums[j] =
          switch (f) {
            case SUM, MEAN -> sums[j] + value;
            case MAX -> Math.max(sums[j], value);
            case MIN -> Math.min(sums[j], value);
          };
    }
    double divisor = f == Reduction.MEAN && y.count() > 0 ? x.count() / y.count() : 1;
    for (int j = 0; j < sums.length; j++) {
      y.floats()[j] = (float) (sums[j] / divisor);
    }
    return y;
  }

  private static void integers(Reduction f, OnnxTensor x, OnnxTensor y, Walk walk) {
    long[] to = y.longs();
    boolean[] begun = new boolean[to.length];
    for (int i = 0; i < x.count(); i++, walk.step()) {
      int j = walk.first();
      long value = x.longs()[i];
      if (f == Reduction.SUM) {
        to[j] = y.type().wrap(to[j] + value);
      } else if (!begun[j] || y.type().compare(value, to[j]) > 0 == (f == Reduction.MAX)) {
        to[j] = value;
      }
      begun[j] = true;
    }
  }
}
