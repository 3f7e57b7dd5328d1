package io.lanewise.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.RowPredictor;
import io.lanewise.data.RowPredictor.RowException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model remembers of how its rows were read, so that other files are read alike. */
class KeptWithModelTest {
  private static final int[] PIXELS = {0, 255, 51, 102, 153, 204, 7, 1, 90, 3, 200, 17};

  @TempDir private Path folder;
  private Path idx;
  private Path npy;
  private Path units;
  private Path labels;
  private Path npyLabels;

  @BeforeEach
  void write() throws IOException {
    byte[] values = new byte[PIXELS.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) PIXELS[i];
    }
    idx = write("x-idx2-ubyte", new byte[] {0, 0, 8, 2, 0, 0, 0, 6, 0, 0, 0, 2}, values);
    labels =
        write("y-idx1-ubyte", new byte[] {0, 0, 8, 1, 0, 0, 0, 6}, new byte[] {0, 1, 2, 0, 1, 2});
    npy = write("x.npy", npyHeader("|u1", "(6, 2)"), values);
    npyLabels = write("y.npy", npyHeader("|u1", "(6,)"), new byte[] {0, 1, 2, 0, 1, 2});
    units = Files.writeString(folder.resolve("units.csv"), csv(255));
  }

  private Path write(String name, byte[] header, byte[] values) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(header.length + values.length).put(header).put(values);
    return Files.write(folder.resolve(name), all.array());
  }

  private static byte[] npyHeader(String descr, String shape) {
    String dict = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
    String padded = dict + " ".repeat(117 - dict.length()) + "\n";
    return ("\u0093NUMPY\1\0" + (char) padded.length() + "\0" + padded).getBytes(ISO_8859_1);
  }

  private static String csv(float divisor) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < PIXELS.length; i += 2) {
      text.append(PIXELS[i] / divisor).append(',').append(PIXELS[i + 1] / divisor).append('\n');
    }
    return text.toString();
  }

  private static String run(Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(0, cli.code(), cli.err());
    return cli.out();
  }

  private static void fails(String part, Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(2, cli.code(), cli.out());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertTrue(cli.err().contains(part), cli.err());
  }

  private Path train(Path data, Object... more) {
    Path out = folder.resolve("m.safetensors");
    Path y = data.toString().endsWith(".npy") ? npyLabels : labels;
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--labels", y));
    args.addAll(List.of("--out", out, "--epochs", "1", "--layers", "3"));
    args.addAll(Arrays.asList(more));
    run(args.toArray());
    return out;
  }

  private static String predict(Path model, Path data) {
    return run("predict", "--model", model, "--data", data);
  }

  @Test
  void bytesAreUnitsWhereTheTrainingHadThemSo() throws IOException {
    Path model = train(idx);
    String wanted = predict(model, units);
    assertEquals(wanted, predict(model, idx));
    assertEquals(wanted, predict(model, npy));
    Path raw = Files.writeString(folder.resolve("raw.csv"), csv(1));
    String beyond = "line 1, column 2: 255.0 is beyond 0..1, what bytes became";
    fails(beyond, "predict", "--model", model, "--data", raw);
    Path libsvm = Files.writeString(folder.resolve("x.svm"), "0 1:1 2:0.5\n1 1:7\n");
    fails("line 2, field 2: 7.0 is beyond", "predict", "--model", model, "--data", libsvm);
    RowPredictor java = RowPredictor.load(model);
    assertEquals(
        wanted.lines().skip(2).findFirst().get().split(",")[0],
        java.predict(51 / 255f, 102 / 255f).label());
    RowException e = assertThrows(RowException.class, () -> java.predict(51, 102));
    assertTrue(e.getMessage().contains("column 1: 51 is beyond 0..1"), e.getMessage());
  }

  @Test
  void bytesStayWhereTheTrainingHadThemSo() {
    Path model = train(npy, "--scale", "none");
    String wanted = predict(model, npy);
    assertEquals(wanted, predict(model, idx));
    String accuracy = run("evaluate", "--model", model, "--data", npy, "--labels", npyLabels);
    assertEquals(
        accuracy.replaceAll("speed.*", ""),
        run("evaluate", "--model", model, "--data", idx, "--labels", labels)
            .replaceAll("speed.*", ""));
    assertEquals(wanted, predict(train(idx, "--bytes", "0..255", "--scale", "none"), npy));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnx", "npz"})
  void otherFormatsKeepItToo(String ending) {
    Path model = train(npy, "--bytes", "0..1");
    String wanted = predict(model, idx);
    Path other = folder.resolve("other." + ending);
    run("export", model, other);
    Path back = folder.resolve("back.safetensors");
    Object[] activations = {"import", other, back, "--activation", "relu", "--output", "softmax"};
    run(ending.equals("onnx") ? Arrays.copyOf(activations, 3) : activations);
    assertEquals(wanted, predict(back, npy));
  }

  @Test
  void aValidationIsReadAsTheTraining() {
    Object[] validation = {"--validation", idx, "--validation-labels", labels};
    String wanted = trainOut(npy, "--validation", npy, "--validation-labels", npyLabels);
    assertEquals(wanted, trainOut(npy, validation));
  }

  private String trainOut(Path data, Object... more) {
    Path history = folder.resolve("h.csv");
    train(data, Arrays.asList(more).toArray());
    List<Object> args = new ArrayList<>(Arrays.asList(more));
    args.addAll(List.of("--history", history));
    train(data, args.toArray());
    try {
      // The last columns are seconds.
      return Files.readString(history)
          .lines()
          .map(line -> line.split(",")[0] + line.split(",")[1] + line.split(",")[2])
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatNothingSaysIsAskedFor() throws IOException {
    Path data = Files.writeString(folder.resolve("t.csv"), csv(1).replaceAll("\n", ",0\n"));
    Files.writeString(data, Files.readString(data).replaceFirst(",0\n", ",1\n"));
    Path model = folder.resolve("c.safetensors");
    run("train", "--data", data, "--out", model, "--epochs", "1");
    fails("--bytes 0..1", "predict", "--model", model, "--data", idx);
    fails("--bytes 0..1", "predict", "--model", model, "--data", npy);
    assertEquals(
        predict(model, Files.writeString(folder.resolve("raw.csv"), csv(1))),
        run("predict", "--model", model, "--data", idx, "--bytes", "0..255"));
    fails("--bytes must be", "predict", "--model", model, "--data", idx, "--bytes", "unit");
    fails(
        "--bytes is for IDX, NPY, NPZ files; ",
        "predict",
        "--model",
        model,
        "--data",
        data,
        "--bytes",
        "0..1");
  }

  @Test
  void numbersOfImagesAreStreamed() {
    Path inMemory = train(idx, "--regression", "--no-shuffle");
    String wanted = predict(inMemory, idx);
    assertEquals(wanted, predict(train(idx, "--regression", "--no-shuffle", "--stream"), idx));
  }

  @Test
  void textsOfMissingValuesAreKept() throws IOException {
    Path data = folder.resolve("t.csv");
    Files.writeString(data, "x,city,y\n1,Ulm,0\nNULL,none,1\n3,Bonn,0\n-999,Ulm,1\n");
    Path model = folder.resolve("m.safetensors");
    run(
        "train",
        "--data",
        data,
        "--out",
        model,
        "--epochs",
        "1",
        "--category",
        "city",
        "--missing",
        "mean",
        "--missing-values",
        "NULL,none,-999");
    String all = predict(model, data);
    String empty =
        predict(
            model,
            Files.writeString(folder.resolve("e.csv"), "x,city\n1,Ulm\n,\n3,Bonn\n-999.0,Ulm\n"));
    assertEquals(empty, all);
    assertEquals(all, run("predict", "--model", model, "--data", data, "--missing-values", "nil"));
    RowPredictor java = RowPredictor.load(model);
    String wanted = java.predict(Map.of("x", "", "city", "Ulm")).toString();
    for (Object missing : new Object[] {"NULL", -999, -999.0, "-999"}) {
      assertEquals(wanted, java.predict(Map.of("x", missing, "city", "Ulm")).toString());
    }
    assertEquals(
        java.predict(Arrays.asList(1, null)).toString(), java.predict(1, "none").toString());
  }
}
