package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.train.Trainer;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are larger than the heap are learnt from, scaled and trained on. */
class StreamHeapTest {
  private static final String HEAP = "-Xmx24m";
  private static final int ROWS = 60_000;
  private static final int FEATURES = 60;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"csv", "svm"})
  void aFileLargerThanTheHeapIsTrainedOn(String format) throws Exception {
    Path file = write(format);
    assertTrue(Files.size(file) > 24 << 20, Files.size(file) + " bytes fit into the heap");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(HEAP, "-XX:+UseSerialGC", "-cp", classPath()));
    command.addAll(List.of(Forked.class.getName(), file.toString()));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), "it hangs");
    String printed = Files.readString(log);
    assertEquals(0, process.exitValue(), printed);
    assertTrue(printed.contains("rows " + ROWS), printed);
  }

  /** The tests run on the module path, where java.class.path has not all. */
  private static String classPath() throws URISyntaxException {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> c : List.of(Forked.class, CsvReader.class, Trainer.class, CsvWriter.class)) {
      places.add(Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    places.add(Path.of("target", "classes").toString());
    places.add(Path.of("target", "test-classes").toString());
    return String.join(File.pathSeparator, places);
  }

  private Path write(String format) throws IOException {
    Path file = folder.resolve("t." + format);
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
      for (int i = 0; i < ROWS; i++) {
        StringBuilder line = new StringBuilder();
        line.append(i % 2);
        for (int j = 1; j <= FEATURES; j++) {
          line.append(format.equals("csv") ? "," : " " + j + ":");
          line.append((i * 7 + j * 13) % 1000).append(".125");
        }
        out.write(line.append('\n').toString());
      }
    }
    return file;
  }

  /** Runs in a JVM of its own. */
  static final class Forked {
    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      RowSource rows =
          DataFormat.of(file) == DataFormat.LIBSVM
              ? new LibsvmReader().stream(file)
              : new CsvReader().label("1").stream(file);
      Scaling.Fit fit = Scaling.STANDARD.fit(rows);
      Network network =
          Network.builder(rows.nIn())
              .normalization(fit.shift(), fit.scale())
              .dense(2, Activation.SOFTMAX)
              .build();
      new Trainer(network).optimizer(new Adam(1e-3)).batchSize(512).epochs(1).fit(rows);
      System.out.println("rows " + rows.rowCount());
    }
  }
}
