package io.lanewise.data;

import java.io.InputStream;

/**
 * The text of a CSV file. While it passes through, it finds where the records begin, and keeps the
 * byte and the line of each {@link #STEP}th. A record ends where a line does outside of quotes; a
 * quote opens at the beginning of a field; an empty line and a comment are no records.
 */
final class CsvText extends TextReader {
  /** A record of so many has its place kept. */
  static final int STEP = LineIndex.STEP;

  private enum State {
    RECORD_START,
    COMMENT,
    FIELD_START,
    FIELD,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  private final TextFormat format;
  private final Place place;
  private final CsvSyntax syntax;
  private final LineIndex index = new LineIndex();
  private long records;
  private long position;
  private long line;
  private int column;
  private boolean afterReturn;
  private State state = State.RECORD_START;

  /**
   * Reads from a stream, which it closes.
   *
   * @param position the byte of the file where the stream begins
   * @param linesBefore how many lines of the file are before
   */
  CsvText(
      InputStream in,
      TextFormat format,
      Place place,
      CsvSyntax syntax,
      long position,
      long linesBefore) {
    super(in, format.charset());
    this.format = format;
    this.place = place;
    this.syntax = syntax;
    this.position = position;
    line = linesBefore + 1;
  }

  /** Reads from a stream that begins where the text of the file does. */
  static CsvText of(InputStream in, TextFormat format, Place place, CsvSyntax syntax) {
    return new CsvText(in, format, place, syntax, format.begin(), format.linesBefore());
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
  DataException error(String what) {
    return place.errorAt(line, column, what);
  }

  @Override
  void take(char[] text, int off, int length) {
    for (int i = off; i < off + length; i++) {
      take(text[i]);
      position += format.bytes(text[i]);
    }
  }

  private void take(char c) {
    boolean end = c == '\n' || c == '\r';
    if (end) {
      // A line feed after a return is the same line's end.
      line += c == '\n' && afterReturn ? 0 : 1;
    }
    afterReturn = c == '\r';
    switch (state) {
      case QUOTED -> state = c == '"' ? State.QUOTE_IN_QUOTED : State.QUOTED;
      case COMMENT -> state = end ? State.RECORD_START : State.COMMENT;
      case RECORD_START -> {
        if (c == CsvSyntax.COMMENT && syntax.comments()) {
          state = State.COMMENT;
        } else if (!end) {
          begin();
          state = c == '"' ? State.QUOTED : after(c);
        }
      }
      default -> {
        boolean quote = c == '"' && state != State.FIELD;
        state = quote ? State.QUOTED : end ? State.RECORD_START : after(c);
      }
    }
    column = state == State.RECORD_START ? 0 : column;
  }

  private State after(char c) {
    boolean next = c == syntax.delimiter();
    column += next ? 1 : 0;
    return next ? State.FIELD_START : State.FIELD;
  }

  private void begin() {
    index.add(records, position, line);
    records++;
  }
}
