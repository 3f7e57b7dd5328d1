package io.lanewise.gate;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * The benchmarks of a jar that JMH made, as they are: a fork is a run of the jar with one fork, in
 * slices so short that the other side is soon there.
 */
final class JmhSource implements Source {
  private static final String JMH = "org.openjdk.jmh.Main";

  private static final Set<String> OURS =
      Set.of("-foe", "-rf", "-rff", "-o", "-h", "-l", "-lp", "-lprof", "-lrf");

  /** What a run is told where nobody says otherwise. */
  private static final Map<String, String> SLICES =
      Map.of("-wi", "5", "-w", "200ms", "-i", "5", "-r", "200ms");

  private static final String LIST = "META-INF/BenchmarkList";

  private final String jar;
  private final List<String> options;
  private final Map<String, Rules> rules = new LinkedHashMap<>();
  private List<String> subjects;

  /**
   * Prepares it.
   *
   * @param options of JMH, such as -wi, -i, -p and -jvmArgs
   */
  JmhSource(String jar, List<String> options) {
    this.jar = jar;
    for (int i = 0; i < options.size(); i++) {
      check(options.get(i));
      // What follows is its value.
      i += options.get(i).contains("=") ? 0 : 1;
    }
    List<String> all = new ArrayList<>(options);
    SLICES.forEach(
        (name, value) -> {
          if (all.stream().noneMatch(o -> o.equals(name) || o.startsWith(name + "="))) {
            all.addAll(List.of(name, value));
          }
        });
    all.addAll(List.of("-f", "1", "-prof", "gc", "-foe", "false"));
    this.options = List.copyOf(all);
  }

  private static void check(String option) {
    if (!option.startsWith("-")) {
      throw new IllegalArgumentException(
          "behind -- stand JMH's options; a regular expression goes before it: " + option);
    }
    String name = option.replaceAll("=.*", "");
    if (name.equals("-f")) {
      throw new IllegalArgumentException("JMH's -f is the gate's to set: --rounds N");
    }
    if (OURS.contains(name)) {
      throw new IllegalArgumentException("JMH's " + name + " is the gate's to set");
    }
  }

  /** Whether there are benchmarks on a class path: its jars and folders. */
  static boolean isJmh(String path) throws IOException {
    for (String part : path.split(File.pathSeparator)) {
      if (JMH.equals(mainClass(part)) || Files.exists(Path.of(part, LIST))) {
        return true;
      }
      if (Files.isRegularFile(Path.of(part))) {
        try (JarFile file = new JarFile(part)) {
          if (file.getEntry(LIST) != null) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Returns what the manifest says; null if it says nothing, or there is none. */
  static String mainClass(String path) throws IOException {
    if (!Files.isRegularFile(Path.of(path))) {
      return null;
    }
    try (JarFile file = new JarFile(path)) {
      Manifest manifest = file.getManifest();
      return manifest == null ? null : manifest.getMainAttributes().getValue("Main-Class");
    } catch (java.util.zip.ZipException e) {
      throw new IllegalArgumentException(path + ": not a jar: " + e.getMessage(), e);
    }
  }

  private List<String> java() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    // JMH ends where another run of it holds its lock; what disturbs both sides is no reason to.
    return new ArrayList<>(List.of(java, "-Djmh.ignoreLock=true", "-cp", jar, JMH));
  }

  @Override
  public String describe() {
    return String.join(" ", java()) + " " + String.join(" ", options);
  }

  @Override
  public List<String> subjects() throws IOException, InterruptedException {
    if (subjects == null) {
      List<String> command = java();
      command.add("-l");
      // So that JMH says what it does not understand before anything is measured.
      command.addAll(options);
      Processes.Ended ended = Processes.run(command);
      if (ended.exit() != 0) {
        throw new IOException(jar + ": JMH ended with " + ended.exit() + ":\n" + ended.output());
      }
      subjects =
          ended
              .output()
              .lines()
              .filter(line -> line.matches("[\\w.$]+\\.[\\w$]+"))
              // Once for each mode.
              .distinct()
              .toList();
    }
    return subjects;
  }

  @Override
  public Map<String, Fork> run(String subject) throws IOException, InterruptedException {
    if (!subjects().contains(subject)) {
      return Map.of();
    }
    Path result = Files.createTempFile("lanewise-gate", ".json");
    try {
      List<String> command = java();
      command.add("^" + Pattern.quote(subject) + "$");
      command.addAll(options);
      command.addAll(List.of("-rf", "json", "-rff", result.toString()));
      Processes.Ended ended = Processes.run(command);
      if (ended.exit() != 0) {
        return Map.of(subject, Fork.failed(ended.failure()));
      }
      Map<String, Fork> forks = new LinkedHashMap<>();
      JmhFile.readAny(result)
          .entries()
          .forEach(
              (name, entry) -> {
                rules.put(name, entry.rules());
                forks.put(name, entry.forks().get(0));
              });
      JmhOutput.failures(ended.output())
          .forEach((name, why) -> forks.putIfAbsent(name, Fork.failed(why)));
      return forks.isEmpty() ? Map.of(subject, Fork.failed(ended.failure())) : forks;
    } finally {
      Files.delete(result);
    }
  }

  /** Whoever wrote it says. */
  @Override
  public double seconds() {
    return Double.NaN;
  }

  @Override
  public Rules rules(String name) {
    return rules.get(name);
  }

  /** JMH has counted as well as it can. */
  @Override
  public Fork.Bytes allocation(String name) {
    return null;
  }
}
