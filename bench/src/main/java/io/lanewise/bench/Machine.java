package io.lanewise.bench;

import io.lanewise.gate.Host;
import io.lanewise.kernel.KernelLookup;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
        Host.now(),
        Host.cpu(),
        Runtime.getRuntime().availableProcessors(),
        Host.caches(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Host.jdk(),
        Integer.getInteger("lanewise.lanes", FloatVector.SPECIES_PREFERRED.length()),
        KernelLookup.best().describe(),
        inputFlags(),
        threadVariables(),
        versions(System.getProperty("java.class.path")),
        Host.commit(BenchHome.path()));
  }

  private static List<String> inputFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-D" + BenchHome.PROPERTY))
        .toList();
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
}
