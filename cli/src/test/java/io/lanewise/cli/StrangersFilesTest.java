package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.DataException;
import io.lanewise.data.Meaning;
import io.lanewise.data.RowPredictor;
import io.lanewise.data.numpy.Npz;
import io.lanewise.model.Model;
import io.lanewise.optim.Adam;
import io.lanewise.train.Classifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on files as other programs write them. */
class StrangersFilesTest {
  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path model() {
    return folder.resolve("m.safetensors");
  }

  private static Cli run(Object... args) {
    Cli run = Cli.run(args);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private void train(Object... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--out", model(), "--layers", "8"));
    args.addAll(List.of("--epochs", "60", "--learning-rate", "0.05"));
    args.addAll(List.of(more));
    run(args.toArray());
  }

  private static void assertFails(String part, Object... args) {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.out() + run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }

  /** The class is whether the second feature is there, which has the index 1 of three. */
  @Test
  void rowsOfLibsvmAreAsTheTrainingFileCountsThem() throws IOException {
    Path zero = write("zero.svm", "0\n1 1:1 2:1\n0 0:1 2:1\n1 0:1 1:1\n0 2:1\n1 1:1\n");
    train("--data", zero, "--validation", write("v.svm", "1 1:1\n0 2:1\n"));
    Path test = write("test.svm", "0\n0 2:1\n0 1:1 2:1\n0 1:1\n");
    List<String> lines = run("predict", "--model", model(), "--data", test).out().lines().toList();
    assertEquals(
        List.of("0", "0", "1", "1"),
        lines.stream().skip(1).map(line -> line.split(",")[0]).toList());
    Path right = write("right.svm", "0 2:1\n1 1:1 2:1\n1 1:1\n0\n");
    assertTrue(
        run("evaluate", "--model", model(), "--data", right).out().contains("accuracy  1.0000"));
    Path one = write("one.svm", "0 3:1\n1 2:1 3:1\n1 2:1\n0\n");
    assertFails(
        "index 3 is larger than 2, the last of the model's features: if these begin at 1, say"
            + " --zero-based no",
        "evaluate",
        "--model",
        model(),
        "--data",
        one);
    assertTrue(
        run("evaluate", "--model", model(), "--data", one, "--zero-based", "no")
            .out()
            .contains("accuracy  1.0000"));
    assertFails(
        "index 0, but those of the training file begin at 1",
        "train",
        "--data",
        right,
        "--validation",
        zero,
        "--out",
        model());
  }

  @Test
  void theFormatIsSaidWhereTheFileLeavesItOpen() throws IOException {
    Path data = write("rows", "0\n".repeat(3000) + "1 1:1\n".repeat(20));
    assertFails("say --format libsvm", "train", "--data", data, "--out", model());
    Cli run =
        run(
            "train",
            "--data",
            data,
            "--out",
            model(),
            "--format",
            "libsvm",
            "--features",
            "2",
            "--epochs",
            "1");
    assertTrue(run.out().contains("network  2 "), run.out());
    assertFails(
        "--features is for LIBSVM files",
        "train",
        "--data",
        write("x.csv", "1,2,0\n2,1,1\n"),
        "--features",
        "2",
        "--out",
        model());
  }

  /** As Keras' mnist.npz has them; the test rows have one label that the others have not. */
  @Test
  void arraysOfAnNpzFileAreNamed() throws IOException {
    Path file = folder.resolve("mnist.npz");
    Npz.writer()
        .add("x_train", new long[] {4, 1}, new float[] {-2, 2, -3, 3})
        .add("y_train", new long[] {4}, new int[] {4, 7, 4, 7})
        .add("x_test", new long[] {2, 1}, new float[] {3, -1})
        .add("y_test", new long[] {2}, new int[] {7, 4})
        .save(file);
    assertFails("such as --x x_train --y y_train", "train", "--data", file, "--out", model());
    String[] train = {"--x", "x_train", "--y", "y_train", "--validation", file.toString()};
    List<Object> same = new ArrayList<>(List.of("train", "--data", file, "--out", model()));
    same.addAll(List.of(train));
    assertFails("name the arrays to validate on with --validation-x", same.toArray());
    List<Object> all = new ArrayList<>(List.of("--data", file));
    all.addAll(List.of(train));
    all.addAll(List.of("--validation-x", "x_test", "--validation-y", "y_test"));
    train(all.toArray());
    String out =
        run("evaluate", "--model", model(), "--data", file, "--x", "x_test", "--y", "y_test").out();
    assertTrue(out.contains("rows      2") && out.contains("accuracy  1.0000"), out);
    assertFails(
        "no array \"NAME\": it has x_train F32 [4, 1]",
        "predict",
        "--model",
        model(),
        "--data",
        file,
        "--x",
        "NAME");
    assertFails("such as --x x_train", "predict", "--model", model(), "--data", file);
    List<String> lines =
        run("predict", "--model", model(), "--data", file, "--x", "x_test").out().lines().toList();
    assertEquals(
        List.of("class,4,7", "7", "4"),
        lines.stream().map(l -> l.equals(lines.get(0)) ? l : l.split(",")[0]).toList());
    Path csv = write("rows.csv", "1,2\n");
    assertFails("--x is for NPZ files; ", "predict", "--model", model(), "--data", csv, "--x", "x");
  }

  /** What Java's Classifier keeps is what the command line reads, and back. */
  @Test
  void aClassifierOfAnyIntegersIsEvaluatedByThem() throws IOException {
    float[] x = {-2, 2, -3, 3, -1, 1};
    int[] labels = {-7, 20, -7, 20, -7, 20};
    Classifier fitted = new Classifier().optimizer(new Adam(0.05)).epochs(60).fit(x, labels);
    Meaning.of(fitted).model().save(model());
    Path data = write("rows.csv", "-2,-7\n2,20\n-1,-7\n");
    String out = run("evaluate", "--model", model(), "--data", data).out();
    assertTrue(out.contains("accuracy  1.0000"), out);
    String rows = run("predict", "--model", model(), "--data", data, "--label", "last").out();
    assertEquals("class,-7,20", rows.lines().findFirst().get());
    Classifier loaded = Meaning.of(Model.load(model())).classifier();
    assertArrayEquals(new int[] {-7, 20, 20}, loaded.predict(new float[] {-2, 3, 1}));
    train("--data", data);
    assertArrayEquals(new int[] {-7, 20}, Meaning.of(Model.load(model())).classifier().classes());
    train("--data", write("texts.csv", "-2,no\n2,yes\n-1,no\n"));
    Meaning texts = Meaning.of(Model.load(model()));
    assertThrows(DataException.class, texts::classifier);
  }

  @Test
  void classesThatTheGraphNamesTwiceAreThoseThatAreSaid() throws IOException {
    Path onnx =
        new OnnxFile()
            .input("x", 1, -1, 2)
            .floats("W", new int[] {2, 2}, 1, 0, 0, 1)
            .texts("A", "cat", "dog")
            .texts("B", "dog", "cat")
            .node("MatMul", "x W z")
            .node("ArgMax", "z k", OnnxFile.attribute("axis", 1))
            .node("Gather", "A k first")
            .node("Gather", "B k second")
            .output("first", 8)
            .output("second", 8)
            .output("z", 1)
            .write(folder.resolve("two.onnx"));
    Path rows = write("rows.csv", "1,0\n0,1\n");
    String open = "its classes are dog, cat, those of a node before are cat, dog: --classes A,B";
    for (String command : new String[] {"predict", "evaluate"}) {
      assertFails(open, command, "--model", onnx, "--data", rows);
    }
    assertFails(open, "import", onnx, model());
    run("import", onnx, model(), "--classes", "owl,hen");
    for (Object[] args :
        new Object[][] {
          {"predict", "--model", onnx, "--data", rows, "--classes", "owl,hen"},
          {"predict", "--model", model(), "--data", rows}
        }) {
      List<String> lines = run(args).out().lines().toList();
      assertEquals("class,owl,hen", lines.get(0));
      assertTrue(lines.get(1).startsWith("owl,") && lines.get(2).startsWith("hen,"), "" + lines);
    }
    String numbers = run("predict", "--model", onnx, "--data", rows, "--task", "regression").out();
    assertEquals("output1,output2\n1.0,0.0\n0.0,1.0\n", numbers);
    assertTrue(run("inspect", onnx).out().contains("classes-open"));
  }

  @Test
  void arraysThatAreLeftOutAreNamed() throws IOException {
    Path file = folder.resolve("r.npz");
    Npz.writer()
        .add("x", new long[] {4, 1}, new float[] {-1, 1, -2, 2})
        .add("y", new long[] {4}, new int[] {4, 7, 4, 7})
        .add("sample_weight", new long[] {4}, new float[] {1, 1, 1, 9})
        .save(file);
    String out = file + ": leaves out sample_weight; --x and --y name other arrays\n";
    Object[] train = {"train", "--data", file, "--out", model(), "--epochs", "1"};
    assertEquals(out, run(train).err());
    assertEquals(out, run("evaluate", "--model", model(), "--data", file).err());
    assertEquals(out, run("predict", "--model", model(), "--data", file).err());
    assertEquals("", run("predict", "--model", model(), "--data", file, "--x", "x").err());
  }

  @Test
  void aZipFileIsCalledWhatItIs() throws IOException {
    Path jar = folder.resolve("m.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
    }
    assertFails(": a Java archive (.jar), wanted a", "inspect", jar);
    assertFails(
        ": a Java archive (.jar), wanted a model", "predict", "--model", jar, "--data", jar);
    assertFails(": a Java archive (.jar), wanted rows", "train", "--data", jar, "--out", model());
    assertFails(
        ": a Java archive (.jar), wanted weights", "import", jar, model(), "--layers", "2 1");
    byte[] bytes = Files.readAllBytes(jar);
    DataException e = assertThrows(DataException.class, () -> RowPredictor.load(bytes));
    assertTrue(e.getMessage().contains("a Java archive (.jar), wanted a model"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--label y",
        "--targets y",
        "--weight y",
        "--category y",
        "--ignore y",
        "--missing mean",
        "--unknown-category zeros --category y",
        "--header yes",
        "--delimiter tab",
        "--decimal comma",
        "--missing-values NULL",
        "--comments yes",
        "--x a",
        "--y a",
        "--bytes 0..1"
      })
  void optionsThatTheFormatIgnoresAreRefused(String options) throws IOException {
    Path libsvm = write("rows.svm", "0 1:1\n1 1:2\n");
    List<Object> args = new ArrayList<>(List.of("train", "--data", libsvm, "--out", model()));
    args.addAll(List.of(options.split(" ")));
    assertFails(" files; " + libsvm + " is LIBSVM", args.toArray());
    String option = options.split(" ")[0];
    if (!List.of("--targets", "--weight", "--category", "--ignore").contains(option)
        && !option.startsWith("--missing")
        && !option.startsWith("--unknown")) {
      train("--data", libsvm);
      args.set(0, "evaluate");
      args.set(3, "--model");
      assertFails(option + " is for ", args.toArray());
    }
  }

  @Test
  void optionsOfAnotherFormatAreRefusedForTables() throws IOException {
    Path csv = write("rows.csv", "1,a\n2,b\n");
    Object[] train = {"train", "--data", csv, "--out", model(), "--zero-based", "yes"};
    assertFails("--zero-based is for LIBSVM files; " + csv + " is CSV", train);
    train[5] = "--features";
    train[6] = "3";
    assertFails("--features is for LIBSVM files; " + csv + " is CSV", train);
    train("--data", csv);
    assertFails(
        "--model says its network itself: leave out --layers",
        "diff",
        "--model",
        model(),
        "--data",
        csv,
        "--layers",
        "3");
    // Of one of the files that are read it says something.
    Path libsvm = write("rows.svm", "0 1:1\n1 1:2\n");
    Path other = write("other.csv", "y;x\n0;1\n1;2\n");
    train("--data", libsvm, "--validation", other, "--delimiter", "semicolon", "--label", "y");
  }
}
