package io.lanewise.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A Spark cluster of processes: a master, two workers of two slots each, and drivers, from the jars
 * of this JVM's class path. None of them outlives this JVM, however that ends.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int WORKERS = 2;
  private static final int SLOTS = 2;
  private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");
  private static final String LOG = "-Dlog4j2.configurationFile=cluster-log4j2.properties";
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private final Path folder;
  private final Map<String, String> settings;
  private final List<Process> all = new ArrayList<>();
  private String master = "";

  private StandaloneCluster(Path folder, Map<String, String> settings) throws IOException {
    this.folder = folder;
    this.settings = settings;
    home(folder);
  }

  /** Begins one whose drivers start executors themselves, two of two slots each. */
  static StandaloneCluster local(Path folder) throws IOException {
    StandaloneCluster cluster = new StandaloneCluster(folder, Map.of());
    cluster.master = "local-cluster[2," + SLOTS + ",700]";
    return cluster;
  }

  /**
   * Starts one.
   *
   * @param folder an empty one, for all that it writes
   * @param settings of Spark, for all its processes
   */
  static StandaloneCluster start(Path folder, Map<String, String> settings)
      throws IOException, InterruptedException {
    StandaloneCluster cluster = new StandaloneCluster(folder, settings);
    try {
      cluster.startAll();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startAll() throws IOException, InterruptedException {
    Path log = folder.resolve("master.log");
    List<String> where = List.of("--host", HOST, "--port", "0", "--webui-port", "0");
    start(log, "org.apache.spark.deploy.master.Master", where);
    master = await(log, MASTER, 1);
    for (int i = 0; i < WORKERS; i++) {
      List<String> args = new ArrayList<>(where);
      args.addAll(List.of("-c", String.valueOf(SLOTS), "-m", "2g"));
      args.addAll(List.of("-d", folder.resolve("worker" + i).toString(), master));
      start(folder.resolve("worker" + i + ".log"), "org.apache.spark.deploy.worker.Worker", args);
    }
    await(log, Pattern.compile("Registering worker"), WORKERS);
  }

  /** Makes a folder that Spark takes for its installation. */
  static void home(Path folder) throws IOException {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (String entry : classPath()) {
      Path jar = Path.of(entry);
      if (!isOurs(entry) && !Files.exists(jars.resolve(jar.getFileName()))) {
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
      }
    }
  }

  private static List<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Files.exists(Path.of(entry)))
        .toList();
  }

  private static boolean isOurs(String entry) {
    Path path = Path.of(entry);
    return Files.isDirectory(path) || path.getFileName().toString().startsWith("lanewise-");
  }

  /** What executors have beside Spark. */
  static String ours() {
    return classPath().stream()
        .filter(StandaloneCluster::isOurs)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** What Spark's processes need to know of their installation. */
  static Map<String, String> environment(Path home) {
    return Map.of(
        "SPARK_HOME",
        home.toString(),
        "SPARK_LOCAL_IP",
        HOST,
        "SPARK_SCALA_VERSION",
        "2.13",
        "JAVA_HOME",
        System.getProperty("java.home"));
  }

  private void start(Path log, String main, List<String> args) throws IOException {
    ProcessBuilder builder = java(List.of(), main, args);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    all.add(builder.start());
  }

  private ProcessBuilder java(List<String> flags, String main, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
    // Short lives: C2 would never pay.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx700m"));
    command.add(LOG);
    settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Tied.class.getName()));
    command.add(main);
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment(folder));
    return builder;
  }

  /** Starts a driver on this cluster; what it prints is to be read, its log is in the folder. */
  Process driver(String name, Map<String, String> more, String... args) throws IOException {
    return driver(name, ClusterJob.class, more, args);
  }

  /** The same, of another main class. */
  Process driver(String name, Class<?> main, Map<String, String> more, String... args)
      throws IOException {
    List<String> flags = new ArrayList<>();
    flags.add("-Dspark.master=" + master);
    flags.add("-Dspark.ui.enabled=false");
    flags.add("-Dspark.driver.host=" + HOST);
    flags.add("-Dspark.executor.memory=700m");
    flags.add("-Dspark.executor.extraClassPath=" + ours());
    flags.add("-Dspark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC " + LOG);
    flags.add("-Dspark.sql.shuffle.partitions=4");
    flags.add("-Dspark.sql.warehouse.dir=" + folder.resolve("warehouse"));
    flags.add("-Dspark.local.dir=" + folder.resolve("scratch"));
    more.forEach((key, value) -> flags.add("-D" + key + "=" + value));
    Process process =
        java(flags, main.getName(), List.of(args))
            .redirectError(folder.resolve(name + ".log").toFile())
            .start();
    all.add(process);
    return process;
  }

  /** The executors that run now: they alone are started by others. */
  List<ProcessHandle> executors() {
    return all.stream().flatMap(Process::descendants).filter(ProcessHandle::isAlive).toList();
  }

  /** All that is in a driver's log. */
  String log(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".log"));
  }

  /** The end of it, for a failure's message. */
  String tail(String name) {
    try {
      String log = log(name);
      return log.substring(Math.max(0, log.length() - 20_000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Whether there are checkpoints in a folder. */
  static boolean hasCheckpoints(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      // One that is being written begins with a dot.
      return files.anyMatch(file -> file.getFileName().toString().startsWith("step-"));
    }
  }

  private static String await(Path log, Pattern wanted, int times)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    String said = "";
    while (System.nanoTime() < end) {
      said = Files.exists(log) ? Files.readString(log) : "";
      Matcher found = wanted.matcher(said);
      for (int i = 1; found.find(); i++) {
        if (i == times) {
          return found.groupCount() == 0 ? "" : found.group(1);
        }
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("not seen: " + wanted + " in " + said);
  }

  @Override
  public void close() throws IOException {
    for (Process process : all) {
      List<ProcessHandle> below = process.descendants().toList();
      process.destroyForcibly().onExit().join();
      below.forEach(ProcessHandle::destroyForcibly);
      for (ProcessHandle handle : below) {
        handle.onExit().join();
      }
    }
    // JUnit has much to say about links that lead out of its folder.
    try (Stream<Path> links = Files.list(folder.resolve("jars"))) {
      for (Path link : links.toList()) {
        Files.delete(link);
      }
    }
  }
}
