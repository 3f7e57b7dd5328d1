package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader;
import io.lanewise.data.SampleData;
import io.lanewise.data.numpy.Npy;
import io.lanewise.dataset.Dataset;
import io.lanewise.model.Model;
import io.lanewise.train.Classifier;
import io.lanewise.train.Regressor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables are scaled unless somebody says otherwise, and a model keeps it. */
class ScaleTest {
  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void name() {
    model = folder.resolve("m.safetensors");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Cli train(Path data, String more) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model));
    args.addAll(List.of(more.strip().split("\\s+")));
    Cli run = Cli.run(args.toArray());
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private String evaluate(Path data) {
    Cli run = Cli.run("evaluate", "--model", model, "--data", data);
    assertEquals(0, run.code(), run.err());
    return run.out();
  }

  /** The last number that stands behind such a name. */
  private static double figure(String out, String name) {
    Matcher found =
        Pattern.compile("(?m)(?<!val )" + name + " +(-?[0-9.]+(e-?[0-9]+)?)").matcher(out);
    double value = Double.NaN;
    while (found.find()) {
      value = Double.parseDouble(found.group(1));
    }
    return value;
  }

  /** Lengths of some 20 to 200 mm and masses of some 4000 g, as of three kinds of penguins. */
  private static String penguins() {
    double[][] means = {{39, 18, 190, 3700}, {49, 18, 196, 3730}, {47, 15, 217, 5080}};
    double[] deviations = {2.5, 1, 6, 430};
    String[] kinds = {"Adelie", "Chinstrap", "Gentoo"};
    Random random = new Random(5);
    StringBuilder text = new StringBuilder("length,depth,flipper,mass,kind\n");
    for (int i = 0; i < 330; i++) {
      int kind = i % 3;
      for (int j = 0; j < 4; j++) {
        double value = means[kind][j] + deviations[j] * random.nextGaussian();
        text.append(String.format(Locale.ROOT, "%.1f,", value));
      }
      text.append(kinds[kind]).append('\n');
    }
    return text.toString();
  }

  private static String line(int rows) {
    StringBuilder text = new StringBuilder("i,y\n");
    for (int i = 0; i < rows; i++) {
      text.append(i).append(',').append(200_000 + 10_000 * i).append('\n');
    }
    return text.toString();
  }

  @Test
  void columnsOfAnyUnitAreLearntByDefaultAtBothDoors() throws IOException {
    Path data = write("penguins.csv", penguins());
    Cli run = train(data, "--label kind");
    String said = "scale    features scaled to mean 0, deviation 1; the model keeps it\n";
    assertTrue(run.out().contains(said), run.out());
    double accuracy = figure(evaluate(data), "accuracy");
    assertTrue(accuracy > 0.97, () -> "accuracy " + accuracy);
    Dataset rows = new CsvReader().label("kind").read(data).dataset();
    double other = new Classifier().fit(rows).score(rows);
    assertTrue(other > 0.97, () -> "of a Classifier " + other);
    Cli none = train(data, "--label kind --scale none --epochs 10");
    assertTrue(none.out().contains("scale    features as they are\n"), none.out());
    assertTrue(figure(evaluate(data), "accuracy") < 0.8);
  }

  @Test
  void wineIsLearntByDefault() throws IOException {
    StringBuilder text = new StringBuilder();
    Dataset wine = SampleData.wine();
    for (int i = 0; i < wine.rows(); i++) {
      for (int j = 0; j < wine.nIn(); j++) {
        text.append(wine.features()[i * wine.nIn() + j]).append(',');
      }
      text.append(wine.labels()[i]).append('\n');
    }
    Path data = write("wine.csv", text.toString());
    Cli run = train(data, "--validation-split 0.2");
    assertTrue(figure(run.out(), "val accuracy") >= 0.94, run.out());
  }

  @Test
  void targetsAreScaledAndGivenBackInTheirUnit() throws IOException {
    for (int rows : new int[] {60, 500}) {
      Path data = write("line.csv", line(rows));
      Cli run = train(data, "--regression");
      assertTrue(
          run.out().contains("scale    features and targets scaled to mean 0, deviation 1;"),
          run.out());
      String out = evaluate(data);
      assertTrue(figure(out, "R2") > 0.99, out);
      assertFalse(out.contains("loss"), out);
      // That of the last epoch is taken while it learns.
      assertEquals(1, figure(run.out(), "RMSE") / figure(out, "RMSE"), 0.5);
      Dataset all = new CsvReader().targets(List.of("y")).read(data).dataset();
      double other = new Regressor().fit(all).score(all);
      assertTrue(other > 0.99, () -> "of a Regressor " + other);
    }
  }

  @Test
  void theFiguresWhileItTrainsAreThoseOfTheModel() throws IOException {
    Path data = write("line.csv", line(200));
    Path held = write("held.csv", line(50));
    Path history = folder.resolve("h.csv");
    Cli run =
        train(
            data,
            "--regression --epochs 30 --monitor validation_root_mean_squared_error --patience 0"
                + " --validation "
                + held
                + " --history "
                + history);
    String out = evaluate(held);
    List<String> lines = Files.readAllLines(history);
    List<String> names = List.of(lines.get(0).split(","));
    int rmse = names.indexOf("validation_root_mean_squared_error");
    double best =
        lines.stream()
            .skip(1)
            .mapToDouble(each -> Double.parseDouble(each.split(",")[rmse]))
            .min()
            .orElseThrow();
    assertEquals(1, best / figure(out, "RMSE"), 1e-3, out);
    String epoch = run.out().lines().filter(l -> l.contains("  val R2 ")).findFirst().orElseThrow();
    assertTrue(epoch.matches(".* RMSE .* R2 .* val RMSE .* val R2 .*"), epoch);
    assertFalse(run.out().contains("loss "), run.out());
    // The losses are of scaled targets, whatever the unit.
    assertTrue(Double.parseDouble(lines.get(1).split(",")[1]) < 4, lines.get(1));
  }

  @Test
  void aStreamIsScaledAsRowsInMemoryAre() throws IOException {
    Path data = write("line.csv", line(300));
    train(data, "--regression --epochs 5 --no-shuffle");
    float[] inMemory = Model.load(model).network().parameters();
    train(data, "--regression --epochs 5 --no-shuffle --stream");
    assertArrayEquals(inMemory, Model.load(model).network().parameters());
  }

  /** A model has the scaling within, in every format. */
  @Test
  void rawRowsGiveTheSamePredictionsInEveryFormat() throws IOException {
    Path data = write("line.csv", line(80));
    train(data, "--regression");
    Path rows = write("rows.csv", "i\n3\n40.5\n79\n");
    String wanted = Cli.run("predict", "--model", model, "--data", rows).out();
    List<String> values = wanted.lines().skip(1).toList();
    float[] own = Model.load(model).network().predict(new float[] {3, 40.5f, 79}, 3);
    for (int i = 0; i < 3; i++) {
      assertEquals(own[i], Float.parseFloat(values.get(i)));
    }
    assertEquals(605_000, Float.parseFloat(values.get(1)), 20_000);
    for (String name : List.of("m.onnx", "copy.safetensors")) {
      Path other = folder.resolve(name);
      assertEquals(0, Cli.run("export", model, other).code());
      assertEquals(wanted, Cli.run("predict", "--model", other, "--data", rows).out(), name);
    }
    Path npz = folder.resolve("m.npz");
    assertEquals(0, Cli.run("export", model, npz).code());
    Path back = folder.resolve("back.safetensors");
    Cli run = Cli.run("import", npz, back, "--layers", "1 normalization 64:relu 1");
    assertEquals(0, run.code(), run.err());
    assertArrayEquals(own, Model.load(back).network().predict(new float[] {3, 40.5f, 79}, 3));
  }

  @Test
  void constantAndHugeColumnsAndFewRowsAreSafe() throws IOException {
    Path data =
        write("c.csv", "a,b,c,y\n1,7,-1e30,3\n2,7,1e30,5\n3,7,2e30,7\n4,7,3e30,9\n5,7,-2e30,11\n");
    train(data, "--regression");
    double value = figure(evaluate(data), "R2");
    assertTrue(value > 0.9, () -> "R2 " + value);
    Path one = write("one.csv", "a,y\n4,1e9\n");
    train(one, "--regression");
    Cli predict = Cli.run("predict", "--model", model, "--data", write("x.csv", "a\n4\n"));
    assertEquals("y\n1.0E9\n", predict.out());
    Path same = write("same.csv", "a,b,y\n1,2,0\n1,2,1\n");
    train(same, "--label y");
    assertTrue(evaluate(same).contains("accuracy  0.5000"));
  }

  @Test
  void severalTargetsHaveAScaleEach() throws IOException {
    StringBuilder text = new StringBuilder("x,small,large\n");
    for (int i = 0; i < 100; i++) {
      text.append(i).append(',').append(1e-6 * i).append(',').append(1e6 - 1e5 * i).append('\n');
    }
    Path data = write("two.csv", text.toString());
    train(data, "--targets small,large");
    String out = evaluate(data);
    assertTrue(figure(out, "R2") > 0.99, out);
    Cli refused =
        Cli.run(
            "train",
            "--data",
            data,
            "--targets",
            "small,large",
            "--loss",
            "huber",
            "--huber-delta",
            "5",
            "--out",
            model);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("--huber-delta is of one unit"), refused.err());
  }

  /** Its delta is in the unit of the targets, in the training too. */
  @Test
  void hubersDeltaIsInTheUnitOfTheTargets() throws IOException {
    Path data = write("line.csv", line(100));
    train(data, "--regression --loss huber --huber-delta 50000 --epochs 3");
    float[] raw = Model.load(model).network().parameters();
    assertEquals(50_000, Model.load(model).network().lossOptions().huberDelta());
    StringBuilder thousands = new StringBuilder("i,y\n");
    for (int i = 0; i < 100; i++) {
      thousands.append(i).append(',').append(200 + 10 * i).append('\n');
    }
    train(
        write("k.csv", thousands.toString()),
        "--regression --loss huber --huber-delta 50 --epochs 3");
    float[] other = Model.load(model).network().parameters();
    assertEquals(1000, raw[raw.length - 2] / other[other.length - 2], 1);
    train(data, "--regression --loss huber --epochs 3");
    double deviation = 10_000 * Math.sqrt((100 * 100 - 1) / 12.0);
    assertEquals(
        deviation, Model.load(model).network().lossOptions().huberDelta(), deviation * 1e-5);
  }

  @Test
  void targetsOfAnotherOutputStayAsTheyAre() throws IOException {
    Path data = write("p.csv", "x,p\n1,0.1\n2,0.3\n3,0.7\n4,0.9\n");
    Cli run = train(data, "--regression --output sigmoid --loss mse --epochs 3");
    assertTrue(
        run.out().contains("features scaled to mean 0, deviation 1, targets as they are;"),
        run.out());
    Path zero = write("z.csv", "x,p,q\n1,0,1\n2,1,1\n3,0,0\n");
    run = train(zero, "--targets p,q --output sigmoid --loss bce --epochs 3");
    assertTrue(run.out().contains("features scaled to mean 0, deviation 1;"), run.out());
    assertTrue(run.out().contains("  loss "), run.out());
  }

  /** A mean would fill a sparse row, so that is divided by the largest; a dense one is a table. */
  @Test
  void libsvmIsScaledByWhatItIs() throws IOException {
    Path dense = write("dense.svm", "0 1:5000 2:1\n1 1:4000 2:2\n0 1:5100 2:3\n1 1:3900 2:4\n");
    assertTrue(train(dense, "--epochs 2").out().contains("features scaled to mean 0"));
    Path sparse = write("sparse.svm", "0 1:500\n1 4:2\n0 6:-3\n1 2:1 9:4\n");
    Cli run = train(sparse, "--epochs 2");
    String said = "features divided by the largest of each column, as 86% of the values are 0;";
    assertTrue(run.out().contains(said), run.out());
    float[] state = Model.load(model).network().state();
    float[] scale = {1 / 500f, 1, 1, 0.5f, 1, 1 / 3f, 1, 1, 0.25f};
    for (int j = 0; j < 9; j++) {
      assertEquals(0, state[j]);
      assertEquals(scale[j], state[9 + j]);
    }
    run = train(sparse, "--epochs 2 --stream");
    assertTrue(run.out().contains(said), run.out());
    assertTrue(train(sparse, "--epochs 2 --scale standard").out().contains("mean 0"));
  }

  @Test
  void imagesStayAsTheyAreAndArraysOfRowsAreTables() throws IOException {
    Path labels = folder.resolve("y.npy");
    Npy.save(labels, new long[] {4}, new long[] {0, 1, 0, 1});
    float[] values = new float[4 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 5 / 4f;
    }
    Path x = folder.resolve("x.npy");
    Npy.save(x, new long[] {4, 2, 3}, values);
    Cli run = train(x, "--epochs 2 --labels " + labels);
    assertTrue(run.out().contains("scale    features as they are, images\n"), run.out());
    Npy.save(x, new long[] {4, 6}, values);
    run = train(x, "--epochs 2 --labels " + labels);
    assertTrue(run.out().contains("features scaled to mean 0, deviation 1;"), run.out());
  }

  @Test
  void fewRowsHaveMoreEpochs() throws IOException {
    assertTrue(train(write("a.csv", line(60)), "--regression").out().contains("epoch 200/200"));
    assertTrue(train(write("b.csv", line(640)), "--regression").out().contains("epoch 100/100"));
    Cli run = train(write("c.csv", line(640)), "--regression --batch-size 1");
    assertTrue(run.out().contains("epoch 10/10"), run.out());
  }
}
