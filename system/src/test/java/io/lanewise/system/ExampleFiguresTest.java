package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The programs in {@code examples} compile, run, and reach the figures that they state: the mean of
 * two seeds, a little less strictly, or with {@code -Dlanewise.full=true} of ten; Fashion-MNIST
 * with {@code -Dlanewise.long=true}.
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
    try (URLClassLoader classes = compile(name)) {
      for (int seed = 0; seed < seeds; seed++) {
        sum += figure(Programs.run(classes, name, Integer.toString(seed)));
      }
    }
    double mean = sum / seeds;
    System.out.printf("%s: %.4f, mean of %d seeds%n", name, mean, seeds);
    assertTrue(mean >= (full ? wanted : wanted - 0.01), name + " has only " + mean);
  }

  @Test
  @EnabledIfSystemProperty(named = "lanewise.long", matches = "true")
  void fashionMnistReachesThePublishedFigure() throws Exception {
    String printed;
    try (URLClassLoader classes = compile("FashionMnist")) {
      printed = Programs.run(classes, "FashionMnist", "0");
    }
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

  private URLClassLoader compile(String name) throws IOException {
    return Programs.compile(List.of(EXAMPLES.resolve(name + ".java")), folder);
  }
}
