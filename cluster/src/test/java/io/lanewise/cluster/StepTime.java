package io.lanewise.cluster;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Threads;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How long a whole step takes: in one process with one thread and with two, and in two processes.
 * With the exchange of {@link ExchangeTime} that says what more machines would give, by a model.
 */
public final class StepTime {
  private static final String LAYERS = "784 512 relu 512 relu 10:softmax";
  private static final int[] BATCHES = {64, 256, 1024, 4096};
  private static final int SHARDS = 4;
  private static final int WARM_UP = 30;
  private static final int STEPS = 60;
  private static final String WORKERS = "127.0.0.1:7613,127.0.0.1:7614";

  private StepTime() {}

  /**
   * Measures and prints; the other process is started with its rank.
   *
   * @param args nothing, or the SVG file to draw
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("1")) {
      for (int batch : BATCHES) {
        inTwo(1, batch);
      }
      return;
    }
    double[] two = new double[BATCHES.length];
    double[] alone = new double[BATCHES.length];
    Process other = ExchangeTime.start(StepTime.class, "1");
    for (int i = 0; i < BATCHES.length; i++) {
      two[i] = inTwo(0, BATCHES[i]);
    }
    if (other.waitFor() != 0) {
      throw new IllegalStateException("the other process failed");
    }
    System.out.println("batch: ms a step of one thread, two threads, two processes");
    for (int i = 0; i < BATCHES.length; i++) {
      int batch = BATCHES[i];
      alone[i] = median(batch, 1, null);
      double threads = median(batch, 2, null);
      System.out.printf(Locale.ROOT, "%,d: %.2f, %.2f, %.2f%n", batch, alone[i], threads, two[i]);
    }
    double[] exchanges = ExchangeTime.milliseconds();
    Saturation model =
        new Saturation(
            exchanges[1] * 1e-3 / ExchangeTime.PARAMETERS[1], network().parameters().length);
    model.print(BATCHES, alone);
    if (args.length == 1) {
      Files.writeString(Path.of(args[0]), model.svg(BATCHES, alone));
    }
  }

  private static Network network() {
    return Architecture.parse(LAYERS).seed(1).build();
  }

  private static double inTwo(int rank, int batch) throws IOException {
    List<InetSocketAddress> workers = Chain.workers(WORKERS);
    try (Chain chain = Chain.builder(workers, rank).secret(Rings.SECRET).open()) {
      return median(batch, 1, chain);
    }
  }

  /** Of one thread, unless there are others to exchange with or another count is wanted. */
  private static double median(int batch, int threads, Chain chain) {
    int steps = WARM_UP + STEPS;
    double[] millis = new double[STEPS];
    Training.Listener clock =
        new Training.Listener() {
          private long before = System.nanoTime();

          @Override
          public void onBatch(Training training) {
            long now = System.nanoTime();
            int step = (int) training.step() - 1 - WARM_UP;
            if (step >= 0 && step < STEPS) {
              millis[step] = (now - before) * 1e-6;
            }
            before = now;
          }
        };
    Network network = network();
    try (Threads both = new Threads(threads)) {
      Trainer trainer =
          new Trainer(network)
              .kernels(both.kernels(KernelLookup.best()))
              .optimizer(new Adam(1e-3))
              .batchSize(batch)
              .shards(SHARDS)
              .epochs(steps / 4 + 1)
              .seed(1)
              .listener(clock);
      if (chain != null) {
        trainer.exchange(chain);
      }
      trainer.fit(rows(4 * batch));
    }
    Arrays.sort(millis);
    return millis[STEPS / 2];
  }

  private static Dataset rows(int count) {
    Random random = new Random(7);
    float[] x = new float[count * 784];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> random.nextInt(10));
    return Dataset.ofLabels(x, 784, labels, 10);
  }
}
