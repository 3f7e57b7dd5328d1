package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A trainer's settings together with the rows of one fit: whether they go together, where a refusal
 * names the setting, and what they are in words, by which a checkpoint knows its training.
 */
final class FitSettings {
  private static final String NONE = "none";
  private static final int CHUNK = 256;
  // Of a source that need not fit into memory only its beginning is read.
  private static final int STREAMED_ROWS = 16 * CHUNK;

  // What Object.toString() gives, of an object or an array: another one in each run.
  private static final Pattern IDENTITY =
      Pattern.compile("(\\[[BCDFIJSZ]|;|[.][A-Z][\\w$/]*)@[0-9a-f]+");

  private final Trainer trainer;
  private final RowSource training;
  private final @Nullable Dataset held;

  /**
   * @param held the validation set; null if there is none, or it has no row
   */
  FitSettings(Trainer trainer, RowSource training, @Nullable Dataset held) {
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

  /**
   * What a training is of, by name: a checkpoint goes on only in one of the same. Not the number of
   * epochs, the kernels and the threads: these change no bit.
   */
  Map<String, String> texts() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    Network network = trainer.network;
    settings.put("network", Architecture.format(network));
    String scaled = trainer.targetScaling == null ? "" : ", of scaled targets";
    settings.put("loss", Names.of(network.loss()) + ", " + Names.of(network.reduction()) + scaled);
    settings.put("loss options", network.lossOptions().toString());
    settings.put("optimizer", text("optimizer", trainer.optimizer));
    settings.put("grouping of parameters", trainer.optimizer.grouping(network.tensors()));
    settings.put("schedule", text("schedule", trainer.schedule));
    settings.put("batch size", Integer.toString(trainer.batchSize));
    settings.put("accumulation", Integer.toString(trainer.accumulate));
    settings.put("shards", Integer.toString(trainer.shards));
    settings.put("shuffle", trainer.shuffle + (trainer.shardRows ? " in each shard" : ""));
    settings.put("drop last", Boolean.toString(trainer.dropLast));
    settings.put("seed", Long.toString(trainer.seed));
    settings.put("early stopping", text("early stopping", trainer.earlyStopping));
    settings.put("recovery", trainer.recoveries + " times " + trainer.recoveryFactor);
    settings.put("data", of(training));
    settings.put("validation data", of(held));
    return settings;
  }

  /** What somebody's own says of itself: its values, not where it is in memory. */
  private static String text(String name, @Nullable Object own) {
    String text = own == null ? NONE : own.toString();
    if (IDENTITY.matcher(text).find()) {
      throw new IllegalArgumentException(
          name
              + ": to a checkpoint and to other workers it must say its settings, but its toString() is \""
              + text
              + "\": let the class "
              + own.getClass().getName()
              + " override toString() with all their values");
    }
    return text;
  }

  private static String of(@Nullable RowSource source) throws IOException {
    if (source == null || source.rowCount() == 0) {
      return NONE;
    }
    long limit =
        source instanceof Dataset ? source.rowCount() : Math.min(source.rowCount(), STREAMED_ROWS);
    Rows rows = new Rows(source, (int) Math.min(CHUNK, limit));
    CRC32C crc = new CRC32C();
    try (RowSource.Reader reader = source.open(0)) {
      for (long done = 0; done < limit; ) {
        int count = reader.read(rows, 0, (int) Math.min(rows.capacity(), limit - done));
        if (count == 0) {
          throw new IOException("the data has fewer rows than it said");
        }
        add(crc, rows.features(), count * source.nIn());
        if (rows.hasLabels()) {
          add(crc, rows.labels(), count);
        } else {
          add(crc, rows.targets(), count * source.nOut());
        }
        if (rows.hasWeights()) {
          add(crc, rows.weights(), count);
        }
        done += count;
      }
    }
    return source.rowCount()
        + " rows, "
        + source.nIn()
        + " to "
        + source.nOut()
        + ", CRC32C "
        + HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static void add(CRC32C crc, int[] values, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values, 0, count);
    crc.update(bytes);
  }

  private static void add(CRC32C crc, float[] values, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values, 0, count);
    crc.update(bytes);
  }

  /**
   * Throws if the settings of a checkpoint, or of another worker, and of this training differ,
   * naming the first that does.
   */
  static void requireSame(Path file, Map<String, String> saved, Map<String, String> now) {
    for (Map.Entry<String, String> entry : now.entrySet()) {
      String before = saved.get(entry.getKey());
      if (!entry.getValue().equals(before)) {
        throw new IllegalStateException(
            file
                + " is of another training: its "
                + entry.getKey()
                + " is "
                + before
                + ", here it is "
                + entry.getValue());
      }
    }
  }
}
