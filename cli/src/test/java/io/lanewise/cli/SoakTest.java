package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.RandomStream;
import io.lanewise.train.AdamW;
import io.lanewise.train.Dataset;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training;
import io.lanewise.train.TrainingListener;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Trains and predicts for {@code -Dlanewise.soak=MINUTES}: the heap after a collection stays flat,
 * a step allocates nothing, and the last tenth is as fast as the first. The speed is by the
 * thread's own time, so that what else runs on the machine counts less.
 */
@EnabledIfSystemProperty(named = "lanewise.soak", matches = "[0-9.]+")
class SoakTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int TENTHS = 10;
  private static final int ROWS = 64_000;
  private static final int FEATURES = 64;
  private static final int BATCH = 64;
  private static final double MEBIBYTE = 1 << 20;

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
  private static final class Watch implements TrainingListener {
    private final Predictor predictor;
    private final float[] x = new float[BATCH * FEATURES];
    private final float[] y = new float[BATCH * 10];
    private final long tenth;
    private final long[] steps = new long[TENTHS];
    private final long[] cpu = new long[TENTHS];
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
      if (System.nanoTime() >= end) {
        turn(training);
      }
      bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
    }

    private void turn(Training training) {
      if (index >= 0) {
        steps[index] = count;
        cpu[index] = THREADS.getCurrentThreadCpuTime() - began;
        System.gc();
        heap[index] = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
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
      return perSecond(TENTHS - 1) / perSecond(0);
    }

    private double perSecond(int i) {
      return steps[i] * 1e9 / cpu[i];
    }

    void report() {
      for (int i = 0; i < TENTHS; i++) {
        System.out.println(
            Text.format(
                "tenth %2d: %,9d steps, %,.0f a second, heap %.2f MiB, %.3f bytes a step",
                i + 1, steps[i], perSecond(i), heap[i] / MEBIBYTE, (double) bytes[i] / steps[i]));
      }
    }
  }
}
