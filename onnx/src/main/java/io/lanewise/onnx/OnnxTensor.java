package io.lanewise.onnx;

import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import java.util.Objects;

/**
 * A tensor, row-major. It holds the array that it was given, not a copy, and gives out the same:
 * who shares it does not write into it.
 */
public final class OnnxTensor {
  private final ElementType type;
  private final int[] dims;
  private final int count;
  // float[], double[], long[] or String[], as the type says.
  private final Object data;

  OnnxTensor(ElementType type, int[] dims, Object data) {
    this.type = type;
    this.dims = dims;
    this.data = data;
    this.count = Shapes.count(dims);
  }

  /**
   * Makes a tensor of floats.
   *
   * @param values as many as the product of dims
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(float[] values, int... dims) {
    Objects.requireNonNull(values, "values");
    return new OnnxTensor(ElementType.FLOAT, checked(values.length, dims), values);
  }

  /**
   * Makes a tensor of 64-bit integers.
   *
   * @param values as many as the product of dims
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(long[] values, int... dims) {
    Objects.requireNonNull(values, "values");
    return new OnnxTensor(ElementType.INT64, checked(values.length, dims), values);
  }

  private static int[] checked(int length, int[] dims) {
    Objects.requireNonNull(dims, "dims");
    long product = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("dims must be >= 0, got " + Arrays.toString(dims));
      }
      product = product > Integer.MAX_VALUE ? product : product * dim;
    }
    if (product != length) {
      throw new IllegalArgumentException(
          "values: dims " + Arrays.toString(dims) + " need " + product + ", got " + length);
    }
    return dims.clone();
  }

  /** Returns the type of its elements. */
  public ElementType type() {
    return type;
  }

  /** Returns a copy of its shape. */
  public int[] dims() {
    return dims.clone();
  }

  /** The shape itself. */
  int[] shape() {
    return dims;
  }

  /** Returns how many dimensions it has. */
  public int rank() {
    return dims.length;
  }

  /** Returns how many elements it has. */
  public int count() {
    return count;
  }

  /**
   * Returns the elements of a tensor of {@link ElementType#FLOAT}, FLOAT16 or BFLOAT16.
   *
   * @throws IllegalStateException if it has another type
   */
  public float[] floats() {
    if (data instanceof float[] floats) {
      return floats;
    }
    throw wrongType("floats");
  }

  /** The floats as the operand of a kernel, where the shape is of so many elements. */
  Matrix matrix(int rows, int columns) {
    return new Matrix(floats(), rows, columns);
  }

  /** All floats as one row, for what is done to each element alone. */
  Matrix row() {
    return matrix(1, count);
  }

  /**
   * Returns the elements of a tensor of integers or booleans.
   *
   * @throws IllegalStateException if it has another type
   */
  public long[] longs() {
    if (data instanceof long[] longs) {
      return longs;
    }
    throw wrongType("integers");
  }

  /**
   * Returns the elements of a tensor of {@link ElementType#DOUBLE}.
   *
   * @throws IllegalStateException if it has another type
   */
  public double[] doubles() {
    if (data instanceof double[] doubles) {
      return doubles;
    }
    throw wrongType("doubles");
  }

  /**
   * Returns the elements of a tensor of {@link ElementType#STRING}.
   *
   * @throws IllegalStateException if it has another type
   */
  public String[] strings() {
    if (data instanceof String[] strings) {
      return strings;
    }
    throw wrongType("texts");
  }

  private IllegalStateException wrongType(String wanted) {
    return new IllegalStateException("a tensor of " + type + " has no " + wanted);
  }

  /** The array, of whichever type. */
  Object data() {
    return data;
  }

  /** The same elements in another shape of as many. */
  OnnxTensor reshaped(int... newDims) {
    return new OnnxTensor(type, newDims, data);
  }

  /** Returns the type and the shape, such as "FLOAT (3, 4)". */
  @Override
  public String toString() {
    return type + " " + Shapes.text(dims);
  }
}
