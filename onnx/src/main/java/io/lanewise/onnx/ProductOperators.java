package io.lanewise.onnx;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** Gemm and MatMul, by the matrix product of the kernels. */
final class ProductOperators {
  private ProductOperators() {}

  /**
   * Y = alpha A B + beta C. With alpha = beta = 1 and C a row, each chain starts from the bias, as
   * a dense layer's does; else from what {@link Epilogue} says.
   */
  static Operator gemm(Node node) throws ModelFormatException {
    node.attributes().requireOnly("alpha", "beta", "transA", "transB");
    float alpha = node.attributes().number("alpha", 1);
    float beta = node.attributes().number("beta", 1);
    boolean transA = node.attributes().integer("transA", 0) != 0;
    boolean transB = node.attributes().integer("transB", 0) != 0;
    Transpose form =
        transA ? (transB ? Transpose.TT : Transpose.TN) : transB ? Transpose.NT : Transpose.NN;
    return call -> {
      OnnxTensor a = call.floats(0);
      OnnxTensor b = call.floats(1);
      if (a.rank() != 2 || b.rank() != 2) {
        throw call.error("A " + a + " and B " + b + " must be matrices");
      }
      int m = a.shape()[transA ? 1 : 0];
      int k = a.shape()[transA ? 0 : 1];
      int n = b.shape()[transB ? 0 : 1];
      if (b.shape()[transB ? 1 : 0] != k) {
        throw call.error("A " + a + " and B " + b + " do not fit");
      }
      OnnxTensor c = call.optional(2) == null ? null : call.floats(2);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, m, n);
      if (alpha == 0 || (c != null && beta == 0)) {
        withZeros(call, form, alpha, beta, y);
        return;
      }
      Epilogue epilogue = epilogue(call, alpha, beta, c, y);
      Matrix bias = epilogue.start() == Epilogue.Start.BIAS ? c.row() : null;
      call.kernels().matmul(form, whole(a), whole(b), whole(y), epilogue, bias, null);
      call.output(0, y);
    };
  }

  /** BLAS leaves out what has the factor 0; by the formula it is NaN where that is not finite. */
  private static void withZeros(Call call, Transpose form, float alpha, float beta, OnnxTensor y)
      throws ModelFormatException {
    OnnxTensor product = call.make(OnnxTensor.Type.FLOAT, y.shape());
    call.kernels().matmul(form, whole(call.input(0)), whole(call.input(1)), whole(product));
    if (call.optional(2) != null) {
      spread(call, call.input(2), y);
    }
    for (int i = 0; i < y.count(); i++) {
      y.floats()[i] = Math.fma(alpha, product.floats()[i], beta * y.floats()[i]);
    }
    call.output(0, y);
  }

  private static Matrix whole(OnnxTensor t) {
    return t.matrix(t.shape()[0], t.shape()[1]);
  }

  /** How the product continues what C begins; Y is C before it, where it is read. */
  private static Epilogue epilogue(Call call, float alpha, float beta, OnnxTensor c, OnnxTensor y)
      throws ModelFormatException {
    if (c == null) {
      return Epilogue.scaled(alpha, 0);
    }
    boolean plain = alpha == 1 && beta == 1;
    boolean flat = c.rank() == 1 || (c.rank() == 2 && c.shape()[0] == 1);
    if (plain && flat && c.count() == y.shape()[1]) {
      return Epilogue.BIAS;
    }
    spread(call, c, y);
    return plain ? Epilogue.ACCUMULATE : Epilogue.scaled(alpha, beta);
  }

  /** Y = C, broadcast. */
  private static void spread(Call call, OnnxTensor c, OnnxTensor y) throws ModelFormatException {
    int[] dims = Shapes.broadcast(c.shape(), y.shape());
    if (dims == null || !Arrays.equals(dims, y.shape())) {
      throw call.error("C " + c + " does not broadcast to " + Shapes.text(y.shape()));
    }
    float[] from = c.floats();
    float[] to = y.floats();
    Walk walk = new Walk(dims, c.shape(), dims);
    for (int i = 0; i < to.length; i++, walk.step()) {
      to[i] = from[walk.first()];
    }
  }

  /** The product of NumPy's matmul: the last two dimensions, the others broadcast. */
  static Operator matmul(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.floats(0);
      OnnxTensor b = call.floats(1);
      ProductShape shape = ProductShape.of(call, a, b);
      int m = shape.m();
      int k = shape.k();
      int n = shape.n();
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, shape.full());
      // No product may be so large that the places in it overflow: a, b and y are arrays.
      Walk walk = shape.walk();
      int products = y.count() == 0 ? 0 : Shapes.count(shape.batch());
      Matrix left = new Matrix();
      Matrix right = new Matrix();
      Matrix product = new Matrix();
      for (int i = 0; i < products; i++, walk.step()) {
        left.set(a.floats(), walk.first() * m * k, Math.max(1, k), m, k);
        right.set(b.floats(), walk.second() * k * n, n, k, n);
        product.set(y.floats(), i * m * n, n, m, n);
        call.kernels().matmul(Transpose.NN, left, right, product);
      }
      call.output(0, y.reshaped(shape.answer()));
    };
  }
}
