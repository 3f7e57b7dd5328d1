package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one run of a compiled graph writes: for one thread at a time, kept for the next run. */
final class Room {
  // Where floats begin that are to begin a line of the cache, as the packed weights do.
  static final int START = 12;
  static final int LINE = 16;

  final Kernels kernels;
  final long limit;
  final OnnxTensor[] inputs;
  final @Nullable OnnxTensor[] outputs;
  // What operators of the interpreter made.
  OnnxTensor[] heap = {};
  private float[] arena = {};
  private long[] integers = {};
  // What is quantized, for the product at hand: C2 makes vectors of loops from one array to
  // another.
  float[] near = {};

  // Windows for the instruction at hand.
  final Matrix a = new Matrix();
  final Matrix b = new Matrix();
  final Matrix c = new Matrix();
  final Matrix d = new Matrix();
  final Matrix e = new Matrix();
  final Norm norm = new Norm(new Matrix(), new Matrix(), new Matrix(), new Matrix());
  final int[] counter = new int[Shapes.MAX_RANK];
  // The scale and the zero point of a range.
  final float[] range = new float[2];

  Room(Kernels kernels, long limit, int inputs, int outputs) {
    this.kernels = kernels;
    this.limit = limit;
    this.inputs = new OnnxTensor[inputs];
    this.outputs = new OnnxTensor[outputs];
  }

  /** Makes it large enough. */
  void fit(Plan plan) {
    if (arena.length < plan.arena()) {
      // The old one first: both may be too much.
      arena = new float[0];
      arena = new float[plan.arena()];
    }
    if (integers.length < plan.integers()) {
      integers = new long[plan.integers()];
    }
    if (near.length < plan.near()) {
      near = new float[0];
      near = new float[plan.near()];
    }
    if (heap.length < plan.heap()) {
      heap = new OnnxTensor[plan.heap()];
    }
  }

  /** Lets go what belongs to the call. */
  void clear() {
    Arrays.fill(inputs, null);
    Arrays.fill(outputs, null);
    Arrays.fill(heap, null);
  }

  /** The tensor that the view is a window of. */
  OnnxTensor tensor(View view) {
    Buffer buffer = view.buffer();
    return switch (buffer.place) {
      case CONSTANT -> buffer.tensor;
      case INPUT -> inputs[buffer.index];
      case HEAP -> heap[buffer.index];
      case ARENA, INTEGERS -> throw new AssertionError("no tensor");
    };
  }

  /** The floats that the view is a window of. */
  float[] floats(View view) {
    return view.buffer().place == Buffer.Place.ARENA ? arena : tensor(view).floats();
  }

  /** The array, of whichever type. */
  Object data(View view) {
    return switch (view.buffer().place) {
      case ARENA -> arena;
      case INTEGERS -> integers;
      default -> tensor(view).data();
    };
  }

  /** The integers on the way, of which the view is a window. */
  long[] integers() {
    return integers;
  }

  /** Element i of an array of integers or booleans, as a tensor of that type holds them. */
  static long integer(Object data, OnnxTensor.Type type, int i) {
    if (data instanceof long[] longs) {
      return longs[i];
    }
    if (data instanceof int[] ints) {
      return ints[i];
    }
    byte value = ((byte[]) data)[i];
    return type == OnnxTensor.Type.UINT8 ? value & 0xff : value;
  }

  /** Where its first element is. */
  static int at(View view) {
    return view.off() + view.buffer().at;
  }

  /** Points a window to rows of the view. */
  Matrix window(Matrix window, View view, int ld, int rows, int columns) {
    return window.set(floats(view), at(view), ld, rows, columns);
  }
}
