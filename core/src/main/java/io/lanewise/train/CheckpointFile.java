package io.lanewise.train;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.model.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A checkpoint as a file: safetensors, whose metadata are the texts and whose tensors are the
 * arrays, with a CRC32C over both; written whole or not at all.
 */
final class CheckpointFile {
  private static final String FORMAT = "lanewise.checkpoint";
  private static final String VERSION = "1";

  private CheckpointFile() {}

  static void write(Path file, State state) throws IOException {
    SafetensorsWriter writer = Safetensors.writer();
    writer.metadata(FORMAT, VERSION);
    for (Map.Entry<String, String> text : state.texts().entrySet()) {
      writer.metadata(text.getKey(), text.getValue());
    }
    for (Map.Entry<String, float[]> array : state.arrays().entrySet()) {
      float[] values = array.getValue();
      writer.add(array.getKey(), new long[] {values.length}, values);
    }
    writer.checksum().save(file);
  }

  /**
   * Reads one and compares its checksum.
   *
   * @throws ModelFormatException if it is damaged or no checkpoint; the message names the file
   */
  static State read(Path file) throws IOException {
    try (Safetensors in = Safetensors.open(file)) {
      Map<String, String> texts = new TreeMap<>(in.metadata());
      if (!VERSION.equals(texts.remove(FORMAT)) || texts.remove(Safetensors.CHECKSUM) == null) {
        throw new ModelFormatException(file + ": no checkpoint of this version of Lanewise");
      }
      in.verify();
      Map<String, float[]> arrays = new TreeMap<>();
      for (Safetensors.Entry entry : in.entries()) {
        arrays.put(entry.name(), in.floats(entry.name()));
      }
      return new State(texts, arrays, file);
    }
  }
}
