package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void writeData() throws IOException {
    StringBuilder text = new StringBuilder("a,b,kind\n");
    for (int i = 0; i < 60; i++) {
      text.append(i % 2 * 2 + i % 7 * 0.1).append(',').append(i % 5 * 0.1 - i % 2).append(',');
      text.append(i % 2 == 0 ? "even" : "odd").append('\n');
    }
    data = Files.writeString(folder.resolve("rows.csv"), text);
    model = folder.resolve("model.safetensors");
  }

  private Cli train(String options, Object... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model));
    args.addAll(List.of(options.split(" ")));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  private void assertFails(String options, String... parts) {
    Cli run = train(options);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    for (String part : parts) {
      assertTrue(run.err().contains(part), run.err());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--optimizer sgd --learning-rate 0.5 --l1 0.0001 --clip-value 1",
        "--optimizer momentum --momentum 0.8 --weight-decay 0.0001 --no-decay-bias",
        "--optimizer nesterov --schedule warmup:5,cosine --clip-norm 1",
        "--optimizer rmsprop --momentum 0.5 --schedule step:10:0.5",
        "--optimizer adagrad --learning-rate 0.1 --accumulate 2 --shards 3",
        "--optimizer adamw --learning-rate 0.05 --schedule plateau:0.5:2 --drop-last",
        "--optimizer adamw --learning-rate 0.05 --shards 4 --shard-rows",
        "--optimizer lion --learning-rate 0.005 --no-shuffle",
        "--label-smoothing 0.1 --class-weights 1,2 --reduction weighted-mean --learning-rate 0.05",
        "--loss bce --output sigmoid --positive-weights 2 --learning-rate 0.05"
      })
  void everyOptionTrains(String options) {
    Cli run = train(options + " --layers 8 --epochs 40 --batch-size 16 --validation-split 0.2");
    assertEquals(0, run.code(), run.err());
    Cli evaluated = Cli.run("evaluate", "--model", model, "--data", data, "--label", "kind");
    assertTrue(evaluated.out().contains("accuracy  1.0000"), options + evaluated.out());
  }

  @Test
  void binaryCrossEntropyOfClassesIsOfSigmoids() throws IOException {
    Cli run = train("--loss bce --layers 8 --epochs 2");
    assertTrue(run.out().contains("8:relu 1:sigmoid, binary-cross-entropy"), run.out());
    Cli predicted = Cli.run("predict", "--model", model, "--data", data, "--label", "kind");
    assertTrue(predicted.out().startsWith("class,even,odd\n"), predicted.out());
    Path three = folder.resolve("three.csv");
    Files.writeString(three, Files.readString(data) + "9,9,more\n9,8,more\n");
    run =
        Cli.run(
            "train",
            "--data",
            three,
            "--out",
            model,
            "--loss",
            "bce",
            "--layers",
            8,
            "--epochs",
            2);
    assertTrue(run.out().contains("8:relu 3:sigmoid, binary-cross-entropy"), run.out());
    Cli evaluated = Cli.run("evaluate", "--model", model, "--data", three);
    assertEquals(0, evaluated.code(), evaluated.err());
  }

  @Test
  void severalLabelsAreTargets() {
    assertFails("--label a,b", "no column \"a,b\"", "these are several", "(--targets)");
    assertFails("--label kinds", "is it \"kind\"?");
  }

  @Test
  void regressionsHaveTheirLosses() {
    assertEquals(0, train("--targets b --ignore kind --loss huber --huber-delta 0.5").code());
    assertEquals(0, train("--targets b --ignore kind --loss mae").code());
  }

  @Test
  void aBadValueNamesItsOption() {
    assertFails("--optimizer adm", "--optimizer", "sgd, momentum, nesterov");
    assertFails("--learning-rate -1", "--learning-rate must be");
    assertFails(
        "--momentum 0.5", "--momentum needs --optimizer momentum or --optimizer nesterov or");
    assertFails("--optimizer momentum --momentum 1", "--momentum must be");
    assertFails("--weight-decay -1", "--weight-decay must");
    assertFails("--l1 NaN", "--l1 must");
    assertFails("--clip-norm 0", "--clip-norm must be > 0, got 0");
    assertFails("--clip-value 0", "--clip-value: ");
    assertFails("--schedule cos", "--schedule cos: \"cos\" is none of");
    assertFails("--batch-size 0", "--batch-size must be >= 1, got 0");
    assertFails("--accumulate 0", "--accumulate: ");
    assertFails("--shards 0", "--shards must");
    assertFails("--shards 5 --shard-rows", "--batch-size: 32, wanted a multiple of the 5 shards");
    assertFails("--patience -1", "--patience must be >= 0");
    assertFails(
        "--patience 3 --monitor speed", "--monitor", "\"speed\" is none of", "validation_f1_macro");
    assertFails("--patience 3", "validation");
    assertFails("--class-weights 1,-1", "--class-weights[1] must");
    assertFails(
        "--class-weights 1,1,1", "--class-weights must have one for each of 2 outputs, got 3");
    assertFails("--label-smoothing 2", "--label-smoothing must");
    assertFails(
        "--positive-weights 2",
        "--positive-weights is for binary-cross-entropy, the loss is cross");
    assertFails("--huber-delta 0", "--huber-delta must");
    assertFails("--reduction some", "--reduction: \"some\" is none of");
    assertFails("--history out.txt", "--history: out.txt must end in .csv, .svg or .html");
    assertFails("--resume", "--resume needs --checkpoint");
    assertFails("--keep 2", "--keep needs --checkpoint");
    assertFails("--validation-labels y", "--validation-labels needs --validation");
    assertFails("--validation-x x", "--validation-x needs --validation");
    assertFails("--unknown-category zeros", "--unknown-category needs --category");
    assertFails("--no-decay-bias", "--no-decay-bias needs --weight-decay or --l1 or --optimizer");
    assertFails("--min-delta 1", "--min-delta needs --patience");
    assertFails("--huber-delta 1", "--huber-delta is for huber, the loss is cross-entropy");
    assertFails("--layers none --activation tanh", "--activation is of hidden layers that are");
    assertFails(
        "--targets b --ignore kind --label-smoothing 0",
        "--label-smoothing is for cross-entropy or binary-cross-entropy, the loss is mean-sq");
    assertFails("--every 5", "--every needs --checkpoint");
    assertFails("--checkpoint " + folder + "/c --every 0", "--every must be >= 1");
    assertFails("--checkpoint " + folder + "/c --keep 0", "--keep: ");
    assertFails("--checkpoint " + data, "--checkpoint: ", "is a file, not a folder");
    assertFails("--checkpoint " + folder, "is not empty");
    assertFalse(Files.exists(model));
  }

  @Test
  void theHistoryIsWrittenInEachForm() throws IOException {
    Path csv = folder.resolve("h.csv");
    Path svg = folder.resolve("h.svg");
    Path html = folder.resolve("h.html");
    Cli run =
        train(
            "--epochs 8 --validation-split 0.2 --patience 5 --schedule exponential:0.5",
            "--history",
            csv + "," + svg + "," + html);
    assertEquals(0, run.code(), run.err());
    List<String> lines = Files.readAllLines(csv);
    assertEquals(
        "epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,rows_per_second",
        lines.get(0));
    assertEquals("2.5E-4", lines.get(3).split(",")[5]);
    String drawing = Files.readString(svg);
    assertTrue(drawing.startsWith("<svg xmlns") && drawing.contains(">epoch</text>"), drawing);
    String page = Files.readString(html);
    assertTrue(page.startsWith("<!DOCTYPE html>") && page.contains("<svg"), page);
    assertTrue(page.contains("<th>validation loss</th>"), page);
    assertFalse(page.contains("http://") && page.contains("<script"), page);
  }

  @Test
  void aTrainingGoesOnFromItsCheckpointsToTheSameBytes() throws IOException {
    train("--epochs 6 --layers 8");
    byte[] whole = Files.readAllBytes(model);
    Path checkpoints = folder.resolve("run");
    train("--layers 8 --epochs 3 --every 2 --keep 2 --checkpoint", checkpoints);
    try (Stream<Path> files = Files.list(checkpoints)) {
      assertEquals(2, files.filter(file -> !file.endsWith(".lock")).count());
    }
    Files.delete(model);
    Cli again = train("--layers 8 --epochs 6 --every 2 --checkpoint", checkpoints);
    assertEquals(2, again.code());
    assertTrue(again.err().contains("is not empty"), again.err());
    Cli other = train("--layers 9 --epochs 6 --resume --checkpoint", checkpoints);
    assertTrue(
        other
            .err()
            .contains(
                "its network is 2 normalization 8:relu 2:softmax, here it is 2 normalization 9:relu"));
    Cli resumed = train("--layers 8 --epochs 6 --resume --checkpoint", checkpoints);
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.out().contains("resumed  epoch 3/6, step 6"), resumed.out());
    assertEquals(-1, java.util.Arrays.mismatch(whole, Files.readAllBytes(model)));
  }

  @Test
  void theHelpIsInGroups() {
    String help = Cli.run("train", "--help").out();
    for (String heading : List.of("The loop:", "The optimizer:", "The loss", "Checkpoints:")) {
      assertTrue(help.contains(heading), help);
    }
  }
}
