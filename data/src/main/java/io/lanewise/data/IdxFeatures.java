package io.lanewise.data;

import io.lanewise.data.Encoding.Bytes;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the values of an IDX file become floats.
 *
 * @param unit whether unsigned bytes become 0..1
 * @param encoding which the others must fit; null for none
 */
record IdxFeatures(Path file, DType type, boolean unit, @Nullable Encoding encoding) {
  /** Those of a file, where an encoding says what becomes of unsigned bytes; without, 0..1. */
  static IdxFeatures of(Path file, DType type, @Nullable Encoding encoding) throws DataException {
    boolean bytes = type == DType.U8;
    boolean unit = bytes && (encoding == null || requireBytes(encoding, file) == Bytes.UNIT);
    return new IdxFeatures(file, type, unit, encoding);
  }

  /**
   * Makes floats of values.
   *
   * @param first the index in the file of the first
   */
  void convert(ByteBuffer from, int count, float[] to, int off, long first) throws DataException {
    if (unit && from.hasArray()) {
      // Over an array, C2 makes vectors of it.
      units(from.array(), from.arrayOffset(), count, to, off);
      return;
    }
    try {
      type.floats(from, count, to, off, first);
    } catch (ModelFormatException e) {
      throw new DataException(file + ": " + e.getMessage());
    }
    for (int i = off; i < off + count; i++) {
      if (unit) {
        to[i] /= 255f;
      } else if (!Float.isFinite(to[i]) || encoding != null && !encoding.fits(to[i])) {
        String what = Float.isFinite(to[i]) ? to[i] + Encoding.BEYOND : "is " + to[i];
        throw new DataException(file + ": value " + (first + i - off + 1) + " " + what);
      }
    }
  }

  private static void units(byte[] from, int fromOff, int count, float[] to, int off) {
    for (int i = 0; i < count; i++) {
      to[off + i] = (from[fromOff + i] & 0xff) / 255f;
    }
  }

  /** What becomes of the bytes of a file; throws where nothing says it. */
  static Bytes requireBytes(Encoding encoding, Path file) throws DataException {
    Bytes bytes = encoding.bytes();
    if (bytes == null) {
      throw new DataException(
          file
              + ": its values are bytes, and nothing says what became of such in the training:"
              + " --bytes 0..1 (of 255 parts, as Lanewise reads IDX files) or --bytes 0..255 (as"
              + " they are), in Java encoding.withBytes");
    }
    return bytes;
  }
}
