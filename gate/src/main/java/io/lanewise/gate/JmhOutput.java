package io.lanewise.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What JMH prints: what is not in its result is only there. */
final class JmhOutput {
  private static final Pattern CASE =
      Pattern.compile(
          "# Benchmark mode: (.*)\\R# Benchmark: (.*)\\R(?:# Parameters: \\((.*)\\)\\R)?");

  private static final Pattern FAILURE =
      Pattern.compile("<failure[^>]*>|<forked VM failed with exit code \\d+>");

  /** What stands before these says nothing: the JVM's warnings, JMH's greeting. */
  private static final Pattern NOISE =
      Pattern.compile("(?m)^(# .*|WARNING: .*|<.*='20 lines'>|</std.*>)\\R");

  private JmhOutput() {}

  /** Returns why a case failed, of each that did: a line, and what was printed. */
  static Map<String, String> failures(String output) {
    Map<String, String> failures = new LinkedHashMap<>();
    Matcher start = CASE.matcher(output);
    boolean found = start.find();
    while (found) {
      int from = start.end();
      String name = name(start.group(2), start.group(3), start.group(1));
      found = start.find();
      int end = found ? start.start() : output.indexOf("\n# Run complete", from);
      String text = output.substring(from, end < 0 ? output.length() : end);
      Matcher failure = FAILURE.matcher(text);
      if (failure.find()) {
        String trace = NOISE.matcher(text.substring(failure.end())).replaceAll("");
        String why =
            trace.contains("\n\tat ")
                ? new Processes.Ended(1, trace).failure()
                : last(text) + "\n" + trace.strip();
        failures.put(name, why);
      }
    }
    return failures;
  }

  /** Of a process that ended its exit code stands below. */
  private static String last(String text) {
    return FAILURE.matcher(text).results().map(MatchResult::group).reduce((a, b) -> b).orElse("");
  }

  /** As {@link JmhFile} calls it. */
  private static String name(String benchmark, String params, String mode) {
    Map<String, String> sorted = new TreeMap<>();
    if (params != null) {
      for (String param : params.split(", (?=[\\w$]+ = )")) {
        String[] parts = param.split(" = ", 2);
        sorted.put(parts[0], parts.length == 2 ? parts[1] : "");
      }
    }
    String word =
        mode.startsWith("Throughput")
            ? "thrpt"
            : mode.startsWith("Average") ? "avgt" : mode.startsWith("Sampl") ? "sample, p50" : "ss";
    return JmhFile.name(benchmark, sorted, word);
  }
}
