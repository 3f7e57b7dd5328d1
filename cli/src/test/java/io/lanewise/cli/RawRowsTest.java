package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models take rows as they are in files: texts, gaps, other orders, other formats. */
class RawRowsTest {
  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path model() {
    return folder.resolve("m.safetensors");
  }

  private void train(Path data, String... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model()));
    args.addAll(List.of(more));
    args.addAll(List.of("--layers", "8", "--epochs", "150", "--learning-rate", "0.02"));
    Cli run = Cli.run(args.toArray());
    assertEquals(0, run.code(), run.err());
  }

  private static void assertFails(Cli run, String part) {
    assertEquals(2, run.code(), run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }

  private static String people(int rows) {
    StringBuilder text = new StringBuilder("id,age,city,w,income\n");
    for (int i = 0; i < rows; i++) {
      boolean high = i % 2 == 0;
      text.append('p').append(i).append(',');
      text.append(i % 7 == 3 ? "NA" : Integer.toString(high ? 4000 + i : 2000 - i));
      text.append(high ? ",\"Ulm, Donau\"," : ",Bonn,").append(i % 5 == 0 ? "0.5," : "1,");
      text.append(high ? "high\n" : "low\n");
    }
    return text.toString();
  }

  private static final String[] COLUMNS = {
    "--category", "city", "--ignore", "id", "--weight", "w", "--missing", "mean"
  };

  private static String[] with(String... more) {
    List<String> all = new ArrayList<>(List.of(COLUMNS));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"standard", "minmax", "0.001"})
  void aModelTakesRowsOfTextWithGaps(String scale) throws IOException {
    Path data = write("people.csv", people(80));
    train(data, with("--scale", scale, "--validation-split", "0.25"));
    Cli evaluate = Cli.run("evaluate", "--model", model(), "--data", data);
    // Weights of a half make shares of a row; 0.001 leaves the category little to learn from.
    assertTrue(
        evaluate.out().contains("accuracy  1.0000") || evaluate.out().contains("accuracy  0.9"),
        evaluate.out() + evaluate.err());
    Path other = write("other.csv", "city,age\n\"Ulm, Donau\",4010\nBonn,?\n");
    List<String> rows =
        Cli.run("predict", "--model", model(), "--data", other).out().lines().toList();
    assertEquals("class,high,low", rows.get(0));
    assertTrue(rows.get(1).startsWith("high,"), rows.get(1));
    assertTrue(rows.get(2).startsWith("low,"), rows.get(2));
    Cli all = Cli.run("predict", "--model", model(), "--data", data);
    assertEquals(81, all.out().lines().count(), all.err());
    Path unknown = write("unknown.csv", "city,age\nLinz,1\n");
    assertFails(
        Cli.run("predict", "--model", model(), "--data", unknown),
        "unknown.csv: line 2, column 1 (city): \"Linz\" is none of the categories Bonn, Ulm");
    Path wrong = write("wrong.csv", "town,age\nUlm,1\n");
    assertFails(
        Cli.run("predict", "--model", model(), "--data", wrong),
        "wrong.csv: line 1, column 1 (town): not one of the columns that the model");
  }

  @Test
  void unknownCategoriesMayBeZeros() throws IOException {
    train(write("people.csv", people(40)), with("--unknown-category", "zeros"));
    Path unknown = write("unknown.csv", "city,age\nLinz,4000\n");
    Cli run = Cli.run("predict", "--model", model(), "--data", unknown);
    assertEquals(0, run.code(), run.err());
  }

  @Test
  void aStreamedTrainingIsThatOfItsRows() throws IOException {
    Path data = write("people.csv", people(300));
    train(data, with("--scale", "standard", "--stream", "--validation", data.toString()));
    Cli evaluate = Cli.run("evaluate", "--model", model(), "--data", data);
    assertTrue(evaluate.out().contains("accuracy  1.0000"), evaluate.out() + evaluate.err());
    assertFails(
        Cli.run("train", "--data", data, "--out", model(), "--stream", "--validation-split", "0.1"),
        "--stream and --validation-split exclude each other");
  }

  @Test
  void severalTargetsAreCalledByTheirNames() throws IOException {
    StringBuilder text = new StringBuilder("x,twice,minus\n");
    for (int i = 0; i < 50; i++) {
      text.append(i / 50.0).append(',').append(2 * i / 50.0).append(',').append(-i / 50.0);
      text.append('\n');
    }
    Path data = write("lines.csv", text.toString());
    train(data, "--targets", "twice,minus", "--scale", "minmax");
    Path x = write("x.csv", "x\n0.5\n");
    List<String> rows = Cli.run("predict", "--model", model(), "--data", x).out().lines().toList();
    assertEquals("twice,minus", rows.get(0));
    String[] y = rows.get(1).split(",");
    assertEquals(1, Double.parseDouble(y[0]), 0.1);
    assertEquals(-0.5, Double.parseDouble(y[1]), 0.1);
    Cli evaluate = Cli.run("evaluate", "--model", model(), "--data", data);
    assertEquals(0, evaluate.code(), evaluate.err());
  }

  @Test
  void libsvmFilesAreTrainedOnAndPredicted() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      text.append(i % 2 == 0 ? "+1 2:" : "-1 3:").append(1 + i % 3).append('\n');
    }
    Path data = write("t.svm", text.toString());
    train(data);
    Cli evaluate = Cli.run("evaluate", "--model", model(), "--data", data);
    assertTrue(evaluate.out().contains("accuracy  1.0000"), evaluate.out() + evaluate.err());
    Path other = write("other.svm", "0 2:1\n");
    List<String> rows =
        Cli.run("predict", "--model", model(), "--data", other).out().lines().toList();
    assertEquals("class,-1,1", rows.get(0));
    assertTrue(rows.get(1).startsWith("1,"), rows.get(1));
    train(data, "--stream");
  }

  @Test
  void arraysOfNumpyAreTrainedOnAndPredicted() throws IOException {
    float[] x = new float[2 * 40];
    int[] y = new int[40];
    for (int i = 0; i < 40; i++) {
      x[2 * i + i % 2] = 1 + i % 3;
      y[i] = i % 2;
    }
    Path features = folder.resolve("x.npy");
    Path labels = folder.resolve("y.npy");
    Npy.save(features, new long[] {40, 2}, x);
    Npy.save(labels, new long[] {40}, y);
    train(features, "--labels", labels.toString());
    Cli evaluate = Cli.run("evaluate", "--model", model(), "--data", features, "--labels", labels);
    assertTrue(evaluate.out().contains("accuracy  1.0000"), evaluate.out() + evaluate.err());
    Cli predict = Cli.run("predict", "--model", model(), "--data", features);
    assertEquals(41, predict.out().lines().count(), predict.err());
    assertFails(
        Cli.run("train", "--data", features, "--out", model()),
        "x.npy is an NPY file: name that of its labels with --labels");
    Path zip = folder.resolve("t.npz");
    Npz.writer().add("x", new long[] {40, 2}, x).add("y", new long[] {40}, y).save(zip);
    train(zip, "--stream");
    Cli zipped = Cli.run("evaluate", "--model", model(), "--data", zip);
    assertTrue(zipped.out().contains("accuracy  1.0000"), zipped.out() + zipped.err());
    assertEquals(41, Cli.run("predict", "--model", model(), "--data", zip).out().lines().count());
  }

  @Test
  void badOptionsAreOneLine() throws IOException {
    Path data = write("people.csv", people(20));
    assertFails(
        Cli.run("train", "--data", data, "--out", model(), "--missing", "guess"),
        "--missing must be error, mean, median or a number");
    assertFails(
        Cli.run("train", "--data", data, "--out", model(), "--scale", "big"),
        "--scale must be none, standard, minmax, maxabs or a factor");
    assertFails(
        Cli.run("train", "--data", data, "--out", model(), "--targets", "age", "--label", "w"),
        "--targets and --label exclude each other");
    assertFails(
        Cli.run("train", "--data", data, "--out", model(), "--category", "town"),
        "no column \"town\": it has id, age, city, w, income");
  }
}
