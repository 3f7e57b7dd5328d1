package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** Operators that find elements by the places that another tensor names; of all types. */
final class GatherOperators {
  private GatherOperators() {}

  /** A place, counted from the end if negative, of an axis of n. */
  private static int place(Call call, long place, int n) throws ModelFormatException {
    if (place < -n || place >= n) {
      throw call.error("index " + place + " of " + n);
    }
    return (int) (place < 0 ? place + n : place);
  }

  /** For each place of the indices the element that it names along the axis. */
  static Operator elements(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis");
    int wanted = node.attributes().intValue("axis", 0);
    return call -> {
      OnnxTensor x = call.input(0);
      OnnxTensor indices = call.input(1);
      long[] places = call.integers(1);
      int axis = call.axis(wanted, x.rank());
      boolean fits = indices.rank() == x.rank();
      for (int d = 0; fits && d < x.rank(); d++) {
        fits = d == axis || indices.shape()[d] <= x.shape()[d];
      }
      if (!fits) {
        throw call.error("its indices " + indices + " do not fit " + x);
      }
      int[] strides = IndexOperators.plainStrides(x.shape());
      int[] index = new int[x.rank()];
      OnnxTensor y = call.make(x.type(), indices.shape());
      for (int i = 0; i < y.count(); i++) {
        int from = place(call, places[i], x.shape()[axis]) * strides[axis];
        for (int d = 0; d < index.length; d++) {
          from += d == axis ? 0 : index[d] * strides[d];
        }
        ShapeOperators.copy(x, from, y, i, 1);
        for (int d = index.length - 1; d >= 0 && ++index[d] == y.shape()[d]; d--) {
          index[d] = 0;
        }
      }
      call.output(0, y);
    };
  }

  /** For each row of the indices the part of the input that it names from the batch axes on. */
  static Operator parts(Node node) throws ModelFormatException {
    node.attributes().requireOnly("batch_dims");
    int batchDims = node.attributes().intValue("batch_dims", 0);
    return call -> {
      OnnxTensor x = call.input(0);
      OnnxTensor indices = call.input(1);
      long[] places = call.integers(1);
      int last = indices.rank() - 1;
      int depth = last < 0 ? 0 : indices.shape()[last];
      boolean fits = batchDims >= 0 && batchDims <= last && depth <= x.rank() - batchDims;
      for (int d = 0; fits && d < batchDims; d++) {
        fits = x.shape()[d] == indices.shape()[d];
      }
      if (!fits) {
        throw call.error(
            "its indices " + indices + " do not fit " + x + " with batch_dims " + batchDims);
      }
      int begin = batchDims + depth;
      int[] dims = Arrays.copyOf(indices.shape(), call.rank((long) last + x.rank() - begin));
      System.arraycopy(x.shape(), begin, dims, last, x.rank() - begin);
      OnnxTensor y = call.make(x.type(), dims);
      int[] strides = IndexOperators.plainStrides(x.shape());
      int inner = Math.max(1, Shapes.count(x.shape(), begin, x.rank()));
      int rows = y.count() / inner;
      int perBatch = Math.max(1, rows / Math.max(1, Shapes.count(indices.shape(), 0, batchDims)));
      for (int i = 0; i < rows; i++) {
        int from = batchDims == 0 ? 0 : i / perBatch * strides[batchDims - 1];
        for (int d = 0; d < depth; d++) {
          int axis = batchDims + d;
          from += place(call, places[i * depth + d], x.shape()[axis]) * strides[axis];
        }
        ShapeOperators.copy(x, from, y, i * inner, inner);
      }
      call.output(0, y);
    };
  }
}
