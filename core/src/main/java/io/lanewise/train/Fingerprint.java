package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import io.lanewise.internal.Names;
import io.lanewise.model.Architecture;
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
 * What a training is of: a checkpoint goes on only in one of the same. Not the number of epochs,
 * the kernels and the threads: these change no bit.
 */
final class Fingerprint {
  private static final String NONE = "none";
  private static final int CHUNK = 256;
  // Of a source that need not fit into memory only its beginning is read.
  private static final int STREAMED_ROWS = 16 * CHUNK;

  // What Object.toString() gives, of an object or an array: another one in each run.
  private static final Pattern IDENTITY =
      Pattern.compile("(\\[[BCDFIJSZ]|;|[.][A-Z][\\w$/]*)@[0-9a-f]+");

  private Fingerprint() {}

  /** The settings by name. */
  static Map<String, String> of(Trainer trainer, RowSource data, @Nullable Dataset validation)
      throws IOException {
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
    settings.put("data", of(data));
    settings.put("validation data", of(validation));
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

  static void add(CRC32C crc, float[] values, int count) {
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
