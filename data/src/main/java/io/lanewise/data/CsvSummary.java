package io.lanewise.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What is in the columns of a CSV file, whatever they are for.
 *
 * @param header whether the columns have the names of a header
 * @param rows the rows
 * @param columns the columns, in the order of the file
 */
public record CsvSummary(boolean header, long rows, List<Column> columns) {
  private static final int MOST = 20;

  /** Takes a copy of the list. */
  public CsvSummary {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param name from the header; empty without one
   * @param numbers fields that are numbers
   * @param texts fields that are other texts
   * @param missing fields that stand for a missing value
   * @param values the different texts and numbers, sorted, if they are at most 20; else empty
   * @param min the least number; NaN without one
   * @param max the greatest
   * @param mean the mean of the numbers
   */
  public record Column(
      String name,
      long numbers,
      long texts,
      long missing,
      List<String> values,
      float min,
      float max,
      double mean) {
    /** Takes a copy of the list. */
    public Column {
      values = List.copyOf(values);
    }
  }

  private static final class Counts {
    private final TreeSet<String> values = new TreeSet<>();
    private boolean many;
    private long numbers;
    private long texts;
    private long missing;
    private float min = Float.NaN;
    private float max = Float.NaN;
    private double sum;

    void take(String field, FieldFormat format) {
      String text = FieldFormat.trimNumber(field);
      float number = format.parse(text);
      if (format.isMissing(text) || Numbers.isNan(text)) {
        missing++;
        return;
      }
      if (Float.isNaN(number)) {
        texts++;
      } else {
        min = numbers == 0 ? number : Math.min(min, number);
        max = numbers == 0 ? number : Math.max(max, number);
        sum += number;
        numbers++;
      }
      if (!many) {
        values.add(text);
        many = values.size() > MOST;
      }
    }

    Column column(String name) {
      List<String> few = many ? List.of() : List.copyOf(values);
      return new Column(name, numbers, texts, missing, few, min, max, sum / numbers);
    }
  }

  static CsvSummary of(CsvOptions options, Path file) throws IOException {
    TextFormat text = TextFormat.of(file, options.charset);
    Place place = new Place(file.toString());
    CsvSyntax syntax = options.syntax(file.toString(), text);
    try (InputStream in = text.open(file, text.begin());
        CsvCursor csv = CsvCursor.of(CsvText.of(in, text, place, syntax), place, syntax, text)) {
      CsvReader.requireRows(place, csv.next() ? 1 : 0);
      CsvColumns columns = options.columns(csv.fields(), place, syntax);
      FieldFormat format = columns.format();
      List<String> names = columns.names();
      List<Counts> counts = new ArrayList<>();
      csv.fields().forEach(field -> counts.add(new Counts()));
      csv.header(names.isEmpty() ? List.of() : csv.fields(), true);
      long rows = 0;
      for (boolean more = names.isEmpty() || csv.next(); more; more = csv.next()) {
        List<String> fields = csv.fields();
        if (fields.size() != counts.size()) {
          throw place.atLine(
              place.line(), ": " + fields.size() + " columns, wanted " + counts.size());
        }
        rows++;
        for (int f = 0; f < fields.size(); f++) {
          counts.get(f).take(fields.get(f), format);
        }
      }
      List<Column> all = new ArrayList<>();
      for (int f = 0; f < counts.size(); f++) {
        all.add(counts.get(f).column(names.isEmpty() ? "" : names.get(f)));
      }
      return new CsvSummary(!names.isEmpty(), rows, all);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }
}
