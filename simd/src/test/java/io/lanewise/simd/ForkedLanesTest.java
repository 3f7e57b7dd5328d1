package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.kernel.ScalarKernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The same bits for every lane width, with and without FMA, interpreted and compiled: each JVM
 * below runs every operation of the SPI, compares it with its own scalar kernels, and has the
 * SHA-256 of all results that the scalar kernels have in this JVM. A sample of them, beside those
 * that train in the system tests; all, also those that emulate each multiply-add, with {@code
 * -Dlanewise.long=true}.
 */
class ForkedLanesTest {
  private static final List<String> SAMPLE =
      List.of("-XX:MaxVectorSize=8", "-Dlanewise.lanes=8 -XX:UseAVX=2");
  private static final List<String> MORE =
      List.of(
          "-Dlanewise.lanes=4 -XX:TieredStopAtLevel=1",
          "-Dlanewise.lanes=16",
          "-XX:UseAVX=2",
          "-XX:TieredStopAtLevel=1",
          "-XX:-TieredCompilation",
          "-Dlanewise.lanes=4",
          "-Dlanewise.lanes=8",
          "-XX:MaxVectorSize=16",
          "-XX:MaxVectorSize=32",
          "-XX:MaxVectorSize=64",
          "-XX:UseAVX=0",
          "-XX:UseAVX=1",
          "-XX:-UseFMA",
          "-Xint");
  private static final List<String> FLAGS =
      Stream.of(SAMPLE, Boolean.getBoolean("lanewise.long") ? MORE : List.<String>of())
          .flatMap(List::stream)
          .toList();

  // Each fork is small, but some emulate every multiply-add: two at a time.
  private static final ExecutorService POOL = Executors.newFixedThreadPool(2);
  private static final Map<String, Future<ForkedJvm>> FORKS = new HashMap<>();
  private static String expected;

  @BeforeAll
  static void start() {
    for (String flag : FLAGS) {
      FORKS.put(flag, POOL.submit(() -> fork(flag)));
    }
    ConformanceReport scalar = Conformance.of(ScalarKernels.INSTANCE).quick().run();
    assertTrue(scalar.passed() && scalar.calls() > 3_000, scalar::toString);
    expected = LaneProbe.HASH + scalar.sha256();
  }

  @AfterAll
  static void stop() {
    POOL.shutdownNow();
  }

  private static ForkedJvm fork(String flag) throws IOException, InterruptedException {
    List<String> flags = new ArrayList<>(List.of("--add-modules", "jdk.incubator.vector"));
    // x86 flags are unknown elsewhere; there they are ignored and the default is tested again.
    flags.add("-XX:+IgnoreUnrecognizedVMOptions");
    flags.addAll(List.of(flag.split(" ")));
    return ForkedJvm.run(LaneProbe.class, flags);
  }

  @ParameterizedTest
  @FieldSource("FLAGS")
  void sameHashAsScalarHere(String flag) throws Exception {
    ForkedJvm jvm = FORKS.get(flag).get();
    assertEquals(0, jvm.exit(), jvm.output());
    String last = jvm.output().strip().lines().reduce("", (before, line) -> line);
    assertEquals(expected, last, jvm.output());
    if (flag.startsWith("-Dlanewise.lanes=")) {
      // Else all JVMs might have had the same lanes.
      int bits = 32 * Integer.parseInt(flag.split("[= ]")[1]);
      assertTrue(jvm.output().contains(bits + "-bit lanes"), jvm.output());
    }
  }
}
