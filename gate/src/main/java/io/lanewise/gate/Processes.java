package io.lanewise.gate;

import java.io.IOException;
import java.util.List;

/** Runs a program to its end. */
final class Processes {
  private Processes() {}

  /** What is left of one. */
  record Ended(int exit, String output) {}

  static Ended run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes());
      return new Ended(process.waitFor(), output);
    } finally {
      process.destroy();
    }
  }
}
