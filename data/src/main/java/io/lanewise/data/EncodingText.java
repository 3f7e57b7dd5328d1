package io.lanewise.data;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.lanewise.data.Encoding.Bytes;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The text of an encoding, such as
 *
 * <pre>
 * header,yes
 * number,age,41.5
 * category,city,,Bonn,Ulm
 * label,income,2,high,low
 * </pre>
 *
 * <p>After the name of a feature stands what a missing value becomes, or nothing; after that of the
 * label, the number of classes. {@code plain,784} are that many features of a file without columns;
 * {@code unknown,zeros} says what becomes of a category that was not learnt, {@code first-index,0}
 * where the indices of a libsvm file begin, {@code bytes,0..1} what unsigned bytes became, {@code
 * missing,NULL,None} what stands for a missing value.
 */
final class EncodingText {
  private static final String HEADER = "header";
  private static final String UNKNOWN = "unknown";
  private static final String PLAIN = "plain";
  private static final String FIRST_INDEX = "first-index";
  private static final String BYTES = "bytes";
  private static final String MISSING = "missing";

  private EncodingText() {}

  static String format(Encoding encoding) {
    StringWriter text = new StringWriter();
    try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      if (encoding.named()) {
        csv.writeRecord(HEADER, "yes");
      }
      if (encoding.unknownAsZeros()) {
        csv.writeRecord(UNKNOWN, "zeros");
      }
      if (encoding.plain() > 0) {
        csv.writeRecord(PLAIN, Integer.toString(encoding.plain()));
      }
      if (encoding.firstIndex() >= 0) {
        csv.writeRecord(FIRST_INDEX, Integer.toString(encoding.firstIndex()));
      }
      if (encoding.bytes() != null) {
        csv.writeRecord(BYTES, encoding.bytes().range());
      }
      if (!encoding.missingValues().isEmpty()) {
        List<String> fields = new ArrayList<>(List.of(MISSING));
        encoding.missingValues().stream().sorted().forEach(fields::add);
        csv.writeRecord(fields);
      }
      for (Column column : encoding.columns()) {
        List<String> fields = new ArrayList<>();
        fields.add(column.role().name().toLowerCase(Locale.ROOT));
        fields.add(column.name());
        if (column.role() == Role.NUMBER || column.role() == Role.CATEGORY) {
          fields.add(column.mayMiss() ? Float.toString(column.fill()) : "");
        } else if (column.role() == Role.LABEL) {
          fields.add(Integer.toString(encoding.nOut()));
        }
        fields.addAll(column.values());
        csv.writeRecord(fields);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static Encoding parse(String text) throws DataException {
    Place place = new Place("encoding");
    boolean named = false;
    boolean unknownAsZeros = false;
    int plain = 0;
    int firstIndex = -1;
    Bytes bytes = null;
    Set<String> missing = Set.of();
    int classCount = 0;
    List<Column> columns = new ArrayList<>();
    // What was written is read, however long a name is: the limits are those of the text itself.
    int most = Math.max(1 << 13, text.length() + 1);
    try (CsvCursor csv = new CsvCursor(new StringReader(text), place, CsvSyntax.PLAIN, 0, most)) {
      while (csv.next()) {
        List<String> fields = csv.fields();
        String second = fields.size() < 2 ? "" : fields.get(1);
        switch (fields.get(0)) {
          case HEADER -> named = is(place, second, "yes");
          case UNKNOWN -> unknownAsZeros = is(place, second, "zeros");
          case PLAIN -> plain = count(place, second);
          case FIRST_INDEX -> firstIndex = second.equals("0") ? 0 : is(place, second, "1") ? 1 : -1;
          case BYTES -> {
            Bytes b = second.equals(Bytes.UNIT.range()) ? Bytes.UNIT : Bytes.PLAIN;
            bytes = is(place, second, b.range()) ? b : null;
          }
          case MISSING -> missing = new HashSet<>(fields.subList(1, fields.size()));
          default -> {
            Column column = column(place, fields);
            columns.add(column);
            classCount = column.role() == Role.LABEL ? count(place, fields.get(2)) : classCount;
          }
        }
      }
      return new Encoding(plain, columns, named, unknownAsZeros, classCount)
          .withFirstIndex(firstIndex)
          .withBytes(bytes)
          .withMissingValues(missing);
    } catch (DataException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new DataException("encoding: " + e.getMessage());
    }
  }

  private static boolean is(Place place, String text, String wanted) throws DataException {
    if (!text.equals(wanted)) {
      throw place.error(1, Place.quote(text) + " must be " + wanted);
    }
    return true;
  }

  private static int count(Place place, String text) throws DataException {
    if (!text.matches("[1-9][0-9]{0,7}")) {
      throw place.error(1, Place.quote(text) + " is no count");
    }
    return Integer.parseInt(text);
  }

  private static Column column(Place place, List<String> fields) throws DataException {
    Role role = null;
    for (Role candidate : Role.values()) {
      role = candidate.name().toLowerCase(Locale.ROOT).equals(fields.get(0)) ? candidate : role;
    }
    boolean feature = role == Role.NUMBER || role == Role.CATEGORY;
    int begin = feature || role == Role.LABEL ? 3 : 2;
    boolean list = role == Role.CATEGORY || role == Role.LABEL;
    if (role == null || fields.size() < begin || !list && fields.size() > begin) {
      throw place.atLine(
          place.line(), ": " + Place.quote(String.join(",", fields)) + " is no column");
    }
    String fill = feature ? fields.get(2) : "";
    List<String> values = fields.subList(begin, fields.size());
    if (role == Role.LABEL && !values.isEmpty() && values.size() != count(place, fields.get(2))) {
      throw place.error(2, fields.get(2) + " classes have " + values.size() + " names");
    }
    float missing = fill.isEmpty() ? Float.NaN : Numbers.finite(place, 2, fill);
    return new Column(fields.get(1), role, missing, values);
  }
}
