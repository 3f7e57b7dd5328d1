package io.lanewise.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.lanewise.train.Training;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * A step allocates nothing once it runs, neither on the training thread nor on that which sends.
 */
class ChainAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int STEPS = 100;
  private static final int ROUNDS = 25;

  /** Two chunks and a state. */
  private static final class Step implements Training.Exchange.Part {
    private final float[][] values = {new float[33_000], new float[10]};
    private final float[][] learned = {new float[10]};
    private final double[] figures = new double[5];
    private long step;

    @Override
    public long step() {
      return step;
    }

    @Override
    public float[][] learned() {
      return learned;
    }

    @Override
    public double[] figures() {
      return figures;
    }

    @Override
    public float[][] values() {
      return values;
    }

    @Override
    public void add() {
      figures[0] = 1;
    }

    @Override
    public void add(int array, int from, int to) {
      for (int i = from; i < to; i++) {
        values[array][i] = 1;
      }
    }
  }

  @Test
  void aStepAllocatesNothing() throws Exception {
    for (Future<Long> least : Rings.run(2, ChainAllocationTest::leastBytes)) {
      assertEquals(0, least.get(), "bytes in " + STEPS + " steps");
    }
  }

  /** The least of all rounds, of which both workers do as many. */
  private static long leastBytes(Chain chain) throws Exception {
    String sender = "lanewise-chain-to-" + (1 - chain.rank());
    long[] ids = {
      Thread.currentThread().threadId(),
      Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().equals(sender))
          .findFirst()
          .orElseThrow()
          .threadId()
    };
    Step part = new Step();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = allocated(ids);
      for (int i = 0; i < STEPS; i++) {
        part.step++;
        chain.sum(part, true, false);
        chain.sum(part, false, true);
      }
      least = Math.min(least, allocated(ids) - before);
    }
    return least;
  }

  private static long allocated(long[] ids) {
    long bytes = 0;
    for (long id : ids) {
      bytes += THREADS.getThreadAllocatedBytes(id);
    }
    return bytes;
  }
}
