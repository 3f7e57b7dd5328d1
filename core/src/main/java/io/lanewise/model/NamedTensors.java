package io.lanewise.model;

import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Network.Tensor.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Tensors by name, from wherever they come: {@link Safetensors} is one, and what a reader of
 * weights takes.
 *
 * <p>{@code toString()} is the name of the file: the messages of errors begin with it.
 */
public interface NamedTensors {
  /** Returns the names of all tensors. */
  Collection<String> names();

  /** Returns the short texts beside the tensors. Default: none. */
  default Map<String, String> metadata() {
    return Map.of();
  }

  /**
   * Returns the type of a tensor's elements.
   *
   * @throws ModelFormatException if there is no such tensor
   */
  DType type(String name) throws IOException;

  /**
   * Returns the shape of a tensor.
   *
   * @throws ModelFormatException if there is no such tensor
   */
  long[] shape(String name) throws IOException;

  /**
   * Reads a matrix as floats: element (i, j) goes to {@code to[off + i * rowStride + j *
   * columnStride]}; with strides 1 and the number of rows it is transposed.
   *
   * @param name a tensor of two dimensions, or of one, which is a single row
   * @throws ModelFormatException if there is no such tensor, or it is damaged
   */
  void read(String name, float[] to, int off, int rowStride, int columnStride) throws IOException;

  /**
   * The types of the elements of a tensor in a file, by their names in safetensors, and how their
   * bytes become numbers. The buffer says which byte order they have.
   */
  enum DType {
    /** IEEE double. */
    F64(Double.BYTES),
    /** IEEE single. */
    F32(Float.BYTES),
    /** IEEE half. */
    F16(Short.BYTES),
    /** The upper half of a single. */
    BF16(Short.BYTES),
    /** Signed, 8 bytes. */
    I64(Long.BYTES),
    /** Signed, 4 bytes. */
    I32(Integer.BYTES),
    /** Signed, 2 bytes. */
    I16(Short.BYTES),
    /** Signed, a byte. */
    I8(Byte.BYTES),
    /** Unsigned, 8 bytes. */
    U64(Long.BYTES),
    /** Unsigned, 4 bytes. */
    U32(Integer.BYTES),
    /** Unsigned, 2 bytes. */
    U16(Short.BYTES),
    /** Unsigned, a byte. */
    U8(Byte.BYTES),
    /** A byte, 0 is false. */
    BOOL(Byte.BYTES),
    /** A byte, which is not read, as all that follow. */
    F8_E4M3(Byte.BYTES),
    /** A byte. */
    F8_E5M2(Byte.BYTES),
    /** A byte, a power of 2. */
    F8_E8M0(Byte.BYTES),
    /** Two singles. */
    C64(Long.BYTES),
    /** 4 bits. */
    F4(0),
    /** 6 bits. */
    F6_E2M3(0),
    /** 6 bits. */
    F6_E3M2(0);

    /** Their names. */
    static final String[] NAMES = Arrays.stream(values()).map(Enum::name).toArray(String[]::new);

    private final int bytes;

    DType(int bytes) {
      this.bytes = bytes;
    }

    /** Returns the bytes of an element; 0 for less than one. */
    public int bytes() {
      return bytes;
    }

    /** Returns whether it is F64, F32, F16 or BF16. */
    public boolean isFloat() {
      return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /** Returns whether its elements can be read as numbers. */
    public boolean isRead() {
      return compareTo(BOOL) <= 0;
    }

    /** Returns the type of that name, or null. */
    static DType of(String name) {
      for (DType type : values()) {
        if (type.name().equals(name)) {
          return type;
        }
      }
      return null;
    }

    /**
     * Multiplies out a shape.
     *
     * @param what the shape's name in the message
     * @param shape no dimension for a single number
     * @return the number of elements
     * @throws ModelFormatException if a dimension is negative, or the elements or their bytes are
     *     more than 2^63 - 1
     */
    public long count(String what, long... shape) throws ModelFormatException {
      try {
        long count = 1;
        for (long dimension : shape) {
          if (dimension < 0) {
            throw new ModelFormatException(what + ": a dimension of " + dimension);
          }
          count = Math.multiplyExact(count, dimension);
        }
        Math.multiplyExact(count, bytes);
        return count;
      } catch (ArithmeticException e) {
        throw new ModelFormatException(what + ": the product of its shape overflows");
      }
    }

    /**
     * Converts elements to floats. What no float has is rounded to the nearest, ties to even, as
     * NumPy and PyTorch do.
     *
     * @param from the elements, from its index 0 on; its position stays
     * @param count how many
     * @param to receives them from {@code off} on
     * @throws ModelFormatException if a finite double is beyond the range of float
     */
    public void floats(ByteBuffer from, int count, float[] to, int off)
        throws ModelFormatException {
      floats(from, count, to, off, 0);
    }

    /**
     * Converts elements that are a part of a tensor; see {@link #floats(ByteBuffer, int, float[],
     * int)}.
     *
     * @param first the index in the tensor of the part's first element, for the message
     */
    public void floats(ByteBuffer from, int count, float[] to, int off, long first)
        throws ModelFormatException {
      Objects.checkFromIndexSize(off, count, to.length);
      switch (this) {
        case F32 ->
            from.slice(0, 4 * count).order(from.order()).asFloatBuffer().get(to, off, count);
        case F16 -> {
          for (int e = 0; e < count; e++) {
            to[off + e] = Float.float16ToFloat(from.getShort(2 * e));
          }
        }
        case BF16 -> {
          for (int e = 0; e < count; e++) {
            to[off + e] = Float.intBitsToFloat(from.getShort(2 * e) << 16);
          }
        }
        case F64 -> {
          for (int e = 0; e < count; e++) {
            double value = from.getDouble(8 * e);
            to[off + e] = (float) value;
            if (Float.isInfinite(to[off + e]) && !Double.isInfinite(value)) {
              throw new ModelFormatException(
                  "element " + (first + e) + ": " + value + " is beyond the range of float");
            }
          }
        }
        case U64 -> {
          for (int e = 0; e < count; e++) {
            // Half of it with the lost bit kept in the last one rounds as the whole would.
            long v = from.getLong(8 * e);
            to[off + e] = v >= 0 ? (float) v : 2f * (float) (v >>> 1 | v & 1);
          }
        }
        default -> {
          for (int e = 0; e < count; e++) {
            to[off + e] = (float) bits(from, e);
          }
        }
      }
    }

    /** Returns element {@code e} as a double; a long integer is rounded to the nearest. */
    public double toDouble(ByteBuffer from, int e) {
      return switch (this) {
        case F64 -> from.getDouble(8 * e);
        case F32 -> from.getFloat(4 * e);
        case F16 -> Float.float16ToFloat(from.getShort(2 * e));
        case BF16 -> Float.intBitsToFloat(from.getShort(2 * e) << 16);
        case U64 -> {
          long v = from.getLong(8 * e);
          yield v >= 0 ? (double) v : 2.0 * (double) (v >>> 1 | v & 1);
        }
        default -> (double) bits(from, e);
      };
    }

    /**
     * Returns element {@code e} as an integer.
     *
     * @throws ModelFormatException if it is no integer in [-2^63, 2^63)
     */
    public long toLong(ByteBuffer from, int e) throws ModelFormatException {
      if (isFloat()) {
        double value = toDouble(from, e);
        if (value != Math.rint(value) || Math.abs(value) >= 0x1p63) {
          throw new ModelFormatException("the value " + value + " is not a 64-bit integer");
        }
        return (long) value;
      }
      long value = bits(from, e);
      if (this == U64 && value < 0) {
        throw new ModelFormatException(
            "the value " + Long.toUnsignedString(value) + " does not fit into a signed integer");
      }
      return value;
    }

    /** An integer; one of U64 that is too large for a long comes out negative. */
    private long bits(ByteBuffer from, int e) {
      return switch (this) {
        case I64, U64 -> from.getLong(8 * e);
        case I32 -> from.getInt(4 * e);
        case U32 -> from.getInt(4 * e) & 0xffffffffL;
        case I16 -> from.getShort(2 * e);
        case U16 -> from.getShort(2 * e) & 0xffffL;
        case I8 -> from.get(e);
        case U8 -> from.get(e) & 0xffL;
        case BOOL -> from.get(e) == 0 ? 0 : 1;
        default -> throw new IllegalStateException(this + " is no integer");
      };
    }
  }

  /**
   * A tensor of a network as a file has it: PyTorch's name, shape and order of the elements. {@code
   * 0.weight} of a dense layer is [out, in], the transpose of W here; all others are vectors. The
   * names are those of a Sequential's state_dict, running_mean and running_var included; a residual
   * block is a Sequential inside, {@code 3.0.weight}; the constants of a normalization are {@code
   * 0.shift} and {@code 0.scale}.
   *
   * @param tensor the window of {@code array}
   * @param array the network's parameters or state themselves, not a copy
   */
  record Slot(Tensor tensor, float[] array) {

    /**
     * Returns all tensors of a network, layer by layer, the parameters of each before its state.
     */
    public static List<Slot> of(Network network) {
      Objects.requireNonNull(network, "network");
      List<Slot> all = new ArrayList<>();
      network.tensors().forEach(tensor -> all.add(new Slot(tensor, network.parameters())));
      network.stateTensors().forEach(tensor -> all.add(new Slot(tensor, network.state())));
      all.sort(Comparator.comparingInt(each -> each.tensor.layer()));
      return all;
    }

    /** Returns its name in the file. */
    public String name() {
      return tensor.name();
    }

    /** Returns its shape in the file: [out, in] for a weight, [n] otherwise. */
    public long[] shape() {
      return isWeight()
          ? new long[] {tensor.columns(), tensor.rows()}
          : new long[] {tensor.columns()};
    }

    /** Returns the number of its elements. */
    public int count() {
      return tensor.count();
    }

    /** Returns the index in {@code array} of the file's first element. */
    public int off() {
      return tensor.off();
    }

    /** Returns how far apart in {@code array} the first elements of two rows of the file are. */
    public int rowStride() {
      return 1;
    }

    /** Returns how far apart in {@code array} two elements of a row of the file are. */
    public int columnStride() {
      return isWeight() ? tensor.columns() : 1;
    }

    private boolean isWeight() {
      return tensor.kind() == Kind.WEIGHT;
    }
  }
}
