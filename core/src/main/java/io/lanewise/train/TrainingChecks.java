package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Layer;
import org.jspecify.annotations.Nullable;

/** Whether a trainer's settings go with the rows of one fit: a refusal names the setting. */
final class TrainingChecks {
  private final Trainer trainer;
  private final RowSource training;
  private final @Nullable Dataset held;

  /**
   * @param held the validation set; null if there is none, or it has no row
   */
  TrainingChecks(Trainer trainer, RowSource training, @Nullable Dataset held) {
    this.trainer = trainer;
    this.training = training;
    this.held = held;
  }

  /** All that takes no computing. */
  void requireSettings() {
    requireRows();
    for (Figure figure : trainer.watched()) {
      if (figure.ofValidation() && held == null) {
        throw new IllegalArgumentException("to watch " + figure + " needs a validation set");
      }
    }
    requireMetrics();
    requireRuns();
    requireStatistics(training.rowCount());
    requireUpdate(training.rowCount());
  }

  private void requireRows() {
    int least = trainer.dropLast ? trainer.batchSize : 1;
    if (training.rowCount() < least) {
      throw new IllegalArgumentException(
          "data has "
              + training.rowCount()
              + " rows, wanted at least "
              + least
              + (trainer.dropLast ? ": a batch that is not full is dropped" : ""));
    }
  }

  /** So that each batch takes as many rows of a run as its shard has, and all runs end together. */
  private void requireRuns() {
    boolean one = training.rowCount() <= trainer.batchSize;
    if (trainer.shardRows && !one && trainer.batchSize % trainer.shards != 0) {
      throw new IllegalArgumentException(
          "batchSize: "
              + trainer.batchSize
              + ", wanted a multiple of the "
              + trainer.shards
              + " shards, as each has rows of its own");
    }
  }

  private void requireMetrics() {
    for (Metric metric : trainer.takenMetrics()) {
      if (held == null) {
        throw new IllegalArgumentException(taken(metric) + " needs a validation set");
      }
      if (metric.ofClasses() != held.hasLabels()) {
        throw new IllegalArgumentException(
            taken(metric)
                + " is of "
                + (metric.ofClasses()
                    ? "labels, the rows have targets"
                    : "targets, the rows have labels"));
      }
    }
  }

  private String taken(Metric metric) {
    return (trainer.metrics.contains(metric) ? "metrics: " : "to watch: ") + Names.of(metric);
  }

  /** What is watched must have a value: that of no epoch would be the best. */
  void requireDefined(Kernels chosen) {
    Evaluation first = null;
    for (Figure figure : trainer.watched()) {
      boolean undefined = figure == Figure.ACCURACY && !training.hasLabels();
      if (figure.ofValidation() && figure != Figure.VALIDATION_LOSS) {
        if (first == null) {
          first = Evaluation.of(trainer.network, held, chosen, trainer.takenMetrics());
        }
        double value = figure.metric().map(first::value).orElse(first.accuracy());
        undefined = Double.isNaN(value) && Double.isFinite(first.loss());
      }
      if (undefined) {
        throw new IllegalArgumentException(
            "to watch "
                + figure
                + ": it is undefined for these rows"
                + (figure == Figure.VALIDATION_ROC_AUC
                    ? ", as the validation set needs some of each class"
                    : "")
                + ": watch another figure, such as validation_loss");
      }
    }
  }

  /** The rows of an update are counted in an int. */
  private void requireUpdate(long rows) {
    long most = Math.min((long) trainer.batchSize * trainer.accumulate, rows);
    if (most > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "accumulate: "
              + trainer.accumulate
              + " batches of "
              + trainer.batchSize
              + " are an update of "
              + most
              + " rows, wanted at most "
              + Integer.MAX_VALUE);
    }
  }

  /** The variance of a batch needs two rows of each piece that is normalized by itself. */
  private void requireStatistics(long rows) {
    boolean needed = false;
    for (Layer layer : trainer.network.layers()) {
      needed |= layer.needsBatchStatistics();
    }
    if (!needed) {
      return;
    }
    int batch = (int) Math.min(trainer.batchSize, rows);
    int last = (int) (rows % batch);
    int smallest = trainer.dropLast || last == 0 ? batch : last;
    if (smallest / trainer.shards < 2) {
      throw new IllegalArgumentException(
          "batchSize: batch normalization needs 2 rows of each shard, but there is a batch of "
              + smallest
              + " in "
              + trainer.shards
              + " shard(s): take another size, or drop the last batch");
    }
  }
}
