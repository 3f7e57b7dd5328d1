package io.lanewise.data;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.internal.StratifiedSplit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file in memory before they are encoded, so that the encoding can be learnt from
 * a part of them and used on the others.
 *
 * <pre>{@code
 * Table table = new CsvReader().label("income").categories("city").readTable(file);
 * Encoding encoding = table.learn(trainingRows);
 * Dataset training = table.encode(encoding, trainingRows);
 * Dataset validation = table.encode(encoding, otherRows);
 * }</pre>
 */
public final class Table {
  private final CsvLayout layout;
  private final Missing missing;
  private final boolean unknownAsZeros;
  private final FloatList raw = new FloatList();
  private int[] lines = new int[256];
  private int rows;

  Table(CsvLayout layout, Missing missing, boolean unknownAsZeros) {
    this.layout = layout;
    this.missing = missing;
    this.unknownAsZeros = unknownAsZeros;
  }

  void add(float[] row) throws DataException {
    for (float value : row) {
      raw.add(value);
    }
    if (rows == lines.length) {
      lines = Arrays.copyOf(lines, 2 * rows);
    }
    lines[rows++] = (int) layout.place().line();
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /**
   * Holds back a random share of the rows, as {@link Dataset#split} does: where they have labels,
   * the same share of each class.
   *
   * @param fraction the share that is held back, in (0, 1)
   * @return the numbers of the rows to train on, and of those that are held back
   */
  public int[][] split(double fraction, long seed) {
    return StratifiedSplit.rows(rows, labels(), fraction, seed);
  }

  /**
   * Holds back a random share of some rows; see {@link #split(double, long)}.
   *
   * @param some their numbers, from 0
   */
  public int[][] split(int[] some, double fraction, long seed) {
    int @Nullable [] labels = labels();
    int[] own = labels == null ? null : Arrays.stream(some).map(r -> labels[r]).toArray();
    int[][] parts = StratifiedSplit.rows(some.length, own, fraction, seed);
    for (int[] part : parts) {
      Arrays.setAll(part, i -> some[part[i]]);
    }
    return parts;
  }

  /** A number for each row, the same for those of a class; null if they have none. */
  int @Nullable [] labels() {
    for (int c = 0; c < layout.columns().size(); c++) {
      if (layout.columns().get(c).role() == Role.LABEL) {
        int[] labels = new int[rows];
        for (int r = 0; r < rows; r++) {
          int code = (int) raw.get((long) r * layout.columns().size() + c);
          labels[r] = layout.parser().labels().group(code);
        }
        return labels;
      }
    }
    return null;
  }

  /** Learns an encoding from all rows. */
  public Encoding learn() throws DataException {
    return learn(all());
  }

  /**
   * Learns an encoding from some rows: categories, and what stands for missing values. The classes
   * are those of all rows.
   *
   * @param trainingRows their numbers, from 0
   * @throws DataException if they do not have what is to be learnt
   */
  public Encoding learn(int[] trainingRows) throws DataException {
    Learner learner = new Learner(layout, missing);
    float[] row = new float[layout.columns().size()];
    for (int r : trainingRows) {
      copy(r, row);
      learner.take(row);
    }
    return learner.finish(layout, unknownAsZeros);
  }

  /** Encodes all rows. */
  public Dataset encode(Encoding encoding) throws DataException {
    return encode(encoding, all());
  }

  /**
   * Encodes some rows, in that order.
   *
   * @param encoding learnt from this table
   * @param which the numbers of the rows, from 0
   * @throws DataException if one has a category that was not learnt, and that is an error
   */
  public Dataset encode(Encoding encoding, int[] which) throws DataException {
    if (encoding.columns().size() != layout.columns().size()) {
      throw new IllegalArgumentException(
          "encoding: it has "
              + encoding.columns().size()
              + " columns, the table "
              + layout.columns().size());
    }
    float[][] codes = codes(encoding);
    Rows out = RawRow.rows(encoding, Math.max(1, which.length));
    float[] row = new float[layout.columns().size()];
    for (int i = 0; i < which.length; i++) {
      copy(which[i], row);
      for (int c = 0; c < row.length; c++) {
        if (codes[c] != null && !Float.isNaN(row[c])) {
          float code = codes[c][(int) row[c]];
          if (code < 0 && !encoding.unknownAsZeros()) {
            String text = layout.parser().dictionaries()[c].texts().get((int) row[c]);
            Column column = encoding.columns().get(c);
            throw RawParser.unknown(
                layout.place(), lines[which[i]], layout.fieldOf()[c], text, column);
          }
          row[c] = code;
        }
      }
      RawRow.expand(encoding, row, out, i);
    }
    return out.dataset(which.length);
  }

  /** For each column of texts: what each text's code here is in the encoding, or -1. */
  private float[][] codes(Encoding encoding) throws DataException {
    float[][] codes = new float[layout.columns().size()][];
    for (int c = 0; c < codes.length; c++) {
      Role role = layout.columns().get(c).role();
      if (role == Role.LABEL) {
        codes[c] = classes(encoding);
      }
      if (role != Role.CATEGORY) {
        continue;
      }
      List<String> texts = layout.parser().dictionaries()[c].texts();
      Map<String, Integer> learnt = new HashMap<>();
      for (String value : encoding.columns().get(c).values()) {
        learnt.put(value, learnt.size());
      }
      codes[c] = new float[texts.size()];
      for (int t = 0; t < texts.size(); t++) {
        codes[c][t] = learnt.getOrDefault(texts.get(t), -1);
      }
    }
    return codes;
  }

  /** The class of each label's text; null where the classes were known when they were read. */
  private float[] classes(Encoding encoding) throws DataException {
    List<String> texts = layout.parser().labels().texts();
    if (texts.isEmpty()) {
      return null;
    }
    Labels known = new Labels(encoding.classes(), encoding.nOut());
    float[] classes = new float[texts.size()];
    for (int t = 0; t < classes.length; t++) {
      classes[t] = known.find(texts.get(t));
      if (classes[t] < 0) {
        throw layout.place().error(known.unknown(texts.get(t)));
      }
    }
    return classes;
  }

  private void copy(int r, float[] row) {
    Objects.checkIndex(r, rows);
    for (int c = 0; c < row.length; c++) {
      row[c] = raw.get((long) r * row.length + c);
    }
  }

  private int[] all() {
    int[] all = new int[rows];
    Arrays.setAll(all, i -> i);
    return all;
  }

  /** How many rows it has. */
  @Override
  public String toString() {
    return rows + " rows, missing " + missing.kind();
  }

  /**
   * What is in the columns of a CSV file, whatever they are for.
   *
   * @param header whether the columns have the names of a header
   * @param rows the rows
   * @param columns the columns, in the order of the file
   */
  public record Summary(boolean header, long rows, List<Column> columns) {
    /** Takes a copy of the list. */
    public Summary {
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
  }
}
