package io.lanewise.onnx;

/** The element types of ONNX that are read, by their number in the format. */
public enum ElementType {
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
  /** 16-bit floats (IEEE 754 binary16). They are moved and cast, no more. */
  FLOAT16(10, 2),
  /** 64-bit floats. They are moved and cast, no more. */
  DOUBLE(11, 8),
  /** 32-bit unsigned integers. */
  UINT32(12, 4),
  /** 64-bit unsigned integers, held as the signed ones of the same bits. */
  UINT64(13, 8),
  /** The high half of a 32-bit float. They are moved and cast, no more. */
  BFLOAT16(16, 2);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
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
  static ElementType of(int code) {
    for (ElementType type : values()) {
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

  /** Returns whether its values are held in a {@code long[]}. */
  boolean isIntegers() {
    return !isFloats() && this != DOUBLE && this != STRING;
  }

  /** Returns the bytes of an element in memory. */
  int heldBytes() {
    return isFloats() ? Float.BYTES : Long.BYTES;
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
