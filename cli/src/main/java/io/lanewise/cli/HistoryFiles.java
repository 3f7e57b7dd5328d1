package io.lanewise.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The history of a training as a file: what its name ends in decides, CSV, SVG or HTML. */
final class HistoryFiles {
  private HistoryFiles() {}

  static void requireEnding(Path file) {
    if (!List.of("csv", "svg", "html").contains(ending(file))) {
      throw new UsageException("--history: " + file + " must end in .csv, .svg or .html");
    }
  }

  static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
