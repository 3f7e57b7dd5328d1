package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CrossValidation;
import io.lanewise.data.CsvReader;
import io.lanewise.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CvTest {
  private static final int ROWS = 61;

  @TempDir private Path folder;

  private static List<String> rows() {
    Random random = new Random(5);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      boolean yes = random.nextInt(3) == 0;
      // One value far from all others, some missing, a category that a single row has.
      String x = i == 17 ? "900" : i % 9 == 4 ? "" : "" + (random.nextInt(90) + (yes ? 60 : 0));
      String city = i == 30 ? "Rome" : yes && i % 2 == 0 ? "Oslo" : "Bonn";
      rows.add(x + "," + city + "," + random.nextInt(10) + "," + (yes ? "yes" : "no"));
    }
    return rows;
  }

  private static String csv(List<String> rows) {
    return "x,city,z,bought\n" + String.join("\n", rows) + "\n";
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Cli run(List<Object> options, Object... args) {
    List<Object> all = new ArrayList<>(List.of(args));
    all.addAll(options);
    Cli cli = Cli.run(all.toArray());
    assertEquals(0, cli.code(), cli.err());
    return cli;
  }

  /** A fold of it is what train makes of a file of the other rows, and evaluate of the fold. */
  @Test
  void nothingIsLearntFromTheFoldThatIsHeldBack() throws IOException {
    Path data = write("rows.csv", csv(rows()));
    Path out = folder.resolve("folds.csv");
    List<Object> options =
        List.of(
            "--label",
            "bought",
            "--category",
            "city",
            "--missing",
            "mean",
            "--scale",
            "standard",
            "--unknown-category",
            "zeros",
            "--layers",
            "6",
            "--epochs",
            "4",
            "--seed",
            "9");
    Cli cv =
        run(options, "cv", "--data", data, "--folds", "4", "--out", out, "--metrics", "roc-auc");
    List<String> written = Files.readAllLines(out);
    assertEquals("fold,training_rows,rows,loss,accuracy,roc_auc", written.get(0));
    assertEquals(5, written.size());
    Table table =
        new CsvReader()
            .label("bought")
            .categories(List.of("city"))
            .missing(CsvReader.Missing.MEAN)
            .readTable(data);
    int[][] folds = new CrossValidation(4).seed(9).folds(table);
    double[] losses = new double[4];
    for (int f = 0; f < 4; f++) {
      int[] others = CrossValidation.others(ROWS, folds[f]);
      Path training =
          write("training.csv", csv(Arrays.stream(others).mapToObj(rows()::get).toList()));
      Path held = write("held.csv", csv(Arrays.stream(folds[f]).mapToObj(rows()::get).toList()));
      Path model = folder.resolve("model.safetensors");
      run(options, "train", "--data", training, "--out", model);
      String figures = Cli.run("evaluate", "--model", model, "--data", held).out();
      String[] line = written.get(f + 1).split(",");
      assertEquals(
          (f + 1) + "," + others.length + "," + folds[f].length,
          String.join(",", Arrays.asList(line).subList(0, 3)));
      losses[f] = Double.parseDouble(line[3]);
      for (String wanted :
          List.of(
              Text.format("loss      %.6f", losses[f]),
              Text.format("accuracy  %.4f", Double.parseDouble(line[4])),
              Text.format("ROC-AUC   %.4f", Double.parseDouble(line[5])))) {
        assertTrue(figures.lines().anyMatch(wanted::equals), wanted + " in\n" + figures);
      }
    }
    double mean = Arrays.stream(losses).average().getAsDouble();
    double deviation =
        Math.sqrt(Arrays.stream(losses).map(l -> (l - mean) * (l - mean)).average().getAsDouble());
    List<String> lines = cv.out().lines().toList();
    assertTrue(
        lines.contains("fold       training    rows        loss    accuracy     roc-auc"),
        cv.out());
    assertTrue(
        lines.stream()
            .anyMatch(l -> l.matches("mean +" + Text.format("%.6f", mean) + " +[0-9.]+ +[0-9.]+")),
        cv.out());
    assertTrue(
        lines.stream()
            .anyMatch(
                l ->
                    l.matches(
                        "deviation +" + Text.format("%.6f", deviation) + " +[0-9.]+ +[0-9.]+")),
        cv.out());
    assertEquals("folds    " + out, lines.getLast());
  }

  @Test
  void numbersHaveTheirFigures() throws IOException {
    StringBuilder text = new StringBuilder("a,b,y\n");
    for (int i = 0; i < 40; i++) {
      text.append(i % 7)
          .append(',')
          .append(i % 5)
          .append(',')
          .append(i % 7 + 2 * (i % 5))
          .append('\n');
    }
    Path data = write("numbers.csv", text.toString());
    Cli cv =
        run(
            List.of(
                "--epochs",
                "60",
                "--metrics",
                "mean-absolute-error",
                "--validation-split",
                "0.2",
                "--patience",
                "5"),
            "cv",
            "--data",
            data,
            "--regression",
            "--folds",
            "2");
    assertTrue(cv.out().contains("  R2        RMSE         MAE\n"), cv.out());
    assertTrue(cv.out().matches("(?s).*\\n2 +16 +20 .*"), cv.out());
  }

  @Test
  void aFileWithoutColumnsHasFoldsToo() throws IOException {
    Path data = write("rows.svm", "1 1:1 2:2\n0 1:2\n1 1:1 2:3\n0 1:3 2:1\n");
    Cli cv = run(List.of(), "cv", "--data", data, "--folds", "2", "--epochs", "1");
    assertTrue(cv.out().contains("rows     4, in 2 folds"), cv.out());
  }

  private static void assertRefused(String message, Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(2, cli.code(), cli.out());
    assertTrue(cli.err().contains(message), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() throws IOException {
    Path data = write("rows.csv", "x,c,y\n1,a,0\n2,b,1\n3,a,0\n4,b,1\n5,c,1\n");
    assertRefused(
        "--folds must be >= 2, got 1", "cv", "--data", data, "--folds", "1", "--ignore", "c");
    assertRefused(
        "--folds must be <= the 5 rows, got 6",
        "cv",
        "--data",
        data,
        "--folds",
        "6",
        "--ignore",
        "c");
    assertRefused("--stream is not for cv", "cv", "--data", data, "--stream", "--ignore", "c");
    assertRefused(
        "--metrics: r2 is of numbers to be predicted",
        "cv",
        "--data",
        data,
        "--ignore",
        "c",
        "--folds",
        "2",
        "--metrics",
        "r2");
    assertRefused(
        "--metrics: roc-auc is of classes",
        "cv",
        "--data",
        data,
        "--ignore",
        "c",
        "--folds",
        "2",
        "--regression",
        "--metrics",
        "roc-auc");
    assertRefused(
        "needs --validation or --validation-split",
        "cv",
        "--data",
        data,
        "--ignore",
        "c",
        "--folds",
        "2",
        "--patience",
        "3");
    assertRefused("are the same file", "cv", "--data", data, "--out", data);
  }

  @Test
  void aCategoryOfTheFoldAloneIsSaidWithTheWayOut() throws IOException {
    Path data = write("rows.csv", "x,c,y\n1,a,0\n2,b,1\n3,a,0\n4,b,1\n5,c,1\n6,a,0\n");
    Cli cli = Cli.run("cv", "--data", data, "--category", "c", "--folds", "3", "--epochs", "1");
    assertEquals(2, cli.code());
    assertTrue(
        cli.err()
            .matches(
                "(?s)lanewise cv: fold [1-3]: .*line 6, column 2 \\(c\\): \"c\" is none of"
                    + " the categories a, b, as learnt without the fold: --unknown-category zeros takes it\\R"),
        cli.err());
  }

  @Test
  void aClassThatIsNeverSeenIsSaid() throws IOException {
    Path data = write("rows.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n5,rare\n6,a\n");
    Cli cli = run(List.of(), "cv", "--data", data, "--folds", "2", "--epochs", "1");
    assertTrue(
        cli.err().matches("fold [12]: no row to train on is of its class \"rare\"\\R"), cli.err());
  }
}
