package io.lanewise.data;

/**
 * What separates the fields of a CSV file and the lines of it.
 *
 * @param delimiter what separates the fields
 * @param comments whether a line that begins with # is left out
 * @param doubt whether one that has as many columns as the rows is an error
 */
record CsvSyntax(char delimiter, boolean comments, boolean doubt) {
  static final char COMMENT = '#';

  /** That of the texts that are our own. */
  static final CsvSyntax PLAIN = new CsvSyntax(',', false, false);
}
