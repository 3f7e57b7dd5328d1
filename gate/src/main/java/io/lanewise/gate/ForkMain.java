package io.lanewise.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * What the process of a fork does: measures the case that a property names, and writes what it
 * measured into a file, since the work may print.
 */
final class ForkMain {
  static final String CASE = "lanewise.gate.case";
  static final String RESULT = "lanewise.gate.result";

  /** Whether only what a run allocates is asked for, and where. */
  static final String ALLOCATION = "lanewise.gate.allocation";

  /** What a fork without this case ends with. */
  static final int NO_SUCH_CASE = 77;

  private ForkMain() {}

  static boolean asked() {
    return System.getProperty(CASE) != null;
  }

  static int run(List<GateCase> cases) {
    String name = System.getProperty(CASE);
    for (GateCase c : cases) {
      if (c.name().equals(name)) {
        try {
          Files.writeString(Path.of(System.getProperty(RESULT)), measure(c));
          return 0;
        } catch (Exception | LinkageError e) {
          e.printStackTrace();
          return 1;
        }
      }
    }
    return NO_SUCH_CASE;
  }

  private static String measure(GateCase c) throws Exception {
    Work work = c.prepare();
    String slow = System.getProperty(Measurement.SLOW);
    boolean slowed = slow != null && c.name().matches(slow);
    var measured = new Measurement(work, c.ruler().prepare(), slowed).measure();
    Fork.Bytes bytes = bytes(measured.bytes());
    String site =
        Boolean.getBoolean(ALLOCATION) && bytes.median() > 0 ? AllocationSite.of(work) : "";
    return line("figures", Arrays.stream(measured.ratios()).map(ratio -> ratio * c.scale()))
        + line("bytes", DoubleStream.of(bytes.low(), bytes.median(), bytes.high()))
        + line("warm", DoubleStream.of(measured.warm() ? 1 : 0))
        + "site "
        + site
        + "\n";
  }

  /** The median, since a deoptimization may box something once; and the middle eight tenths. */
  private static Fork.Bytes bytes(double[] slices) {
    double[] sorted = slices.clone();
    Arrays.sort(sorted);
    int tenth = sorted.length / 10;
    return new Fork.Bytes(
        sorted[tenth], Bootstrap.median(sorted), sorted[sorted.length - 1 - tenth], null);
  }

  private static String line(String key, DoubleStream numbers) {
    return numbers
        .mapToObj(x -> String.format(Locale.ROOT, " %.9g", x))
        .collect(Collectors.joining("", key, "\n"));
  }

  /** Reads what a fork has written. */
  static Fork parse(List<String> lines) throws IOException {
    if (lines.size() != 4 || !lines.get(3).startsWith("site ")) {
      throw new IOException(
          "a fork wrote " + lines + ", not its figures: is it of another version?");
    }
    double[] bytes = numbers(lines.get(1), "bytes");
    String site = lines.get(3).substring(5);
    return new Fork(
        numbers(lines.get(0), "figures"),
        new Fork.Bytes(bytes[0], bytes[1], bytes[2], site.isEmpty() ? null : site),
        numbers(lines.get(2), "warm")[0] == 1);
  }

  private static double[] numbers(String line, String key) throws IOException {
    String[] words = line.split(" ");
    if (!words[0].equals(key) || words.length < 2) {
      throw new IOException("a fork wrote '" + line + "', not its " + key);
    }
    return Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray();
  }
}
