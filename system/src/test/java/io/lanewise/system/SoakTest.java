package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.lanewise.dataset.Dataset;
import io.lanewise.math.RandomStream;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Batcher;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.optim.AdamW;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Trains and predicts for {@code -Dlanewise.soak=MINUTES}: the heap after a collection stays flat,
 * a step allocates nothing, and the last tenth is as fast as the first. The speed is by the
 * thread's own time and against a plain loop that runs in between, so that neither a neighbour nor
 * a lower clock counts. (The history keeps some 56 bytes of each epoch.)
 */
@EnabledIfSystemProperty(named = "lanewise.soak", matches = "[0-9.]+")
class SoakTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int TENTHS = 10;
  private static final int ROWS = 64_000;
  private static final int FEATURES = 64;
  private static final int BATCH = 64;
  private static final double MEBIBYTE = 1 << 20;
  private static final int STEPS_A_SAMPLE = 256;
  private static final int WAVE = 1000;

  @Test
  void nothingGrowsAndNothingSlowsDown() {
    double minutes = Double.parseDouble(System.getProperty("lanewise.soak"));
    Network network = Architecture.parse("64 256:relu 128:relu 10:softmax").seed(1).build();
    Watch watch = new Watch(network, (long) (minutes * TimeUnit.MINUTES.toNanos(1)));
    new Trainer(network)
        .optimizer(new AdamW(1e-3).clipNorm(1))
        .batchSize(BATCH)
        .epochs(Integer.MAX_VALUE)
        .listener(watch)
        .fit(data());
    watch.report();
    assertTrue(watch.bytesAStep() < 1, "bytes a step: " + watch.bytesAStep());
    assertTrue(watch.growth() < 1 * MEBIBYTE, "the heap grew by " + watch.growth());
    assertTrue(watch.speed() >= 0.95, "the last tenth is " + watch.speed() + " of the first");
  }

  /** Waves of them, each asking a predictor, a batcher and the network once, for the same time. */
  @Test
  void virtualThreadsLeaveNothingBehind() throws Exception {
    double minutes = Double.parseDouble(System.getProperty("lanewise.soak"));
    Network network = Architecture.parse("64 64:relu 10:softmax").seed(1).build();
    Predictor predictor = new Predictor(network);
    Dataset rows = data();
    float[] wanted = network.predict(rows.features(), ROWS);
    AtomicLong wrong = new AtomicLong();
    long begin = System.nanoTime();
    long all = (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    long asked = 0;
    // Of the first tenth's end, and of the last one's.
    long[] heap = new long[2];
    try (Batcher batcher = new Batcher(predictor, BATCH, Duration.ZERO)) {
      for (long now = 0; now < all; now = System.nanoTime() - begin) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < WAVE; i++) {
            int row = (int) (asked++ % ROWS);
            threads.execute(
                () -> {
                  int first = row * FEATURES;
                  float[] x = Arrays.copyOfRange(rows.features(), first, first + FEATURES);
                  float[] right = Arrays.copyOfRange(wanted, row * 10, row * 10 + 10);
                  float[] y = new float[10];
                  predictor.predict(x, y);
                  try {
                    boolean same =
                        Arrays.equals(right, y) && Arrays.equals(right, batcher.predict(x));
                    wrong.addAndGet(same && Arrays.equals(right, network.predict(x, 1)) ? 0 : 1);
                  } catch (InterruptedException e) {
                    wrong.incrementAndGet();
                  }
                });
          }
        }
        if (heap[0] == 0 && System.nanoTime() - begin > all / TENTHS) {
          heap[0] = usedHeap();
        }
      }
    }
    heap[1] = usedHeap();
    System.out.printf(
        Locale.ROOT, "%,d virtual threads, heap %+d bytes%n", asked, heap[1] - heap[0]);
    assertEquals(0, wrong.get());
    assertTrue(heap[1] - heap[0] < MEBIBYTE, "the heap grew by " + (heap[1] - heap[0]));
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static Dataset data() {
    RandomStream random = new RandomStream(7, RandomStream.Purpose.DATA);
    float[] x = new float[ROWS * FEATURES];
    int[] labels = new int[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      labels[i / FEATURES] = i % 10;
    }
    return Dataset.ofLabels(x, FEATURES, labels, 10);
  }

  /** Counts in tenths of the time, after a tenth more to warm up. */
  private static final class Watch implements Training.Listener {
    private final Predictor predictor;
    private final float[] x = new float[BATCH * FEATURES];
    private final float[] y = new float[BATCH * 10];
    private final long tenth;
    private final long[] steps = new long[TENTHS];
    private final long[] cpu = new long[TENTHS];
    private final Loop loop = new Loop();
    private final long[] samples = new long[TENTHS];
    private final long[] sampleCpu = new long[TENTHS];
    private final long[] heap = new long[TENTHS];
    private int index = -1;
    private long end;
    private long began;
    private long count;
    private final long[] bytes = new long[TENTHS];
    private long bytesBefore;

    Watch(Network network, long nanos) {
      predictor = new Predictor(network.copy());
      tenth = nanos / TENTHS;
      end = System.nanoTime() + tenth;
    }

    @Override
    public void onBatch(Training training) {
      predictor.predict(BATCH, x, 0, FEATURES, y, 0, 10);
      long now = THREADS.getCurrentThreadAllocatedBytes();
      // An epoch begins with a reader and ends with an entry of the history.
      if (index >= 0 && training.rowsDone() > BATCH) {
        bytes[index] += now - bytesBefore;
      }
      count++;
      if (index >= 0 && count % STEPS_A_SAMPLE == 0) {
        samples[index]++;
        sampleCpu[index] += loop.run();
      }
      if (System.nanoTime() >= end) {
        turn(training);
      }
      bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
    }

    private void turn(Training training) {
      if (index >= 0) {
        steps[index] = count;
        cpu[index] = THREADS.getCurrentThreadCpuTime() - began - sampleCpu[index];
        heap[index] = usedHeap();
      }
      index++;
      if (index == TENTHS) {
        training.stop();
        return;
      }
      count = 0;
      began = THREADS.getCurrentThreadCpuTime();
      end = System.nanoTime() + tenth;
    }

    double bytesAStep() {
      return (double) bytes[TENTHS - 1] / steps[TENTHS - 1];
    }

    long growth() {
      return heap[TENTHS - 1] - heap[0];
    }

    double speed() {
      return stepsALoop(TENTHS - 1) / stepsALoop(0);
    }

    /** How many steps the time of a run of the loop is. */
    private double stepsALoop(int i) {
      return (double) steps[i] / cpu[i] * sampleCpu[i] / samples[i];
    }

    private double perSecond(int i) {
      return steps[i] * 1e9 / cpu[i];
    }

    void report() {
      for (int i = 0; i < TENTHS; i++) {
        System.out.println(
            String.format(
                Locale.ROOT,
                "tenth %2d: %,9d steps, %,.0f a second, %.4f a loop, heap %.2f MiB, %.3f bytes a"
                    + " step",
                i + 1,
                steps[i],
                perSecond(i),
                stepsALoop(i),
                heap[i] / MEBIBYTE,
                (double) bytes[i] / steps[i]));
      }
    }
  }

  /** Scalar sums of products over 256 KiB, which nothing here can make slower but the machine. */
  private static final class Loop {
    private final float[] x = new float[1 << 16];
    private float kept;

    Loop() {
      for (int i = 0; i < x.length; i++) {
        x[i] = 1f / (i + 1);
      }
    }

    /** Returns the nanoseconds of the thread that it took. */
    long run() {
      long before = THREADS.getCurrentThreadCpuTime();
      for (int pass = 0; pass < 8; pass++) {
        kept += sum();
      }
      return THREADS.getCurrentThreadCpuTime() - before;
    }

    private float sum() {
      float s0 = kept * 0f;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      for (int i = 0; i < x.length; i += 4) {
        s0 = Math.fma(x[i], x[i], s0);
        s1 = Math.fma(x[i + 1], x[i + 1], s1);
        s2 = Math.fma(x[i + 2], x[i + 2], s2);
        s3 = Math.fma(x[i + 3], x[i + 3], s3);
      }
      return s0 + s1 + s2 + s3;
    }
  }
}
