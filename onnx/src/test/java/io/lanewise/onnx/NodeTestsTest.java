package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The standard's own tests of its operators. */
final class NodeTestsTest {
  /** Where Debian's package libonnx-testdata has them all. */
  private static final Path INSTALLED =
      Path.of(System.getProperty("lanewise.onnx.nodes", "/usr/share/libonnx-testdata/data/node"));

  /** Tests of these operators that cannot pass, and why. */
  private static final Map<String, String> EXPECTED =
      Map.ofEntries(
          Map.entry("test_batchnorm_epsilon_training_mode", "training"),
          Map.entry("test_batchnorm_example_training_mode", "training"),
          Map.entry("test_training_dropout", "training"),
          Map.entry("test_training_dropout_default", "training"),
          Map.entry("test_training_dropout_default_mask", "training"),
          Map.entry("test_training_dropout_mask", "training"),
          Map.entry("test_cast_FLOAT_to_STRING", "numbers as texts"),
          Map.entry("test_cast_STRING_to_FLOAT", "numbers as texts"),
          Map.entry("test_castlike_FLOAT_to_STRING_expanded", "numbers as texts"),
          Map.entry("test_castlike_STRING_to_FLOAT_expanded", "numbers as texts"),
          Map.entry("test_cast_FLOAT_to_BFLOAT16", "ONNX 1.12 cut the bits off, later it rounds"),
          Map.entry("test_blackmanwindow_expanded", "pi of four digits"),
          Map.entry("test_blackmanwindow_symmetric_expanded", "pi of four digits"),
          Map.entry("test_hammingwindow_expanded", "pi of four digits"),
          Map.entry("test_hammingwindow_symmetric_expanded", "pi of four digits"),
          Map.entry("test_hannwindow_expanded", "pi of four digits"),
          Map.entry("test_hannwindow_symmetric_expanded", "pi of four digits"),
          Map.entry("test_castlike_FLOAT_to_BFLOAT16_expanded", "an input not as declared"),
          Map.entry("test_castlike_BFLOAT16_to_FLOAT_expanded", "an input not as declared"));

  @TempDir static Path folder;

  @TestFactory
  Stream<DynamicTest> bundled() throws IOException {
    Path archive = folder.resolve("node-tests.zip");
    try (InputStream in = NodeTestsTest.class.getResourceAsStream("node-tests.zip")) {
      Files.copy(in, archive);
    }
    List<NodeTest> tests = new ArrayList<>();
    FileSystem zip = FileSystems.newFileSystem(archive);
    try (Stream<Path> folders = Files.list(zip.getPath("/"))) {
      folders.sorted().forEach(path -> tests.add(new NodeTest(path)));
    }
    assertEquals(456, tests.size());
    return tests.stream()
        .map(
            test ->
                DynamicTest.dynamicTest(
                    test.name(),
                    () -> {
                      assertNull(test.run(ScalarKernels.INSTANCE));
                      assertNull(test.run(KernelLookup.named("simd")));
                    }))
        .onClose(() -> close(zip));
  }

  private static void close(FileSystem zip) {
    try {
      zip.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** All that are installed and have no other operators pass, but for those known not to. */
  @Test
  void installed() throws IOException {
    assumeTrue(Files.isDirectory(INSTALLED), "libonnx-testdata is not installed");
    Map<String, Integer> passes = new TreeMap<>();
    Map<String, String> failures = new TreeMap<>();
    try (Stream<Path> folders = Files.list(INSTALLED)) {
      for (Path path : folders.sorted().toList()) {
        run(new NodeTest(path), passes, failures);
      }
    }
    System.out.println("node tests passed, by operator: " + passes);
    failures.keySet().removeAll(EXPECTED.keySet());
    assertTrue(failures.isEmpty(), failures::toString);
  }

  private static void run(NodeTest test, Map<String, Integer> passes, Map<String, String> failures)
      throws IOException {
    List<String> operators;
    try {
      operators = test.operators();
    } catch (ModelFormatException e) {
      // A graph that is not read at all: sequences, functions, other domains.
      return;
    }
    if (!Operators.names().containsAll(operators)) {
      return;
    }
    String wrong;
    try {
      wrong = test.run(KernelLookup.named("simd"));
    } catch (ModelFormatException | IllegalArgumentException e) {
      wrong = e.getMessage();
    }
    if (wrong != null) {
      failures.put(test.name(), wrong);
    } else {
      passes.merge(operators.get(0), 1, Integer::sum);
    }
  }
}
