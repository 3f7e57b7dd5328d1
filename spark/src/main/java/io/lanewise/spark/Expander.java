package io.lanewise.spark;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.DataException;
import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Role;
import io.lanewise.data.RowLearner;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Makes of raw rows what a network takes, by what was learnt from them. */
final class Expander implements Serializable {
  private static final long serialVersionUID = 1;

  private final RawRows layout;
  private final String text;
  private final HashMap<String, Integer> classes;
  private transient @Nullable Encoding encoding;

  private Expander(RawRows layout, Encoding encoding, HashMap<String, Integer> classes) {
    this.layout = layout;
    this.encoding = encoding;
    this.classes = classes;
    text = encoding.format();
  }

  /**
   * Learns it, by the rules of CSV files, from rows in their order.
   *
   * @param training whether a row, by its number, is learnt from; of another the class alone
   */
  static Expander learn(
      RawRows layout,
      RawSource rows,
      Missing missing,
      boolean unknownAsZeros,
      LongPredicate training)
      throws IOException {
    List<Encoding.Column> columns = layout.learnt();
    RowLearner learner = new RowLearner(layout.width(), columns, missing, unknownAsZeros);
    int label = -1;
    for (int c = 0; c < columns.size(); c++) {
      label = columns.get(c).role() == Role.LABEL ? c : label;
    }
    HashMap<String, Integer> classes = new HashMap<>();
    boolean needed = layout.width() == 0 || label >= 0;
    RawRows.Reading row = layout.reader();
    try (RawSource.Cursor cursor = rows.open(0)) {
      byte[] bytes = needed ? cursor.next() : null;
      for (long i = 0; bytes != null; i++, bytes = cursor.next()) {
        row.read(bytes);
        learner.take(row.numbers, row.words, training.test(i));
        if (label >= 0) {
          classes.put(row.words[label], 0);
        }
      }
      Encoding encoding = learner.finish();
      if (label >= 0 && classes.size() < 2) {
        throw new IllegalArgumentException(
            "column \""
                + columns.get(label).name()
                + "\": all labels are "
                + classes.keySet()
                + ", wanted two classes at least");
      }
      classes.replaceAll((name, old) -> learner.classOf(name));
      return new Expander(layout, encoding, classes);
    } catch (DataException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  RawRows layout() {
    return layout;
  }

  Encoding encoding() {
    if (encoding == null) {
      try {
        encoding = Encoding.parse(text);
      } catch (DataException e) {
        throw new IllegalStateException(e);
      }
    }
    return encoding;
  }

  /** Makes room for such rows. */
  Rows room(int capacity) {
    Encoding e = encoding();
    return new Rows(capacity, e.nIn(), e.nOut(), e.hasLabels(), layout.hasWeights());
  }

  /** For one thread. */
  Writer writer() {
    return new Writer();
  }

  /** Writes rows one by one. */
  final class Writer {
    private final RawRows.Reading row = layout.reader();
    private final Encoding learnt = encoding();
    private final List<Encoding.Column> columns = layout.learnt();
    private final List<Map<String, Integer>> codes =
        columns.stream().map(c -> Values.codes(values(c))).toList();

    private List<String> values(Encoding.Column column) {
      return column.role() != Role.CATEGORY
          ? List.of()
          : learnt.columns().get(columns.indexOf(column)).values();
    }

    /** Writes a row to row {@code i}. */
    void write(byte[] bytes, Rows into, int i) {
      row.read(bytes);
      float[] x = into.features();
      int at = i * learnt.nIn();
      System.arraycopy(row.x, 0, x, at, row.x.length);
      int target = i * learnt.nOut();
      for (int c = 0; c < columns.size(); c++) {
        switch (columns.get(c).role()) {
          case NUMBER -> {
            float fill = learnt.columns().get(c).fill();
            x[at++] = Float.isNaN(row.numbers[c]) ? fill : row.numbers[c];
          }
          case CATEGORY -> at = category(c, x, at);
          case LABEL -> into.labels()[i] = classes.get(row.words[c]);
          case TARGET -> into.targets()[target++] = row.numbers[c];
          case WEIGHT, IGNORED -> {}
        }
      }
      if (layout.hasWeights()) {
        into.weights()[i] = row.weight;
      }
    }

    private int category(int c, float[] x, int at) {
      String word = row.words[c];
      int code = word == null ? -1 : codes.get(c).getOrDefault(word, -1);
      if (code < 0 && word != null && !learnt.unknownAsZeros()) {
        throw new RowProblem(
            "column \""
                + columns.get(c).name()
                + "\": \""
                + word
                + "\" of a row that is held back is none of the categories of the others:"
                + " unknownAsZeros(true) makes zeros of it");
      }
      int width = learnt.columns().get(c).values().size();
      for (int v = 0; v < width; v++) {
        x[at + v] = v == code ? 1 : 0;
      }
      return at + width;
    }
  }
}
