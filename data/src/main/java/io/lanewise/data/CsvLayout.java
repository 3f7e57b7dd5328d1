package io.lanewise.data;

import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.List;

/**
 * What the columns of a file are.
 *
 * @param place where its reader is
 * @param header whether its first line has the names
 * @param columns the columns of the encoding; while it is learnt, without what is learnt
 * @param parser makes raw rows of its lines
 * @param fieldOf for each column of the encoding its column of the file; -1 if it has none
 */
record CsvLayout(
    Place place, boolean header, List<Column> columns, RawParser parser, int[] fieldOf) {
  /** Whether all that is read are texts: a header that is there again could be a row. */
  boolean isTexts() {
    return columns.stream()
        .map(Column::role)
        .allMatch(r -> r == Role.CATEGORY || r == Role.LABEL || r == Role.IGNORED);
  }
}
