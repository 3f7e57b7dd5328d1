package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows whose outputs are NaN. */
class NotFiniteTest {
  @TempDir private Path folder;

  /** Where the feature is 10, inf - inf; where it is 0, nothing is added to the last bias. */
  private Path model(Activation output, Loss loss, float... bias) throws IOException {
    Network network =
        Network.builder(1)
            .dense(2, Activation.RELU)
            .dense(bias.length, output)
            .loss(loss)
            .zeros()
            .build();
    float[] p = network.parameters();
    Arrays.fill(p, 0, 2, Float.MAX_VALUE);
    for (int j = 0; j < bias.length; j++) {
      p[4 + j] = 1;
      p[4 + bias.length + j] = -1;
    }
    System.arraycopy(bias, 0, p, p.length - bias.length, bias.length);
    Path file = folder.resolve("model.safetensors");
    Model.save(network, file);
    return file;
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  @Test
  void predictLeavesTheClassEmptyAndSaysSo() throws IOException {
    Path rows = write("x\n0\n10\n0\n10\n");
    String wanted =
        "lanewise predict: "
            + rows
            + ": 2 of 4 rows have outputs that are NaN or infinite, the first is row 2";
    Path classes = model(Activation.SOFTMAX, Loss.CROSS_ENTROPY, 0, 1, 0);
    Cli run = Cli.run("predict", "--model", classes, "--data", rows);
    assertEquals(0, run.code(), run.err());
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.get(1).startsWith("1,0.2"), run.out());
    assertEquals(",NaN,NaN,NaN", lines.get(2));
    assertEquals(lines.get(1), lines.get(3));
    assertEquals(",NaN,NaN,NaN", lines.get(4));
    String none = "; a row of NaN has no class, and counts as wrong";
    assertEquals(wanted + none, run.err().strip());
    Path file = folder.resolve("out.csv");
    Cli written = Cli.run("predict", "--model", classes, "--data", rows, "--out", file);
    assertEquals(wanted + none, written.err().strip());
    assertEquals(run.out(), Files.readString(file));

    Path binary = model(Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY, 1);
    run = Cli.run("predict", "--model", binary, "--data", rows);
    assertEquals(
        "class,0,1,1,0.2689414,0.7310586,,NaN,NaN,1,0.2689414,0.7310586,,NaN,NaN",
        run.out().replaceAll("\\R", ",").replaceAll(",$", ""));
    assertEquals(wanted + none, run.err().strip());

    Path targets = model(Activation.IDENTITY, Loss.MEAN_SQUARED_ERROR, 3);
    run = Cli.run("predict", "--model", targets, "--data", rows);
    assertEquals("output,3.0,NaN,3.0,NaN", run.out().strip().replaceAll("\\R", ","));
    assertEquals(wanted, run.err().strip());
    Cli whole = Cli.run("predict", "--model", targets, "--data", write("x\n0\n"));
    assertEquals("", whole.err());

    Path several = model(Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY, 1, -1);
    run =
        Cli.run(
            "predict",
            "--model",
            several,
            "--data",
            write("x\n0\n10\n0\n10\n"),
            "--task",
            "multilabel",
            "--classes",
            "a,b");
    assertEquals(0, run.code(), run.err());
    lines = run.out().lines().toList();
    assertEquals("a,0.7310586,0.26894143", lines.get(1));
    assertEquals("NaN,NaN,NaN", lines.get(2));
    assertEquals(wanted, run.err().strip());
  }

  @Test
  void evaluateCountsThemAsWrongAndSaysSo() throws IOException {
    Path classes = model(Activation.SOFTMAX, Loss.CROSS_ENTROPY, 1, 0, 0);
    Path rows = write("x,label\n0,0\n10,0\n0,0\n0,0\n10,2\n");
    Cli run = Cli.run("evaluate", "--model", classes, "--data", rows);
    assertEquals(0, run.code(), run.err());
    for (String line :
        List.of(
            "outputs   2 of 5 rows have outputs that are NaN or infinite, the first is row 2; a row"
                + " of NaN has no class, and counts as wrong",
            "loss      NaN",
            "accuracy  0.6000",
            "actual \\ predicted  0  1  2  (no class)",
            "                 0  3  .  .           1",
            "                 2  .  .  .           1",
            "0                 1.0000  0.7500  0.8571     4")) {
      assertTrue(run.out().lines().anyMatch(line::equals), line + " in " + run.out());
    }
    Path targets = model(Activation.IDENTITY, Loss.MEAN_SQUARED_ERROR, 3);
    run = Cli.run("evaluate", "--model", targets, "--data", write("x,y\n0,3\n10,3\n"));
    assertTrue(run.out().contains("\noutputs   1 of 2 rows have outputs that are NaN"), run.out());
    assertTrue(run.out().contains("\nloss      NaN\n"), run.out());
    Cli whole = Cli.run("evaluate", "--model", targets, "--data", write("x,y\n0,3\n0,2\n"));
    assertTrue(!whole.out().contains("outputs ") && whole.out().contains("R2"), whole.out());
  }
}
