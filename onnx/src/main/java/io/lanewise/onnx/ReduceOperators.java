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
    SUM_SQUARE;

    double begin() {
      return switch (this) {
        case MAX -> Double.NEGATIVE_INFINITY;
        case MIN -> Double.POSITIVE_INFINITY;
        case PROD -> 1;
        default -> 0;
      };
    }

    double next(double so, double value) {
      return switch (this) {
        case SUM, MEAN -> so + value;
        case MAX -> Math.max(so, value);
        case MIN -> Math.min(so, value);
        case PROD -> so * value;
        case L1 -> so + Math.abs(value);
        case L2, SUM_SQUARE -> so + value * value;
      };
    }

    float end(double so, double count) {
      return (float) (this == L2 ? Math.sqrt(so) : this == MEAN ? so / count : so);
    }

    /** Of n floats, from one to the next by that step. */
    float of(float[] x, int at, int n, int step) {
      double so = begin();
      for (int i = 0; i < n; i++) {
        so = next(so, x[at + i * step]);
      }
      return end(so, n);
    }

    /** Of two integers of that type, of those that there are of integers. */
    long of(Type type, long a, long b) {
      return switch (this) {
        case SUM -> type.wrap(a + b);
        case PROD -> type.wrap(a * b);
        case MAX -> type.compare(b, a) > 0 ? b : a;
        case MIN -> type.compare(b, a) > 0 ? a : b;
        default -> throw new AssertionError(this);
      };
    }
  }

  /** Whether there is that reduction of the type. */
  static boolean isOf(Reduction f, Type type) {
    boolean extreme = f == Reduction.MAX || f == Reduction.MIN;
    boolean integers = type.isIntegers() && (type != Type.BOOL || extreme);
    return type == Type.FLOAT || (integers && WHOLE.contains(f));
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
    if (!isOf(f, x.type())) {
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
    Arrays.fill(sums, f.begin());
    for (int i = 0; i < x.count(); i++, walk.step()) {
      sums[walk.first()] = f.next(sums[walk.first()], x.floats()[i]);
    }
    double count = y.count() > 0 ? x.count() / y.count() : 1;
    for (int j = 0; j < sums.length; j++) {
      y.floats()[j] = f.end(sums[j], count);
    }
    return y;
  }

  private static void integers(Reduction f, OnnxTensor x, OnnxTensor y, Walk walk) {
    boolean[] begun = new boolean[y.count()];
    for (int i = 0; i < x.count(); i++, walk.step()) {
      int j = walk.first();
      long value = x.integer(i);
      boolean begin = !begun[j] && f != Reduction.SUM;
      y.put(j, begin ? value : f.of(y.type(), y.integer(j), value));
      begun[j] = true;
    }
    for (int j = 0; f == Reduction.PROD && j < begun.length; j++) {
      y.put(j, begun[j] ? y.integer(j) : 1);
    }
  }
}
