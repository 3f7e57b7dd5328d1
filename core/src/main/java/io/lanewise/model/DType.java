package io.lanewise.model;

import java.util.Arrays;

/** The types of the elements of a tensor in a file, by their names in safetensors. */
public enum DType {
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
  BOOL(Byte.BYTES);

  /** Their names. */
  static final String[] NAMES = Arrays.stream(values()).map(Enum::name).toArray(String[]::new);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the bytes of an element. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether it is F64, F32, F16 or BF16. */
  public boolean isFloat() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
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
}
