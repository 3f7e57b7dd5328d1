package io.lanewise.data;

import io.lanewise.data.CsvReader.Missing;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@link CsvReader} was told, and what follows from it for a file. */
final class CsvOptions {
  CsvReader.Header header = CsvReader.Header.AUTO;
  CsvReader.Comments comments = CsvReader.Comments.AUTO;
  @Nullable Charset charset;
  char delimiter;
  boolean comma;
  Set<String> missingValues = Set.of();
  @Nullable String label;
  List<String> targets = List.of();
  @Nullable String weight;
  List<String> categories = List.of();
  List<String> ignored = List.of();
  List<String> kept = List.of();
  Missing missing = Missing.ERROR;
  boolean unknownAsZeros;
  int classCount;

  /** What separates fields and lines of a file. */
  CsvSyntax syntax(String file, TextFormat format) throws DataException {
    char named = format.separator();
    if (named != 0 && delimiter != 0 && named != delimiter) {
      throw new DataException(
          file
              + ": its first line is sep="
              + named
              + ", but the delimiter is said to be "
              + delimiter
              + ": leave that out");
    }
    char separator = delimiter != 0 ? delimiter : named != 0 ? named : ',';
    boolean comment = comments != CsvReader.Comments.NO && separator != CsvSyntax.COMMENT;
    return new CsvSyntax(separator, comment, comments == CsvReader.Comments.AUTO);
  }

  /** What the columns are for whose encoding is to be learnt, by the fields of the first line. */
  CsvLayout learning(List<String> fields, Place place, CsvSyntax syntax) throws DataException {
    return columns(fields, place, syntax)
        .learning(label, targets, weight, categories, ignored, missing, classCount);
  }

  /** What the columns are called, by the fields of the first line. */
  CsvColumns columns(List<String> fields, Place place, CsvSyntax syntax) throws DataException {
    FieldFormat format = new FieldFormat(comma, missingValues);
    return new CsvColumns(place, fields, header, format, syntax.delimiter(), kept);
  }

  /** Ends the learning, after all rows. */
  void finish(CsvLayout layout) throws DataException {
    layout.parser().finish();
    if (layout.parser().labels() != null) {
      layout
          .parser()
          .labels()
          .finish(layout.place(), header == CsvReader.Header.AUTO && !layout.header());
    }
  }

  @Override
  public String toString() {
    return "label "
        + label
        + ", targets "
        + targets
        + ", weight "
        + weight
        + ", categories "
        + categories
        + ", ignored "
        + ignored
        + ", missing "
        + missing.kind();
  }
}
