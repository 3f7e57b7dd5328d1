package io.lanewise.bench;

import io.lanewise.kernel.KernelLookup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.util.Version;

/**
 * What a result was measured on, and with.
 *
 * @param date of the run, UTC
 * @param cpu its model
 * @param cores that the JVM may use
 * @param caches of one core, such as "48K L1d, 2048K L2, 266240K L3"; empty if not known
 * @param os name and version
 * @param jdk version and vendor
 * @param lanes of a float vector
 * @param kernels what the kernels say of themselves
 * @param flags of the JVM, and so of its forks
 * @param environment the variables that libraries read their thread counts from
 * @param versions of the libraries
 * @param commit of the sources, with a + if they were changed; empty if not known
 */
public record Machine(
    String date,
    String cpu,
    int cores,
    String caches,
    String os,
    String jdk,
    int lanes,
    String kernels,
    List<String> flags,
    Map<String, String> environment,
    Map<String, String> versions,
    String commit) {

  private static final Pattern LIBRARY =
      Pattern.compile(
          "\\b(openblas|mkl|dnnl|pytorch|pytorch-jni|onnxruntime|deeplearning4j-nn|blas|ejml-core"
              + "|ojalgo)-(\\d[\\w.]*)[^/:;]*\\.jar");

  /** Reads it from this machine. */
  public static Machine here() {
    return new Machine(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        cacheSizes(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.version") + ", " + System.getProperty("java.vendor"),
        Integer.getInteger("lanewise.lanes", FloatVector.SPECIES_PREFERRED.length()),
        KernelLookup.best().describe(),
        inputFlags(),
        threadVariables(),
        versions(System.getProperty("java.class.path")),
        commitOf(BenchHome.path()));
  }

  private static List<String> inputFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-D" + BenchHome.PROPERTY))
        .toList();
  }

  private static String cpuModel() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | UncheckedIOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static String cacheSizes() {
    Path cpu = Path.of("/sys/devices/system/cpu/cpu0/cache");
    List<String> sizes = new ArrayList<>();
    for (int index = 0; Files.exists(cpu.resolve("index" + index)); index++) {
      Path cache = cpu.resolve("index" + index);
      String type = read(cache.resolve("type"));
      if (!type.equals("Instruction")) {
        String level = "L" + read(cache.resolve("level")) + (type.equals("Data") ? "d" : "");
        sizes.add(read(cache.resolve("size")) + " " + level);
      }
    }
    return String.join(", ", sizes);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).trim();
    } catch (IOException e) {
      return "?";
    }
  }

  private static Map<String, String> threadVariables() {
    return System.getenv().entrySet().stream()
        .filter(e -> e.getKey().endsWith("_NUM_THREADS") || e.getKey().endsWith("_CORETYPE"))
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
  }

  /** Of JMH and of the libraries that are compared with, by the names of their jars. */
  static Map<String, String> versions(String classPath) {
    Map<String, String> versions = new TreeMap<>();
    versions.put("JMH", Version.getPlainVersion());
    Matcher jars = LIBRARY.matcher(classPath);
    while (jars.find()) {
      versions.put(jars.group(1), jars.group(2));
    }
    return versions;
  }

  private static String commitOf(Path folder) {
    String commit = git(folder, "rev-parse", "--short=12", "HEAD");
    String changed = git(folder, "status", "--porcelain", "--untracked-files=no");
    return commit.isEmpty() || changed.isEmpty() ? commit : commit + "+";
  }

  private static String git(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes()).trim();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : "";
    } catch (IOException e) {
      // No git here.
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
