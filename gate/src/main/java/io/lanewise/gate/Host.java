package io.lanewise.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What this machine is, and what runs on it. */
public final class Host {
  private Host() {}

  /** Returns all that is known of it, as it stands beside figures. */
  public static Map<String, Object> here() {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("date", now());
    machine.put("cpu", cpu());
    machine.put("cores", (long) Runtime.getRuntime().availableProcessors());
    machine.put("caches", caches());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("jdk", jdk());
    machine.put("flags", ManagementFactory.getRuntimeMXBean().getInputArguments());
    machine.put("commit", commit(Path.of("")));
    return machine;
  }

  /** Returns the time in UTC, without parts of a second. */
  public static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Returns version and vendor of the JDK. */
  public static String jdk() {
    return System.getProperty("java.vm.version") + ", " + System.getProperty("java.vendor");
  }

  /** Returns the processor's model; its architecture where that is not known. */
  public static String cpu() {
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

  /** Returns the caches of one core, such as "48K L1d, 2048K L2"; empty where not known. */
  public static String caches() {
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

  /** Returns the commit of a folder's sources, with a + if they were changed; empty without git. */
  public static String commit(Path folder) {
    String commit = git(folder, "rev-parse", "--short=12", "HEAD");
    String changed = git(folder, "status", "--porcelain", "--untracked-files=no");
    return commit.isEmpty() || changed.isEmpty() ? commit : commit + "+";
  }

  private static String git(Path folder, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("git", "-C", folder.toAbsolutePath().toString()));
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
