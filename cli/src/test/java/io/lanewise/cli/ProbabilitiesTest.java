package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Meaning;
import io.lanewise.data.Meaning.Task;
import io.lanewise.data.Prediction;
import io.lanewise.data.RowPredictor;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under the names of classes stand probabilities, by the command line and in Java. */
class ProbabilitiesTest {
  @TempDir private Path folder;

  /** Its outputs are the first of its inputs, but for the activation. */
  private Path model(Activation last, Loss loss, int nOut, Task task) throws IOException {
    Network network = Network.builder(3).zeros().dense(nOut, last).loss(loss).build();
    for (int i = 0; i < nOut; i++) {
      network.parameters()[i * nOut + i] = 1;
    }
    List<String> names = nOut == 1 ? List.of("no", "yes") : List.of("a", "b", "c");
    Path file = folder.resolve("m.safetensors");
    Meaning.of(new Model(network, Map.of()), task, names).model().save(file);
    return file;
  }

  private static String run(Object... args) {
    Cli cli = Cli.run(args);
    assertEquals(0, cli.code(), cli.err());
    return cli.out();
  }

  private Path rows() throws IOException {
    return Files.writeString(folder.resolve("rows.csv"), "1,0,0\n-2,3.5,0.25\n");
  }

  private static void assertSame(Path model, String csv) throws IOException {
    RowPredictor java = RowPredictor.load(model);
    String[] lines = csv.split("\n");
    float[][] rows = {{1, 0, 0}, {-2, 3.5f, .25f}};
    for (int i = 0; i < rows.length; i++) {
      Prediction p = java.predict(rows[i]);
      StringBuilder line = new StringBuilder(String.join(";", p.labels()));
      p.probabilities().values().forEach(value -> line.append(',').append(value));
      assertEquals(line.toString(), lines[i + 1]);
      assertEquals(
          lines[0].split(",", 2)[1], String.join(",", p.probabilities().keySet()), lines[0]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "identity, cross-entropy, '0.5761169,0.21194157,0.21194157', '1.0,0.0,0.0'",
    "log-softmax, cross-entropy, '0.5761169,0.21194157,0.21194157', '-0.5514447,-1.5514448,-1.5514448'",
    "softmax, cross-entropy, '0.5761169,0.21194157,0.21194157', ",
  })
  void ofClasses(String last, String loss, String wanted, String raw) throws IOException {
    Path model = model(Activation.parse(last), Loss.CROSS_ENTROPY, 3, Task.CLASSIFICATION);
    Path rows = rows();
    String csv = run("predict", "--model", model, "--data", rows);
    assertTrue(csv.startsWith("class,a,b,c\na," + wanted + "\n"), csv);
    assertSame(model, csv);
    if (raw != null) {
      csv = run("predict", "--model", model, "--data", rows, "--output", "identity");
      assertTrue(csv.startsWith("class,a,b,c\na," + raw + "\n"), csv);
    }
  }

  @Test
  void ofTwoClasses() throws IOException {
    for (Activation last : new Activation[] {Activation.IDENTITY, Activation.SIGMOID}) {
      Path model = model(last, Loss.BINARY_CROSS_ENTROPY, 1, Task.CLASSIFICATION);
      String csv = run("predict", "--model", model, "--data", rows());
      assertTrue(csv.startsWith("class,no,yes\nyes,0.2689414,0.7310586\nno,"), csv);
      assertSame(model, csv);
    }
    Path logits = model(Activation.IDENTITY, Loss.BINARY_CROSS_ENTROPY, 1, Task.CLASSIFICATION);
    String raw = run("predict", "--model", logits, "--data", rows(), "--output", "identity");
    assertEquals("class,yes\nyes,1.0\nno,-2.0\n", raw);
  }

  @Test
  void ofLabels() throws IOException {
    for (Activation last : new Activation[] {Activation.IDENTITY, Activation.SIGMOID}) {
      Path model = model(last, Loss.BINARY_CROSS_ENTROPY, 3, Task.MULTILABEL);
      String csv = run("predict", "--model", model, "--data", rows());
      assertTrue(csv.startsWith("labels,a,b,c\na,0.7310586,0.5,0.5\nb;c,"), csv);
      assertSame(model, csv);
    }
  }
}
