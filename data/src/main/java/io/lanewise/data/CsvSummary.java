package io.lanewise.data;

import io.lanewise.data.Table.Summary.Column;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Counts what is in the columns of a CSV file. */
final class CsvSummary {
  private static final int MOST = 20;

  private CsvSummary() {}

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

  static Table.Summary of(CsvOptions options, Path file) throws IOException {
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
      return new Table.Summary(!names.isEmpty(), rows, all);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }
}
