package io.lanewise.cli.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.model.Safetensors;
import io.lanewise.model.SafetensorsWriter;
import io.lanewise.nn.LossOptions;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second for each format; -Dlanewise.fuzz.seconds=60 -Dlanewise.fuzz.seed=7 for more. */
class FuzzTest {
  private static final String SECONDS = System.getProperty("lanewise.fuzz.seconds", "0.7");
  private static final String SEED = System.getProperty("lanewise.fuzz.seed", "1");

  @TempDir Path folder;

  /** In a JVM of 64 MiB, with a stack of 256 KiB. */
  @Test
  void noReaderIsHurtByDamagedFiles() throws Exception {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-Xss256k", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fuzz.class.getName()));
    command.addAll(List.of("all", SECONDS, SEED, folder.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = process.waitFor();
    String text = Files.readString(output);
    assertEquals(0, code, text);
    for (String format : Fuzz.FORMATS) {
      assertTrue(text.contains(format + ": "), text);
    }
    System.out.print(text.lines().filter(line -> line.contains(" files, ")).toList());
  }

  /** A text of 11 bytes a class beside its two parameters: larger than the files of the fuzzer. */
  @Test
  void manyWeightsOfClassesCostNoMoreThanAllowed() throws IOException {
    int n = 100_000;
    float[] weights = new float[n];
    Arrays.fill(weights, 1 / 3f);
    Network network =
        Network.builder(1)
            .dense(n, Activation.SOFTMAX)
            .lossOptions(LossOptions.DEFAULT.classWeights(weights))
            .build();
    Path file = folder.resolve("weighted");
    ModelFile.save(new Model(network, Map.of()), file);
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < 2; round++) {
      long before = Fuzz.METER.bytes();
      assertEquals(n, ModelFile.load(file).network().lossOptions().classWeights().length);
      bytes = Fuzz.METER.bytes() - before;
    }
    long allowed = 4 * Files.size(file) + (1 << 20);
    assertTrue(bytes <= allowed, bytes + " of " + allowed);
  }

  @Test
  void manySmallTensorsCostNoMoreThanAllowed() throws IOException {
    SafetensorsWriter writer = Safetensors.writer();
    for (int i = 0; i < 300; i++) {
      writer.add("tensor " + i, new long[] {1, 1}, new float[1]);
    }
    Path path = folder.resolve("small");
    writer.save(path);
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < 2; round++) {
      long before = Fuzz.METER.bytes();
      try (Safetensors file = Safetensors.open(path)) {
        for (Safetensors.Entry entry : file.entries()) {
          file.floats(entry.name());
        }
      }
      bytes = Fuzz.METER.bytes() - before;
    }
    long allowed = 4 * Files.size(path) + (1 << 20);
    assertTrue(bytes <= allowed, bytes + " of " + allowed);
  }

  /** The judge itself: each way to end badly is a find. */
  @Test
  void aReaderThatIsHurtIsFound() throws IOException {
    FileFuzz.Reader reader =
        file -> {
          byte[] bytes = Files.readAllBytes(file);
          if (bytes.length > 2 && bytes[1] != 2) {
            throw new IllegalStateException("hurt");
          }
        };
    FileFuzz.Report report =
        new FileFuzz(reader, IOException.class, folder).file(new byte[] {1, 2, 3}).run(1000);
    assertEquals(20, report.finds().size());
    assertTrue(report.finds().get(0).contains("IllegalStateException: hurt"), report.toString());
    assertTrue(Files.exists(folder.resolve("find-0-0")));
    FileFuzz.Reader reads = file -> {};
    FileFuzz.Meter meter =
        new FileFuzz.Meter() {
          private long bytes;

          @Override
          public long bytes() {
            bytes += 2 << 20;
            return bytes;
          }

          @Override
          public long nanos() {
            return 0;
          }
        };
    report =
        new FileFuzz(reads, IOException.class, folder)
            .file(new byte[] {1})
            .limits(meter, 4, 1)
            .run(10);
    assertEquals(9, report.finds().size());
  }
}
