package io.lanewise.onnx;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A call that finds out of what shape an operator's output will be: its inputs are shapes without
 * elements, unless they are constants, and it ends where the operator would make the output.
 */
final class Probe extends Call {
  /** What an operator was about to make. */
  private static final class Made extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient OnnxTensor tensor;

    Made(OnnxTensor tensor) {
      super(null, null, false, false);
      this.tensor = tensor;
    }
  }

  /** A part of an input, whose elements lie without gaps. */
  record Part(OnnxTensor of, int base, int[] strides) {}

  private final Map<OnnxTensor, Part> parts = new IdentityHashMap<>();

  private Probe(Node node, OnnxTensor[] inputs, Budget budget) {
    super(node, inputs, ScalarKernels.INSTANCE, budget);
  }

  /** Finds the outputs, of which only the shapes and types count. */
  static Probe of(Node node, Operator operator, OnnxTensor[] inputs, Budget budget)
      throws ModelFormatException {
    Probe probe = new Probe(node, inputs, budget);
    try {
      operator.run(probe);
    } catch (Made made) {
      probe.output(0, made.tensor);
    }
    return probe;
  }

  /** A tensor of no elements that says it has that shape. */
  static OnnxTensor empty(OnnxTensor.Type type, int[] dims) {
    return new OnnxTensor(type, dims, TensorParser.newArray(type, 0));
  }

  /** Of which input output i is a part; null if it is none. */
  Part part(int i) {
    return parts.get(outputs()[i]);
  }

  @Override
  OnnxTensor make(OnnxTensor.Type type, int... dims) throws ModelFormatException {
    throw new Made(empty(type, checked(dims)));
  }

  @Override
  OnnxTensor strided(OnnxTensor x, int base, int[] strides, int... dims)
      throws ModelFormatException {
    OnnxTensor y = empty(x.type(), checked(dims));
    parts.put(y, new Part(x, base, strides.clone()));
    return y;
  }

  /** No places where they are not known. */
  @Override
  long[] integers(int i) throws ModelFormatException {
    OnnxTensor x = input(i);
    boolean known = !(x.data() instanceof int[] ints) || ints.length == x.count();
    return known ? super.integers(i) : new long[0];
  }

  private int[] checked(int[] dims) throws ModelFormatException {
    if (Shapes.count(dims, 0, dims.length) < 0) {
      throw error("its output " + Shapes.text(dims) + " has too many elements");
    }
    return dims.clone();
  }
}
