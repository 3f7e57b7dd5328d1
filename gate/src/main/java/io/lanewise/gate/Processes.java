package io.lanewise.gate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a program to its end. */
final class Processes {
  private static final Pattern THROWN =
      Pattern.compile("(?:Exception in thread \".*\" )?([\\w$]+(?:\\.[\\w$]+)+(?:: .*)?)");

  /** How many of the last lines of what failed are worth a look. */
  private static final int LINES = 40;

  private Processes() {}

  /** What is left of one. */
  record Ended(int exit, String output) {
    /** Returns why it failed in a line, and below that what it printed last. */
    String failure() {
      return why(output).orElse("its process ended with " + exit) + "\n" + end(output);
    }
  }

  /** Returns what was thrown, by the first stack trace, and its cause; or the last line. */
  static Optional<String> why(String output) {
    List<String> lines = output.lines().map(String::stripTrailing).toList();
    String thrown = null;
    String cause = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("\tat ")) {
        thrown = thrown == null ? thrown(lines.subList(0, i)) : thrown;
      } else if (thrown != null && line.startsWith("Caused by: ")) {
        cause = ", caused by " + line.substring(11);
      } else if (thrown != null && line.isEmpty()) {
        break;
      }
    }
    if (thrown != null) {
      return Optional.of(thrown + cause);
    }
    return lines.stream().filter(line -> !line.isBlank()).reduce((a, b) -> b);
  }

  /** A message may have several lines. */
  private static String thrown(List<String> before) {
    for (int i = before.size() - 1; i >= 0; i--) {
      Matcher matcher = THROWN.matcher(before.get(i));
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    return before.isEmpty() ? null : before.get(before.size() - 1);
  }

  private static String end(String output) {
    List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
  }

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
