package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/** Conversions between element types, each value rounded to the nearest, ties to even. */
final class Casts {
  private Casts() {}

  /** The float that those 16 bits are. */
  static float ofBits(OnnxTensor.Type type, short bits) {
    return type == OnnxTensor.Type.FLOAT16
        ? Float.float16ToFloat(bits)
        : Float.intBitsToFloat(bits << 16);
  }

  /** The nearest value of a type that is held in floats. */
  static float round(OnnxTensor.Type type, float x) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(x));
      case BFLOAT16 -> bfloat16(x);
      default -> x;
    };
  }

  private static float bfloat16(float x) {
    if (Float.isNaN(x)) {
      return x;
    }
    int bits = Float.floatToRawIntBits(x);
    int odd = bits >>> 16 & 1;
    return Float.intBitsToFloat(bits + 0x7fff + odd & 0xffff0000);
  }

  /** Converts element i of x into element i of {@code to}; texts are not converted. */
  static void cast(OnnxTensor x, int i, OnnxTensor to) {
    OnnxTensor.Type type = to.type();
    boolean whole = x.type().isIntegers();
    boolean unsigned = x.type() == OnnxTensor.Type.UINT64;
    if (to.data() instanceof float[] floats) {
      // From a double it is rounded twice where the target is a 16-bit float, as everywhere else.
      floats[i] = round(type, whole ? floatOf(x.integer(i), unsigned) : (float) real(x.data(), i));
    } else if (to.data() instanceof double[] doubles) {
      doubles[i] = whole ? doubleOf(x.integer(i), unsigned) : real(x.data(), i);
    } else {
      to.put(i, integer(x, i, type));
    }
  }

  // Above 2^63: half of it, with the lost bit kept for the rounding, and twice that.

  private static float floatOf(long x, boolean unsigned) {
    return unsigned && x < 0 ? (float) (x >>> 1 | x & 1) * 2 : (float) x;
  }

  private static double doubleOf(long x, boolean unsigned) {
    return unsigned && x < 0 ? (double) (x >>> 1 | x & 1) * 2 : (double) x;
  }

  /** The element as a double. */
  static double number(OnnxTensor x, int i) {
    return x.type().isIntegers()
        ? doubleOf(x.integer(i), x.type() == OnnxTensor.Type.UINT64)
        : real(x.data(), i);
  }

  /**
   * The same as FLOAT, if it is of DOUBLE or of a 16-bit float, else itself.
   *
   * @throws ModelFormatException if a value is beyond FLOAT
   */
  static OnnxTensor toFloat(OnnxTensor x, Budget budget) throws ModelFormatException {
    if (x.type() == OnnxTensor.Type.FLOAT || !x.type().isReal()) {
      return x;
    }
    if (x.data() instanceof float[]) {
      return new OnnxTensor(OnnxTensor.Type.FLOAT, x.shape(), x.data());
    }
    budget.charge(4L * x.count() + 64);
    float[] y = new float[x.count()];
    for (int i = 0; i < y.length; i++) {
      double value = x.doubles()[i];
      y[i] = (float) value;
      if (Float.isInfinite(y[i]) && !Double.isInfinite(value)) {
        throw new ModelFormatException(
            value + " is beyond the range of FLOAT, in which DOUBLE is computed");
      }
    }
    return new OnnxTensor(OnnxTensor.Type.FLOAT, x.shape(), y);
  }

  /** The integers as FLOAT, into a tensor of their shape. */
  static OnnxTensor ofInteger(OnnxTensor x, OnnxTensor y) {
    for (int i = 0; i < x.count(); i++) {
      cast(x, i, y);
    }
    return y;
  }

  /** The FLOATs as that type, each rounded. */
  static OnnxTensor ofFloat(OnnxTensor x, OnnxTensor.Type type, Budget budget)
      throws ModelFormatException {
    budget.charge((long) x.count() * type.heldBytes() + 64);
    OnnxTensor y = new OnnxTensor(type, x.shape(), TensorParser.newArray(type, x.count()));
    for (int i = 0; i < x.count(); i++) {
      cast(x, i, y);
    }
    return y;
  }

  private static double real(Object from, int i) {
    return from instanceof float[] floats ? floats[i] : ((double[]) from)[i];
  }

  private static long integer(OnnxTensor from, int i, OnnxTensor.Type type) {
    boolean whole = from.type().isIntegers();
    if (type == OnnxTensor.Type.BOOL) {
      return (whole ? from.integer(i) != 0 : real(from.data(), i) != 0) ? 1 : 0;
    }
    if (whole) {
      return type.wrap(from.integer(i));
    }
    double x = real(from.data(), i);
    if (type == OnnxTensor.Type.UINT64 && x >= 0x1p63) {
      return x >= 0x1p64 ? -1 : (long) (x - 0x1p63) + Long.MIN_VALUE;
    }
    // Towards 0; what is out of range is the nearest long, then reduced.
    return type.wrap((long) x);
  }
}
