package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  // Odd, and over the sizes below which an operation wakes no other thread.
  private static final int ROWS = 6521;
  private static final int COLUMNS = 127;
  private static final int LENGTH = ROWS * COLUMNS;
  private static final Map<List<Long>, float[]> RANDOM = new HashMap<>();
  private static final List<float[]> EXPECTED = everything(SCALAR);

  /** Drawn once: the operations are run often. */
  private static float[] random(int length, long seed) {
    return RANDOM.computeIfAbsent(List.of((long) length, seed), key -> draw(length, seed)).clone();
  }

  private static float[] draw(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** One thread is not among them: its kernels are SCALAR itself. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7, 8})
  void everyOperationHasTheBitsOfOneThread(int count) {
    try (Threads threads = new Threads(count)) {
      Kernels kernels = threads.kernels(SCALAR);
      List<float[]> actual = everything(kernels);
      for (int i = 0; i < EXPECTED.size(); i++) {
        // It compares bits, but for those of a NaN.
        assertEquals(-1, Arrays.mismatch(EXPECTED.get(i), actual.get(i)), "result " + i);
      }
    }
  }

  private static List<float[]> everything(Kernels kernels) {
    List<float[]> results = new ArrayList<>();
    products(kernels, results);
    vectors(kernels, results);
    rows(kernels, results);
    elements(kernels, results);
    layers(kernels.layers(), results);
    return results;
  }

  /** Tall and wide ones, so that rows as well as columns are cut, and large enough to be cut. */
  private static void products(Kernels kernels, List<float[]> results) {
    int k = 521;
    for (int[] shape : new int[][] {{149, 107}, {107, 149}}) {
      int m = shape[0];
      int n = shape[1];
      float[] bias = random(n, 3);
      float[] saved = random(m * n, 4);
      for (Form form : Form.values()) {
        int lda = (form.transA() ? m : k) + 3;
        int ldb = (form.transB() ? k : n) + 1;
        float[] a = random((form.transA() ? k : m) * lda + 5, 1);
        float[] b = random((form.transB() ? n : k) * ldb + 2, 2);
        for (Fusion fusion :
            List.of(
                Fusion.NONE,
                Fusion.ACCUMULATE,
                Fusion.scaled(0.5f, -2f),
                Fusion.bias(bias, 0).activation(Activation.RELU),
                Fusion.NONE.derivative(Activation.TANH, saved, 0, n))) {
          float[] c = random(m * (n + 2) + 7, 5);
          kernels.matmul(form, m, n, k, a, 5, lda, b, 2, ldb, c, 7, n + 2, fusion);
          results.add(c);
          if (form == Form.NN && !fusion.isScaled()) {
            float[] packed = random(m * (n + 2) + 7, 5);
            PackedMatrix matrix = kernels.pack(k, n, b, 2, ldb);
            kernels.matmulPacked(m, a, 5, lda, matrix, packed, 7, n + 2, fusion);
            results.add(packed);
          }
        }
      }
    }
  }

  /** 2.06 million floating-point operations each. */
  private static void vectors(Kernels kernels, List<float[]> results) {
    int m = 4_001;
    int n = 257;
    float[] a = random(m * n, 12);
    float[] x = random(m, 13);
    for (boolean transA : new boolean[] {false, true}) {
      float[] y = random(2 * m, 14);
      Blas.of(kernels).sgemv(transA, m, n, 0.5f, a, 0, n, x, 0, 1, -2f, y, 0, 2);
      results.add(y);
    }
  }

  private static void rows(Kernels kernels, List<float[]> results) {
    int ld = COLUMNS + 2;
    float[] z = random(ROWS * ld, 6);
    float[] y = random(ROWS * ld, 7);
    int[] labels = new int[ROWS];
    Arrays.setAll(labels, i -> i * 31 % COLUMNS);
    float[] sums = new float[COLUMNS];
    kernels.columnSums(ROWS, COLUMNS, z, 0, ld, sums, 0);
    results.add(sums);
    float[] a = new float[ROWS * ld];
    kernels.softmax(ROWS, COLUMNS, z, 0, ld, a, 0, ld);
    results.add(a);
    float[] dz = new float[ROWS * ld];
    kernels.softmaxBackward(ROWS, COLUMNS, a, 0, ld, y, 0, ld, dz, 0, ld);
    results.add(dz);
    float[] dzLabels = new float[ROWS * ld];
    float[] rowLoss = new float[ROWS];
    kernels.crossEntropy(ROWS, COLUMNS, z, 0, ld, labels, 0, 0.5f, dzLabels, 0, ld, rowLoss, 0);
    results.add(dzLabels);
    results.add(rowLoss);
    List<LossFunction> losses = new ArrayList<>();
    for (LossKernel loss : LossKernel.values()) {
      losses.add(LossFunction.of(loss));
    }
    losses.add(LossFunction.weightedBinary(random(COLUMNS, 12)));
    for (LossFunction loss : losses) {
      float[] dzLoss = new float[ROWS * ld];
      float[] value = new float[ROWS];
      kernels.loss(loss, ROWS, COLUMNS, z, 0, ld, y, 0, ld, 0.5f, dzLoss, 0, ld, value, 0);
      results.add(dzLoss);
      results.add(value);
      float[] valueAlone = new float[ROWS];
      kernels.loss(loss, ROWS, COLUMNS, z, 0, ld, y, 0, ld, 0.5f, null, 0, ld, valueAlone, 0);
      results.add(valueAlone);
    }
  }

  private static void elements(Kernels kernels, List<float[]> results) {
    float[] x = random(LENGTH + 3, 8);
    float[] g = random(LENGTH, 9);
    for (Function f : Function.values()) {
      float[] y = new float[LENGTH + 1];
      kernels.map(f, LENGTH, x, 3, y, 1);
      results.add(y);
    }
    for (Activation f : Activation.values()) {
      if (f.elementwise()) {
        float[] a = new float[LENGTH];
        kernels.activate(f, LENGTH, x, 3, a, 0);
        results.add(a);
        float[] dz = new float[LENGTH];
        kernels.activateBackward(f, LENGTH, x, 3, g, 0, dz, 0);
        results.add(dz);
      }
    }
    float[] p = random(LENGTH, 10);
    for (Update.Rule rule : Update.Rule.values()) {
      float[] m1 = random(LENGTH, 11);
      float[] m2 = new float[LENGTH];
      Update update = new Update(rule).rate(0.1f).momentum(0.9f).weight1(0.1f).beta2(0.9f);
      update.weight2(0.1f).rootScale(2f).epsilon(1e-8f).limit(0.5f).gradientScale(0.9f);
      kernels.updates().update(update, LENGTH, p, 0, g, 0, m1, 0, m2, 0);
      results.addAll(List.of(p.clone(), m1, m2));
    }
    double sum = kernels.updates().sumOfSquares(LENGTH, g, 0);
    results.add(new float[] {(float) sum, (float) (sum - (float) sum)});
  }

  private static void layers(LayerKernels layers, List<float[]> results) {
    int m = ROWS;
    int n = COLUMNS;
    int ld = n + 2;
    float[] x = random(m * ld, 15);
    float[] dy = random(m * ld, 16);
    Norm columns = new Norm(random(n, 17), 0, random(n, 18), 0, new float[n], 0, new float[n], 0);
    Norm rows = new Norm(random(n, 17), 0, random(n, 18), 0, new float[m], 0, new float[m], 0);
    float[][] y = new float[7][m * ld];
    float[][] sums = new float[4][n];
    layers.columnMoments(m, n, x, 0, ld, columns.mean(), 0, columns.rstd(), 0);
    float[] gamma = columns.gamma();
    layers.normalize(m, n, x, 0, ld, columns.mean(), 0, gamma, 0, columns.beta(), 0, y[0], 0, ld);
    layers.batchNormBackward(
        m, n, x, 0, ld, columns, dy, 0, ld, y[1], 0, ld, sums[0], 0, sums[1], 0);
    layers.layerNorm(m, n, x, 0, ld, rows, 1e-5f, y[2], 0, ld);
    layers.layerNormBackward(m, n, x, 0, ld, rows, dy, 0, ld, y[3], 0, ld, sums[2], 0, sums[3], 0);
    layers.dropout(DropoutMask.alpha(0.3), m, n, 19, 1L << 40, 5, x, 0, ld, y[4], 0, ld);
    layers.add(m, n, x, 0, ld, dy, 0, ld, y[5], 0, ld);
    layers.scaleRows(m, n, x, 0, ld, rows.rstd(), 0, y[6], 0, ld);
    results.addAll(List.of(y));
    results.addAll(List.of(sums));
    results.addAll(List.of(columns.mean(), columns.rstd(), rows.mean(), rows.rstd()));
  }

  @Test
  void manyThreadsMayShareThem() throws Exception {
    int n = 187;
    float[] a = random(n * n, 1);
    float[] b = random(n * n, 2);
    float[] expected = new float[n * n];
    SCALAR.matmul(Form.NN, n, n, n, a, 0, n, b, 0, n, expected, 0, n, Fusion.NONE);
    try (Threads threads = new Threads(3);
        ExecutorService users = Executors.newFixedThreadPool(64)) {
      Kernels kernels = threads.kernels(SCALAR);
      Callable<Integer> user =
          () -> {
            int equal = 0;
            for (int round = 0; round < 5; round++) {
              float[] c = new float[n * n];
              kernels.matmul(Form.NN, n, n, n, a, 0, n, b, 0, n, c, 0, n, Fusion.NONE);
              equal += Arrays.equals(expected, c) ? 1 : 0;
            }
            return equal;
          };
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        results.add(users.submit(user));
      }
      for (Future<Integer> result : results) {
        assertEquals(5, result.get());
      }
    }
  }

  @Test
  void closeLeavesNoThreadAndTheKernelsGoOn() {
    Threads threads = new Threads(4);
    Kernels kernels = threads.kernels(SCALAR);
    List<Thread> before = workers();
    assertTrue(before.size() >= 3, before::toString);
    float[] expected = new float[LENGTH];
    float[] actual = new float[LENGTH];
    float[] z = random(LENGTH, 1);
    SCALAR.activate(Activation.TANH, LENGTH, z, 0, expected, 0);
    kernels.activate(Activation.TANH, LENGTH, z, 0, actual, 0);
    threads.close();
    assertTrue(workers().isEmpty(), () -> workers().toString());
    kernels.activate(Activation.TANH, LENGTH, z, 0, actual, 0);
    assertArrayEquals(expected, actual);
    threads.close();
  }

  private static List<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("lanewise-"))
        .toList();
  }

  @Test
  void anInterruptCorruptsNothingAndIsKept() {
    float[] z = random(LENGTH, 1);
    float[] expected = new float[LENGTH];
    SCALAR.activate(Activation.GELU, LENGTH, z, 0, expected, 0);
    try (Threads threads = new Threads(3)) {
      Kernels kernels = threads.kernels(SCALAR);
      for (int round = 0; round < 20; round++) {
        float[] actual = new float[LENGTH];
        Thread.currentThread().interrupt();
        kernels.activate(Activation.GELU, LENGTH, z, 0, actual, 0);
        assertTrue(Thread.interrupted());
        assertArrayEquals(expected, actual);
      }
    }
  }

  private static void run(Threads threads, int count, IntConsumer pieces) {
    threads.take();
    try {
      threads.run(pieces, count, Long.MAX_VALUE);
    } finally {
      threads.release();
    }
  }

  /**
   * The caller's own piece ends when the other has begun, so it is asleep when it is interrupted.
   */
  @Test
  void anInterruptWhileWaitingIsKept() {
    Thread caller = Thread.currentThread();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    try (Threads threads = new Threads(2)) {
      run(
          threads,
          2,
          piece -> {
            if (Thread.currentThread() == caller) {
              await(begun);
            } else {
              begun.countDown();
              while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
              }
              caller.interrupt();
              ended.set(true);
            }
          });
      assertTrue(ended.get());
      assertTrue(Thread.interrupted());
    }
  }

  /** Awake, so that the thread's state tells when it waits for the others. */
  private static void await(CountDownLatch latch) {
    while (latch.getCount() != 0) {
      Thread.onSpinWait();
    }
  }

  /** A worker that is held up keeps the one piece that it has begun; the caller does the rest. */
  @Test
  void aThreadThatIsHeldUpDoesNotHoldUpTheRest() {
    Thread caller = Thread.currentThread();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger callers = new AtomicInteger();
    try (Threads threads = new Threads(2)) {
      run(
          threads,
          8,
          piece -> {
            if (Thread.currentThread() == caller) {
              await(begun);
              callers.incrementAndGet();
            } else {
              begun.countDown();
              while (callers.get() < 7) {
                Thread.onSpinWait();
              }
            }
          });
      assertEquals(7, callers.get());
    }
  }

  /** Awake they would hold the processor that the thread they wait for needs. */
  @Test
  void whoWaitsIsAsleepIfThereAreMoreThreadsThanProcessors() {
    assertTrue(Threads.spinNanos(2, 2) > 0);
    assertEquals(0, Threads.spinNanos(3, 2));
    assertEquals(0, Threads.spinNanos(2, 1));
  }

  @Test
  void eachPieceIsRunOnce() {
    try (Threads threads = new Threads(3)) {
      for (int round = 0; round < 20_000; round++) {
        int count = 1 + round % 12;
        AtomicIntegerArray runs = new AtomicIntegerArray(12);
        run(threads, count, runs::incrementAndGet);
        for (int piece = 0; piece < 12; piece++) {
          assertEquals(piece < count ? 1 : 0, runs.get(piece), "round " + round);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anExceptionInAPieceIsRethrownWhenAllAreDone(int failing) {
    try (Threads threads = new Threads(3)) {
      boolean[] done = new boolean[3];
      var e =
          assertThrows(
              ArithmeticException.class,
              () ->
                  run(
                      threads,
                      3,
                      piece -> {
                        done[piece] = true;
                        if (piece == failing) {
                          throw new ArithmeticException("piece " + piece);
                        }
                      }));
      assertEquals("piece " + failing, e.getMessage());
      assertArrayEquals(new boolean[] {true, true, true}, done);
      // And they work on.
      run(threads, 3, piece -> done[piece] = false);
      assertArrayEquals(new boolean[3], done);
    }
  }

  @Test
  void refusesKernelsOnOtherThreads() {
    try (Threads threads = new Threads(2);
        Threads others = new Threads(2)) {
      Kernels kernels = threads.kernels(SCALAR);
      var e = assertThrows(IllegalArgumentException.class, () -> others.kernels(kernels));
      assertTrue(
          e.getMessage().startsWith("kernels must not work on other Threads"), e::getMessage);
    }
  }

  @Test
  void kernelsAlreadyOnTheseThreadsStayAsTheyAre() {
    try (Threads threads = new Threads(2)) {
      Kernels once = threads.kernels(SCALAR);
      assertSame(once, threads.kernels(once));
      assertFalse(once == SCALAR);
    }
    try (Threads alone = new Threads(1)) {
      assertSame(SCALAR, alone.kernels(SCALAR));
    }
  }

  @Test
  void refusesTooFewAndTooMany() {
    assertThrows(IllegalArgumentException.class, () -> new Threads(0));
    assertThrows(IllegalArgumentException.class, () -> new Threads(4097));
  }
}
