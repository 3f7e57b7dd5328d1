package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.SampleData;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bits everywhere, in one number: the hash of the parameters after training. */
class GoldenHashTest {
  /** The demo's network after 3 epochs over its training rows. */
  private static final String DEMO =
      "a150977811afbdbaf3c497b58f60d666552ba110eb55fcb75c230af5c6252c0e";

  /** The same network after 1 epoch over the first 64 rows, for JVMs that emulate their vectors. */
  private static final String SMALL =
      "d3880e5b3ffead6f901789a0bd10045121be1912126d63931910ccc7863a6f8d";

  private static final int SMALL_ROWS = 64;

  static String hash(Kernels kernels, int rows, int epochs) {
    Network network = DemoCommand.network();
    DemoCommand.trainer(network, kernels).epochs(epochs).fit(SampleData.digits().slice(0, rows));
    return Text.sha256(network);
  }

  @ParameterizedTest
  @CsvSource({"scalar, 1", "scalar, 2", "simd, 1", "simd, 2", "simd, 4"})
  void kernelsAndThreadsDoNotChangeTheHash(String kernels, int count) {
    try (Threads threads = new Threads(count)) {
      Kernels these = threads.kernels(KernelOptions.kernels(kernels));
      assertEquals(DEMO, hash(these, DemoCommand.TRAINING_ROWS, 3));
    }
  }

  @Test
  void theSmallHashIsThatOfTheScalarKernels() {
    assertEquals(SMALL, hash(KernelOptions.kernels("scalar"), SMALL_ROWS, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:MaxVectorSize=16",
        "-XX:MaxVectorSize=32",
        "-XX:UseAVX=2",
        "-XX:TieredStopAtLevel=1",
        "-XX:-TieredCompilation"
      })
  void laneWidthsAndCompilersDoNotChangeTheHash(String flag) throws Exception {
    assertEquals(DEMO, last(fork(DemoCommand.TRAINING_ROWS, 3, flag)));
  }

  @ParameterizedTest
  @CsvSource({
    "-XX:MaxVectorSize=16, 128-bit",
    "-Dlanewise.lanes=4, 128-bit",
    "-Dlanewise.lanes=8, 256-bit",
    "-Dlanewise.lanes=16, 512-bit"
  })
  void lanesDoNotChangeTheHash(String flag, String lanes) throws Exception {
    String output = fork(SMALL_ROWS, 1, flag);
    assertTrue(output.contains(lanes), output);
    assertEquals(SMALL, last(output));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:UseAVX=1", "-XX:UseAVX=0", "-XX:-UseFMA", "-Xint"})
  void noFmaAndNoCompilerDoNotChangeTheHash(String flag) throws Exception {
    assertEquals(SMALL, last(fork(SMALL_ROWS, 1, flag)));
  }

  /** Runs {@link Fork} in a JVM of its own with that flag; returns what it prints. */
  private static String fork(int rows, int epochs, String flag) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "jvm.config"));
    command.add("-ea");
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.add(flag);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Fork.class.getName());
    command.add(Integer.toString(rows));
    command.add(Integer.toString(epochs));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), output);
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  private static String last(String output) {
    return output.lines().toList().getLast();
  }

  /** The other JVM: rows and epochs in, its kernels and the hash out. */
  static final class Fork {
    private Fork() {}

    public static void main(String[] args) {
      Kernels simd = KernelOptions.kernels("simd");
      System.out.println(simd.describe());
      System.out.println(hash(simd, Integer.parseInt(args[0]), Integer.parseInt(args[1])));
    }
  }
}
