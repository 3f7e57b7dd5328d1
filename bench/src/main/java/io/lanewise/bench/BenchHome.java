package io.lanewise.bench;

import java.nio.file.Path;

/**
 * Where the baseline lies and results are kept: the folder of this module, as the launcher says.
 */
final class BenchHome {
  static final String PROPERTY = "lanewise.bench.home";

  private BenchHome() {}

  /** Returns the folder, the working one if nobody says. */
  static Path path() {
    return Path.of(System.getProperty(PROPERTY, ""));
  }
}
