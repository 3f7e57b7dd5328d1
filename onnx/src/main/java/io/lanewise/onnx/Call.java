package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;

/** One execution of a node: its inputs, and where its outputs go. */
final class Call {
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

  /** The axis, counted from the end if negative, of a tensor of that rank. */
  int axis(int axis, int rank) throws ModelFormatException {
    if (axis < -rank || axis >= rank) {
      throw error("axis " + axis + " of a tensor of rank " + rank);
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** Makes room for a tensor, within the memory that the run may take. */
  OnnxTensor make(OnnxTensor.Type type, int... dims) throws ModelFormatException {
    int count = Shapes.count(dims, 0, dims.length);
    if (count < 0) {
      throw error("its output " + Shapes.text(dims) + " has too many elements");
    }
    budget.charge((long) count * type.heldBytes() + 64);
    return new OnnxTensor(type, dims, TensorParser.newArray(type, count));
  }

  /** Makes room for values on the way. */
  float[] scratch(long length) throws ModelFormatException {
    if (length > Shapes.MAX_COUNT) {
      throw error("a product of " + length + " elements is too large");
    }
    budget.charge(4 * length + 16);
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
