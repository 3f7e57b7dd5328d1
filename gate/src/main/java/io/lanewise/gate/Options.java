package io.lanewise.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The arguments of a gate.
 *
 * @param words those that are no options: regular expressions, or files
 * @param values of the options, by name; a switch has an empty one
 * @param rest what follows --
 */
record Options(List<String> words, Map<String, String> values, List<String> rest) {
  static final String HELP =
      """
      A gate against regressions: fails if something became slower, or allocates more.

        java -jar lanewise-gate.jar --base OLD.jar --head NEW.jar [REGEX...] [-- JMH's options]
                                two jars in turn on this machine, JMH's benchmarks or cases
        java -jar lanewise-gate.jar jmh BASE.json HEAD.json [--ruler NAME]
                                two results of JMH (-rf json)
        java -cp ... YourGate [REGEX...] --base OLD.jar
                                your cases on that jar, and on the class path as it is, in turn
        java -cp ... YourGate [REGEX...] [--update-baseline]
                                your cases against a baseline, which --update-baseline measures

        REGEX                   which cases, found in their names
        --base PATH             the class path of the base: jars and folders
        --head PATH             that of the head; without it the class path as it is
        --main CLASS            the program of the cases, where the jar does not name it
        --baseline FILE         the baseline's file; default: gate-baseline.json
        --update-baseline       measures the baseline of this processor anew
        --rounds N              forks of each case, more for what is suspect; default: 3
        --tolerance FRACTION    the loss that passes; default: 0.03 for two sides in turn, 0.05
                                for files and a baseline, 0.3 for one of another processor
        --strict                undecided fails, exit code 1
        --ruler NAME            of two files: the benchmark that the others are divided by
        --list                  only lists the cases, and how long they take
        --json FILE             writes the verdicts as JSON; also --markdown FILE, a comment for a
                                pull request, and --junit FILE, JUnit's XML
        --history FOLDER        keeps the verdicts there as JSON, under their date

      Exit codes: 0 passed; 1 slower, allocates more, or does not run; 2 wrong use, or nothing to
      compare with; 3 undecided.
      """;

  private static final Set<String> SWITCHES =
      Set.of("--update-baseline", "--strict", "--list", "--help", "-h");
  private static final Set<String> WITH_VALUE =
      Set.of(
          "--base",
          "--head",
          "--main",
          "--baseline",
          "--rounds",
          "--tolerance",
          "--ruler",
          "--json",
          "--markdown",
          "--junit",
          "--history");

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if one is not known, or wrong
   */
  static Options parse(List<String> args) {
    int end = args.contains("--") ? args.indexOf("--") : args.size();
    List<String> words = new ArrayList<>();
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < end; i++) {
      String arg = args.get(i);
      int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      String name = equals < 0 ? arg : arg.substring(0, equals);
      if (SWITCHES.contains(arg)) {
        values.put(arg, "");
      } else if (WITH_VALUE.contains(name)) {
        if (equals < 0 && i + 1 == end) {
          throw new IllegalArgumentException(name + " needs a value");
        }
        if (values.put(name, equals < 0 ? args.get(++i) : arg.substring(equals + 1)) != null) {
          throw new IllegalArgumentException(name + " is given twice");
        }
      } else if (arg.startsWith("-")) {
        throw new IllegalArgumentException("unknown option " + arg);
      } else {
        words.add(arg);
      }
    }
    Options options =
        new Options(words, values, args.subList(Math.min(args.size(), end + 1), args.size()));
    options.plan();
    return options;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean help() {
    return has("--help") || has("-h");
  }

  String get(String name) {
    return values.get(name);
  }

  /** Throws if an option is there that means nothing here. */
  void allow(String what, String... names) {
    values.keySet().stream()
        .filter(name -> !Set.of(names).contains(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(name + " does not go with " + what);
            });
  }

  GatePlan plan() {
    String rounds = values.getOrDefault("--rounds", "3");
    if (!rounds.matches("[1-9]\\d{0,5}")) {
      throw new IllegalArgumentException("--rounds must be a whole number >= 1, got " + rounds);
    }
    return new GatePlan(filter(), Integer.parseInt(rounds), tolerance(), has("--strict"));
  }

  private Double tolerance() {
    String tolerance = get("--tolerance");
    if (tolerance == null) {
      return null;
    }
    try {
      double value = Double.parseDouble(tolerance);
      if (value > 0 && value < 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("--tolerance must be in (0, 1), got " + tolerance);
  }

  private Pattern filter() {
    try {
      return Pattern.compile(String.join("|", words));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "not a regular expression: " + String.join("|", words) + ": " + e.getDescription(), e);
    }
  }

  /** Writes the report where it is asked for. */
  void write(GateReport report) throws IOException {
    if (report.verdicts().isEmpty()) {
      return;
    }
    write("--json", report.json());
    write("--markdown", report.markdown());
    write("--junit", report.junit());
    if (has("--history")) {
      report.keep(Path.of(get("--history")));
    }
  }

  private void write(String name, String text) throws IOException {
    if (has(name)) {
      Files.writeString(Path.of(get(name)), text);
    }
  }
}
