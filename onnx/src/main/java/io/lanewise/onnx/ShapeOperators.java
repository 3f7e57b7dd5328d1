package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;
import java.util.List;

/** Operators that move, name or convert elements. */
final class ShapeOperators {
  private ShapeOperators() {}

  static Operator identity(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> call.output(0, call.input(0));
  }

  /** Of inference: the input itself. Its mask, where it is asked for, is all true. */
  static Operator dropout(Node node) throws ModelFormatException {
    if (node.opset() < 12) {
      node.attributes().requireOnly("ratio");
    } else {
      node.attributes().requireOnly("seed");
    }
    return call -> {
      OnnxTensor x = call.floats(0);
      OnnxTensor training = call.optional(2);
      if (training != null) {
        OnnxTensor ratio = call.optional(1);
        boolean on = training.type() == OnnxTensor.Type.BOOL && training.count() == 1;
        boolean nothing =
            ratio != null
                && ratio.type() == OnnxTensor.Type.FLOAT
                && ratio.count() == 1
                && ratio.floats()[0] == 0;
        if (!on || (training.integer(0) != 0 && !nothing)) {
          throw call.error("training_mode is not supported: export the model for inference");
        }
      }
      call.output(0, x);
      if (call.node().hasOutput(1)) {
        OnnxTensor mask =
            call.make(
                call.node().opset() < 10 ? OnnxTensor.Type.FLOAT : OnnxTensor.Type.BOOL, x.shape());
        if (mask.data() instanceof byte[] bytes) {
          Arrays.fill(bytes, (byte) 1);
        } else {
          Arrays.fill(mask.floats(), 1);
        }
        call.output(1, mask);
      }
    };
  }

  static Operator flatten(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis");
    int wanted = node.attributes().intValue("axis", 1);
    return call -> {
      OnnxTensor x = call.input(0);
      int axis = wanted == x.rank() ? wanted : call.axis(wanted, x.rank());
      int rows = Shapes.count(x.shape(), 0, axis);
      int columns = Shapes.count(x.shape(), axis, x.rank());
      if (rows < 0 || columns < 0) {
        throw call.error("the shape of " + x + " overflows");
      }
      call.output(0, x.reshaped(rows, columns));
    };
  }

  static Operator reshape(Node node) throws ModelFormatException {
    node.attributes().requireOnly("allowzero");
    boolean allowZero = node.attributes().flag("allowzero", false);
    return call -> {
      OnnxTensor x = call.input(0);
      long[] shape = call.integers(1);
      if (call.input(1).rank() != 1) {
        throw call.error("its shape must be a vector, got " + call.input(1));
      }
      int[] dims = reshaped(call, x, shape, allowZero);
      if (Shapes.count(dims, 0, dims.length) != x.count()) {
        throw call.error(x + " cannot be reshaped to " + Arrays.toString(shape));
      }
      call.output(0, x.reshaped(dims));
    };
  }

  private static int[] reshaped(Call call, OnnxTensor x, long[] shape, boolean allowZero)
      throws ModelFormatException {
    if (shape.length > Shapes.MAX_RANK) {
      throw call.error("a shape of " + shape.length + " dimensions");
    }
    int[] dims = new int[shape.length];
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      long dim = shape[i];
      if (dim == 0 && !allowZero) {
        if (i >= x.rank()) {
          throw call.error("dimension " + i + " is to be kept, but its input is " + x);
        }
        dim = x.shape()[i];
      }
      boolean second = dim == -1 && open >= 0;
      if (dim < -1 || dim > Shapes.MAX_COUNT || second) {
        throw call.error(x + " cannot be reshaped to " + Arrays.toString(shape));
      }
      open = dim == -1 ? i : open;
      dims[i] = dim == -1 ? 1 : (int) dim;
    }
    if (open >= 0) {
      int rest = Shapes.count(dims, 0, dims.length);
      if (rest <= 0 || x.count() % rest != 0) {
        throw call.error(x + " cannot be reshaped to " + Arrays.toString(shape));
      }
      dims[open] = x.count() / rest;
    }
    return dims;
  }

  static Operator transpose(Node node) throws ModelFormatException {
    node.attributes().requireOnly("perm");
    long[] perm = node.attributes().integers("perm");
    return call -> {
      OnnxTensor x = call.input(0);
      int rank = x.rank();
      int[] order = new int[rank];
      boolean[] used = new boolean[rank];
      if (perm != null && perm.length != rank) {
        throw call.error("perm has " + perm.length + " axes, the input is " + x);
      }
      for (int i = 0; i < rank; i++) {
        long axis = perm == null ? rank - 1 - i : perm[i];
        if (axis < 0 || axis >= rank || used[(int) axis]) {
          throw call.error("perm " + Arrays.toString(perm) + " is no order of " + rank + " axes");
        }
        order[i] = (int) axis;
        used[order[i]] = true;
      }
      int[] dims = new int[rank];
      int[] strides = new int[rank];
      for (int i = 0; i < rank; i++) {
        dims[i] = x.shape()[order[i]];
        strides[i] = Shapes.count(x.shape(), order[i] + 1, rank);
      }
      call.output(0, call.strided(x, 0, strides, dims));
    };
  }

  static void copy(OnnxTensor x, int from, OnnxTensor y, int to, int length) {
    System.arraycopy(x.data(), from, y.data(), to, length);
  }

  static Operator concat(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis");
    if (!node.attributes().has("axis")) {
      throw node.error("it has no axis");
    }
    int wanted = node.attributes().intValue("axis", 0);
    return call -> {
      OnnxTensor first = call.input(0);
      int axis = call.axis(wanted, first.rank());
      long total = 0;
      for (int i = 0; i < call.inputCount(); i++) {
        OnnxTensor x = call.input(i);
        boolean fits = x.rank() == first.rank() && x.type() == first.type();
        for (int d = 0; fits && d < x.rank(); d++) {
          fits = d == axis || x.shape()[d] == first.shape()[d];
        }
        if (!fits) {
          throw call.error("its inputs " + first + " and " + x + " do not fit");
        }
        total += x.shape()[axis];
      }
      if (total > Shapes.MAX_COUNT) {
        throw call.error("its output is too large");
      }
      int[] dims = first.dims();
      dims[axis] = (int) total;
      OnnxTensor y = call.make(first.type(), dims);
      if (y.count() > 0) {
        int outer = Shapes.count(dims, 0, axis);
        int row = y.count() / outer;
        int at = 0;
        for (int i = 0; i < call.inputCount(); i++) {
          OnnxTensor x = call.input(i);
          int length = x.count() / outer;
          for (int o = 0; o < outer; o++) {
            copy(x, o * length, y, o * row + at, length);
          }
          at += length;
        }
      }
      call.output(0, y);
    };
  }

  static Operator cast(Node node) throws ModelFormatException {
    OnnxTensor.Type to = castTo(node);
    return call -> {
      OnnxTensor x = call.input(0);
      if (x.type() == to) {
        call.output(0, x);
        return;
      }
      if (x.type() == OnnxTensor.Type.STRING || to == OnnxTensor.Type.STRING) {
        throw call.error("a cast from " + x.type() + " to " + to + " is not supported");
      }
      OnnxTensor y = call.make(to, x.shape());
      for (int i = 0; i < y.count(); i++) {
        Casts.cast(x, i, y);
      }
      call.output(0, y);
    };
  }

  /** The type that such a node converts to. */
  static OnnxTensor.Type castTo(Node node) throws ModelFormatException {
    node.attributes().requireOnly("to", "saturate", "round_mode");
    long code = node.attributes().integer("to", 0);
    OnnxTensor.Type to = code == (int) code ? OnnxTensor.Type.of((int) code) : null;
    if (to == null) {
      throw node.error("a cast to element type " + code + " is not supported");
    }
    return to;
  }

  static Operator constant(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    a.requireOnly(
        "value",
        "value_float",
        "value_floats",
        "value_int",
        "value_ints",
        "value_string",
        "value_strings");
    if (a.count() != 1) {
      throw node.error("it must have one value, has " + a.count());
    }
    OnnxTensor value;
    if (a.has("value_float")) {
      value = OnnxTensor.of(new float[] {a.number("value_float", 0)});
    } else if (a.has("value_int")) {
      value = OnnxTensor.of(new long[] {a.integer("value_int", 0)});
    } else if (a.has("value_floats")) {
      value = OnnxTensor.of(a.numbers("value_floats"), a.numbers("value_floats").length);
    } else if (a.has("value_ints")) {
      value = OnnxTensor.of(a.integers("value_ints"), a.integers("value_ints").length);
    } else if (a.has("value_string")) {
      value =
          new OnnxTensor(
              OnnxTensor.Type.STRING, new int[0], new String[] {a.text("value_string", "")});
    } else if (a.has("value_strings")) {
      List<String> texts = a.texts("value_strings");
      value =
          new OnnxTensor(
              OnnxTensor.Type.STRING, new int[] {texts.size()}, texts.toArray(new String[0]));
    } else {
      value = a.tensor("value");
    }
    return call -> call.output(0, value);
  }

  /**
   * ai.onnx.ml.ZipMap makes a list of maps from class to probability out of the rows of a matrix.
   * Here the matrix itself is the output; the names of the classes are its attribute.
   */
  static Operator zipMap(Node node) throws ModelFormatException {
    node.attributes().requireOnly("classlabels_strings", "classlabels_int64s");
    return call -> call.output(0, call.floats(0));
  }

  /** ai.onnx.ml.ArrayFeatureExtractor: elements of the last axis, by their index. */
  static Operator arrayFeatureExtractor(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.input(0);
      long[] indices = call.integers(1);
      if (x.rank() == 0) {
        throw call.error("a scalar has no axis");
      }
      int n = x.shape()[x.rank() - 1];
      for (long index : indices) {
        if (index < 0 || index >= n) {
          throw call.error("index " + index + " of " + n);
        }
      }
      int[] dims = x.rank() == 1 ? new int[] {1, indices.length} : x.dims();
      dims[dims.length - 1] = indices.length;
      OnnxTensor y = call.make(x.type(), dims);
      for (int i = 0; i < y.count(); i++) {
        int from = i / indices.length * n + (int) indices[i % indices.length];
        copy(x, from, y, i, 1);
      }
      call.output(0, y);
    };
  }

  /** ai.onnx.ml.Scaler: (x - offset) scale, each one number or one a column. */
  static Operator scaler(Node node) throws ModelFormatException {
    float[] offset = scalerConstants(node, "offset", 0);
    float[] scale = scalerConstants(node, "scale", 1);
    return call -> {
      OnnxTensor x = call.floats(0);
      int n = x.rank() == 0 ? 1 : x.shape()[x.rank() - 1];
      if ((offset.length != 1 && offset.length != n) || (scale.length != 1 && scale.length != n)) {
        throw call.error(
            offset.length + " offsets and " + scale.length + " scales for " + n + " columns");
      }
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      float[] from = x.floats();
      float[] to = y.floats();
      for (int i = 0; i < to.length; i++) {
        int j = i % n;
        to[i] = (from[i] - offset[offset.length == 1 ? 0 : j]) * scale[scale.length == 1 ? 0 : j];
      }
      call.output(0, y);
    };
  }

  static float[] scalerConstants(Node node, String name, float otherwise)
      throws ModelFormatException {
    node.attributes().requireOnly("offset", "scale");
    float[] values = node.attributes().numbers(name);
    return values == null || values.length == 0 ? new float[] {otherwise} : values;
  }
}
