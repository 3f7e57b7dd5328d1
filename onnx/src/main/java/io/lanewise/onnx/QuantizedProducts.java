package io.lanewise.onnx;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Products of integers of 8 bits, exact. They are computed by the products of floats, in {@link
 * ExactParts}, which are added as integers. Weights, which a file has as constants, are packed
 * once.
 */
final class QuantizedProducts {
  /** The second operand less its zero point: as floats, or packed in parts if it is constant. */
  private record Right(
      Kernels kernels, @Nullable OnnxTensor zero, float[] floats, @Nullable ExactParts parts) {}

  private QuantizedProducts() {}

  /** MatMulInteger: (A - its zero point)(B - its zero point), of INT32, which wraps. */
  static Operator integers(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(1);
      ProductShape shape = ProductShape.of(call, a, b);
      OnnxTensor y = call.make(Type.INT32, shape.full());
      float[] left = centered(call, a, call.optional(2), true);
      product(call, shape, left, right(call, b, call.optional(3)), (int[]) y.data());
      call.output(0, y.reshaped(shape.answer()));
    };
  }

  /** QLinearMatMul: the same, scaled and quantized again. */
  static Operator quantized(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(3);
      OnnxTensor zero = call.input(7);
      float scale = Quantization.scalar(call, 6);
      Quantization.requireBytes(call, zero);
      if (zero.count() != 1) {
        throw call.error("the zero point of its output is " + zero + ", wanted one number");
      }
      ProductShape shape = ProductShape.of(call, a, b);
      float[] aScale = spread(call, call.floats(1), shape.m(), shape.full(), true);
      float[] bScale = spread(call, call.floats(4), shape.n(), shape.full(), false);
      OnnxTensor y = call.make(zero.type(), shape.full());
      call.budget().charge(4L * y.count());
      int[] sums = new int[y.count()];
      float[] left = centered(call, a, call.input(2), true);
      product(call, shape, left, right(call, b, call.input(5)), sums);
      for (int i = 0; i < sums.length; i++) {
        float s = aScale[i / shape.n() % aScale.length] * bScale[i % bScale.length] / scale;
        y.put(i, Quantization.quantized(call, sums[i] * s, zero.integer(0), zero.type()));
      }
      call.output(0, y.reshaped(shape.answer()));
    };
  }

  /** Scales of rows or columns: one, or as many as there are. */
  private static float[] spread(Call call, OnnxTensor scale, int n, int[] full, boolean rows)
      throws ModelFormatException {
    int last = rows ? scale.rank() - 2 : scale.rank() - 1;
    boolean vector = scale.rank() == 1 || (last >= 0 && scale.shape()[last] == scale.count());
    if (scale.count() != 1 && (scale.count() != n || !vector)) {
      throw call.error(
          "its scale "
              + scale
              + " does not fit "
              + (rows ? "the rows" : "the columns")
              + " of "
              + Shapes.text(full));
    }
    return scale.floats();
  }

  /** A constant matrix less its zero point, which fits, as floats. */
  static float[] centered(Node node, OnnxTensor b, @Nullable OnnxTensor zero)
      throws ModelFormatException {
    Budget budget = new Budget("a product", 8L * b.count() + 64);
    Call call = new Call(node, new OnnxTensor[0], ScalarKernels.INSTANCE, budget);
    return centered(call, b, zero, false);
  }

  /**
   * The integers less their zero point, as floats.
   *
   * @param zero one number, or one a row of the first operand, one a column of the second; null for
   *     0
   */
  private static float[] centered(Call call, OnnxTensor x, OnnxTensor zero, boolean rows)
      throws ModelFormatException {
    Quantization.requireBytes(call, x);
    float[] to = call.scratch(x.count());
    if (zero == null || zero.count() == 1) {
      long z = zero == null ? 0 : Quantization.sameType(call, zero, x).integer(0);
      byte[] from = (byte[]) x.data();
      int mask = x.type() == Type.UINT8 ? 0xff : -1;
      for (int i = 0; i < to.length; i++) {
        to[i] = (from[i] & mask) - (int) z;
      }
      return to;
    }
    Quantization.sameType(call, zero, x);
    boolean vector = rows && zero.rank() == 1 && x.rank() > 1;
    int[] dims = vector ? new int[] {zero.count(), 1} : zero.shape();
    if (!Arrays.equals(Shapes.broadcast(x.shape(), dims), x.shape())) {
      throw call.error("its zero point " + zero + " does not fit " + x);
    }
    Walk walk = new Walk(x.shape(), dims, dims);
    for (int i = 0; i < to.length; i++, walk.step()) {
      to[i] = x.integer(i) - zero.integer(walk.first());
    }
    return to;
  }

  private static Right right(Call call, OnnxTensor b, @Nullable OnnxTensor zero)
      throws ModelFormatException {
    if (b.kept() instanceof Right right && right.kernels == call.kernels() && right.zero == zero) {
      return right;
    }
    float[] floats = centered(call, b, zero, false);
    boolean once = b.isConstant() && b.rank() == 2 && (zero == null || zero.isConstant());
    if (!once || b.count() == 0) {
      return new Right(call.kernels(), zero, floats, null);
    }
    call.budget().charge(4L * floats.length);
    ExactParts parts = ExactParts.of(call.kernels()::pack, floats, b.shape()[0], b.shape()[1]);
    Right right = new Right(call.kernels(), zero, new float[0], parts);
    b.keep(right);
    return right;
  }

  private static void product(Call call, ProductShape shape, float[] a, Right b, int[] y)
      throws ModelFormatException {
    int m = shape.m();
    int k = shape.k();
    int n = shape.n();
    float[] sums = call.scratch((long) m * n);
    Matrix left = new Matrix();
    Matrix right = new Matrix();
    Matrix sum = new Matrix(sums, m, n);
    Walk walk = shape.walk();
    int products = y.length == 0 ? 0 : Shapes.count(shape.batch());
    for (int i = 0; i < products; i++, walk.step()) {
      int place = walk.second() * k * n;
      int[] ends = b.parts != null ? b.parts.ends() : ExactParts.ends(b.floats, place, k, n);
      int from = 0;
      for (int part = 0; part < ends.length; part++) {
        int terms = ends[part] - from;
        left.set(a, walk.first() * m * k + from, k, m, terms);
        if (b.parts != null) {
          PackedMatrix packed = b.parts.parts()[part];
          call.kernels().matmulPacked(left, packed, sum, Epilogue.NONE, null, null);
        } else {
          right.set(b.floats, place + from * n, n, terms, n);
          call.kernels().matmul(Transpose.NN, left, right, sum);
        }
        from = ends[part];
        int at = i * m * n;
        for (int j = 0; j < sums.length; j++) {
          y[at + j] += (int) sums[j];
        }
      }
    }
  }
}
