package io.lanewise.cli;

import io.lanewise.internal.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that the commands write, whole or not at all. */
final class Outputs {
  private Outputs() {}

  /** Throws if the file could not be written: better now than after hours of training. */
  static void check(Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new UsageException(file + " is a folder, not a file");
    }
    if (!Files.isDirectory(folder)) {
      throw new UsageException(file + ": the folder " + folder + " does not exist");
    }
    if (!Files.isWritable(folder)) {
      throw new UsageException(file + ": no permission to write in " + folder);
    }
  }

  static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A field of a CSV line, in quotes where it needs them (RFC 4180). */
  static String field(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
