package io.lanewise.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * The benchmarks of a jar that JMH made, as they are: a fork is a run of the jar with one fork, in
 * slices so short that the other side is soon there.
 */
final class JmhSource implements Source {
  private static final String JMH = "org.openjdk.jmh.Main";

  /** What a run is told where nobody says otherwise. */
  private static final Map<String, String> SLICES =
      Map.of("-wi", "5", "-w", "200ms", "-i", "5", "-r", "200ms");

  private final Path jar;
  private final List<String> options;
  private final Map<String, Rules> rules = new LinkedHashMap<>();
  private List<String> subjects;

  /**
   * Prepares it.
   *
   * @param options of JMH, such as -wi, -i, -p and -jvmArgs
   */
  JmhSource(Path jar, List<String> options) {
    this.jar = jar;
    for (String ours : List.of("-f", "-rf", "-rff", "-o")) {
      if (options.contains(ours)) {
        throw new IllegalArgumentException("JMH's " + ours + " is the gate's to set");
      }
    }
    List<String> all = new ArrayList<>(options);
    SLICES.forEach(
        (name, value) -> {
          if (!all.contains(name)) {
            all.addAll(List.of(name, value));
          }
        });
    all.addAll(List.of("-f", "1", "-prof", "gc", "-foe", "true"));
    this.options = List.copyOf(all);
  }

  static boolean isJmh(String path) throws IOException {
    return JMH.equals(mainClass(path));
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
    return new ArrayList<>(List.of(java, "-Djmh.ignoreLock=true", "-jar", jar.toString()));
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
      Processes.Ended ended = Processes.run(command);
      if (ended.exit() != 0) {
        throw new IOException(jar + ": -l ended with " + ended.exit() + ":\n" + ended.output());
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
        throw new IOException(
            subject + " of " + jar + " ended with " + ended.exit() + ":\n" + ended.output());
      }
      Map<String, Fork> forks = new LinkedHashMap<>();
      JmhFile.read(result)
          .entries()
          .forEach(
              (name, entry) -> {
                rules.put(name, entry.rules());
                forks.put(name, entry.forks().get(0));
              });
      return forks;
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
