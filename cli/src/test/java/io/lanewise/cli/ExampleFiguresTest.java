package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The programs in {@code examples} compile, run, and reach the figures that they state: the mean of
 * two seeds, a little less strictly, or with {@code -Dlanewise.full=true} of ten.
 */
class ExampleFiguresTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "HandwrittenDigits, 0.965",
    "WineCultivars, 0.985",
    "BreastCancerDiagnosis, 0.965",
    "DiabetesProgression, 0.32"
  })
  void reachesItsFigure(String name, double wanted) throws Exception {
    boolean full = Boolean.getBoolean("lanewise.full");
    int seeds = full ? 10 : 2;
    double sum = 0;
    for (int seed = 0; seed < seeds; seed++) {
      sum += figure(run(name, Integer.toString(seed)));
    }
    double mean = sum / seeds;
    System.out.printf("%s: %.4f, mean of %d seeds%n", name, mean, seeds);
    assertTrue(mean >= (full ? wanted : wanted - 0.01), name + " has only " + mean);
  }

  @Test
  void fashionMnistReachesThePublishedFigure() throws Exception {
    String printed = run("FashionMnist", "0");
    if (printed.startsWith("skipped")) {
      System.out.println("SKIPPED, NOT PASSED: " + printed);
      Assumptions.abort(printed);
    }
    System.out.println("FashionMnist: " + printed);
    assertTrue(figure(printed) >= 0.883, printed);
  }

  private static double figure(String printed) {
    return Double.parseDouble(printed.substring(printed.lastIndexOf(' ') + 1));
  }

  /** What the program prints. */
  private String run(String name, String... args) throws Exception {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Path source = EXAMPLES.resolve(name + ".java");
    if (Files.notExists(folder.resolve(name + ".class"))) {
      int status =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  errors,
                  errors,
                  "-classpath",
                  System.getProperty("java.class.path"),
                  "-d",
                  folder.toString(),
                  source.toString());
      assertEquals(0, status, errors.toString(StandardCharsets.UTF_8));
    }
    PrintStream stdout = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) args);
    } finally {
      System.setOut(stdout);
    }
    return printed.toString(StandardCharsets.UTF_8).trim();
  }
}
