package io.lanewise.gate;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Cases, each in a JVM of its own, held to one core where the system can do that. */
final class ForkSource implements Source {
  /** Where an array begins within a cache line halves or doubles the speed of a loop that reads. */
  private static final String ALIGNMENT = "-XX:ObjectAlignmentInBytes=";

  private final String program;
  private final List<GateCase> cases;
  private final String classPath;
  private final List<String> flags =
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(flag -> !flag.matches("-(javaagent|agentlib|agentpath|Xrun|Xdebug).*"))
          .toList();

  /**
   * Prepares it.
   *
   * @param program whose main calls {@link Gate#main}
   * @param before what the class path begins with; empty for that of this process alone
   */
  ForkSource(String program, List<GateCase> cases, String before) {
    this.program = program;
    this.cases = cases;
    String own = System.getProperty("java.class.path");
    this.classPath = before.isEmpty() ? own : before + File.pathSeparator + own;
  }

  /** The last core that this process may use, since the first one serves the system. */
  static List<String> pin() {
    boolean taskset =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
    if (!taskset) {
      return List.of();
    }
    try {
      Matcher allowed =
          Pattern.compile("(?m)^Cpus_allowed_list:.*?(\\d+)$")
              .matcher(Files.readString(Path.of("/proc/self/status")));
      return allowed.find() ? List.of("taskset", "-c", allowed.group(1)) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private List<String> java(boolean aligned) {
    List<String> command = new ArrayList<>(pin());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-Xbatch");
    if (aligned && flags.stream().noneMatch(flag -> flag.startsWith(ALIGNMENT))) {
      command.add(ALIGNMENT + 64);
    }
    return command;
  }

  @Override
  public String describe() {
    return String.join(" ", java(true));
  }

  @Override
  public List<String> subjects() {
    return cases.stream().map(GateCase::name).toList();
  }

  @Override
  public double seconds() {
    return 2.5;
  }

  @Override
  public Rules rules(String name) {
    return cases.stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no case " + name))
        .rules();
  }

  @Override
  public Map<String, Fork> run(String name) throws IOException, InterruptedException {
    Fork fork = fork(name, java(true));
    return fork == null ? Map.of() : Map.of(name, fork);
  }

  /** Without the alignment, to which it would round an object up. */
  @Override
  public Fork.Bytes allocation(String name) throws IOException, InterruptedException {
    List<String> command = java(false);
    command.add("-D" + ForkMain.ALLOCATION + "=true");
    // The recorder looks when a thread's piece of the heap is full.
    command.addAll(List.of("-XX:MinTLABSize=2k", "-XX:TLABSize=4k", "-XX:-ResizeTLAB"));
    Fork fork = fork(name, command);
    return fork == null ? null : fork.bytes();
  }

  private Fork fork(String name, List<String> command) throws IOException, InterruptedException {
    Path result = Files.createTempFile("lanewise-gate", ".fork");
    try {
      command.add("-D" + ForkMain.CASE + "=" + name);
      command.add("-D" + ForkMain.RESULT + "=" + result);
      command.addAll(List.of("-cp", classPath, program));
      Processes.Ended ended = Processes.run(command);
      if (ended.exit() == ForkMain.NO_SUCH_CASE) {
        return null;
      }
      if (ended.exit() != 0) {
        return Fork.failed(ended.failure());
      }
      return ForkMain.parse(Files.readAllLines(result));
    } finally {
      Files.delete(result);
    }
  }
}
