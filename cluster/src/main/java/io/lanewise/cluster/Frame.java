package io.lanewise.cluster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.zip.CRC32C;

/**
 * What goes over a link, one at a time: kind, number, length and CRC32C, 4 bytes each,
 * little-endian, then the payload. The number counts the frames of a link; the CRC is of all but
 * itself.
 */
final class Frame {
  /** Step (8 bytes), hash (8), figures (8 each). */
  static final int HEAD = 1;

  /** Floats. */
  static final int CHUNK = 2;

  /** A part of a text or a file; the first begins with the length of all, 8 bytes. */
  static final int BYTES = 3;

  /** Nothing: the worker lives. */
  static final int ALIVE = 4;

  /** Rank (4 bytes), step (8), and why it goes no further. */
  static final int FAIL = 5;

  /** Nothing: the worker has ended its training. */
  static final int BYE = 6;

  static final int CHUNK_FLOATS = 32 * 1024;
  static final int MOST_BYTES = CHUNK_FLOATS * Float.BYTES;
  static final int HEADER = 16;

  private static final int NUMBER_AT = 4;
  private static final int LENGTH_AT = 8;
  private static final int CRC_AT = 12;

  final byte[] bytes = new byte[HEADER + MOST_BYTES];

  /** All of it, and the payload alone. */
  final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

  private final FloatBuffer floats =
      buffer.slice(HEADER, MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  private final CRC32C crc = new CRC32C();

  int kind() {
    return buffer.getInt(0);
  }

  int number() {
    return buffer.getInt(NUMBER_AT);
  }

  int length() {
    return buffer.getInt(LENGTH_AT);
  }

  /** Fills the header in for a payload that is there. */
  void finish(int kind, int number, int length) {
    buffer.putInt(0, kind).putInt(NUMBER_AT, number).putInt(LENGTH_AT, length);
    buffer.putInt(CRC_AT, sum());
  }

  boolean isWhole() {
    return buffer.getInt(CRC_AT) == sum();
  }

  private int sum() {
    crc.reset();
    crc.update(bytes, 0, CRC_AT);
    crc.update(bytes, HEADER, length());
    return (int) crc.getValue();
  }

  void putFloats(float[] values, int from, int count) {
    floats.clear();
    floats.put(values, from, count);
  }

  void getFloats(float[] values, int from, int count) {
    floats.clear();
    floats.get(values, from, count);
  }
}
