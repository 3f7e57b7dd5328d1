package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a fit as its workers get them. Their order, and which of them are held back, are
 * those of the rows' values and of the seed alone, not of partitions.
 */
interface TrainingData extends Serializable {
  /**
   * Reads a table, in the driver.
   *
   * @throws IllegalArgumentException if a column is missing, of a wrong type, or has a value that
   *     cannot be: the message names it
   */
  static TrainingData of(Dataset<Row> table, Columns columns, FitSettings settings) {
    try {
      return settings.partitioned == null
          ? CollectedData.of(table, columns, settings)
          : PartitionedData.of(table, columns, settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      // Spark's own is checked, and not declared.
      throw RowProblem.unwrapped(e);
    }
  }

  /** Whether each shard has rows of its own: see {@link io.lanewise.train.Trainer#shardRows}. */
  default boolean sharded() {
    return false;
  }

  /** In the driver: how rows become what the network takes. */
  Encoding encoding();

  /** In the driver: how the features are scaled; null for not at all. */
  Scaling.@Nullable Fit scaling();

  /** In the driver: how the targets are scaled; null where there are labels. */
  Scaling.@Nullable Fit targetScaling();

  /** In the driver: how many rows are trained on. */
  long rows();

  /** At a worker: the rows to train on. Those of others' shards need not be real. */
  RowSource training(int rank, int workers) throws IOException;

  /** At a worker: the rows that are held back, the same at all; null for none. */
  io.lanewise.dataset.@Nullable Dataset validation() throws IOException;

  /** In the driver, when the fit is over. */
  void release();
}
