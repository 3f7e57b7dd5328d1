package io.lanewise.spark;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/**
 * Rows in files, of which each worker copies those of its shards to its machine. The first rows in
 * their order are held back: it is as good as random.
 */
final class PartitionedData implements TrainingData {
  private static final long serialVersionUID = 1;

  private final RawFiles files;
  private final Expander expander;
  private final long held;
  private final int shards;
  private final transient Scaling.@Nullable Fit scaling;
  private final transient Scaling.@Nullable Fit targetScaling;

  private PartitionedData(RawFiles files, Expander expander, long held, FitSettings settings)
      throws IOException {
    this.files = files;
    this.expander = expander;
    this.held = held;
    shards = settings.shards;
    RowSource rows = all();
    scaling = settings.scaling == Scaling.NONE ? null : settings.scaling.fit(rows);
    targetScaling = settings.classification ? null : Scaling.STANDARD.fitTargets(rows);
  }

  static PartitionedData of(
      org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> table,
      Columns columns,
      FitSettings settings)
      throws IOException {
    requireSettings(settings);
    SparkContext context = table.sparkSession().sparkContext();
    RawTable raw = RawTable.of(table, columns, settings);
    RawTable.Sum sum = raw.sum();
    long held =
        columns.validation() != null ? sum.held() : Math.round(settings.validation * sum.count());
    if (held == sum.count()) {
      throw new IllegalArgumentException("all rows are held back: none is left to train on");
    }
    String about =
        sum.count()
            + " rows, sum "
            + Long.toHexString(sum.hashes())
            + ", of "
            + raw.layout().describe()
            + "\n";
    RawFiles files =
        RawFiles.written(table.sparkSession(), settings.partitioned, raw.rows(), about);
    if (files.count() != sum.count()) {
      throw new IllegalArgumentException(
          "partitioned: "
              + settings.partitioned
              + " has "
              + files.count()
              + " rows, the table "
              + sum.count()
              + ": a file is missing, or the table is another each time: delete the folder, and"
              + " write the table to a file first");
    }
    Expander expander =
        Expander.learn(
            raw.layout(), files, settings.missing, columns.unknownAsZeros(), i -> i >= held);
    long floats = expander.encoding().nIn() + 2L + expander.encoding().nOut();
    RawTable.requireRoom(
        4 * floats * held,
        RawTable.most(context.getConf(), context.isLocal(), settings),
        "validation: the rows that are held back");
    return new PartitionedData(files, expander, held, settings);
  }

  private static void requireSettings(FitSettings settings) {
    if (settings.missing.kind() == Missing.Kind.MEDIAN) {
      throw new IllegalArgumentException(
          "missing: a median needs all values in memory: take MEAN or a number with partitioned");
    }
    if (settings.batchSize % settings.shards != 0) {
      throw new IllegalArgumentException(
          "batchSize: "
              + settings.batchSize
              + ", wanted a multiple of the "
              + settings.shards
              + " shards, as with partitioned each has rows of its own");
    }
  }

  private ExpandedRows all() {
    return new ExpandedRows(files, expander, held, rows());
  }

  @Override
  public boolean sharded() {
    return true;
  }

  @Override
  public Encoding encoding() {
    return expander.encoding();
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
    return files.count() - held;
  }

  @Override
  public RowSource training(int rank, int workers) throws IOException {
    long first = begin(rows(), shards, begin(shards, workers, rank));
    long end = begin(rows(), shards, begin(shards, workers, rank + 1));
    return new LocalRows(all(), first, end, scratch());
  }

  /** Where a run begins: of {@code n}, cut into runs as equal as can be, the first ones longer. */
  private static long begin(long n, int runs, long run) {
    return n / runs * run + Math.min(run, n % runs);
  }

  /** A disk that Spark was given for such files. */
  private static Path scratch() {
    SparkEnv spark = SparkEnv.get();
    File[] folders =
        spark == null ? new File[0] : spark.blockManager().diskBlockManager().localDirs();
    return folders.length > 0 ? folders[0].toPath() : Path.of(System.getProperty("java.io.tmpdir"));
  }

  @Override
  public @Nullable Dataset validation() throws IOException {
    return held == 0 ? null : Dataset.read(new ExpandedRows(files, expander, 0, held));
  }

  @Override
  public void release() {}
}
