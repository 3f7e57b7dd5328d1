package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.kernel.Activation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batcher whose thread ends, or whose batch fails: nobody waits for ever. */
@Timeout(60)
class BatcherTest {
  private static final int WAITING = 5;

  private final Network network = Network.builder(3).dense(2, Activation.IDENTITY).build();

  private static Thread thread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lanewise-batcher") && thread.isAlive())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whateverEndsItsThreadFailsAllWhoWaitAndAllWhoCome() throws Exception {
    Batcher batcher = new Batcher(new Predictor(network), 64, Duration.ofDays(1));
    Thread ends = thread();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Thread> threads = new ArrayList<>();
      List<Future<float[]>> all = new ArrayList<>();
      for (int i = 0; i < WAITING; i++) {
        all.add(
            callers.submit(
                () -> {
                  synchronized (threads) {
                    threads.add(Thread.currentThread());
                  }
                  return batcher.predict(new float[3]);
                }));
      }
      for (int waiting = 0; waiting < WAITING; ) {
        synchronized (threads) {
          waiting = 0;
          for (Thread thread : threads) {
            waiting += thread.getState() == Thread.State.WAITING ? 1 : 0;
          }
        }
      }
      ends.interrupt();
      for (Future<float[]> one : all) {
        Throwable failed = assertThrows(ExecutionException.class, one::get).getCause();
        assertInstanceOf(CancellationException.class, failed);
        assertInstanceOf(InterruptedException.class, failed.getCause().getCause());
      }
    }
    ends.join();
    for (int i = 0; i < 2; i++) {
      Throwable late =
          assertThrows(IllegalStateException.class, () -> batcher.predict(new float[3]));
      assertEquals("the batcher is closed", late.getMessage());
      assertInstanceOf(InterruptedException.class, late.getCause().getCause());
    }
    batcher.close();
    batcher.close();
    assertFalse(ends.isAlive());
  }

  @Test
  void whatItRefusesIsNoneOfItsBatches() throws Exception {
    Predictor predictor = new Predictor(network);
    try (Batcher batcher = new Batcher(predictor, 1, Duration.ZERO)) {
      assertThrows(NullPointerException.class, () -> batcher.predict(null));
      String message =
          assertThrows(IllegalArgumentException.class, () -> batcher.predict(new float[4]))
              .getMessage();
      assertEquals("x must have 3 values, got 4", message);
      float[] y = new float[2];
      predictor.predict(new float[] {1, 2, 3}, y);
      assertArrayEquals(y, batcher.predict(new float[] {1, 2, 3}));
      assertSame(Thread.State.WAITING, waits(thread()));
    }
  }

  private static Thread.State waits(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread.getState();
  }
}
