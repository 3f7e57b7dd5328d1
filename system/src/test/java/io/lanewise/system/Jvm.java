package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other JVMs, with the class path of the tests and the project's flags. */
public final class Jvm {
  private Jvm() {}

  /** A JVM that is not started yet, with more flags; errors go where the output goes. */
  public static ProcessBuilder builder(List<String> flags, String main, Object... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "jvm.config"));
    // Flags of x86 are unknown elsewhere; there they are ignored and the default is tested again.
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /** What it prints; it must end well, and within five minutes. */
  static String run(List<String> flags, String main, Object... args)
      throws IOException, InterruptedException {
    Process process = builder(flags, main, args).start();
    String output = output(process);
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), output);
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
