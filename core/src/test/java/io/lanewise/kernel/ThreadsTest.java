package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Kernels.Function;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  // Odd, and over the sizes below which an operation wakes no other thread.
  private static final int ROWS = 6521;
  private static final int COLUMNS = 127;
  private static final int LENGTH = ROWS * COLUMNS;
  private static final Map<List<Long>, float[]> RANDOM = new HashMap<>();
  static final List<float[]> EXPECTED = everything(SCALAR);

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

  /** Two of them; more with {@code -Dlanewise.long=true}. */
  static List<Integer> counts() {
    return Boolean.getBoolean("lanewise.long") ? List.of(2, 3, 4, 7, 8) : List.of(2, 7);
  }

  /** One thread is not among them: its kernels are SCALAR itself. */
  @ParameterizedTest
  @MethodSource("counts")
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

  static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  private static Matrix random(int rows, int columns, long seed) {
    return new Matrix(random(rows * columns, seed), rows, columns);
  }

  /** With gaps between its rows. */
  private static Matrix random(int off, int ld, int rows, int columns, long seed) {
    return new Matrix(random(off + rows * ld, seed), off, ld, rows, columns);
  }

  static List<float[]> everything(Kernels kernels) {
    List<float[]> results = new ArrayList<>();
    products(kernels, results);
    vectors(kernels, results);
    rows(kernels, results);
    elements(kernels, results);
    layers(kernels, results);
    return results;
  }

  /**
   * Tall and wide ones, so that rows as well as columns are cut, and large enough to be cut; the
   * tallest into more pieces than there are threads.
   */
  private static void products(Kernels kernels, List<float[]> results) {
    int k = 521;
    for (int[] shape : new int[][] {{149, 107}, {107, 149}, {419, 101}}) {
      int m = shape[0];
      int n = shape[1];
      Matrix bias = random(1, n, 3);
      Matrix saved = random(m, n, 4);
      for (Transpose form : Transpose.values()) {
        Matrix a = form.a() ? random(5, m + 3, k, m, 1) : random(5, k + 3, m, k, 1);
        Matrix b = form.b() ? random(2, k + 1, n, k, 2) : random(2, n + 1, k, n, 2);
        for (Epilogue epilogue :
            List.of(
                Epilogue.NONE,
                Epilogue.ACCUMULATE,
                Epilogue.scaled(0.5f, -2f),
                Epilogue.BIAS.activation(Activation.RELU),
                Epilogue.NONE.derivative(Activation.TANH))) {
          Matrix start = epilogue.start() == Epilogue.Start.BIAS ? bias : null;
          Matrix end = epilogue.derivative() != null ? saved : null;
          Matrix c = random(7, n + 2, m, n, 5);
          kernels.matmul(form, a, b, c, epilogue, start, end);
          results.add(c.array());
          if (form == Transpose.NN && !epilogue.isScaled()) {
            Matrix packed = random(7, n + 2, m, n, 5);
            kernels.matmulPacked(a, kernels.pack(b), packed, epilogue, start, end);
            results.add(packed.array());
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
    Matrix z = rows(6);
    Matrix y = rows(7);
    int[] labels = new int[ROWS];
    Arrays.setAll(labels, i -> i * 31 % COLUMNS);
    Matrix sums = output(results, 1, COLUMNS);
    kernels.columnSums(z, sums);
    Matrix a = output(results);
    kernels.softmax(z, a);
    kernels.softmaxBackward(a, y, output(results));
    Matrix logs = output(results);
    kernels.logSoftmax(z, logs);
    kernels.logSoftmaxBackward(logs, y, output(results));
    Matrix all = random(3, 3 * 96 + 5, 10 * 70, 3 * 96, 10);
    Matrix[] qkv = new Matrix[3];
    Arrays.setAll(qkv, i -> new Matrix().part(all, 0, 10 * 70, 96 * i, 96));
    for (Matrix mask : new Matrix[] {null, random(10, 70, 11), random(10 * 70, 70, 12)}) {
      Matrix out = output(results, 10 * 70, 96);
      kernels.attention(new Kernels.Heads(10, 3, 0.2f), qkv[0], qkv[1], qkv[2], mask, out);
    }
    kernels.crossEntropy(z, labels, 0, 0.5f, output(results), output(results, ROWS, 1));
    List<LossFunction> losses = new ArrayList<>();
    for (LossFunction.Kind loss : LossFunction.Kind.values()) {
      losses.add(LossFunction.of(loss));
    }
    losses.add(LossFunction.weightedBinary(random(COLUMNS, 12)));
    for (LossFunction loss : losses) {
      kernels.loss(loss, z, y, 0.5f, output(results), output(results, ROWS, 1));
      kernels.loss(loss, z, y, 0.5f, null, output(results, ROWS, 1));
    }
  }

  /** Rows with a gap of two between them. */
  private static Matrix rows(long seed) {
    return random(0, COLUMNS + 2, ROWS, COLUMNS, seed);
  }

  /** Zeros among the results, such rows. */
  private static Matrix output(List<float[]> results) {
    return new Matrix().part(output(results, ROWS, COLUMNS + 2), 0, ROWS, 0, COLUMNS);
  }

  /** Zeros among the results, without gaps. */
  private static Matrix output(List<float[]> results, int rows, int columns) {
    Matrix x = new Matrix(rows, columns);
    results.add(x.array());
    return x;
  }

  /** Without gaps they are cut anywhere, with gaps between rows. */
  private static void elements(Kernels kernels, List<float[]> results) {
    Matrix x = Matrix.row(random(LENGTH + 3, 8), 3, LENGTH);
    Matrix g = random(1, LENGTH, 9);
    for (Function f : Function.values()) {
      kernels.map(f, x, output(results, 1, LENGTH));
    }
    for (Activation f : Activation.values()) {
      if (f.elementwise()) {
        kernels.activate(f, x, output(results, 1, LENGTH));
        kernels.activateBackward(f, x, g, output(results, 1, LENGTH));
      }
    }
    Matrix dense = random(ROWS, COLUMNS, 8);
    Matrix gaps = rows(9);
    kernels.map(Function.EXP, dense, output(results, ROWS, COLUMNS));
    kernels.map(Function.EXP, gaps, output(results));
    kernels.activate(Activation.TANH, dense, output(results));
    kernels.activate(Activation.TANH, gaps, output(results, ROWS, COLUMNS));
    kernels.activateBackward(Activation.TANH, gaps, dense, output(results));
    kernels.activateBackward(Activation.TANH, dense, gaps, gaps);
    results.add(gaps.array());
    Matrix p = random(1, LENGTH, 10);
    for (Update.Rule rule : Update.Rule.values()) {
      Matrix m1 = random(1, LENGTH, 11);
      Matrix m2 = new Matrix(1, LENGTH);
      Update update = new Update(rule);
      update.step = -0.1f;
      update.momentum = 0.9f;
      update.weight1 = 0.1f;
      update.beta2 = 0.9f;
      update.weight2 = 0.1f;
      update.rootScale = 2f;
      update.epsilon = 1e-8f;
      update.limit = 0.5f;
      update.gradientScale = 0.9f;
      kernels.update(update, p, g, m1, m2);
      results.addAll(List.of(p.array().clone(), m1.array(), m2.array()));
    }
    double sum = kernels.sumOfSquares(g);
    results.add(new float[] {(float) sum, (float) (sum - (float) sum)});
  }

  private static void layers(Kernels kernels, List<float[]> results) {
    Matrix x = rows(15);
    Matrix dy = rows(16);
    Matrix gamma = random(1, COLUMNS, 17);
    Matrix beta = random(1, COLUMNS, 18);
    Matrix mean = output(results, 1, COLUMNS);
    Matrix rstd = output(results, 1, COLUMNS);
    kernels.columnMoments(x, mean, rstd);
    kernels.normalize(x, mean, gamma, beta, output(results));
    Norm columns = new Norm(gamma, beta, mean, rstd);
    Matrix dgamma = output(results, 1, COLUMNS);
    Matrix dbeta = output(results, 1, COLUMNS);
    kernels.batchNormBackward(x, columns, dy, output(results), dgamma, dbeta);
    Norm rows = new Norm(gamma, beta, output(results, ROWS, 1), output(results, ROWS, 1));
    kernels.layerNorm(x, rows, 1e-5f, output(results));
    dgamma = output(results, 1, COLUMNS);
    dbeta = output(results, 1, COLUMNS);
    kernels.layerNormBackward(x, rows, dy, output(results), dgamma, dbeta);
    kernels.dropout(DropoutMask.alpha(0.3), 19, 1L << 40, 5, x, output(results));
    kernels.add(x, dy, output(results));
    kernels.scaleRows(x, rows.rstd(), output(results));
  }

  @Test
  void manyThreadsMayShareThem() throws Exception {
    int n = 187;
    Matrix a = random(n, n, 1);
    Matrix b = random(n, n, 2);
    Matrix expected = new Matrix(n, n);
    SCALAR.matmul(Transpose.NN, a, b, expected);
    try (Threads threads = new Threads(3);
        ExecutorService users = Executors.newFixedThreadPool(64)) {
      Kernels kernels = threads.kernels(SCALAR);
      Callable<Integer> user =
          () -> {
            int equal = 0;
            for (int round = 0; round < 5; round++) {
              Matrix c = new Matrix(n, n);
              kernels.matmul(Transpose.NN, a, b, c);
              equal += Arrays.equals(expected.array(), c.array()) ? 1 : 0;
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

  /** Each adds sums of its own, also while the next one's are computed. */
  @Test
  void theirSumsAreTheirOwn() throws Exception {
    try (Threads threads = new Threads(2);
        ExecutorService users = Executors.newFixedThreadPool(8)) {
      Kernels kernels = threads.kernels(SCALAR);
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Matrix g = random(1, LENGTH, i);
        double expected = SCALAR.sumOfSquares(g);
        results.add(
            users.submit(
                () -> {
                  int equal = 0;
                  for (int round = 0; round < 50; round++) {
                    equal += kernels.sumOfSquares(g) == expected ? 1 : 0;
                  }
                  return equal;
                }));
      }
      for (Future<Integer> result : results) {
        assertEquals(50, result.get());
      }
    }
  }

  @Test
  void closeLeavesNoThreadAndTheKernelsGoOn() {
    Threads threads = new Threads(4);
    Kernels kernels = threads.kernels(SCALAR);
    List<Thread> before = workers();
    assertTrue(before.size() >= 3, before::toString);
    Matrix expected = new Matrix(1, LENGTH);
    Matrix actual = new Matrix(1, LENGTH);
    Matrix z = random(1, LENGTH, 1);
    SCALAR.activate(Activation.TANH, z, expected);
    kernels.activate(Activation.TANH, z, actual);
    threads.close();
    assertTrue(workers().isEmpty(), () -> workers().toString());
    kernels.activate(Activation.TANH, z, actual);
    assertArrayEquals(expected.array(), actual.array());
    threads.close();
  }

  private static List<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("lanewise-"))
        .toList();
  }

  @Test
  void anInterruptCorruptsNothingAndIsKept() {
    Matrix z = random(1, LENGTH, 1);
    Matrix expected = new Matrix(1, LENGTH);
    SCALAR.activate(Activation.GELU, z, expected);
    try (Threads threads = new Threads(3)) {
      Kernels kernels = threads.kernels(SCALAR);
      for (int round = 0; round < 20; round++) {
        Matrix actual = new Matrix(1, LENGTH);
        Thread.currentThread().interrupt();
        kernels.activate(Activation.GELU, z, actual);
        assertTrue(Thread.interrupted());
        assertArrayEquals(expected.array(), actual.array());
      }
    }
  }

  private static void run(Threads threads, int count, IntConsumer pieces) {
    Cut cut =
        new Cut(null) {
          @Override
          void run(int thread, int piece) {
            pieces.accept(piece);
          }
        };
    threads.run(cut, count, Long.MAX_VALUE);
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

  /** Whatever an operation dies of, the others get their turn, and the right bits. */
  @Test
  void anErrorAnywhereLeavesTheThreadsToTheOthers() throws Exception {
    Matrix x = rows(15);
    Matrix y = new Matrix(ROWS, COLUMNS);
    Matrix expected = new Matrix(ROWS, COLUMNS);
    SCALAR.softmax(x, expected);
    ExecutorService other = Executors.newSingleThreadExecutor(ThreadsTest::daemon);
    Threads threads = new Threads(2);
    try {
      Kernels kernels = threads.kernels(SCALAR);
      Kernels broken = new ThreadedKernels(null, threads);
      List<Executable> deaths =
          List.of(
              // While it is filled in, as where there is no memory for what it needs.
              () -> kernels.doLayerNorm(x, null, 1e-5f, y),
              () -> kernels.doBatchNormInput(ROWS, x, null, x, x, x, y),
              // In a piece, of whichever thread.
              () -> broken.map(Function.EXP, x, y),
              () -> broken.sumOfSquares(random(1, LENGTH, 9)),
              () -> run(threads, 5, ThreadsTest::die));
      for (Executable death : deaths) {
        assertThrows(Throwable.class, death);
        Future<?> next = other.submit(() -> kernels.softmax(x, y));
        next.get(1, TimeUnit.MINUTES);
        assertArrayEquals(expected.array(), y.array());
        Arrays.fill(y.array(), 0);
      }
      // It would wait, too.
      threads.close();
    } finally {
      other.shutdownNow();
    }
  }

  private static void die(int piece) {
    throw new OutOfMemoryError("piece " + piece);
  }

  private static Thread daemon(Runnable run) {
    Thread thread = new Thread(run);
    thread.setDaemon(true);
    return thread;
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
