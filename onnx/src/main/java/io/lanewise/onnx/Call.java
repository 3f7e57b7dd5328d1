package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** One execution of a node: its inputs, and where its outputs go. */
class Call {
  private final Node node;
  private final OnnxTensor[] inputs;
  private final OnnxTensor[] outputs;
  private final Kernels kernels;
  private final Budget budget;

  Call(Node node, OnnxTensor[] inputs, Kernels kernels, Budget budget) {
    this.node = node;
    this.inputs = inputs;
    this.outputs = new OnnxTensor[node.outputs().length];
    this.kernels = kernels;
    this.budget = budget;
  }

  Node node() {
    return node;
  }

  Kernels kernels() {
    return kernels;
  }

  Budget budget() {
    return budget;
  }

  ModelFormatException error(String what) {
    return node.error(what);
  }

  int inputCount() {
    return inputs.length;
  }

  /** Input i, which the node is known to have. */
  OnnxTensor input(int i) {
    return inputs[i];
  }

  /** Input i, or null if it is left out. */
  OnnxTensor optional(int i) {
    return i < inputs.length ? inputs[i] : null;
  }

  /** Input i, which must be of FLOAT. */
  OnnxTensor floats(int i) throws ModelFormatException {
    OnnxTensor x = inputs[i];
    if (x.type() != OnnxTensor.Type.FLOAT) {
      throw error("input " + i + " is of " + x.type() + ": only FLOAT is supported");
    }
    return x;
  }

  /** Input i as integers, which must be of INT64 or INT32. */
  long[] integers(int i) throws ModelFormatException {
    OnnxTensor x = inputs[i];
    if (x.type() != OnnxTensor.Type.INT64 && x.type() != OnnxTensor.Type.INT32) {
      throw error("input " + i + " is of " + x.type() + ", wanted INT64");
    }
    return x.longs();
  }

  /**
   * Runs what computes in FLOAT: inputs of DOUBLE or of a 16-bit float, which then all are of it,
   * are converted, and the outputs back.
   */
  void inFloats(Operator operator) throws ModelFormatException {
    OnnxTensor.Type type = null;
    boolean mixed = false;
    for (OnnxTensor x : inputs) {
      if (x != null && x.type().isReal()) {
        mixed |= type != null && type != x.type();
        type = x.type();
      }
    }
    if (type == null || (type == OnnxTensor.Type.FLOAT && !mixed)) {
      operator.run(this);
      return;
    }
    if (mixed) {
      throw error("its inputs are of different types of floats: " + Arrays.toString(inputs));
    }
    OnnxTensor[] floats = inputs.clone();
    for (int i = 0; i < floats.length; i++) {
      floats[i] = floats[i] == null ? null : toFloat(floats[i]);
    }
    Call inner = new Call(node, floats, kernels, budget);
    operator.run(inner);
    for (int i = 0; i < outputs.length; i++) {
      OnnxTensor y = inner.outputs[i];
      boolean back = y != null && y.type() == OnnxTensor.Type.FLOAT;
      outputs[i] = back ? Casts.ofFloat(y, type, budget) : y;
    }
  }

  private OnnxTensor toFloat(OnnxTensor x) throws ModelFormatException {
    try {
      return Casts.toFloat(x, budget);
    } catch (ModelFormatException e) {
      throw error(e.getMessage());
    }
  }

  /** The shape in which both broadcast to each other. */
  int[] broadcast(OnnxTensor a, OnnxTensor b) throws ModelFormatException {
    int[] dims = Shapes.broadcast(a.shape(), b.shape());
    if (dims == null) {
      throw error("its inputs " + a + " and " + b + " do not broadcast to one shape");
    }
    return dims;
  }

  void requireOneType(OnnxTensor a, OnnxTensor b) throws ModelFormatException {
    if (a.type() != b.type()) {
      throw error("its inputs are " + a + " and " + b + ": they must have one type");
    }
  }

  /** Which of the dimensions the axes name, each once. */
  boolean[] axes(long[] axes, int rank) throws ModelFormatException {
    boolean[] named = new boolean[rank];
    for (long axis : axes) {
      int i = axis == (int) axis ? axis((int) axis, rank) : -1;
      if (i < 0 || named[i]) {
        throw error("axes " + Arrays.toString(axes) + " of a tensor of rank " + rank);
      }
      named[i] = true;
    }
    return named;
  }

  /** The rank, if a tensor may have it. */
  int rank(long rank) throws ModelFormatException {
    if (rank > Shapes.MAX_RANK) {
      throw error("a shape of " + rank + " dimensions");
    }
    return (int) rank;
  }

  /** Input i as a shape. */
  int[] shape(int i) throws ModelFormatException {
    long[] values = integers(i);
    if (inputs[i].rank() != 1) {
      throw error("its shape must be a vector, got " + inputs[i]);
    }
    int[] dims = new int[rank(values.length)];
    for (int d = 0; d < dims.length; d++) {
      if (values[d] < 0 || values[d] > Shapes.MAX_COUNT) {
        throw error("a shape of " + Arrays.toString(values));
      }
      dims[d] = (int) values[d];
    }
    return dims;
  }

  /** The axis, counted from the end if negative, of a tensor of that rank. */
  int axis(int axis, int rank) throws ModelFormatException {
    if (axis < -rank || axis >= rank) {
      throw error("axis " + axis + " of a tensor of rank " + rank);
    }
    return axis < 0 ? axis + rank : axis;
  }

  private void charge(long bytes) throws ModelFormatException {
    try {
      budget.charge(bytes);
    } catch (ModelFormatException e) {
      throw error(e.getMessage());
    }
  }

  /** Makes room for a tensor, within the memory that the run may take. */
  OnnxTensor make(OnnxTensor.Type type, int... dims) throws ModelFormatException {
    int count = Shapes.count(dims, 0, dims.length);
    if (count < 0) {
      throw error("its output " + Shapes.text(dims) + " has too many elements");
    }
    charge((long) count * type.heldBytes() + 64);
    return new OnnxTensor(type, dims, TensorParser.newArray(type, count));
  }

  /** Makes a tensor of elements of x, from the place base on and by those strides. */
  OnnxTensor strided(OnnxTensor x, int base, int[] strides, int... dims)
      throws ModelFormatException {
    OnnxTensor y = make(x.type(), dims);
    IndexOperators.strided(x, base, strides, y);
    return y;
  }

  /** Makes room for values on the way. */
  float[] scratch(long length) throws ModelFormatException {
    if (length > Shapes.MAX_COUNT) {
      throw error("a product of " + length + " elements is too large");
    }
    charge(4 * length + 16);
    return new float[(int) length];
  }

  void output(int i, OnnxTensor y) {
    if (i < outputs.length) {
      outputs[i] = y;
    }
  }

  OnnxTensor[] outputs() {
    return outputs;
  }
}
