package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The command line on a data set of files. */
class FashionMnistTest {
  private static final Path FILES = Path.of("/usr/share/datasets/fashion-mnist");
  private static final double WANTED = 0.860;

  @TempDir private Path folder;

  @Test
  @EnabledIfSystemProperty(named = "lanewise.long", matches = "true")
  void reachesItsAccuracyOnTheFullTestSet() throws Exception {
    if (!Files.isDirectory(FILES)) {
      System.out.println(
          "SKIPPED, NOT PASSED: FashionMnistTest needs "
              + FILES
              + "; apt install"
              + " dataset-fashion-mnist");
    }
    Assumptions.assumeTrue(Files.isDirectory(FILES), "install dataset-fashion-mnist");
    Path model = folder.resolve("fashion.safetensors");
    String trained =
        lanewise(
            "train",
            "--data",
            FILES.resolve("train-images-idx3-ubyte.gz"),
            "--labels",
            FILES.resolve("train-labels-idx1-ubyte.gz"),
            "--layers",
            "128",
            "--optimizer",
            "adam",
            "--learning-rate",
            "1e-3",
            "--batch-size",
            "64",
            "--epochs",
            "5",
            "--out",
            model);
    String evaluated =
        lanewise(
            "evaluate",
            "--model",
            model,
            "--data",
            FILES.resolve("t10k-images-idx3-ubyte.gz"),
            "--labels",
            FILES.resolve("t10k-labels-idx1-ubyte.gz"));
    System.out.println("Fashion-MNIST\n" + trained + evaluated);
    Matcher accuracy = Pattern.compile("accuracy +([0-9.]+)").matcher(evaluated);
    assertTrue(accuracy.find(), evaluated);
    assertTrue(Double.parseDouble(accuracy.group(1)) >= WANTED, evaluated);
  }

  /** The command line, as a person runs it. */
  private static String lanewise(Object... args) throws Exception {
    return Jvm.run(List.of(), "io.lanewise.cli.Main", args);
  }
}
