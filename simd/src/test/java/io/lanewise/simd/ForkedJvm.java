package io.lanewise.simd;

import io.lanewise.check.Conformance;
import io.lanewise.kernel.Kernels;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a main class of the tests in a JVM of its own, on the class path: core, check, simd, the
 * tests.
 */
record ForkedJvm(int exit, String output) {
  static ForkedJvm run(Class<?> main, List<String> flags) throws IOException, InterruptedException {
    return run(main, flags, List.of());
  }

  /** With more in front of the class path. */
  static ForkedJvm run(Class<?> main, List<String> flags, List<Path> before, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(
        Stream.concat(
                before.stream().map(Path::toString),
                Stream.of(Kernels.class, Conformance.class, SimdProvider.class, main)
                    .map(ForkedJvm::root))
            .distinct()
            .collect(Collectors.joining(System.getProperty("path.separator"))));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Flags from outside would change what is tested, and the JVM announces them in the output.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    return new ForkedJvm(process.waitFor(), output);
  }

  /**
   * The folder or jar of a class. From its resource, since the code source of a test class that
   * patches a module is the module's own folder.
   */
  private static String root(Class<?> type) {
    String file = type.getName().replace('.', '/') + ".class";
    String url = type.getResource("/" + file).toString();
    String root = url.substring(0, url.length() - file.length());
    if (root.startsWith("jar:")) {
      root = root.substring("jar:".length(), root.length() - "!/".length());
    }
    return Path.of(URI.create(root)).toString();
  }
}
