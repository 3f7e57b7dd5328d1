package io.lanewise.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a column of texts. */
final class CsvTexts {
  private CsvTexts() {}

  static List<String> read(CsvOptions csv, Path file, String column) throws IOException {
    Place place = new Place(file.toString());
    TextFormat format = TextFormat.of(file, csv.charset);
    CsvSyntax syntax = csv.syntax(file.toString(), format);
    try (InputStream in = format.open(file, format.begin());
        CsvCursor cursor =
            CsvCursor.of(CsvText.of(in, format, place, syntax), place, syntax, format)) {
      CsvReader.requireRows(place, cursor.next() ? 1 : 0);
      List<String> first = cursor.fields();
      CsvColumns columns = csv.columns(first, place, syntax);
      int f = columns.index(column);
      boolean header = !columns.names().isEmpty();
      cursor.header(header ? first : List.of(), true);
      List<String> texts = new ArrayList<>();
      for (boolean more = !header || cursor.next(); more; more = cursor.next()) {
        String text = columns.field(cursor.fields(), f);
        if (text.isEmpty()) {
          throw place.error(f, "there is no text: leave the row out, or write one");
        }
        texts.add(text);
      }
      CsvReader.requireRows(place, texts.size());
      return texts;
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }
}
