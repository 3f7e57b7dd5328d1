package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is learnt from rows is what is learnt from a file with the same values. */
class RowLearnerTest {
  private static final String[][] ROWS = {
    {"1.5", "Ulm", "7", "2"},
    {"", "Bonn", "3", "0.5"},
    {"0.1", "", "7", "1"},
    {"4", "Ulm", "3", "1"}
  };

  private static final List<Column> COLUMNS =
      List.of(
          column("size", Role.NUMBER),
          column("city", Role.CATEGORY),
          column("kind", Role.LABEL),
          column("w", Role.WEIGHT));

  @TempDir private Path folder;

  private static Column column(String name, Role role) {
    return new Column(name, role, Float.NaN, List.of());
  }

  private static RowLearner taken(Missing missing) throws DataException {
    RowLearner learner = new RowLearner(0, COLUMNS, missing, true);
    for (String[] row : ROWS) {
      float[] numbers = {Float.NaN, 0, 0, Float.parseFloat(row[3])};
      numbers[0] = row[0].isEmpty() ? Float.NaN : Float.parseFloat(row[0]);
      learner.take(
          numbers, new String[] {null, row[1].isEmpty() ? null : row[1], row[2], null}, true);
    }
    return learner;
  }

  @Test
  void itIsThatOfAFile() throws IOException {
    StringBuilder csv = new StringBuilder("size,city,kind,w\n");
    for (String[] row : ROWS) {
      csv.append(String.join(",", row)).append('\n');
    }
    Path file = Files.writeString(folder.resolve("rows.csv"), csv);
    for (Missing missing : List.of(Missing.MEAN, Missing.MEDIAN, Missing.constant(-1))) {
      Encoding wanted =
          new CsvReader()
              .label("kind")
              .weight("w")
              .categories(List.of("city"))
              .missing(missing)
              .unknownAsZeros(true)
              .readTable(file)
              .learn();
      RowLearner learner = taken(missing);
      assertEquals(wanted.format(), learner.finish().format());
      assertEquals(0, learner.classOf("3"));
      assertEquals(1, learner.classOf("7"));
      assertEquals(-1, learner.classOf("8"));
    }
  }

  @Test
  void ofOtherRowsTheClassAloneIsLearnt() throws IOException {
    RowLearner learner = taken(Missing.MEAN);
    learner.take(new float[] {1e9f, 0, 0, 1}, new String[] {null, "Rome", "5", null}, false);
    Encoding encoding = learner.finish();
    assertEquals(List.of("3", "5", "7"), encoding.classes());
    assertEquals(List.of("Bonn", "Ulm"), encoding.columns().get(1).values());
    assertEquals((float) ((1.5 + 0.1f + 4) / 3), encoding.columns().get(0).fill());
  }

  @Test
  void featuresAsTheyAreComeBeforeTheColumns() throws IOException {
    RowLearner labels = new RowLearner(5, List.of(column("y", Role.LABEL)), Missing.ERROR, false);
    labels.take(new float[1], new String[] {"b"}, true);
    labels.take(new float[1], new String[] {"a"}, true);
    assertEquals(Encoding.ofLabels(5, List.of("a", "b"), 2).format(), labels.finish().format());
    RowLearner targets = new RowLearner(5, List.of(column("y", Role.TARGET)), Missing.ERROR, false);
    assertEquals(List.of("y"), targets.finish().targetNames());
  }

  @Test
  void whatCannotBeLearntIsRefused() throws IOException {
    RowLearner learner = new RowLearner(0, COLUMNS, Missing.MEAN, false);
    assertThrows(IllegalStateException.class, () -> learner.classOf("a"));
    String message =
        assertThrows(
                DataException.class,
                () -> learner.take(new float[4], new String[] {null, "Ulm", null, null}, true))
            .getMessage();
    assertEquals("the table: row 1, column 3 (kind): missing label", message);
  }
}
