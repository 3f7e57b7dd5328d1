package io.lanewise.data;

import io.lanewise.data.Encoding.Column;
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
    Place place, boolean header, List<Column> columns, RawParser parser, int[] fieldOf) {}
