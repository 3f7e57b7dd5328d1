package io.lanewise.system.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.system.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Less than a second for each format; -Dlanewise.fuzz.seconds=60 -Dlanewise.fuzz.seed=7 for more.
 */
class FuzzTest {
  private static final String SECONDS = System.getProperty("lanewise.fuzz.seconds", "0.4");
  private static final String SEED = System.getProperty("lanewise.fuzz.seed", "1");

  @TempDir Path folder;

  /** In a JVM of 64 MiB, with a stack of 256 KiB. */
  @Test
  void noReaderIsHurtByDamagedFiles() throws Exception {
    Path output = folder.resolve("output");
    List<String> flags = List.of("-Xmx64m", "-Xss256k", "-XX:+UseSerialGC");
    Process process =
        Jvm.builder(flags, Fuzz.class.getName(), "all", SECONDS, SEED, folder)
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
