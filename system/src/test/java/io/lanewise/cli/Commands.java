package io.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the commands of a file, a line each, until one fails, whose exit code it has. In one JVM,
 * since an emulated one takes seconds to start and minutes to compile.
 */
public final class Commands {
  private Commands() {}

  /** Runs them: {@code Commands FILE}. */
  public static void main(String[] args) throws IOException {
    PrintWriter out = new PrintWriter(System.out, true);
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      String[] words = line.split(" ");
      int code = Main.commandLine(words).setOut(out).execute(words);
      out.flush();
      if (code != 0) {
        System.err.println(line + ": exit code " + code);
        System.exit(code);
      }
    }
  }
}
