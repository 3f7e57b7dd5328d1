package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** export, import, and the commands on files of others. */
class FormatsTest {
  private static final Path TORCH =
      Path.of("../core/src/test/resources/io/lanewise/model/torch-f16.safetensors");

  @TempDir Path folder;
  private Path model;
  private Network network;

  @BeforeEach
  void save() throws IOException {
    model = folder.resolve("model.safetensors");
    network =
        Network.builder(2).dense(3, Activation.RELU).dense(2, Activation.SOFTMAX).seed(1).build();
    Model.save(network, model);
  }

  private static Cli run(Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(0, cli.code(), cli.err());
    return cli;
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "safetensors", "npz"})
  void whatIsExportedIsImported(String ending) throws IOException {
    Path file = folder.resolve("out." + ending);
    Path back = folder.resolve("back.safetensors");
    run("export", model, file);
    if (ending.equals("onnx")) {
      run("import", file, back);
    } else {
      run("import", file, back, "--activation", "relu", "--output", "softmax");
    }
    assertArrayEquals(network.parameters(), Model.load(back).network().parameters());
    run("import", TORCH, back, "--layers", "5 7 batchnorm relu 6 layernorm relu 3:softmax");
    assertEquals(3, Model.load(back).network().nOut());
  }

  @Test
  void commandsTakeOnnxFilesAsModels() throws IOException {
    Path onnx = folder.resolve("model.onnx");
    Path data = folder.resolve("rows.csv");
    Files.writeString(data, "x,y,kind\n1,2,0\n2,1,1\n3,3,0\n");
    run("export", model, onnx);
    for (String command : new String[] {"predict", "evaluate", "diff"}) {
      String wanted = run(command, "--model", model, "--data", data, "--label", "kind").out();
      String got = run(command, "--model", onnx, "--data", data, "--label", "kind").out();
      assertEquals(wanted.replaceAll("speed.*", ""), got.replaceAll("speed.*", ""), command);
    }
    String inspect = run("inspect", onnx).out();
    assertTrue(inspect.contains("opset 17"), inspect);
    assertTrue(inspect.contains("2 3:relu 2:softmax"), inspect);
  }

  @Test
  void inspectCountsWhatIsNoNumber() throws IOException {
    network.parameters()[0] = Float.NaN;
    Model.save(network, model);
    String inspect = run("inspect", model).out();
    String weight = inspect.lines().filter(line -> line.startsWith("0.weight")).findAny().get();
    assertTrue(weight.endsWith(" 1"), inspect);
    assertTrue(weight.contains(" F32 "), inspect);
  }

  @Test
  void badUsageIsOneLine() throws IOException {
    Path onnx = folder.resolve("x.onnx");
    run("export", model, onnx);
    assertFails("wanted a name that ends with", "export", model, folder.resolve("x.txt"));
    assertFails("does not say its activations", "import", TORCH, folder.resolve("x"));
    assertFails("leave out", "import", TORCH, model, "--layers", "5 3", "--activation", "relu");
    assertFails("has 5 modules", "import", TORCH, model, "--layers", "5 7 batchnorm");
    assertFails("says its layers itself", "import", onnx, model, "--activation", "relu");
  }

  private static void assertFails(String message, Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(2, cli.code(), cli.out());
    assertTrue(cli.err().contains(message), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
  }
}
