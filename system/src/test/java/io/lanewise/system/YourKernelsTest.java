package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows the page for kernels of others, word for word. */
class YourKernelsTest {
  private static final Path PAGE = Path.of("..", "docs", "your-kernels.md");
  private static final Pattern PROGRAM =
      Pattern.compile("```java\n((?:(?!```).)*public class (\\w+) .*?)```\n", Pattern.DOTALL);
  private static final Pattern PRINTED =
      Pattern.compile("\\G\\s*(?:prints\\s*)?```text\n(.*?)```\n", Pattern.DOTALL);

  @TempDir Path folder;

  /** A program, and what it prints as the page has it; null if the page does not say. */
  private record Program(String name, String source, String printed) {
    long lines() {
      return source.lines().filter(l -> !l.isBlank() && !l.startsWith("import ")).count();
    }
  }

  private static List<Program> programs(String page) {
    List<Program> programs = new ArrayList<>();
    Matcher program = PROGRAM.matcher(page);
    while (program.find()) {
      Matcher printed = PRINTED.matcher(page);
      String text = printed.find(program.end()) ? printed.group(1) : null;
      programs.add(new Program(program.group(2), program.group(1), text));
    }
    return programs;
  }

  @Test
  void thePageIsRight() throws Exception {
    String page = Files.readString(PAGE);
    List<Program> programs = programs(page);
    assertEquals(8, programs.size());
    List<Path> sources = new ArrayList<>();
    Path acme = Files.createDirectories(folder.resolve("acme"));
    for (Program program : programs) {
      Path source = folder.resolve(program.name() + ".java");
      sources.add(Files.writeString(source, program.source()));
    }
    try (URLClassLoader classes = Programs.compile(sources, acme)) {
      for (Program program : programs) {
        if (program.printed() != null) {
          assertEquals(
              program.printed().strip(), Programs.run(classes, program.name()), program.name());
        }
      }
      theTestsRun(classes.loadClass("AcmeTest"));
    }
    for (Program program : programs) {
      if (!program.name().equals("AcmeTest")) {
        String row = "(?s).*`" + program.name() + "` \\| " + program.lines() + " \\|\n.*";
        assertTrue(page.matches(row), () -> program.name() + " has " + program.lines());
      }
    }
    Path services = Files.createDirectories(acme.resolve("META-INF/services"));
    Files.writeString(services.resolve("io.lanewise.kernel.KernelProvider"), "AcmeProvider\n");
    Matcher command = Pattern.compile("\n    [.]/lanewise (.*)").matcher(page);
    int commands = 0;
    for (; command.find(); commands++) {
      lanewise(command.group(1).split(" "));
    }
    assertEquals(3, commands);
  }

  private static void theTestsRun(Class<?> type) throws Exception {
    Method factory = type.getDeclaredMethod("conforms");
    factory.setAccessible(true);
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    @SuppressWarnings("unchecked")
    Stream<DynamicTest> tests = (Stream<DynamicTest>) factory.invoke(constructor.newInstance());
    List<DynamicTest> all = tests.toList();
    assertTrue(all.size() > 60, () -> all.size() + " operations");
    for (DynamicTest test : all.subList(0, 5)) {
      try {
        test.getExecutable().execute();
      } catch (Throwable e) {
        throw new AssertionError(test.getDisplayName(), e);
      }
    }
  }

  private void lanewise(String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "jvm.config").toAbsolutePath());
    command.add("-cp");
    command.add(
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow());
    command.add("io.lanewise.cli.Main");
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> command + out);
  }
}
