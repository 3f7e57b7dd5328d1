package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which kernels answer, with others in the place of vectors that are slow for as long as said. */
@Timeout(60)
class StartingKernelsTest {
  private static final long LONG = 50_000_000;

  /** The scalar kernels, slowly. */
  private static final class Vectors extends CutKernels {
    private volatile long nanos = 3_000_000;
    private volatile boolean compiled;
    private volatile Early early;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger rehearsals = new AtomicInteger();

    Vectors() {
      super(ScalarKernels.INSTANCE, 1);
    }

    @Override
    Cut begin(Op op, long estimate, Object what) {
      calls.incrementAndGet();
      spin(nanos);
      return null;
    }

    @Override
    protected boolean rehearse(Transpose form, boolean isRow, long some) {
      rehearsals.incrementAndGet();
      return compiled;
    }

    @Override
    protected Kernels early(long some) {
      return early;
    }

    @Override
    void run(Cut cut, int count, long estimate) {
      throw new AssertionError("never asked to");
    }

    @Override
    public String describe() {
      return "vectors";
    }
  }

  /** The scalar kernels, counted. */
  private static final class Early extends CutKernels {
    private final AtomicInteger calls = new AtomicInteger();

    Early() {
      super(ScalarKernels.INSTANCE, 1);
    }

    @Override
    Cut begin(Op op, long estimate, Object what) {
      calls.incrementAndGet();
      return null;
    }

    @Override
    void run(Cut cut, int count, long estimate) {
      throw new AssertionError("never asked to");
    }

    @Override
    public String describe() {
      return "early";
    }
  }

  private static void spin(long nanos) {
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
      Thread.onSpinWait();
    }
  }

  private final Vectors vectors = new Vectors();
  private final StartingKernels kernels = new StartingKernels(vectors, 100);
  private final SplittableRandom random = new SplittableRandom(7);

  private Matrix random(int rows, int columns) {
    float[] x = new float[rows * (columns + 3) + 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-2, 2);
    }
    return new Matrix(x, 5, columns + 3, rows, columns);
  }

  private static Matrix copy(Matrix x) {
    return new Matrix(x.array().clone(), x.off(), x.ld(), x.rows(), x.columns());
  }

  /** Computes with both; all of the operands are compared, not only what is written. */
  private void compare(BiConsumer<Kernels, Matrix[]> operation, Matrix... operands) {
    Matrix[] wanted = new Matrix[operands.length];
    for (int i = 0; i < operands.length; i++) {
      wanted[i] = copy(operands[i]);
    }
    operation.accept(ScalarKernels.INSTANCE, wanted);
    operation.accept(kernels, operands);
    for (int i = 0; i < operands.length; i++) {
      assertArrayEquals(wanted[i].array(), operands[i].array(), "operand " + i);
    }
  }

  private void until(IntPredicate enough, Runnable call) {
    for (int i = 0; !enough.test(i); i++) {
      call.run();
    }
  }

  private void activate(Activation f) {
    compare((k, x) -> k.activate(f, x[0], x[1]), random(20, 70), random(20, 70));
  }

  @Test
  void scalarKernelsAnswerWhileTheVectorsAreSlow() {
    until(i -> vectors.calls.get() > 5, () -> activate(Activation.TANH));
    // Whole calls never come to them, so nobody waits longer than for a sample.
    for (int i = 0; i < 50; i++) {
      int before = vectors.calls.get();
      Matrix z = random(300, 300);
      kernels.activate(Activation.TANH, z, z);
      int samples = vectors.calls.get() - before;
      assertTrue(samples <= 20, () -> samples + " samples");
    }
  }

  @Test
  void theyAnswerAsSoonAsTheyAreFastAndForThatFunctionAlone() {
    vectors.nanos = 0;
    int once = 0;
    while (once < 10) {
      int before = vectors.calls.get();
      activate(Activation.TANH);
      once = vectors.calls.get() == before + 1 ? once + 1 : 0;
    }
    int before = vectors.calls.get();
    for (int i = 0; i < 10; i++) {
      activate(Activation.TANH);
    }
    assertEquals(before + 10, vectors.calls.get(), "once each: nothing is rehearsed any more");
    vectors.nanos = LONG;
    Matrix z = random(2, 2);
    kernels.activate(Activation.SIGMOID, z, z);
    assertEquals(before + 10, vectors.calls.get(), "another function is another matter");
  }

  @Test
  void productsAskTheKernelsThemselvesAfterAWhile() {
    Matrix a = random(100, 60);
    Matrix b = random(60, 50);
    Matrix c = random(100, 50);
    BiConsumer<Kernels, Matrix[]> product =
        (k, x) -> k.matmul(Transpose.NN, x[0], x[1], x[2], Epilogue.ACCUMULATE, null, null);
    compare(product, a, b, c);
    assertEquals(0, vectors.rehearsals.get(), "not in the first call");
    until(i -> vectors.rehearsals.get() > 3, () -> compare(product, a, b, c));
    assertEquals(0, vectors.calls.get());
    vectors.compiled = true;
    until(i -> vectors.calls.get() > 3, () -> compare(product, a, b, c));
    int rehearsals = vectors.rehearsals.get();
    compare(product, a, b, c);
    assertEquals(rehearsals, vectors.rehearsals.get());
    // The activation behind a product is its own matter.
    vectors.nanos = LONG;
    Matrix bias = Matrix.row(new float[50]);
    int before = vectors.calls.get();
    Epilogue tanh = Epilogue.BIAS.activation(Activation.TANH);
    compare((k, x) -> k.matmul(Transpose.NN, x[0], x[1], x[2], tanh, bias, null), a, b, c);
    assertEquals(before + 1, vectors.calls.get());
    Matrix saved = random(100, 50);
    Epilogue backward = Epilogue.NONE.derivative(Activation.TANH);
    compare((k, x) -> k.matmul(Transpose.NN, x[0], x[1], x[2], backward, null, saved), a, b, c);
    assertEquals(before + 2, vectors.calls.get());
  }

  @Test
  void theEarlyProductsAnswerBetweenTheTwo() {
    Matrix a = random(100, 60);
    Matrix b = random(60, 50);
    Matrix c = random(100, 50);
    BiConsumer<Kernels, Matrix[]> product =
        (k, x) -> k.matmul(Transpose.NN, x[0], x[1], x[2], Epilogue.ACCUMULATE, null, null);
    until(i -> i > 100, () -> compare(product, a, b, c));
    Early early = new Early();
    vectors.early = early;
    until(i -> early.calls.get() > 3, () -> compare(product, a, b, c));
    int before = early.calls.get();
    compare(product, a, b, c);
    assertEquals(before + 1, early.calls.get());
    // Few rows, few columns, BLAS's factors and other operations stay where they are.
    compare(product, random(3, 60), b, random(3, 50));
    compare(product, a, random(60, 3), random(100, 3));
    Epilogue scaled = Epilogue.scaled(0.5f, 0.25f);
    compare((k, x) -> k.matmul(Transpose.NN, x[0], x[1], x[2], scaled, null, null), a, b, c);
    activate(Activation.TANH);
    assertEquals(before + 1, early.calls.get());
    vectors.compiled = true;
    until(i -> vectors.calls.get() > 3, () -> compare(product, a, b, c));
    before = early.calls.get();
    compare(product, a, b, c);
    assertEquals(before, early.calls.get());
  }

  @Test
  void sumsOfSquaresStartToo() {
    Matrix g = Matrix.row(new float[3 * Kernels.BLOCK + 5]);
    for (int i = 0; i < g.columns(); i++) {
      g.array()[i] = (float) random.nextDouble(-2, 2);
    }
    vectors.nanos = 0;
    double wanted = ScalarKernels.INSTANCE.sumOfSquares(g);
    kernels.warmUp(Duration.ofNanos(1));
    until(i -> vectors.calls.get() > 50, () -> assertEquals(wanted, kernels.sumOfSquares(g)));
    assertEquals(wanted, kernels.sumOfSquares(g));
  }

  @Test
  void whatEndsSoonPaysNothing() {
    Readiness readiness = new Readiness(1);
    assertEquals(0, readiness.share(1000, 600, 0));
    assertEquals(600, readiness.share(1000, 600, 0));
    readiness.spend(500);
    assertEquals(700, readiness.share(1000, 600, 0));
  }

  /** A JVM without C2: what is tried in vain is tried less and less. */
  @Test
  void whatLeadsToNothingIsTriedLessAndLess() {
    Readiness readiness = new Readiness(1);
    long[] spent = new long[2];
    for (int i = 0; i < spent.length; i++) {
      // As if each call had taken 2 s, and each rehearsal what it may.
      for (int call = 0; call < 20; call++) {
        spent[i] += readiness.share(250_000_000L, 2_000_000_000L, 0);
        readiness.spend(500_000_000);
      }
    }
    assertTrue(spent[1] < spent[0] / 4, () -> spent[0] + ", " + spent[1]);
  }

  @Test
  void afterAWarmUpEachCallGivesMore() {
    Matrix z = random(1, 4);
    kernels.activate(Activation.RELU, z, z);
    assertEquals(0, vectors.calls.get());
    kernels.warmUp(Duration.ZERO);
    kernels.activate(Activation.RELU, z, z);
    assertEquals(0, vectors.calls.get(), "zero does nothing");
    kernels.warmUp(Duration.ofNanos(1));
    kernels.activate(Activation.RELU, z, z);
    assertTrue(vectors.calls.get() > 0);
  }

  /** Every operation, in turn with samples of it; under threads too. */
  @Test
  void theBitsAreTheSameAndNothingElseIsWritten() {
    vectors.nanos = 0;
    kernels.warmUp(Duration.ofNanos(1));
    try (Threads threads = new Threads(3)) {
      for (Kernels some : List.of(kernels, threads.kernels(kernels))) {
        List<float[]> got = ThreadsTest.everything(some);
        assertEquals(ThreadsTest.EXPECTED.size(), got.size());
        for (int i = 0; i < got.size(); i++) {
          int result = i;
          assertArrayEquals(
              ThreadsTest.bits(ThreadsTest.EXPECTED.get(i)),
              ThreadsTest.bits(got.get(i)),
              () -> "result " + result);
        }
      }
    }
    assertTrue(vectors.calls.get() > 100);
  }

  @Test
  void whatItPacksIsTheVectors() {
    PackedMatrix b = kernels.pack(random(9, 8));
    Assertions.assertSame(vectors.packer(), b.packer());
    Matrix c = random(3, 8);
    kernels.matmulPacked(random(3, 9), b, c, Epilogue.NONE, null, null);
    try (Threads threads = new Threads(2)) {
      threads.kernels(kernels).matmulPacked(random(3, 9), b, c, Epilogue.NONE, null, null);
    }
  }
}
