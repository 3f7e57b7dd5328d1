package io.lanewise.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a stream, without those that are empty or comments, and the byte of each. */
final class Lines implements Closeable {
  private static final int MAX = 1 << 24;

  private final InputStream in;
  private final Place place;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int limit;
  private long bufferOffset;
  private long line;
  private long offset;
  private byte[] text = new byte[256];

  /**
   * Reads from a stream, which it closes.
   *
   * @param offset the byte of the file where the stream begins
   * @param linesBefore how many lines are before
   */
  Lines(InputStream in, Place place, long offset, long linesBefore) {
    this.in = in;
    this.place = place;
    bufferOffset = offset;
    line = linesBefore;
  }

  /** The byte of the file where the line begins that was read last. */
  long offset() {
    return offset;
  }

  /** Returns the next line that says something; null where there is none. */
  @Nullable String next() throws IOException {
    while (fill()) {
      offset = bufferOffset + at;
      int length = line();
      place.line(++line);
      int first = 0;
      while (first < length && text[first] >= 0 && text[first] <= ' ') {
        first++;
      }
      if (first < length && text[first] != '#') {
        return new String(text, 0, length, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private int line() throws IOException {
    int length = 0;
    while (fill()) {
      byte b = buffer[at++];
      if (b == '\n') {
        break;
      }
      if (length == text.length) {
        if (length >= MAX) {
          throw place.atLine(line + 1, ": longer than 2^24 bytes");
        }
        text = Arrays.copyOf(text, 2 * length);
      }
      text[length++] = b;
    }
    return length;
  }

  private boolean fill() throws IOException {
    if (at == limit) {
      bufferOffset += limit;
      at = 0;
      limit = 0;
      int read = in.read(buffer);
      if (read <= 0) {
        return false;
      }
      limit = read;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
