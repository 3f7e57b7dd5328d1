package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.internal.StratifiedSplit;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/** Rows that every worker has whole. */
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
      Dataset training,
      Dataset held) {
    this.encoding = encoding;
    rows = training.rows();
    if (rows == 0) {
      throw new IllegalArgumentException("all rows are held back: none is left to train on");
    }
    scaling = settings.scaling == Scaling.NONE ? null : settings.scaling.fit(training);
    targetScaling = training.hasLabels() ? null : Scaling.STANDARD.fitTargets(training);
    this.training = spark.broadcast(Packed.of(training));
    this.held = held.rows() == 0 ? null : spark.broadcast(Packed.of(held));
  }

  static CollectedData of(
      org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> table,
      Columns columns,
      FitSettings settings)
      throws IOException {
    org.apache.spark.SparkContext context = table.sparkSession().sparkContext();
    long most = RawTable.most(context.getConf(), context.isLocal(), settings);
    RawTable raw = RawTable.of(table, columns, settings);
    RawTable.requireRoom(raw.sum().bytes(), most, "the rows");
    byte[][] sorted = raw.rows().collect().toArray(byte[][]::new);
    long hashes = Arrays.stream(sorted).mapToLong(RawRows::hashOf).sum();
    if (sorted.length != raw.sum().count() || hashes != raw.sum().hashes()) {
      throw new IllegalArgumentException(
          "the rows of the table are others each time they are read: write them to a file first");
    }
    Arrays.parallelSort(sorted, Arrays::compareUnsigned);
    RawSource source = RawSource.of(sorted);
    BitSet isHeld = held(raw.layout(), sorted, columns, settings);
    Expander expander =
        Expander.learn(
            raw.layout(),
            source,
            settings.missing,
            columns.unknownAsZeros(),
            i -> !isHeld.get((int) i));
    long floats = expander.encoding().nIn() + 2L + expander.encoding().nOut();
    RawTable.requireRoom(4 * floats * sorted.length, most, "the rows, each category a feature,");
    Dataset all = Dataset.read(new ExpandedRows(source, expander, 0, sorted.length));
    int[] heldRows = isHeld.stream().toArray();
    isHeld.flip(0, sorted.length);
    return new CollectedData(
        expander.encoding(),
        settings,
        JavaSparkContext.fromSparkContext(context),
        all.select(isHeld.stream().toArray()),
        all.select(heldRows));
  }

  /** By a column, or a share by the seed, of each class alike. */
  private static BitSet held(RawRows layout, byte[][] rows, Columns columns, FitSettings settings) {
    BitSet held = new BitSet(rows.length);
    if (columns.validation() != null) {
      for (int i = 0; i < rows.length; i++) {
        held.set(i, RawRows.isHeld(rows[i]));
      }
    } else if (settings.validation > 0) {
      int @Nullable [] groups = null;
      if (columns.classification()) {
        RawRows.Reading row = layout.reader();
        String[] labels = new String[rows.length];
        for (int i = 0; i < rows.length; i++) {
          row.read(rows[i]);
          labels[i] = row.words[layout.labelColumn()];
        }
        List<String> names = Arrays.stream(labels).distinct().sorted().toList();
        groups =
            Arrays.stream(labels)
                .mapToInt(label -> Collections.binarySearch(names, label))
                .toArray();
      }
      for (int i :
          StratifiedSplit.rows(rows.length, groups, settings.validation, settings.seed)[1]) {
        held.set(i);
      }
    }
    return held;
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
  public @Nullable Dataset validation() {
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

    static Packed of(Dataset data) {
      boolean labels = data.hasLabels();
      return new Packed(
          data.features(),
          data.nIn(),
          labels ? data.labels() : null,
          labels ? null : data.targets(),
          data.nOut(),
          data.hasWeights() ? data.weights() : null);
    }

    Dataset dataset() {
      Dataset data =
          labels != null
              ? Dataset.ofLabels(x, nIn, labels, nOut)
              : Dataset.ofTargets(x, nIn, targets, nOut);
      return weights == null ? data : data.withWeights(weights);
    }
  }
}
