package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message of Protocol Buffers, field by field, where it lies in the file's bytes. Nothing
 * is copied or allocated for a length before the bytes are known to be there; a nested message is
 * another reader over a part of the same bytes.
 *
 * <pre>{@code
 * while (reader.next()) {
 *   switch (reader.field()) {
 *     case 1 -> name = reader.text();
 *     default -> reader.skip();
 *   }
 * }
 * }</pre>
 */
final class ProtoReader {
  /** How a field is encoded: the low three bits of its tag. */
  static final int VARINT = 0;

  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  private final byte[] bytes;
  private final Budget budget;
  private final ExternalFiles files;
  private final int end;
  private int at;
  private int field;
  private int wireType;

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
  }

  private ProtoReader(byte[] bytes, Budget budget, ExternalFiles files, int from, int to) {
    this.bytes = bytes;
    this.budget = budget;
    this.files = files;
    this.at = from;
    this.end = to;
  }

  /** Reads the message that these bytes are; texts are charged to the budget. */
  static ProtoReader of(byte[] file, Budget budget) {
    return of(file, budget, null);
  }

  /** {@link #of(byte[], Budget)}, with the files that may be beside it, or null. */
  static ProtoReader of(byte[] file, Budget budget, ExternalFiles files) {
    return new ProtoReader(file, budget, files, 0, file.length);
  }

  /** Returns the files beside it, or null. */
  ExternalFiles files() {
    return files;
  }

  /** Returns a reader of the same message from where this one is. */
  ProtoReader fork() {
    return new ProtoReader(bytes, budget, files, at, end);
  }

  Budget budget() {
    return budget;
  }

  ModelFormatException error(String what) {
    return new ModelFormatException("at byte " + at + ": " + what);
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() throws ModelFormatException {
    if (at == end) {
      return false;
    }
    long tag = rawVarint();
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    boolean known =
        wireType == VARINT || wireType == FIXED64 || wireType == BYTES || wireType == FIXED32;
    if (tag >>> 32 != 0 || field == 0 || !known) {
      throw error("not an ONNX file: a field number or a wire type that there is not");
    }
    return true;
  }

  /** Returns the number of the field that {@link #next} came to. */
  int field() {
    return field;
  }

  /** Returns how that field is encoded. */
  int wireType() {
    return wireType;
  }

  private void require(int wanted) throws ModelFormatException {
    if (wireType != wanted) {
      throw error("field " + field + " has wire type " + wireType + ", wanted " + wanted);
    }
  }

  private long rawVarint() throws ModelFormatException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw error("truncated: a number without an end");
      }
      byte b = bytes[at++];
      value |= (long) (b & 127) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw error("a number of more than 10 bytes");
  }

  /** The value of a field that is an integer. */
  long varint() throws ModelFormatException {
    require(VARINT);
    return rawVarint();
  }

  /** A varint that must be an int. */
  int intValue() throws ModelFormatException {
    long value = varint();
    if (value != (int) value) {
      throw error("field " + field + ": " + value + " is out of range");
    }
    return (int) value;
  }

  /** Moves over a field of that many bytes and returns where it began. */
  private int take(long length) throws ModelFormatException {
    if (length < 0 || length > end - at) {
      throw error(
          "truncated: field "
              + field
              + " has "
              + Long.toUnsignedString(length)
              + " bytes, "
              + (end - at)
              + " are left");
    }
    int start = at;
    at += (int) length;
    return start;
  }

  float float32() throws ModelFormatException {
    require(FIXED32);
    return Float.intBitsToFloat((int) INTS.get(bytes, take(Float.BYTES)));
  }

  double float64() throws ModelFormatException {
    require(FIXED64);
    return Double.longBitsToDouble((long) LONGS.get(bytes, take(Double.BYTES)));
  }

  /** The message, or the packed numbers, of a length-delimited field. */
  ProtoReader message() throws ModelFormatException {
    require(BYTES);
    int start = take(rawVarint());
    return new ProtoReader(bytes, budget, files, start, at);
  }

  /** A text, which must be UTF-8. */
  String text() throws ModelFormatException {
    require(BYTES);
    int start = take(rawVarint());
    budget.charge(64 + (at - start));
    if (isAscii(start)) {
      return new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
    }
    // The decoder, its characters, and a string of two bytes a character.
    budget.charge(256 + 4L * (at - start));
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, at - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw error("field " + field + ": a text that is not UTF-8");
    }
  }

  private boolean isAscii(int start) {
    for (int i = start; i < at; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  void skip() throws ModelFormatException {
    switch (wireType) {
      case VARINT -> rawVarint();
      case FIXED64 -> take(Long.BYTES);
      case FIXED32 -> take(Integer.BYTES);
      default -> take(rawVarint());
    }
  }

  // What follows reads packed numbers: a message of them, without tags.

  boolean atEnd() {
    return at == end;
  }

  int remaining() {
    return end - at;
  }

  /** Returns how many varints are left: each has one byte without the high bit. */
  int countVarints() {
    int count = 0;
    for (int i = at; i < end; i++) {
      count += bytes[i] >= 0 ? 1 : 0;
    }
    return count;
  }

  long packedVarint() throws ModelFormatException {
    return rawVarint();
  }

  float packedFloat() throws ModelFormatException {
    return Float.intBitsToFloat((int) INTS.get(bytes, take(Float.BYTES)));
  }

  double packedDouble() throws ModelFormatException {
    return Double.longBitsToDouble((long) LONGS.get(bytes, take(Double.BYTES)));
  }

  short packedShort() throws ModelFormatException {
    return (short) SHORTS.get(bytes, take(Short.BYTES));
  }

  int packedInt() throws ModelFormatException {
    return (int) INTS.get(bytes, take(Integer.BYTES));
  }

  long packedLong() throws ModelFormatException {
    return (long) LONGS.get(bytes, take(Long.BYTES));
  }

  byte packedByte() throws ModelFormatException {
    return bytes[take(1)];
  }

  /** Reads bytes in bulk. */
  void packedBytes(byte[] into) throws ModelFormatException {
    System.arraycopy(bytes, take(into.length), into, 0, into.length);
  }

  /** Reads floats in bulk. */
  void packedFloats(float[] into, int off, int length) throws ModelFormatException {
    int start = take(4L * length);
    ByteBuffer.wrap(bytes, start, 4 * length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(into, off, length);
  }
}
