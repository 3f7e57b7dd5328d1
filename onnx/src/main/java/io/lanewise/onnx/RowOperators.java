package io.lanewise.onnx;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** Operators of whole rows or columns: softmax, arg-max, the normalizations. */
final class RowOperators {
  private RowOperators() {}

  /** What is computed of each row of x, into y. */
  private interface Rows {
    void run(Call call, Matrix x, Matrix y) throws ModelFormatException;
  }

  static Operator softmax(Node node) throws ModelFormatException {
    return overAxis(node, (call, x, y) -> call.kernels().softmax(x, y));
  }

  static Operator logSoftmax(Node node) throws ModelFormatException {
    return overAxis(node, (call, x, y) -> call.kernels().logSoftmax(x, y));
  }

  /**
   * From opset 13 the rows lie along one axis, the last if not named; before, the tensor is a
   * matrix whose columns are the axes from one on, 1 if not named.
   */
  private static Operator overAxis(Node node, Rows rows) throws ModelFormatException {
    node.attributes().requireOnly("axis");
    boolean single = node.opset() >= 13;
    int wanted = node.attributes().intValue("axis", single ? -1 : 1);
    if (wanted < 0 && node.opset() < 11) {
      throw node.error("axis is " + wanted + ", which it may be from opset 11 on");
    }
    return call -> {
      OnnxTensor x = call.floats(0);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      // The coerced form takes the rank as an axis too: then there is one column.
      int axis =
          x.rank() == 0 || (!single && wanted == x.rank()) ? wanted : call.axis(wanted, x.rank());
      if (x.rank() == 0 && Math.abs(axis) > 1) {
        throw call.error("axis " + axis + " of a scalar");
      }
      if (x.count() > 0) {
        run(call, rows, x, y, x.rank() == 0 ? 0 : axis, single && x.rank() > 0);
      }
      call.output(0, y);
    };
  }

  private static void run(
      Call call, Rows rows, OnnxTensor x, OnnxTensor y, int axis, boolean single)
      throws ModelFormatException {
    int rank = x.rank();
    int n = single ? x.shape()[axis] : Shapes.count(x.shape(), axis, rank);
    int inner = single ? Shapes.count(x.shape(), axis + 1, rank) : 1;
    int m = x.count() / n;
    if (inner == 1) {
      rows.run(call, x.matrix(m, n), y.matrix(m, n));
      return;
    }
    float[] turned = call.scratch(x.count());
    turn(x.floats(), turned, n, inner, true);
    Matrix both = new Matrix(turned, m, n);
    rows.run(call, both, both);
    turn(y.floats(), turned, n, inner, false);
  }

  /** Between (outer, n, inner) and (outer, inner, n): into {@code b} or out of it. */
  private static void turn(float[] a, float[] b, int n, int inner, boolean into) {
    int block = n * inner;
    for (int i = 0; i < a.length; i++) {
      int j = i / block * block + i % inner * n + i % block / inner;
      if (into) {
        b[j] = a[i];
      } else {
        a[i] = b[j];
      }
    }
  }

  private static float sum(float[] x, int n) {
    float[] lanes = new float[16];
    for (int j = 0; j < n; j++) {
      lanes[j % 16] += x[j];
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  static Operator argMax(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis", "keepdims", "select_last_index");
    int wanted = node.attributes().intValue("axis", 0);
    boolean keep = node.attributes().flag("keepdims", true);
    boolean last = node.attributes().flag("select_last_index", false);
    return call -> {
      OnnxTensor x = call.input(0);
      int axis = call.axis(wanted, x.rank());
      int n = x.shape()[axis];
      if (n == 0) {
        throw call.error("the axis has no element");
      }
      int[] dims = x.dims();
      dims[axis] = 1;
      OnnxTensor y = call.make(OnnxTensor.Type.INT64, dims);
      int inner = Shapes.count(dims, axis + 1, dims.length);
      long[] to = y.longs();
      for (int i = 0; i < to.length; i++) {
        int from = i / inner * inner * n + i % inner;
        int best = 0;
        for (int j = 1; j < n; j++) {
          int order = compare(call, x, from + j * inner, from + best * inner);
          if (order > 0 || (last && order == 0)) {
            best = j;
          }
        }
        to[i] = best;
      }
      call.output(0, keep ? y : y.reshaped(without(dims, axis)));
    };
  }

  /** The order of two elements; NaN is the greatest, zeros of either sign are equal. */
  private static int compare(Call call, OnnxTensor x, int i, int j) throws ModelFormatException {
    if (x.type() == OnnxTensor.Type.FLOAT) {
      return Float.compare(x.floats()[i] + 0f, x.floats()[j] + 0f);
    }
    if (x.type().isIntegers()) {
      return x.type().compare(x.integer(i), x.integer(j));
    }
    throw call.error("the maximum of " + x.type() + " is not supported");
  }

  private static int[] without(int[] dims, int axis) {
    int[] rest = new int[dims.length - 1];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = dims[i < axis ? i : i + 1];
    }
    return rest;
  }

  /** Normalization by running statistics, per channel: axis 1. */
  static Operator batchNormalization(Node node) throws ModelFormatException {
    float epsilon = batchNormEpsilon(node);
    return call -> {
      OnnxTensor x = call.floats(0);
      if (x.rank() < 1) {
        throw call.error("a scalar has no channels");
      }
      int n = x.rank() == 1 ? 1 : x.shape()[1];
      for (int i = 1; i < 5; i++) {
        if (call.floats(i).rank() != 1 || call.input(i).count() != n) {
          throw call.error("input " + i + " is " + call.input(i) + ", wanted (" + n + ")");
        }
      }
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      float[] scale = call.scratch(n);
      float[] gamma = call.input(1).floats();
      float[] variance = call.input(4).floats();
      for (int j = 0; j < n; j++) {
        scale[j] = gamma[j] * Norm.rstd(variance[j], epsilon);
      }
      float[] beta = call.input(2).floats();
      float[] mean = call.input(3).floats();
      int inner = x.rank() < 2 ? 1 : Shapes.count(x.shape(), 2, x.rank());
      float[] from = x.floats();
      float[] to = y.floats();
      if (inner == 1 && n > 0) {
        int m = x.count() / n;
        call.kernels()
            .normalize(
                x.matrix(m, n),
                Matrix.row(mean, 0, n),
                Matrix.row(scale, 0, n),
                Matrix.row(beta, 0, n),
                y.matrix(m, n));
      } else {
        for (int i = 0; i < to.length; i++) {
          int j = i / inner % n;
          to[i] = Math.fma(from[i] - mean[j], scale[j], beta[j]);
        }
      }
      call.output(0, y);
    };
  }

  /** The epsilon of such a node, which must be one of inference. */
  static float batchNormEpsilon(Node node) throws ModelFormatException {
    node.attributes().requireOnly("epsilon", "momentum", "spatial", "training_mode");
    if (node.attributes().flag("training_mode", false)) {
      throw node.error("training_mode=1 is not supported: export the model for inference");
    }
    if (!node.attributes().flag("spatial", true)) {
      throw node.error("spatial=0 is not supported");
    }
    return node.attributes().number("epsilon", 1e-5f);
  }

  /** The epsilon of a norm of rows, whose attributes are checked. */
  private static float rowEpsilon(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis", "epsilon", "stash_type");
    if (node.attributes().integer("stash_type", 1) != 1) {
      throw node.error("a stash_type other than 1 is not supported");
    }
    return node.attributes().number("epsilon", 1e-5f);
  }

  static Operator layerNormalization(Node node) throws ModelFormatException {
    float epsilon = rowEpsilon(node);
    int wanted = node.attributes().intValue("axis", -1);
    return call -> {
      OnnxTensor x = call.floats(0);
      int axis = call.axis(wanted, x.rank());
      int n = Shapes.count(x.shape(), axis, x.rank());
      if (n == 0) {
        throw call.error("nothing to normalize: " + x);
      }
      int[] inner = Arrays.copyOfRange(x.shape(), axis, x.rank());
      int m = x.count() / n;
      float[] gamma = spread(call, call.floats(1), inner);
      float[] beta =
          call.optional(2) == null ? call.scratch(n) : spread(call, call.floats(2), inner);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      int[] outer = x.dims();
      Arrays.fill(outer, axis, x.rank(), 1);
      OnnxTensor mean = call.make(OnnxTensor.Type.FLOAT, outer);
      OnnxTensor rstd = call.make(OnnxTensor.Type.FLOAT, outer);
      Norm norm =
          new Norm(
              Matrix.row(gamma, 0, n),
              Matrix.row(beta, 0, n),
              mean.matrix(m, 1),
              rstd.matrix(m, 1));
      call.kernels().layerNorm(x.matrix(m, n), norm, epsilon, y.matrix(m, n));
      call.output(0, y);
      call.output(1, mean);
      call.output(2, rstd);
    };
  }

  /** Rows divided by the root of the mean of their squares. */
  static Operator rmsNormalization(Node node) throws ModelFormatException {
    float epsilon = rowEpsilon(node);
    int wanted = node.attributes().intValue("axis", -1);
    return call -> {
      OnnxTensor x = call.floats(0);
      int axis = call.axis(wanted, x.rank());
      int n = Shapes.count(x.shape(), axis, x.rank());
      if (n == 0) {
        throw call.error("nothing to normalize: " + x);
      }
      int[] inner = Arrays.copyOfRange(x.shape(), axis, x.rank());
      float[] scale = spread(call, call.floats(1), inner);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      for (int i = 0; i < y.count(); i += n) {
        rms(x.floats(), i, n, epsilon, scale, 0, y.floats(), i);
      }
      call.output(0, y);
    };
  }

  /** One row of it. */
  static void rms(
      float[] x, int at, int n, float epsilon, float[] scale, int scaleAt, float[] y, int yAt) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[at + i] * x[at + i];
    }
    float factor = Norm.rstd((float) (sum / n), epsilon);
    for (int i = 0; i < n; i++) {
      y[yAt + i] = x[at + i] * factor * scale[scaleAt + i];
    }
  }

  /** The tensor, broadcast to those dims. */
  private static float[] spread(Call call, OnnxTensor t, int[] dims) throws ModelFormatException {
    int[] both = Shapes.broadcast(t.shape(), dims);
    if (both == null || !Arrays.equals(both, dims)) {
      throw call.error(t + " does not broadcast to " + Shapes.text(dims));
    }
    if (t.count() == Shapes.count(dims)) {
      return t.floats();
    }
    float[] to = call.scratch(Shapes.count(dims));
    Walk walk = new Walk(dims, t.shape(), dims);
    for (int i = 0; i < to.length; i++, walk.step()) {
      to[i] = t.floats()[walk.first()];
    }
    return to;
  }
}
