package io.lanewise.onnx;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Products of integers of 8 bits, exact. They are computed by the products of floats: a float holds
 * every integer up to 2^24, so a sum of so few terms that it cannot be larger is exact in any order
 * of its additions, and with a fused multiply-add as without. What is longer is cut, and the parts
 * are added as integers. Weights, which a file has as constants, are packed once.
 */
final class QuantizedProducts {
  private static final int EXACT = 1 << 24;
  // The most that an integer of 8 bits is away from its zero point.
  private static final int FARTHEST = 255;

  /** The second operand less its zero point: as floats, or packed in parts if it is constant. */
  private record Right(
      Kernels kernels,
      @Nullable OnnxTensor zero,
      int terms,
      float[] floats,
      PackedMatrix[] parts) {}

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
    int terms = (int) (EXACT / (FARTHEST * Math.max(1, largest(floats))));
    boolean once = b.isConstant() && b.rank() == 2 && (zero == null || zero.isConstant());
    if (!once || b.count() == 0) {
      return new Right(call.kernels(), zero, terms, floats, new PackedMatrix[0]);
    }
    call.budget().charge(4L * floats.length);
    int n = b.shape()[1];
    PackedMatrix[] parts = new PackedMatrix[(b.shape()[0] - 1) / terms + 1];
    for (int i = 0; i < parts.length; i++) {
      int rows = Math.min(terms, b.shape()[0] - i * terms);
      Matrix part = new Matrix();
      part.set(floats, i * terms * n, n, rows, n);
      parts[i] = call.kernels().pack(part);
    }
    Right right = new Right(call.kernels(), zero, terms, new float[0], parts);
    b.keep(right);
    return right;
  }

  private static float largest(float[] x) {
    float largest = 0;
    for (float value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
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
      for (int from = 0; from < k; from += b.terms) {
        int terms = Math.min(b.terms, k - from);
        left.set(a, walk.first() * m * k + from, k, m, terms);
        if (b.parts.length > 0) {
          PackedMatrix part = b.parts[from / b.terms];
          call.kernels().matmulPacked(left, part, sum, Epilogue.NONE, null, null);
        } else {
          right.set(b.floats, (walk.second() * k + from) * n, n, terms, n);
          call.kernels().matmul(Transpose.NN, left, right, sum);
        }
        int at = i * m * n;
        for (int j = 0; j < sums.length; j++) {
          y[at + j] += (int) sums[j];
        }
      }
    }
  }
}
