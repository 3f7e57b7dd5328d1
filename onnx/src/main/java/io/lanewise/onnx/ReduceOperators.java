package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Sums, means and extremes along axes. */
final class ReduceOperators {
  private ReduceOperators() {}

  /** What is made of the elements that become one. */
  enum Reduction {
    SUM,
    MEAN,
    MAX,
    MIN,
    PROD,
    L1,
    L2,
    SUM_SQUARE
  }

  /** Those of integers too. */
  private static final Set<Reduction> WHOLE =
      EnumSet.of(Reduction.SUM, Reduction.MAX, Reduction.MIN, Reduction.PROD);

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
    boolean extreme = f == Reduction.MAX || f == Reduction.MIN;
    boolean integers = x.type().isIntegers() && (x.type() != Type.BOOL || extreme);
    if (!floats && (!integers || !WHOLE.contains(f))) {
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
    Arrays.fill(
        sums,
        switch (f) {
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
          case PROD -> 1;
          default -> 0;
        });
    for (int i = 0; i < x.count(); i++, walk.step()) {
      int j = walk.first();
      double value = x.floats()[i];
      sums[j] =
          switch (f) {
            case SUM, MEAN -> sums[j] + value;
            case MAX -> Math.max(sums[j], value);
            case MIN -> Math.min(sums[j], value);
            case PROD -> sums[j] * value;
            case L1 -> sums[j] + Math.abs(value);
            case L2, SUM_SQUARE -> sums[j] + value * value;
          };
    }
    double divisor = f == Reduction.MEAN && y.count() > 0 ? x.count() / y.count() : 1;
    for (int j = 0; j < sums.length; j++) {
      y.floats()[j] = (float) (f == Reduction.L2 ? Math.sqrt(sums[j]) : sums[j] / divisor);
    }
    return y;
  }

  private static void integers(Reduction f, OnnxTensor x, OnnxTensor y, Walk walk) {
    boolean[] begun = new boolean[y.count()];
    for (int i = 0; i < x.count(); i++, walk.step()) {
      int j = walk.first();
      long value = x.integer(i);
      if (f == Reduction.SUM) {
        y.put(j, y.type().wrap(y.integer(j) + value));
      } else if (f == Reduction.PROD) {
        y.put(j, y.type().wrap(begun[j] ? y.integer(j) * value : value));
      } else if (!begun[j] || y.type().compare(value, y.integer(j)) > 0 == (f == Reduction.MAX)) {
        y.put(j, value);
      }
      begun[j] = true;
    }
    for (int j = 0; f == Reduction.PROD && j < begun.length; j++) {
      y.put(j, begun[j] ? y.integer(j) : 1);
    }
  }
}
