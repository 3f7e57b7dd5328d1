package io.lanewise.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a file, without those that are empty or comments, and the byte of each. */
final class Lines implements Closeable {
  private static final int MAX = 1 << 24;

  private final Text in;
  private final TextFormat format;
  private final Place place;
  private final char[] buffer = new char[1 << 11];
  private final StringBuilder text = new StringBuilder();
  private int at;
  private int limit;
  private long next;
  private long line;
  private long offset;

  /**
   * Reads from a stream, which it closes.
   *
   * @param offset the byte of the file where the stream begins
   * @param linesBefore how many lines are before
   */
  Lines(InputStream in, TextFormat format, Place place, long offset, long linesBefore) {
    this.format = format;
    this.in = new Text(in, linesBefore);
    this.place = place;
    next = offset;
    line = linesBefore;
  }

  /** The characters, and how many fields of a line were before what is none. */
  private final class Text extends TextReader {
    private long taken;
    private int field;
    private boolean inField;

    Text(InputStream in, long linesBefore) {
      super(in, format.charset());
      taken = linesBefore;
    }

    @Override
    void take(char[] chars, int off, int length) {
      for (int i = off; i < off + length; i++) {
        boolean end = chars[i] == '\n';
        boolean space = end || LibsvmLine.isSpace(chars[i]);
        field = end ? 0 : field + (!space && !inField ? 1 : 0);
        inField = !space;
        taken += end ? 1 : 0;
      }
    }

    @Override
    DataException error(String what) {
      return place.atLine(
          taken + 1, ", field " + Math.max(1, field + (inField ? 0 : 1)) + ": " + what);
    }
  }

  /** The byte of the file where the line begins that was read last. */
  long offset() {
    return offset;
  }

  /** Returns the next line that says something; null where there is none. */
  @Nullable String next() throws IOException {
    while (fill()) {
      offset = next;
      line();
      place.line(++line);
      int first = 0;
      while (first < text.length() && LibsvmLine.isSpace(text.charAt(first))) {
        first++;
      }
      if (first < text.length() && text.charAt(first) != '#') {
        return text.toString();
      }
    }
    return null;
  }

  private void line() throws IOException {
    text.setLength(0);
    while (fill()) {
      char c = buffer[at++];
      next += format.bytes(c);
      if (c == '\n') {
        break;
      }
      if (text.length() == MAX) {
        throw place.atLine(line + 1, ": longer than 2^24 characters");
      }
      text.append(c);
    }
  }

  private boolean fill() throws IOException {
    if (at == limit) {
      at = 0;
      limit = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return at < limit;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
