package io.lanewise.spark;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.dataset.Split;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Rows that every worker has whole, in the order of their values. */
final class CollectedData implements TrainingData {
  private static final long serialVersionUID = 1;

  private final transient Encoding encoding;
  private final transient Scaling.@Nullable Fit scaling;
  private final transient Scaling.@Nullable Fit targetScaling;
  private final long rows;
  private final Broadcast<Packed> training;
  private final @Nullable Broadcast<Packed> held;

  private CollectedData(
      Encoding encoding,
      FitSettings settings,
      JavaSparkContext spark,
      io.lanewise.dataset.Dataset training,
      io.lanewise.dataset.@Nullable Dataset held) {
    this.encoding = encoding;
    rows = training.rows();
    scaling = settings.scaling == Scaling.NONE ? null : settings.scaling.fit(training);
    targetScaling = training.hasLabels() ? null : Scaling.STANDARD.fitTargets(training);
    this.training = spark.broadcast(Packed.of(training));
    this.held = held == null || held.rows() == 0 ? null : spark.broadcast(Packed.of(held));
  }

  static CollectedData of(Dataset<Row> table, Columns columns, FitSettings settings) {
    StructType schema = table.schema();
    columns.read().forEach(name -> RowReader.index(schema, name));
    org.apache.spark.sql.Column[] read =
        columns.read().stream()
            .map(name -> functions.col("`" + name.replace("`", "``") + "`"))
            .toArray(org.apache.spark.sql.Column[]::new);
    Dataset<Row> selected = table.select(read);
    List<Row> rows = selected.collectAsList();
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("the table has no rows");
    }
    Encoding encoding = learn(selected.schema(), columns, settings.missing, rows);
    io.lanewise.dataset.Dataset all = encode(selected.schema(), columns, encoding, rows);
    int[] order = order(all);
    io.lanewise.dataset.Dataset training = all.select(order);
    io.lanewise.dataset.Dataset held = null;
    if (columns.validation() != null) {
      int v = RowReader.index(selected.schema(), columns.validation());
      int[][] parts = new int[2][];
      for (int part = 0; part < 2; part++) {
        boolean wanted = part == 1;
        parts[part] =
            Arrays.stream(order).filter(r -> rows.get(r).getBoolean(v) == wanted).toArray();
      }
      training = all.select(parts[0]);
      held = all.select(parts[1]);
    } else if (settings.validation > 0) {
      Split split = Split.random(training, settings.validation, settings.seed);
      training = split.training();
      held = split.validation();
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(table.sparkSession().sparkContext());
    return new CollectedData(encoding, settings, spark, training, held);
  }

  private static Encoding learn(
      StructType schema, Columns columns, Missing missing, List<Row> rows) {
    List<String> names = columns.classification() ? classes(columns, schema, rows) : List.of();
    boolean range = true;
    for (int c = 0; c < names.size(); c++) {
      range &= names.get(c).equals(Integer.toString(c));
    }
    List<String> kept = range ? List.of() : names;
    int first = RowReader.index(schema, columns.features().get(0));
    if (columns.features().size() == 1 && RowReader.isWhole(schema.fields()[first].dataType())) {
      int nIn = RowReader.width(rows.get(0).get(first));
      return columns.classification()
          ? Encoding.ofLabels(nIn, kept, names.size())
          : Encoding.ofTargets(nIn, columns.targets().size());
    }
    List<Column> learnt = new ArrayList<>();
    for (String name : columns.features()) {
      int at = RowReader.index(schema, name);
      boolean text = schema.fields()[at].dataType().typeName().equals("string");
      float fill = missing.kind() == Missing.Kind.ERROR ? Float.NaN : missing.value();
      if (text || columns.categories().contains(name)) {
        TreeSet<String> values = new TreeSet<>();
        for (Row row : rows) {
          if (!row.isNullAt(at)) {
            values.add(RowReader.text(row.get(at)));
          }
        }
        learnt.add(new Column(name, Role.CATEGORY, fill, List.copyOf(values)));
      } else {
        learnt.add(new Column(name, Role.NUMBER, fill, List.of()));
      }
    }
    for (String target : columns.targets()) {
      Role role = columns.classification() ? Role.LABEL : Role.TARGET;
      learnt.add(new Column(target, role, Float.NaN, kept));
    }
    if (columns.weight() != null) {
      learnt.add(new Column(columns.weight(), Role.WEIGHT, Float.NaN, List.of()));
    }
    return Encoding.ofColumns(learnt, columns.unknownAsZeros(), names.size());
  }

  private static List<String> classes(Columns columns, StructType schema, List<Row> rows) {
    String name = columns.targets().get(0);
    int at = RowReader.index(schema, name);
    TreeSet<String> found = new TreeSet<>();
    boolean whole = true;
    for (Row row : rows) {
      if (row.isNullAt(at)) {
        throw new IllegalArgumentException("column \"" + name + "\": a label is null");
      }
      String text = RowReader.text(row.get(at));
      found.add(text);
      whole &= text.matches("-?(0|[1-9][0-9]{0,17})");
    }
    List<String> names = new ArrayList<>(found);
    if (whole) {
      names.sort(Comparator.comparingLong(Long::parseLong));
    }
    if (names.size() < 2) {
      throw new IllegalArgumentException(
          "column \"" + name + "\": all labels are " + names + ", wanted two classes at least");
    }
    return names;
  }

  private static io.lanewise.dataset.Dataset encode(
      StructType schema, Columns columns, Encoding encoding, List<Row> rows) {
    int nIn = encoding.nIn();
    int n = rows.size();
    RowReader reader = new RowReader(schema, columns.features(), encoding);
    float[] x = new float[Math.multiplyExact(n, nIn)];
    for (int i = 0; i < n; i++) {
      reader.features(rows.get(i), x, i * nIn);
    }
    io.lanewise.dataset.Dataset all;
    int[] at = columns.targets().stream().mapToInt(t -> RowReader.index(schema, t)).toArray();
    if (columns.classification()) {
      Map<String, Integer> codes = RowReader.codes(encoding.classes());
      int[] labels = new int[n];
      for (int i = 0; i < n; i++) {
        String text = RowReader.text(rows.get(i).get(at[0]));
        labels[i] = codes.isEmpty() ? Integer.parseInt(text) : codes.get(text);
      }
      all = io.lanewise.dataset.Dataset.ofLabels(x, nIn, labels, encoding.nOut());
    } else {
      float[] y = new float[n * at.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = number(rows.get(i / at.length), at[i % at.length], schema);
      }
      all = io.lanewise.dataset.Dataset.ofTargets(x, nIn, y, at.length);
    }
    if (columns.weight() == null) {
      return all;
    }
    float[] weights = new float[n];
    int w = RowReader.index(schema, columns.weight());
    for (int i = 0; i < n; i++) {
      weights[i] = number(rows.get(i), w, schema);
    }
    return all.withWeights(weights);
  }

  private static float number(Row row, int at, StructType schema) {
    if (row.get(at) instanceof Number number) {
      return number.floatValue();
    }
    throw new IllegalArgumentException(
        "column \"" + schema.fieldNames()[at] + "\": got " + row.get(at) + ", wanted a number");
  }

  /** The rows by their values: those that are equal are as good as each other. */
  private static int[] order(io.lanewise.dataset.Dataset all) {
    Integer[] order = new Integer[all.rows()];
    Arrays.setAll(order, i -> i);
    int nIn = all.nIn();
    int nOut = all.hasLabels() ? 0 : all.nOut();
    float[] x = all.features();
    Comparator<Integer> byValue =
        (a, b) -> Arrays.compare(x, a * nIn, a * nIn + nIn, x, b * nIn, b * nIn + nIn);
    if (all.hasLabels()) {
      int[] labels = all.labels();
      byValue = byValue.thenComparingInt(i -> labels[i]);
    } else {
      float[] y = all.targets();
      byValue =
          byValue.thenComparing(
              (a, b) -> Arrays.compare(y, a * nOut, a * nOut + nOut, y, b * nOut, b * nOut + nOut));
    }
    if (all.hasWeights()) {
      float[] weights = all.weights();
      byValue = byValue.thenComparing((a, b) -> Float.compare(weights[a], weights[b]));
    }
    Arrays.sort(order, byValue);
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public Scaling.@Nullable Fit scaling() {
    return scaling;
  }

  @Override
  public Scaling.@Nullable Fit targetScaling() {
    return targetScaling;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public RowSource training(int rank, int workers) {
    return training.value().dataset();
  }

  @Override
  public io.lanewise.dataset.@Nullable Dataset validation() {
    return held == null ? null : held.value().dataset();
  }

  @Override
  public void release() {
    training.destroy();
    if (held != null) {
      held.destroy();
    }
  }

  /** A data set as it is sent. */
  private record Packed(
      float[] x,
      int nIn,
      int @Nullable [] labels,
      float @Nullable [] targets,
      int nOut,
      float @Nullable [] weights)
      implements Serializable {

    static Packed of(io.lanewise.dataset.Dataset data) {
      boolean labels = data.hasLabels();
      return new Packed(
          data.features(),
          data.nIn(),
          labels ? data.labels() : null,
          labels ? null : data.targets(),
          data.nOut(),
          data.hasWeights() ? data.weights() : null);
    }

    io.lanewise.dataset.Dataset dataset() {
      io.lanewise.dataset.Dataset data =
          labels != null
              ? io.lanewise.dataset.Dataset.ofLabels(x, nIn, labels, nOut)
              : io.lanewise.dataset.Dataset.ofTargets(x, nIn, targets, nOut);
      return weights == null ? data : data.withWeights(weights);
    }
  }
}
