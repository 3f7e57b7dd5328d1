package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of hashes in docs/repeatability.md: each training there ends with the same bits on any
 * kernels, lanes and threads, under any collector and compiler, and in any run. The table itself is
 * what is expected. A sample of the ways to run it; one that interprets too with {@code
 * -Dlanewise.long=true}; all, each with every collector, lanes and number of threads, with {@code
 * -Dlanewise.full=true}.
 */
class RepeatabilityTest {
  private static final boolean FULL = Boolean.getBoolean("lanewise.full");
  private static final int RUNS = Boolean.getBoolean("lanewise.long") ? 20 : 8;
  private static final Path TABLE = Path.of("..", "docs", "repeatability.md");

  /** The lines "| RECIPE | `SIZE` | `HASH` |" of the page, as "RECIPE SIZE HASH". */
  private static List<String> table(Recipe.Size size) throws Exception {
    List<String> lines = new ArrayList<>();
    for (Recipe recipe : Recipe.values()) {
      String start = "| " + recipe + " | " + size + " | `";
      String row =
          Files.readString(TABLE).lines().filter(l -> l.startsWith(start)).findFirst().orElse("");
      lines.add(recipe + " " + row.replaceAll(".*`([0-9a-f]{64})`.*", "$1"));
    }
    return lines;
  }

  private static List<String> hashes(Kernels kernels, Recipe.Size size) throws Exception {
    List<String> lines = new ArrayList<>();
    for (Recipe recipe : Recipe.values()) {
      lines.add(recipe + " " + recipe.hash(kernels, size));
    }
    return lines;
  }

  @ParameterizedTest
  @CsvSource({
    "scalar, 1, SMALL",
    "scalar, 2, WIDE",
    "simd, 1, WIDE",
    "simd, 2, WIDE",
    "simd, 3, WIDE",
    "simd, 8, WIDE"
  })
  void kernelsAndThreadsDoNotChangeTheTable(String kernels, int count, Recipe.Size size)
      throws Exception {
    try (Threads threads = new Threads(count)) {
      Kernels these = threads.kernels(KernelLookup.named(kernels));
      assertEquals(table(size), hashes(these, size));
    }
  }

  /** In one JVM, so that the first runs are interpreted and the last compiled. */
  @Test
  void everyRunOfManyGivesTheTable() throws Exception {
    List<String> expected = table(Recipe.Size.SMALL);
    for (int run = 0; run < RUNS; run++) {
      assertEquals(expected, hashes(KernelLookup.named("simd"), Recipe.Size.SMALL), "run " + run);
    }
  }

  static Stream<List<String>> jvms() {
    if (!FULL) {
      return Stream.of(
          List.of("-Dlanewise.lanes=4", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
          List.of("-Dlanewise.lanes=8", "-XX:+UseParallelGC", "-XX:-TieredCompilation"),
          List.of(
              "-Dlanewise.lanes=16",
              "-XX:+UseG1GC",
              Boolean.getBoolean("lanewise.long") ? "-Xint" : "-XX:+TieredCompilation"));
    }
    return Stream.of("-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC")
        .flatMap(
            collector ->
                Stream.of(
                        "-XX:+TieredCompilation",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-TieredCompilation",
                        "-Xint",
                        "-XX:UseAVX=0",
                        "-XX:MaxVectorSize=16",
                        "-XX:MaxVectorSize=32",
                        "-Dlanewise.lanes=4",
                        "-Dlanewise.lanes=8",
                        "-Dlanewise.lanes=16")
                    .map(flag -> List.of(collector, flag)));
  }

  @ParameterizedTest
  @MethodSource("jvms")
  void lanesCompilersAndCollectorsDoNotChangeTheTable(List<String> flags) throws Exception {
    assertEquals(table(Recipe.Size.SMALL), fork(flags, Recipe.Size.SMALL, 1));
    boolean emulates = flags.contains("-Xint") || flags.contains("-XX:UseAVX=0");
    for (int threads : FULL && !emulates ? new int[] {1, 2, 3, 8} : new int[0]) {
      assertEquals(table(Recipe.Size.WIDE), fork(flags, Recipe.Size.WIDE, threads));
    }
  }

  /** Each of 64 threads has a workspace of its own; the network and the threads are shared. */
  @Test
  void manyUsersOfOneNetworkHaveTheBitsOfOne() throws Exception {
    Network network = Recipe.ADAGRAD.network(Recipe.Size.SMALL);
    // So many that the first product is handed over, the others not: users wait for each other.
    int rows = 256;
    float[] x = new float[rows * 64];
    int[] labels = new int[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = i * 37 % 17 / 16f;
      labels[i / 64] = i % 10;
    }
    float[] expected = gradient(network, KernelLookup.named("scalar"), x, labels);
    // One user first: 64 that interpret their vectors would take the compiler's time.
    for (int round = 0; round < 30; round++) {
      assertArrayEquals(expected, gradient(network, KernelLookup.named("simd"), x, labels));
    }
    try (Threads threads = new Threads(3);
        ExecutorService users = Executors.newFixedThreadPool(64)) {
      Kernels kernels = threads.kernels(KernelLookup.named("simd"));
      Callable<Void> user =
          () -> {
            for (int round = 0; round < 16; round++) {
              assertArrayEquals(expected, gradient(network, kernels, x, labels), "round " + round);
            }
            return null;
          };
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        results.add(users.submit(user));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().startsWith("lanewise-")));
  }

  private static float[] gradient(Network network, Kernels kernels, float[] x, int[] labels) {
    Workspace workspace = new Workspace(network, kernels, labels.length);
    workspace.masks(5, 6, 7);
    workspace.gradient(labels.length, x, 0, 64, labels, 0);
    return workspace.gradients();
  }

  /** Runs {@link Fork} in a JVM of its own with those flags; returns its lines. */
  private static List<String> fork(List<String> flags, Recipe.Size size, int threads)
      throws Exception {
    String output = Jvm.run(flags, Fork.class.getName(), size, threads);
    List<String> lines = output.lines().toList();
    return lines.subList(Math.max(0, lines.size() - Recipe.values().length), lines.size());
  }

  /** The other JVM: the size and the number of threads in, the hashes out. */
  static final class Fork {
    private Fork() {}

    public static void main(String[] args) throws Exception {
      try (Threads threads = new Threads(Integer.parseInt(args[1]))) {
        Kernels kernels = threads.kernels(KernelLookup.named("simd"));
        hashes(kernels, Recipe.Size.valueOf(args[0])).forEach(System.out::println);
      }
    }
  }
}
