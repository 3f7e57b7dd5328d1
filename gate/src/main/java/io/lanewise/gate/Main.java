package io.lanewise.gate;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The command: compares two jars, or two results of JMH. */
public final class Main {
  private Main() {}

  /** Something that ends with an exit code. */
  interface Action {
    int run() throws IOException, InterruptedException;
  }

  /** Runs it and exits: see {@code --help}. */
  public static void main(String[] args) {
    System.exit(guarded(() -> run(Arrays.asList(args))));
  }

  /** An error is a line. */
  static int guarded(Action action) {
    try {
      return action.run();
    } catch (NoSuchFileException e) {
      System.err.println("gate: " + e.getMessage() + ": no such file or folder");
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("gate: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.err.println("gate: interrupted");
    }
    return 2;
  }

  static int run(List<String> args) throws IOException, InterruptedException {
    boolean files = !args.isEmpty() && args.get(0).equals("jmh");
    Options options = Options.parse(files ? args.subList(1, args.size()) : args);
    if (options.help()) {
      System.out.print(Options.HELP);
      return 0;
    }
    return files ? compare(options) : new Runs(options, System.out).ofJars();
  }

  private static int compare(Options options) throws IOException {
    options.allow(
        "jmh",
        "--ruler",
        "--tolerance",
        "--strict",
        "--json",
        "--markdown",
        "--junit",
        "--history");
    if (options.words().size() != 2 || !options.rest().isEmpty()) {
      throw new IllegalArgumentException(
          "jmh wants two files, BASE.json and HEAD.json, got " + options.words());
    }
    GateReport report =
        new JmhComparison(
                JmhFile.read(Path.of(options.words().get(0))),
                JmhFile.read(Path.of(options.words().get(1))),
                options.plan())
            .report(options.get("--ruler"));
    System.out.print(report.text());
    options.write(report);
    return report.exit();
  }
}
