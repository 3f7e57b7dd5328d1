package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors have the names of the command line, and none of Java's. */
class WordsTest {
  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void writeRows() throws IOException {
    data = Files.writeString(folder.resolve("rows.csv"), "x,y,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n");
    model = folder.resolve("model.safetensors");
  }

  private Cli train(String... options) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model));
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  private static void assertSays(Cli run, String line) {
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    String message = run.err().strip().replaceFirst("^lanewise \\w+: ", "");
    assertEquals(line, message.replaceFirst("; see lanewise \\w+ --help$", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --batch-size 0 | --batch-size must be >= 1, got 0
          --batch-size x | Invalid value for option '--batch-size': wanted a whole number, got "x"
          --l1 x | Invalid value for option '--l1': wanted a number, got "x"
          --accumulate 0 | --accumulate: batches must be >= 1, got 0
          --clip-norm 0 | --clip-norm must be > 0, got 0.0
          --weight-decay -1 | --weight-decay must be finite and >= 0, got -1.0
          --patience -1 --monitor loss | --patience must be >= 0, got -1
          --patience 1 --monitor loss --min-delta -1 | --min-delta must be finite and >= 0, got -1.0
          --patience 1 --monitor loss --min-delta 1%% | --min-delta: wanted a number, or one and %, got "1%%"
          --patience 1 --monitor loss --min-delta -1% | --min-delta must be finite and >= 0, got -0.01
          --patience 1 | to watch validation_loss needs --validation or --validation-split
          --metrics f1-macro | --metrics: f1-macro needs --validation or --validation-split
          --metrics r2 --validation-split 0.5 | --metrics: r2 is of targets, the rows have labels
          --drop-last | data has 4 rows, wanted at least 32: --drop-last drops what is less
          --recover - | --recover: wanted FACTOR[:TIMES], got "-"
          --recover 0.5:0 | --recover: times must be >= 1, got 0
          --schedule step | --schedule step: step takes 1 to 2 values
          --schedule cosine:0 | --schedule cosine:0: length must be >= 1, got 0
          --validation-split 0.1 | --validation-split: 0.1 of 4 rows is 0 to hold back: each part must have at least one
          --class-weights 1 | --class-weights must have one for each of 2 outputs, got 1
          --class-weights 1,-1 | --class-weights[1] must be finite and >= 0, got -1.0
          --output sigmoid --label-smoothing 2 | --label-smoothing must be in [0, 1], got 2.0
          --loss mse --label-smoothing 0.1 | --label-smoothing is for cross-entropy or binary-cross-entropy, the loss is mean-squared-error
          --kernels scalr | --kernels: no kernels "scalr": there are only scalar, simd
          """)
  void anOptionIsNamedAsItIsGiven(String options, String line) {
    assertSays(train(options.split(" ")), line);
    assertFalse(Files.exists(model));
  }

  @Test
  void whatDoesNotGoTogetherNamesTheOptions() {
    String tail = " shard(s): take another size, or --drop-last";
    assertSays(
        train("--layers", "4 batchnorm relu", "--batch-size", "3"),
        "--batch-size: batch normalization needs 2 rows of each shard, but there is a batch of 1"
            + " in 1"
            + tail);
    assertSays(
        train("--regression", "--targets", "y", "--ignore", "kind", "--loss", "cross-entropy"),
        "cross-entropy needs at least 2 outputs, got 1: use binary-cross-entropy with sigmoid");
  }

  @Test
  void theLeastImprovementMayBeAShare() {
    Cli run = train("--patience", "2", "--monitor", "loss", "--min-delta", "99%", "--epochs", "9");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("stopped  loss was no better for 2 epochs"), run.out());
    assertTrue(run.out().contains("epoch 3/9"), run.out());
  }

  @Test
  void otherCommandsToo() {
    assertSays(Cli.run("gradcheck", "--samples", "0"), "--samples must be >= 1, got 0");
    assertSays(
        Cli.run("gradcheck", "--rows", "1", "--layers", "4 batchnorm"),
        "--rows: batch normalization takes the variance of the rows, wanted at least 2, got 1");
    assertSays(
        Cli.run("diff", "--second", "x"),
        "--second: no kernels \"x\": there are only scalar, simd");
    for (String epochs : List.of("0", "-1")) {
      Cli demo = Cli.run("demo", "--out", folder.resolve("out"), "--epochs", epochs);
      assertSays(demo, "--epochs must be >= 1, got " + epochs);
      assertEquals("", demo.out());
      assertFalse(Files.exists(folder.resolve("out")));
    }
  }

  @Test
  void aResumeNamesItsOptionsAndHasNoFewerEpochs() throws IOException {
    String run = folder.resolve("run").toString();
    assertEquals(0, train("--epochs", "3", "--checkpoint", run).code());
    byte[] before = Files.readAllBytes(model);
    assertSays(
        train("--checkpoint", run),
        "the checkpoint folder "
            + run
            + " is not empty, it has step-000000000001.safetensors: go on with it by --resume, or"
            + " take another folder");
    String newest = run + "/step-000000000003.safetensors";
    assertSays(
        train("--epochs", "2", "--checkpoint", run, "--resume"),
        "--epochs: " + newest + " is of epoch 3, wanted only 2");
    assertSays(
        train("--epochs", "3", "--checkpoint", run, "--resume", "--schedule", "exponential:0.9"),
        newest
            + " is of another training: its schedule is none, here it is times 0.9 every 1 epoch");
    Cli again = train("--epochs", "3", "--checkpoint", run, "--resume");
    assertTrue(again.out().contains("resumed  epoch 3/3, step 3"), again.out());
    assertEquals(0, again.code());
    assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(model)));
  }
}
