package io.lanewise.onnx;

import org.jspecify.annotations.Nullable;

/** Where the elements of values lie while a compiled graph runs. */
final class Buffer {
  /** The places. */
  enum Place {
    /** A tensor of the model, or one worked out from the shapes. */
    CONSTANT,
    /** An input of the call. */
    INPUT,
    /** A part of the one array that all floats on the way share. */
    ARENA,
    /** A part of the one array that integers and booleans on the way share, each as a long. */
    INTEGERS,
    /** What an operator of {@link OnnxModel#run} made in this call. */
    HEAP
  }

  private static final int NEVER = -1;

  final Place place;
  // Of the inputs or of what is made in a call.
  final int index;
  final @Nullable OnnxTensor tensor;
  // Elements in the array of its place, and from which one on.
  final int size;
  int at;
  // The first and the last instruction that know it.
  int first = NEVER;
  int last = NEVER;

  private Buffer(Place place, int index, @Nullable OnnxTensor tensor, int size) {
    this.place = place;
    this.index = index;
    this.tensor = tensor;
    this.size = size;
  }

  static Buffer constant(OnnxTensor tensor) {
    return new Buffer(Place.CONSTANT, 0, tensor, 0);
  }

  static Buffer input(int index) {
    return new Buffer(Place.INPUT, index, null, 0);
  }

  static Buffer heap(int index) {
    return new Buffer(Place.HEAP, index, null, 0);
  }

  static Buffer arena(int size) {
    return new Buffer(Place.ARENA, 0, null, size);
  }

  static Buffer integers(int size) {
    return new Buffer(Place.INTEGERS, 0, null, size);
  }

  /** It is needed while that instruction runs. */
  void use(int instruction) {
    first = first == NEVER ? instruction : first;
    last = Math.max(last, instruction);
  }

  boolean meets(Buffer other) {
    return first <= other.last && other.first <= last;
  }
}
