package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of operators in the documentation is that of the code and of the tests that pass. */
final class OperatorTableTest {
  @TempDir Path folder;

  @Test
  void theTableIsTrue() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    List<String> lines = Files.readAllLines(Path.of("../docs/onnx.md"));
    int from = lines.indexOf("| operator | tests | what is supported |") + 2;
    for (int i = from; lines.get(i).startsWith("|"); i++) {
      String[] cells = lines.get(i).split("\\|");
      boolean ml = cells[1].trim().startsWith("ai.onnx.ml: ");
      String[] names = cells[1].trim().replace("ai.onnx.ml: ", "").split(", ");
      String[] counts = cells[2].trim().split(", ");
      for (int j = 0; j < names.length; j++) {
        // In brackets and a dash: tests that are not bundled.
        String count = counts[counts.length == 1 ? 0 : j];
        documented.put((ml ? "ai.onnx.ml." : "") + names[j], count.replaceAll("\\(.*\\)|-", "0"));
      }
    }
    assertEquals(new TreeSet<>(Operators.names()), documented.keySet());
    Map<String, String> bundled = new TreeMap<>();
    Operators.names().forEach(name -> bundled.put(name, "0"));
    Path archive = folder.resolve("node-tests.zip");
    try (InputStream in = OperatorTableTest.class.getResourceAsStream("node-tests.zip")) {
      Files.copy(in, archive);
    }
    try (FileSystem zip = FileSystems.newFileSystem(archive);
        Stream<Path> tests = Files.list(zip.getPath("/"))) {
      for (Path test : tests.toList()) {
        String first = new NodeTest(test).operators().get(0);
        bundled.merge(first, "1", (a, b) -> Integer.toString(Integer.parseInt(a) + 1));
      }
    }
    assertEquals(bundled, documented);
  }
}
