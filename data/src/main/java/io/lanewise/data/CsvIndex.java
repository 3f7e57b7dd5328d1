package io.lanewise.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Finds where the records of a CSV file begin while its bytes pass through, and keeps the byte and
 * the line of each {@link #STEP}th. A record ends where a line does outside of quotes; a quote
 * opens at the beginning of a field; an empty line is no record. (In UTF-8 no other character has
 * the bytes of a quote or a line's end.)
 */
final class CsvIndex extends FilterInputStream {
  /** A record of so many has its place kept. */
  static final int STEP = LineIndex.STEP;

  private enum State {
    RECORD_START,
    FIELD_START,
    FIELD,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  private final byte delimiter;
  private final LineIndex index = new LineIndex();
  private long records;
  private long position;
  private long line = 1;
  private boolean afterReturn;
  private State state = State.RECORD_START;

  CsvIndex(InputStream in, char delimiter) {
    super(in);
    this.delimiter = (byte) delimiter;
  }

  /** The records that have begun. */
  long records() {
    return records;
  }

  long offset(long record) {
    return index.offset(record);
  }

  long line(long record) {
    return index.line(record);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int off, int length) throws IOException {
    int read = in.read(bytes, off, length);
    for (int i = off; i < off + read; i++) {
      take(bytes[i]);
      position++;
    }
    return read;
  }

  @Override
  public long skip(long n) throws IOException {
    return n <= 0 || read() < 0 ? 0 : 1;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void take(byte b) {
    boolean end = b == '\n' || b == '\r';
    if (end) {
      // A line feed after a return is the same line's end.
      line += b == '\n' && afterReturn ? 0 : 1;
    }
    afterReturn = b == '\r';
    switch (state) {
      case QUOTED -> state = b == '"' ? State.QUOTE_IN_QUOTED : State.QUOTED;
      case RECORD_START -> {
        if (!end && !(position < 3 && isByteOrderMark(b))) {
          begin();
          state = b == '"' ? State.QUOTED : after(b);
        }
      }
      default -> {
        boolean quote = b == '"' && state != State.FIELD;
        state = quote ? State.QUOTED : end ? State.RECORD_START : after(b);
      }
    }
  }

  private State after(byte b) {
    return b == delimiter ? State.FIELD_START : State.FIELD;
  }

  private boolean isByteOrderMark(byte b) {
    return b == (byte) (position == 0 ? 0xEF : position == 1 ? 0xBB : 0xBF);
  }

  private void begin() {
    index.add(records, position, line);
    records++;
  }
}
