package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * {@link Kernels#warmUp}: nobody's product is a dry one, all tiles are compiled when it returns,
 * and no shape throws code away later.
 */
class WarmUpTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  // What interprets a method again and compiles it anew, because of a branch or a class.
  private static final String THROWN_AWAY =
      ".* level=4 io\\.lanewise\\.simd\\.(Gemm|Pairs|SingleRow|Tile[48])\\..* reinterpret .*";

  private static float[] uniform(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble() - 0.5f;
    }
    return x;
  }

  private static float[] product(Kernels kernels, SplittableRandom random, int m, int n, int k) {
    float[] a = uniform(random, m * k);
    if (random.nextBoolean()) {
      // Zeros, as behind ReLU.
      for (int i = 0; i < a.length; i++) {
        a[i] = Math.max(0f, a[i] - 0.2f);
      }
    }
    Matrix b = new Matrix(uniform(random, k * n), k, n);
    Matrix bias = Matrix.row(uniform(random, n));
    Matrix c = new Matrix(m, n);
    kernels.matmulPacked(new Matrix(a, m, k), kernels.pack(b), c, Epilogue.BIAS, bias, null);
    return c.array();
  }

  /** Of a shape that the seed decides; a third are single rows. */
  private static void assertSameBits(Kernels kernels, long seed) {
    SplittableRandom shape = new SplittableRandom(seed);
    int m = shape.nextInt(3) == 0 ? 1 : 1 + shape.nextInt(70);
    int n = 1 + shape.nextInt(300);
    int k = 1 + shape.nextInt(300);
    float[] wanted = product(ScalarKernels.INSTANCE, new SplittableRandom(seed), m, n, k);
    float[] got = product(kernels, new SplittableRandom(seed), m, n, k);
    // The forked JVM has no JUnit.
    if (!Arrays.equals(wanted, got)) {
      throw new AssertionError(m + " x " + n + " x " + k);
    }
  }

  @Test
  void othersComputeMeanwhile() throws InterruptedException {
    Kernels kernels = KernelLookup.named("simd");
    Thread warmUp = Thread.ofPlatform().start(() -> kernels.warmUp(LONG));
    for (int seed = 0; seed < 200; seed++) {
      assertSameBits(kernels, seed);
    }
    warmUp.interrupt();
    warmUp.join();
  }

  @Test
  void itEndsWithItsTimeOrWhereItsThreadIsInterrupted() {
    try (Threads threads = new Threads(2)) {
      for (Kernels kernels :
          List.of(KernelLookup.named("simd"), threads.kernels(KernelLookup.named("simd")))) {
        kernels.warmUp(Duration.ZERO);
        Thread.currentThread().interrupt();
        kernels.warmUp(LONG);
        assertTrue(Thread.interrupted(), "the status stays");
        assertEquals(
            "most must be at least 0, got PT-1S",
            assertThrows(
                    IllegalArgumentException.class, () -> kernels.warmUp(Duration.ofSeconds(-1)))
                .getMessage());
      }
    }
  }

  /** None is thrown away with 16 lanes, one or two methods with fewer; four by one shape alone. */
  @Test
  void allTilesAreCompiledAndNoShapeThrowsCodeAway() throws Exception {
    List<String> flags =
        List.of(
            "--add-modules=jdk.incubator.vector",
            "-XX:+PrintCompilation",
            "-Xlog:deoptimization=debug:stdout");
    ForkedJvm jvm = ForkedJvm.run(Shapes.class, flags);
    assertEquals(0, jvm.exit(), jvm.output());
    int warm = jvm.output().indexOf("warm\n");
    String before = jvm.output().substring(0, warm);
    // Those of ten outputs last: few shapes have rows1.
    for (String tile : List.of("tile1", "tile2", "tile3", "rows1")) {
      Pattern compiled = Pattern.compile(" 4 +io\\.lanewise\\.simd\\.Tile[48]::" + tile + " ");
      assertTrue(compiled.matcher(before).find(), tile);
    }
    String after = jvm.output().substring(warm);
    List<String> thrown = after.lines().filter(line -> line.matches(THROWN_AWAY)).toList();
    assertTrue(thrown.size() <= 2, () -> String.join("\n", thrown));
  }

  /** Warms up, then products of many shapes. */
  static final class Shapes {
    public static void main(String[] args) {
      Kernels kernels = KernelLookup.named("simd");
      kernels.warmUp(LONG);
      System.out.println("warm");
      for (int seed = 0; seed < 100; seed++) {
        assertSameBits(kernels, seed);
      }
    }
  }
}
