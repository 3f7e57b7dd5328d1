package io.lanewise.data;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Learns an encoding from rows that are in no file, by the rules of CSV files: the same categories,
 * classes and values for what is missing, of which the mean alone depends on the order of the rows,
 * by a rounding.
 *
 * <pre>{@code
 * RowLearner learner = new RowLearner(0, columns, Missing.MEAN, false);
 * learner.take(numbers, texts, true); // each row
 * Encoding encoding = learner.finish();
 * }</pre>
 */
public final class RowLearner {
  private final int plain;
  private final boolean unknownAsZeros;
  private final CsvLayout layout;
  private final Learner learner;
  private final int label;
  private final float[] raw;
  private @Nullable Labels known;

  /**
   * Begins.
   *
   * @param plain features before those of the columns that are taken as they are, and not given
   *     here; with them the columns are a label, or targets, alone
   * @param columns with their names and roles; their values are what is learnt
   * @param missing what becomes of a missing feature; with {@link Missing#MEDIAN} all numbers are
   *     kept until the end
   * @param unknownAsZeros whether a category that is not learnt is a row of zeros
   */
  public RowLearner(int plain, List<Column> columns, Missing missing, boolean unknownAsZeros) {
    this.plain = plain;
    this.unknownAsZeros = unknownAsZeros;
    float fill = missing.kind() == Missing.Kind.ERROR ? Float.NaN : 0;
    List<Column> begun = new ArrayList<>();
    for (Column c : columns) {
      begun.add(new Column(c.name(), c.role(), c.isFeature() ? fill : Float.NaN, List.of()));
    }
    Place place = new Place("the table", "row", "column");
    place.names(columns.stream().map(Column::name).toList());
    int n = columns.size();
    int[] fields = new int[n];
    Dictionary[] dictionaries = new Dictionary[n];
    int found = -1;
    for (int c = 0; c < n; c++) {
      fields[c] = c;
      dictionaries[c] = begun.get(c).role() == Role.CATEGORY ? new Dictionary() : null;
      found = begun.get(c).role() == Role.LABEL ? c : found;
    }
    label = found;
    raw = new float[n];
    RawParser parser =
        new RawParser(
            place,
            begun,
            fields,
            dictionaries,
            new Labels(),
            null,
            new FieldFormat(false, Set.of()),
            null);
    layout = new CsvLayout(place, true, begun, parser, fields);
    learner = new Learner(layout, missing);
  }

  /**
   * Takes a row.
   *
   * @param numbers of each column that has numbers its value; NaN where it is missing
   * @param texts of each category and of the label its text; null where it is missing
   * @param training whether it is one of those that are learnt from; of another the class alone
   * @throws DataException if there are too many different texts, or the label is missing
   */
  public void take(float[] numbers, @Nullable String[] texts, boolean training)
      throws DataException {
    Place place = layout.place();
    place.line(place.line() + 1);
    for (int c = 0; c < raw.length; c++) {
      Role role = layout.columns().get(c).role();
      String text = texts[c];
      if (role == Role.LABEL) {
        raw[c] = layout.parser().labels().take(place, c, text == null ? "" : text);
      } else if (role == Role.CATEGORY) {
        Dictionary dictionary = layout.parser().dictionaries()[c];
        raw[c] = text == null ? Float.NaN : dictionary.code(place, c, text);
      } else {
        raw[c] = numbers[c];
      }
    }
    if (training) {
      learner.take(raw);
    }
  }

  /**
   * Returns what was learnt.
   *
   * @throws DataException if the rows do not have what is to be learnt, such as a second class
   */
  public Encoding finish() throws DataException {
    Labels labels = layout.parser().labels();
    if (label >= 0) {
      labels.finish(layout.place(), false);
    }
    Encoding encoding;
    if (plain == 0) {
      encoding = learner.finish(layout, unknownAsZeros);
    } else if (label < 0) {
      encoding =
          Encoding.ofTargets(
              plain, raw.length, layout.columns().stream().map(Column::name).toList());
    } else {
      encoding = Encoding.ofLabels(plain, labels.names(), labels.count());
    }
    known = label < 0 ? null : new Labels(encoding.classes(), encoding.nOut());
    return encoding;
  }

  /**
   * Returns the class of a label that was taken.
   *
   * @throws IllegalStateException before {@link #finish}, and where there is no label
   */
  public int classOf(String text) {
    if (known == null) {
      throw new IllegalStateException("there are no classes: call finish() first");
    }
    return known.find(Objects.requireNonNull(text, "text"));
  }

  /** Returns the float that the text of the number stands for, as if it stood in a file. */
  public static float floatOf(Number number) {
    return Numbers.of(number);
  }

  /** How many columns it learns. */
  @Override
  public String toString() {
    return "learner of " + raw.length + " columns after " + layout.place().line() + " rows";
  }
}
