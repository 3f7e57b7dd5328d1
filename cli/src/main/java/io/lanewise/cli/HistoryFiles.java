package io.lanewise.cli;

import io.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

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

  /**
   * Writes one.
   *
   * @param page of one that ends in .html
   */
  static void write(Path file, History history, Supplier<String> page) throws IOException {
    switch (ending(file)) {
      case "csv" -> Outputs.write(file, history.toCsv());
      case "svg" -> Curves.write(file, history, "validation");
      default -> Outputs.write(file, page.get());
    }
  }
}
