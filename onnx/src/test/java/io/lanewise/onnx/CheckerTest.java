package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written, checked by ONNX's own checker, with its inference of shapes. */
final class CheckerTest {
  private static final String PROGRAM =
      """
      import sys
      import onnx
      for file in sys.argv[1:]:
          model = onnx.load(file)
          onnx.checker.check_model(model, full_check=True)
          inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
          assert len(inferred.graph.value_info) == len(model.graph.node) - 1, file
      print(len(sys.argv) - 1, "checked")
      """;

  @TempDir Path folder;

  @Test
  void onnxFindsNothingWrong() throws Exception {
    Path python = Path.of("/usr/bin/python3");
    assumeTrue(
        Files.isExecutable(python) && run(List.of(python.toString(), "-c", "import onnx")) == 0,
        "Debian's python3-onnx is not installed");
    List<String> command = new ArrayList<>(List.of(python.toString(), "-c", PROGRAM));
    int i = 0;
    for (String architecture : ExportTest.architectures().toList()) {
      Path file = folder.resolve(i++ + ".onnx");
      OnnxModel.export(ExportTest.random(architecture, i), file);
      command.add(file.toString());
    }
    assertEquals(0, run(command), () -> output);
  }

  private String output;

  private int run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }
}
