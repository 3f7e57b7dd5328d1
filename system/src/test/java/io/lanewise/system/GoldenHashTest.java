package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lanewise.data.SampleData;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.train.Trainer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same bits everywhere, in one number: the hash of the parameters after training. In a sample
 * of other JVMs; in all with {@code -Dlanewise.long=true}.
 */
class GoldenHashTest {
  /** The demo's network after 3 epochs over its training rows; its own test has the same. */
  private static final String DEMO =
      "a150977811afbdbaf3c497b58f60d666552ba110eb55fcb75c230af5c6252c0e";

  /** The same network after 1 epoch over the first 64 rows, for JVMs that emulate their vectors. */
  private static final String SMALL =
      "d3880e5b3ffead6f901789a0bd10045121be1912126d63931910ccc7863a6f8d";

  private static final int ROWS = 1437;
  private static final int SMALL_ROWS = 64;

  private static final List<String> WHOLE =
      sample(
          1,
          "-XX:UseAVX=2",
          "-XX:MaxVectorSize=16",
          "-XX:MaxVectorSize=32",
          "-XX:-TieredCompilation");

  // Beside the lanes of RepeatabilityTest's JVMs.
  private static final List<String> FEW =
      sample(
          2,
          "-XX:MaxVectorSize=16",
          "-XX:-UseFMA",
          "-Dlanewise.lanes=4",
          "-Dlanewise.lanes=8",
          "-Dlanewise.lanes=16",
          "-XX:UseAVX=1",
          "-XX:UseAVX=0",
          "-XX:TieredStopAtLevel=1",
          "-Xint");

  // Other JVMs, two at a time, by flag and number of rows.
  private static final ExecutorService POOL = Executors.newFixedThreadPool(2);
  private static final Map<String, Future<String>> RUNS = new HashMap<>();

  /** The first of them, unless all are wanted. */
  private static List<String> sample(int size, String... flags) {
    return List.of(flags).subList(0, Boolean.getBoolean("lanewise.long") ? flags.length : size);
  }

  @BeforeAll
  static void start() {
    WHOLE.forEach(flag -> start(flag, ROWS, 3));
    FEW.forEach(flag -> start(flag, SMALL_ROWS, 1));
  }

  private static void start(String flag, int rows, int epochs) {
    List<String> flags = List.of("-ea", flag);
    RUNS.put(flag + rows, POOL.submit(() -> Jvm.run(flags, Fork.class.getName(), rows, epochs)));
  }

  @AfterAll
  static void stop() {
    POOL.shutdownNow();
  }

  static String hash(Kernels kernels, int rows, int epochs) {
    Network network =
        Network.builder(64)
            .dense(256, Activation.RELU)
            .dense(128, Activation.RELU)
            .dense(10, Activation.SOFTMAX)
            .seed(42)
            .build();
    new Trainer(network)
        .optimizer(new Adam(1e-3))
        .batchSize(16)
        .seed(42)
        .kernels(kernels)
        .epochs(epochs)
        .fit(SampleData.digits().slice(0, rows));
    return Hash.of(network);
  }

  /** One thread and several; more of them where it may be long. */
  static List<Arguments> kernels() {
    List<Arguments> some = List.of(Arguments.of("scalar", 1), Arguments.of("simd", 4));
    List<Arguments> more =
        List.of(Arguments.of("scalar", 2), Arguments.of("simd", 1), Arguments.of("simd", 2));
    return Stream.of(some, Boolean.getBoolean("lanewise.long") ? more : List.<Arguments>of())
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void kernelsAndThreadsDoNotChangeTheHash(String kernels, int count) {
    try (Threads threads = new Threads(count)) {
      Kernels these = threads.kernels(KernelLookup.named(kernels));
      assertEquals(DEMO, hash(these, ROWS, 3));
    }
  }

  @Test
  void theSmallHashIsThatOfTheScalarKernels() {
    assertEquals(SMALL, hash(KernelLookup.named("scalar"), SMALL_ROWS, 1));
  }

  @ParameterizedTest
  @FieldSource("WHOLE")
  void laneWidthsAndCompilersDoNotChangeTheHash(String flag) throws Exception {
    assertEquals(DEMO, last(RUNS.get(flag + ROWS).get()));
  }

  @ParameterizedTest
  @CsvSource({
    "-XX:MaxVectorSize=16, 128-bit",
    "-Dlanewise.lanes=4, 128-bit",
    "-Dlanewise.lanes=8, 256-bit",
    "-Dlanewise.lanes=16, 512-bit"
  })
  void lanesDoNotChangeTheHash(String flag, String lanes) throws Exception {
    assumeTrue(FEW.contains(flag), "only with -Dlanewise.long=true");
    String output = RUNS.get(flag + SMALL_ROWS).get();
    assertTrue(output.contains(lanes), output);
    assertEquals(SMALL, last(output));
  }

  @ParameterizedTest
  @FieldSource("FEW")
  void noFlagChangesTheSmallHash(String flag) throws Exception {
    assertEquals(SMALL, last(RUNS.get(flag + SMALL_ROWS).get()));
  }

  private static String last(String output) {
    return output.lines().toList().getLast();
  }

  /** The other JVM: rows and epochs in, its kernels and the hash out. */
  static final class Fork {
    private Fork() {}

    public static void main(String[] args) {
      Kernels simd = KernelLookup.named("simd");
      System.out.println(simd.describe());
      System.out.println(hash(simd, Integer.parseInt(args[0]), Integer.parseInt(args[1])));
    }
  }
}
