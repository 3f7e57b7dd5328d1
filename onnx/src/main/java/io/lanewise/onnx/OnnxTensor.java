package io.lanewise.onnx;

import io.lanewise.kernel.Matrix;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tensor, row-major. It holds the array that it was given, not a copy, and gives out the same:
 * who shares it does not write into it. Integers of 8 and 32 bits and booleans are held as narrow
 * as they are, and are given out as copies.
 */
public final class OnnxTensor {
  private final Type type;
  private final int[] dims;
  private final int count;
  // float[], double[], byte[], int[], long[] or String[], as the type says.
  private final Object data;
  private boolean constant;
  // Of a constant, what products made of it for all that come after.
  private volatile @Nullable Object kept;

  OnnxTensor(Type type, int[] dims, Object data) {
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
    return new OnnxTensor(Type.FLOAT, checked(values.length, dims), values);
  }

  /**
   * Makes a tensor of 64-bit integers.
   *
   * @param values as many as the product of dims
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(long[] values, int... dims) {
    Objects.requireNonNull(values, "values");
    return new OnnxTensor(Type.INT64, checked(values.length, dims), values);
  }

  /**
   * Makes a tensor of 64-bit floats.
   *
   * @param values as many as the product of dims
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(double[] values, int... dims) {
    Objects.requireNonNull(values, "values");
    return new OnnxTensor(Type.DOUBLE, checked(values.length, dims), values);
  }

  /**
   * Makes a tensor of {@link Type#STRING}.
   *
   * @param values as many as the product of dims, none null
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(String[] values, int... dims) {
    for (String value : Objects.requireNonNull(values, "values")) {
      Objects.requireNonNull(value, "values");
    }
    return new OnnxTensor(Type.STRING, checked(values.length, dims), values);
  }

  /**
   * Makes a tensor of 32-bit integers of a copy of the values.
   *
   * @param values as many as the product of dims
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(int[] values, int... dims) {
    Objects.requireNonNull(values, "values");
    return new OnnxTensor(Type.INT32, checked(values.length, dims), values.clone());
  }

  /**
   * Makes a tensor of {@link Type#BOOL} of a copy of the values.
   *
   * @param values as many as the product of dims
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(boolean[] values, int... dims) {
    byte[] bytes = new byte[Objects.requireNonNull(values, "values").length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return new OnnxTensor(Type.BOOL, checked(values.length, dims), bytes);
  }

  /**
   * Makes a tensor of integers or booleans of any width.
   *
   * @param type such as {@link Type#INT8}; UINT64 takes the signed integers of the same bits
   * @param values as many as the product of dims, each in the range of the type
   * @param dims each at least 0; none for a scalar
   */
  public static OnnxTensor of(Type type, long[] values, int... dims) {
    if (!Objects.requireNonNull(type, "type").isIntegers()) {
      throw new IllegalArgumentException("type: wanted one of integers or BOOL, got " + type);
    }
    for (long value : Objects.requireNonNull(values, "values")) {
      if (type.wrap(value) != value || (type == Type.BOOL && (value & ~1L) != 0)) {
        throw new IllegalArgumentException("values: " + value + " is no " + type);
      }
    }
    int[] shape = checked(values.length, dims);
    if (type.heldBytes() == Long.BYTES) {
      return new OnnxTensor(type, shape, values);
    }
    OnnxTensor x = new OnnxTensor(type, shape, TensorParser.newArray(type, values.length));
    for (int i = 0; i < values.length; i++) {
      x.put(i, values[i]);
    }
    return x;
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
  public Type type() {
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
   * Returns the elements of a tensor of {@link Type#FLOAT}, FLOAT16 or BFLOAT16.
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
   * Returns the elements of a tensor of integers or booleans: a copy, if they have 8 or 32 bits.
   *
   * @throws IllegalStateException if it has another type
   */
  public long[] longs() {
    if (data instanceof long[] longs) {
      return longs;
    }
    if (!type.isIntegers()) {
      throw wrongType("integers");
    }
    long[] longs = new long[count];
    for (int i = 0; i < count; i++) {
      longs[i] = integer(i);
    }
    return longs;
  }

  /** Element i of a tensor of integers or booleans. */
  long integer(int i) {
    return switch (data) {
      case long[] longs -> longs[i];
      case int[] ints -> ints[i];
      case byte[] bytes -> type == Type.UINT8 ? bytes[i] & 0xff : bytes[i];
      default -> throw wrongType("integers");
    };
  }

  /** Puts an integer that the type has to its place. */
  void put(int i, long value) {
    switch (data) {
      case long[] longs -> longs[i] = value;
      case int[] ints -> ints[i] = (int) value;
      case byte[] bytes -> bytes[i] = (byte) value;
      default -> throw wrongType("integers");
    }
  }

  /**
   * Returns the elements of a tensor of {@link Type#DOUBLE}.
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
   * Returns the elements of a tensor of {@link Type#STRING}.
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

  /** Says that its elements stay as they are: those of a file. */
  OnnxTensor asConstant() {
    constant = true;
    return this;
  }

  boolean isConstant() {
    return constant;
  }

  /** What was kept with it, or null. */
  @Nullable Object kept() {
    return kept;
  }

  /** Keeps what is made of a constant once. */
  void keep(Object made) {
    kept = made;
  }

  /** The array, of whichever type. */
  Object data() {
    return data;
  }

  /** The same elements in another shape of as many. */
  OnnxTensor reshaped(int... newDims) {
    return Arrays.equals(dims, newDims) ? this : new OnnxTensor(type, newDims, data);
  }

  /** Returns the type and the shape, such as "FLOAT (3, 4)". */
  @Override
  public String toString() {
    return type + " " + Shapes.text(dims);
  }

  /** The element types of ONNX that are read, by their number in the format. */
  public enum Type {
    /** 32-bit floats: the only type that is computed with beside integers. */
    FLOAT(1, 4),
    /** 8-bit unsigned integers. */
    UINT8(2, 1),
    /** 8-bit signed integers. */
    INT8(3, 1),
    /** 16-bit unsigned integers. */
    UINT16(4, 2),
    /** 16-bit signed integers. */
    INT16(5, 2),
    /** 32-bit signed integers. */
    INT32(6, 4),
    /** 64-bit signed integers. */
    INT64(7, 8),
    /** Texts: class names. They are moved, no more. */
    STRING(8, 0),
    /** False and true, 0 and 1. */
    BOOL(9, 1),
    /** 16-bit floats (IEEE 754 binary16), computed with as FLOAT. */
    FLOAT16(10, 2),
    /** 64-bit floats, computed with as FLOAT. */
    DOUBLE(11, 8),
    /** 32-bit unsigned integers. */
    UINT32(12, 4),
    /** 64-bit unsigned integers, held as the signed ones of the same bits. */
    UINT64(13, 8),
    /** The high half of a 32-bit float, computed with as FLOAT. */
    BFLOAT16(16, 2);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    /** Returns its number in the format. */
    public int code() {
      return code;
    }

    /** Returns the bytes of an element in a file's raw data; 0 for texts, which are never raw. */
    int bytes() {
      return bytes;
    }

    /** Returns the type of that number, or null if there is none here. */
    static Type of(int code) {
      for (Type type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return null;
    }

    /** Returns whether its values are held in a {@code float[]}. */
    boolean isFloats() {
      return this == FLOAT || this == FLOAT16 || this == BFLOAT16;
    }

    /** Returns whether its values are floats of any width. */
    boolean isReal() {
      return isFloats() || this == DOUBLE;
    }

    /** Returns whether its values are integers or booleans. */
    boolean isIntegers() {
      return !isFloats() && this != DOUBLE && this != STRING;
    }

    /** Returns whether its values are integers of 8 bits. */
    boolean isBytes() {
      return this == UINT8 || this == INT8;
    }

    /** Returns the bytes of an element in memory. */
    int heldBytes() {
      return isFloats() ? Float.BYTES : this == INT32 || bytes == 1 ? bytes : Long.BYTES;
    }

    /** Returns the order of two of its integers. */
    int compare(long a, long b) {
      return this == UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    }

    /** Returns the integer reduced to this type's range, as a conversion in C does. */
    long wrap(long value) {
      return switch (this) {
        case UINT8 -> value & 0xff;
        case INT8 -> (byte) value;
        case UINT16 -> value & 0xffff;
        case INT16 -> (short) value;
        case INT32 -> (int) value;
        case UINT32 -> value & 0xffffffffL;
        default -> value;
      };
    }
  }
}
