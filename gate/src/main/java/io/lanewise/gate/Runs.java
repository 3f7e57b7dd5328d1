package io.lanewise.gate;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Does what the options ask for. */
record Runs(Options options, PrintStream out) {
  /** Of a program's own cases: against a baseline, or on another class path. */
  GateReport ofCases(String program, List<GateCase> cases)
      throws IOException, InterruptedException {
    if (options.has("--ruler") || options.has("--main") || !options.rest().isEmpty()) {
      throw new IllegalArgumentException("--ruler, --main and -- do not go with cases");
    }
    String base = options.get("--base");
    if (base == null && options.has("--head")) {
      throw new IllegalArgumentException("--head goes with --base");
    }
    if (base != null && (options.has("--baseline") || options.has("--update-baseline"))) {
      throw new IllegalArgumentException("--base and a baseline do not go together");
    }
    String head = options.has("--head") ? classPath("--head") : "";
    GatePlan plan = options.plan();
    Check check = new Check(new ForkSource(program, cases, head), plan, out);
    if (options.has("--list")) {
      check.list();
      return GateReport.nothing("");
    }
    Path file =
        Path.of(options.has("--baseline") ? options.get("--baseline") : "gate-baseline.json");
    if (options.has("--update-baseline")) {
      int exit = check.updateBaseline(file, Host.here());
      return exit == 0
          ? GateReport.nothing("")
          : new GateReport("baseline", Host.here(), List.of());
    }
    return written(
        base == null
            ? check.against(file, Host.here())
            : check.against(new ForkSource(program, cases, classPath("--base"))));
  }

  /** Of two jars: those of JMH, or such as have a program with cases. */
  int ofJars() throws IOException, InterruptedException {
    options.allow(
        "--base and --head",
        "--base",
        "--head",
        "--main",
        "--rounds",
        "--tolerance",
        "--strict",
        "--list",
        "--json",
        "--markdown",
        "--junit",
        "--history");
    if (!options.has("--base") || !options.has("--head")) {
      throw new IllegalArgumentException(
          "wants --base OLD.jar and --head NEW.jar, or: jmh BASE HEAD");
    }
    String base = classPath("--base");
    String head = classPath("--head");
    boolean jmh = JmhSource.isJmh(head) && !options.has("--main");
    if (jmh != JmhSource.isJmh(base) && !options.has("--main")) {
      throw new IllegalArgumentException(
          "no JMH benchmarks in "
              + (jmh ? base : head)
              + ", but in "
              + (jmh ? head : base)
              + ": give the jars of benchmarks on both sides, each with its version of the code");
    }
    if (jmh) {
      JmhSource source = new JmhSource(head, options.rest());
      Check check = new Check(source, options.plan(), out);
      if (options.has("--list")) {
        check.list();
        return 0;
      }
      return written(check.against(new JmhSource(base, options.rest()))).exit();
    }
    return program(head);
  }

  /** The program runs on the head's class path, and knows its cases. */
  private int program(String head) throws IOException, InterruptedException {
    String main = options.has("--main") ? options.get("--main") : JmhSource.mainClass(head);
    if (main == null) {
      throw new IllegalArgumentException(
          head
              + ": neither a jar of JMH benchmarks nor one that names its program;"
              + " --main CLASS names the one that calls Gate.main");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", head + File.pathSeparator + System.getProperty("java.class.path")));
    command.add(main);
    command.addAll(options.words());
    options
        .values()
        .forEach(
            (name, value) -> {
              if (!name.equals("--main")) {
                command.add(value.isEmpty() ? name : name + "=" + value);
              }
            });
    Process process = new ProcessBuilder(command).inheritIO().start();
    return process.waitFor();
  }

  private GateReport written(GateReport report) throws IOException {
    options.write(report);
    return report;
  }

  private String classPath(String name) {
    for (String part : options.get(name).split(File.pathSeparator)) {
      if (part.isEmpty() || !Files.exists(Path.of(part))) {
        throw new IllegalArgumentException(name + ": no such file or folder: " + part);
      }
    }
    return options.get(name);
  }
}
