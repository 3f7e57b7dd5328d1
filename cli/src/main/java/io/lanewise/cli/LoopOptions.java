package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.train.EarlyStopping;
import io.lanewise.train.Trainer;
import java.util.List;
import picocli.CommandLine.Option;

/** How the rows are gone through, and when to stop. */
final class LoopOptions {
  private static final int RECOVERIES = 3;
  private static final double PERCENT = 100;
  private static final int UPDATES = 2000;
  private static final int LEAST_EPOCHS = 10;
  private static final int MOST_EPOCHS = 200;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "How often all rows are taken. Default: 10, and of few rows more, up to 200, until there"
              + " are 2000 updates.")
  private Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "The rows of a batch. Default: 32.")
  private Integer batchSize = 32;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Batches of one update, which is that of the mean over their rows. Default: 1.")
  private Integer accumulate = 1;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "Parts of a batch whose gradients are summed in order. Default: 1.")
  private Integer shards = 1;

  @Option(
      names = "--shard-rows",
      description =
          "Each shard has rows of its own: with --workers each reads those of its shards alone.")
  private boolean shardRows;

  @Option(
      names = "--drop-last",
      description = "Leaves out a last batch that is not full. Default: it is taken.")
  private boolean dropLast;

  @Option(names = "--no-shuffle", description = "Takes the rows in their order. Default: shuffled.")
  private boolean noShuffle;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Stops after so many epochs in a row that are no better, and restores the best weights;"
              + " 0: goes through all epochs and restores them.")
  private Integer patience;

  @Option(
      names = "--monitor",
      paramLabel = "FIGURE",
      description =
          "What must get better: validation_loss, validation_accuracy, loss, accuracy, or the"
              + " figure of a metric, such as validation_f1_macro. Default: validation_loss.")
  private Figure monitor;

  @Option(
      names = "--min-delta",
      paramLabel = "F",
      description =
          "The least improvement that counts for --patience, or its share of the figure, such as"
              + " 1%%. Default: 0.")
  private String minDelta;

  @Option(
      names = "--recover",
      paramLabel = "FACTOR[:TIMES]",
      description =
          "Where something is not finite: goes on from the end of the epoch before at a learning"
              + " rate times that, at most so many times. Default: ends; 3 times.")
  private String recover;

  @Option(
      names = "--metrics",
      paramLabel = "NAME",
      split = ",",
      description =
          "Figures of the validation rows for the history: f1-macro, recall-macro, roc-auc,"
              + " log-loss, r2, mean-absolute-error, root-mean-squared-error. Default: none; of a"
              + " regression r2 and root-mean-squared-error.")
  private List<Metric> metrics = List.of();

  /** Ten epochs of few rows are a few steps, after which no network has learnt anything. */
  int epochs(long rows) {
    if (epochs != null) {
      return epochs;
    }
    long each = Math.max(1, (long) batchSize * accumulate);
    long steps = Math.max(1, (rows + each - 1) / each);
    return Math.clamp(UPDATES / steps, LEAST_EPOCHS, MOST_EPOCHS);
  }

  /** The work of all epochs. */
  double work(Network network, long rows) {
    double taken = (double) rows * epochs(rows);
    return network.work(taken, batchSize / Math.max(1, shards), true);
  }

  int shards() {
    return shards;
  }

  List<Metric> metrics() {
    return metrics;
  }

  /** Lets it show which epoch is the best so far. */
  Progress watch(Progress progress) {
    return progress.watch(monitored(), patience != null && patience > 0);
  }

  private Figure monitored() {
    return monitor == null ? Figure.VALIDATION_LOSS : monitor;
  }

  /**
   * Sets what was said.
   *
   * @param rows what an epoch has
   * @param unit what has the metrics if none were named
   */
  void apply(Trainer trainer, long rows, TargetUnit unit) {
    Named.option("--epochs", () -> trainer.epochs(epochs(rows)));
    Named.option("--batch-size", () -> trainer.batchSize(batchSize));
    Named.option("--accumulate", () -> trainer.accumulate(accumulate));
    Named.option("--shards", () -> trainer.shards(shards));
    trainer.shardRows(shardRows).dropLast(dropLast).shuffle(!noShuffle);
    trainer.metrics(metrics.isEmpty() ? unit.metrics() : metrics.toArray(Metric[]::new));
    if (patience != null) {
      Figure figure = monitored();
      Named.option("--patience", () -> new EarlyStopping(figure, patience, 0, true));
      trainer.earlyStopping(
          Named.option(
              "--min-delta", () -> earlyStopping(figure, minDelta == null ? "0" : minDelta)));
    }
    if (recover != null) {
      Named.option("--recover", () -> recover(trainer));
    }
  }

  private EarlyStopping earlyStopping(Figure figure, String delta) {
    boolean relative = delta.endsWith("%");
    double number;
    try {
      number = Double.parseDouble(relative ? delta.substring(0, delta.length() - 1) : delta);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("wanted a number, or one and %, got \"" + delta + "\"");
    }
    double least = relative ? number / PERCENT : number;
    return new EarlyStopping(figure, patience, least, true, relative);
  }

  private Trainer recover(Trainer trainer) {
    String[] parts = recover.split(":", 2);
    double factor;
    int times;
    try {
      factor = Double.parseDouble(parts[0]);
      times = parts.length < 2 ? RECOVERIES : Integer.parseInt(parts[1]);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("wanted FACTOR[:TIMES], got \"" + recover + "\"");
    }
    if (times < 1) {
      throw new IllegalArgumentException("times must be >= 1, got " + times);
    }
    return trainer.recover(factor, times);
  }
}
