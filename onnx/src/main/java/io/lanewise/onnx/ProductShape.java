package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/**
 * The shape of NumPy's matmul: the last two dimensions are multiplied, the others broadcast.
 *
 * @param m rows of each product
 * @param k terms of each sum
 * @param n columns of each product
 * @param batch the dimensions before the last two, broadcast
 * @param aBatch those of the first operand
 * @param bBatch those of the second
 * @param row whether the first is a vector
 * @param column whether the second is a vector
 */
record ProductShape(
    int m, int k, int n, int[] batch, int[] aBatch, int[] bBatch, boolean row, boolean column) {

  static ProductShape of(Call call, OnnxTensor a, OnnxTensor b) throws ModelFormatException {
    if (a.rank() == 0 || b.rank() == 0) {
      throw call.error("A " + a + " and B " + b + ": a scalar has no product");
    }
    int[] da = a.rank() == 1 ? new int[] {1, a.count()} : a.shape();
    int[] db = b.rank() == 1 ? new int[] {b.count(), 1} : b.shape();
    int k = da[da.length - 1];
    int[] aBatch = Arrays.copyOf(da, da.length - 2);
    int[] bBatch = Arrays.copyOf(db, db.length - 2);
    int[] batch = Shapes.broadcast(aBatch, bBatch);
    if (db[db.length - 2] != k || batch == null) {
      throw call.error("A " + a + " and B " + b + " do not fit");
    }
    boolean row = a.rank() == 1;
    int n = db[db.length - 1];
    return new ProductShape(da[da.length - 2], k, n, batch, aBatch, bBatch, row, b.rank() == 1);
  }

  /** The shape of all products, those of vectors with the dimension that they were given. */
  int[] full() {
    int[] full = Arrays.copyOf(batch, batch.length + 2);
    full[batch.length] = m;
    full[batch.length + 1] = n;
    return full;
  }

  /** The shape of the answer: {@link #full} without the dimensions that vectors were given. */
  int[] answer() {
    int[] full = full();
    int[] kept = Arrays.copyOf(full, full.length - (row ? 1 : 0) - (column ? 1 : 0));
    if (row && !column) {
      kept[full.length - 2] = n;
    }
    return kept;
  }

  /** Goes through the products: which matrix of the first and which of the second operand. */
  Walk walk() {
    return new Walk(batch, aBatch, bBatch);
  }
}
