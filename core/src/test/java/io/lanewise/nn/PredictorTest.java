package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.math.RandomStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PredictorTest {
  private static final int ROWS = 37;
  private static final int THREADS = 64;
  private static final int ROUNDS = 16;

  private static Network network() {
    return Network.builder(12)
        .dense(17, Activation.RELU)
        .batchNorm()
        .residual(block -> block.dense(17, Activation.GELU).dropout(0.3f))
        .layerNorm()
        .dense(5, Activation.SOFTMAX)
        .seed(3)
        .build();
  }

  private static float[] rows(int nIn) {
    RandomStream random = new RandomStream(1, RandomStream.Purpose.DATA);
    float[] x = new float[ROWS * nIn];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private final Network network = network();
  private final float[] x = rows(12);
  private final float[] wanted = network.predict(x, ROWS);

  /** Each thread has other rows in other pieces; each row must have the bits that it has alone. */
  @Test
  void manyThreadsGetTheBitsOfTheNetwork() throws Exception {
    for (int rows : new int[] {1, 8, 64}) {
      Predictor predictor = new Predictor(network, KernelLookup.best(), rows);
      CyclicBarrier start = new CyclicBarrier(THREADS);
      inThreads(
          thread -> {
            float[] y = new float[ROWS * 7];
            start.await();
            for (int round = 0; round < ROUNDS; round++) {
              int first = (thread + round) % ROWS;
              int m = 1 + (7 * thread + 3 * round) % (ROWS - first);
              predictor.predict(m, x, first * 12, 12, y, 1, 7);
              for (int i = 0; i < m; i++) {
                assertArrayEquals(
                    Arrays.copyOfRange(wanted, (first + i) * 5, (first + i) * 5 + 5),
                    Arrays.copyOfRange(y, 1 + i * 7, 6 + i * 7));
              }
            }
            return null;
          });
    }
  }

  private interface Work {
    Object run(int thread) throws Exception;
  }

  private static void inThreads(Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Object>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        Callable<Object> call = () -> work.run(thread);
        all.add(threads.submit(call));
      }
      for (Future<Object> each : all) {
        each.get();
      }
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void warmingUpChangesNoBitHoweverOftenAndHoweverShort() {
    float[] before = x.clone();
    for (int rows : new int[] {1, 2, 8, 1000}) {
      Predictor predictor = new Predictor(network, KernelLookup.best(), rows);
      predictor.warmUp(Duration.ZERO);
      predictor.warmUp(Duration.ofNanos(1));
      predictor.warmUp();
      predictor.warmUp(Duration.ofSeconds(Long.MAX_VALUE));
      float[] y = new float[ROWS * 5];
      predictor.predict(ROWS, x, 0, 12, y, 0, 5);
      assertArrayEquals(wanted, y, rows + " rows");
      assertArrayEquals(before, x);
    }
  }

  @Test
  void warmingUpEndsWhereItsThreadIsInterrupted() {
    Predictor predictor = new Predictor(network);
    Thread.currentThread().interrupt();
    predictor.warmUp(Duration.ofDays(1));
    assertTrue(Thread.interrupted(), "the status stays");
    assertThrows(NullPointerException.class, () -> predictor.warmUp(null));
    Exception negative =
        assertThrows(
            IllegalArgumentException.class, () -> predictor.warmUp(Duration.ofSeconds(-1)));
    assertEquals("most must be at least 0, got PT-1S", negative.getMessage());
  }

  @Test
  void trainingTheNetworkChangesNothing() {
    Network trained = network.copy();
    Predictor predictor = new Predictor(trained);
    Arrays.fill(trained.parameters(), Float.NaN);
    float[] y = new float[5];
    predictor.predict(Arrays.copyOf(x, 12), y);
    assertArrayEquals(Arrays.copyOf(wanted, 5), y);
    predictor.session().predict(Arrays.copyOf(x, 12), y);
    assertArrayEquals(Arrays.copyOf(wanted, 5), y);
  }

  @Test
  void badArgumentsAreNamedBeforeAnythingIsWritten() {
    Predictor predictor = new Predictor(network, KernelLookup.best(), 2);
    float[] y = new float[100];
    assertThrows(NullPointerException.class, () -> predictor.predict(null, y));
    for (int n : new int[] {11, 13}) {
      Throwable[] all = {
        assertThrows(IllegalArgumentException.class, () -> predictor.predict(new float[n], y)),
        assertThrows(
            IllegalArgumentException.class, () -> predictor.session().predict(new float[n], y))
      };
      for (Throwable e : all) {
        assertEquals("x must have 12 values, got " + n, e.getMessage());
      }
    }
    assertThrows(
        IllegalArgumentException.class, () -> predictor.predict(new float[12], new float[4]));
    assertThrows(IllegalArgumentException.class, () -> predictor.predict(0, x, 0, 12, y, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> predictor.predict(3, x, 0, 11, y, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> predictor.predict(3, x, 0, 12, y, -1, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> predictor.predict(3, x, 0, 12, y, 0, Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> predictor.predict(21, x, 0, 12, y, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> predictor.predict(1, y, 0, 12, y, 11, 5));
    assertArrayEquals(new float[100], y);
    assertThrows(
        IllegalArgumentException.class, () -> new Predictor(network, KernelLookup.best(), 0));
  }

  @Test
  void aWorkspaceForInferenceHasNoGradients() {
    Workspace inference = Workspace.forInference(network, KernelLookup.best(), 3);
    int[] labels = {0, 1, 2};
    assertThrows(IllegalStateException.class, () -> inference.gradient(3, x, 0, 12, labels, 0));
    assertEquals(0, inference.gradients().length);
    Workspace full = new Workspace(network, KernelLookup.best(), 3);
    assertEquals(full.loss(3, x, 0, 12, labels, 0), inference.loss(3, x, 0, 12, labels, 0));
  }

  /** With a delay, without one, and in batches of one. */
  @Test
  void rowsPutTogetherHaveTheBitsThatTheyHaveAlone() throws Exception {
    for (int maxBatch : new int[] {1, 5, 64}) {
      Duration delay = maxBatch == 5 ? Duration.ofMillis(1) : Duration.ZERO;
      try (Batcher batcher = new Batcher(new Predictor(network), maxBatch, delay)) {
        inThreads(
            thread -> {
              for (int round = 0; round < ROUNDS; round++) {
                int i = (5 * thread + round) % ROWS;
                assertArrayEquals(
                    Arrays.copyOfRange(wanted, i * 5, i * 5 + 5),
                    batcher.predict(Arrays.copyOfRange(x, i * 12, i * 12 + 12)));
              }
              return null;
            });
      }
      assertFalse(anyBatcherThread());
    }
  }

  private static boolean anyBatcherThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("lanewise-batcher"));
  }

  @Test
  void closingAnswersThoseWhoWait() throws Exception {
    Batcher batcher = new Batcher(new Predictor(network), 64, Duration.ofDays(1));
    float[][] results = new float[3][];
    Thread[] callers = new Thread[3];
    for (int t = 0; t < callers.length; t++) {
      int thread = t;
      callers[t] =
          Thread.startVirtualThread(
              () -> {
                try {
                  results[thread] = batcher.predict(Arrays.copyOf(x, 12));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      // It waits, for a day.
      while (callers[t].getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    Thread.currentThread().interrupt();
    batcher.close();
    assertTrue(Thread.interrupted());
    assertFalse(anyBatcherThread());
    for (int t = 0; t < callers.length; t++) {
      callers[t].join();
      assertArrayEquals(Arrays.copyOf(wanted, 5), results[t]);
    }
    batcher.close();
    assertThrows(IllegalStateException.class, () -> batcher.predict(Arrays.copyOf(x, 12)));
    assertThrows(IllegalArgumentException.class, () -> batcher.predict(x));
  }

  @Test
  void anInterruptEndsOneCallAndNoOther() throws Exception {
    try (Batcher batcher = new Batcher(new Predictor(network), 2, Duration.ofDays(1))) {
      CountDownLatch interrupted = new CountDownLatch(1);
      Thread first =
          Thread.startVirtualThread(
              () -> {
                try {
                  batcher.predict(new float[12]);
                } catch (InterruptedException e) {
                  interrupted.countDown();
                }
              });
      while (first.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      first.interrupt();
      interrupted.await();
      // The row that was given up makes no batch of two.
      float[][] result = new float[1][];
      Thread second =
          Thread.startVirtualThread(
              () -> {
                try {
                  result[0] = batcher.predict(Arrays.copyOf(x, 12));
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      while (second.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertArrayEquals(
          Arrays.copyOfRange(wanted, 5, 10), batcher.predict(Arrays.copyOfRange(x, 12, 24)));
      second.join();
      assertArrayEquals(Arrays.copyOf(wanted, 5), result[0]);
    }
  }

  @Test
  void aBatcherRefusesMoreRowsThanAnArrayHasAndWaitsForAnyTime() throws Exception {
    Network network = Network.builder(3).dense(2, Activation.IDENTITY).build();
    Predictor predictor = new Predictor(network);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Batcher(predictor, Integer.MAX_VALUE, Duration.ZERO));
    try (Batcher batcher = new Batcher(predictor, 1, Duration.ofDays(300_000))) {
      assertArrayEquals(new float[2], batcher.predict(new float[3]));
    }
    try (Batcher batcher = new Batcher(predictor, 1, Duration.ofSeconds(Long.MAX_VALUE))) {
      assertArrayEquals(new float[2], batcher.predict(new float[3]));
    }
  }
}
