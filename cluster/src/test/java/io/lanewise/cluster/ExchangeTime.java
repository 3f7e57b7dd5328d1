package io.lanewise.cluster;

import io.lanewise.train.ShardExchange;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How long an exchange takes between two processes of this machine, and what more would take. */
public final class ExchangeTime {
  private static final int[] PARAMETERS = {700_000, 10_000_000};
  private static final int WARM_UP = 100;
  private static final int STEPS = 200;

  private ExchangeTime() {}

  /** Without arguments it starts the other process, and prints what was measured. */
  public static void main(String[] args) throws Exception {
    List<InetSocketAddress> workers = Chain.workers("127.0.0.1:7611,127.0.0.1:7612");
    int rank = args.length;
    Process other = null;
    if (rank == 0) {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      String path = System.getProperty("java.class.path");
      other =
          new ProcessBuilder(java, "-cp", path, ExchangeTime.class.getName(), "1")
              .inheritIO()
              .start();
    }
    try (Chain chain = Chain.builder(workers, rank).secret(Rings.SECRET).open()) {
      for (int parameters : PARAMETERS) {
        long[] nanos = measure(chain, parameters);
        if (rank == 0) {
          Arrays.sort(nanos);
          System.out.printf(
              Locale.ROOT,
              "%,d parameters: median %.1f ms, fastest %.1f ms, slowest tenth from %.1f ms%n",
              parameters,
              nanos[STEPS / 2] * 1e-6,
              nanos[0] * 1e-6,
              nanos[STEPS * 9 / 10] * 1e-6);
        }
      }
    }
    if (other != null) {
      System.exit(other.waitFor());
    }
  }

  private static long[] measure(Chain chain, int parameters) throws Exception {
    float[][] values = {new float[parameters]};
    ShardExchange.Part part = new Sums(values);
    long[] nanos = new long[STEPS];
    for (int i = -WARM_UP; i < STEPS; i++) {
      long start = System.nanoTime();
      chain.sum(part, true, true);
      if (i >= 0) {
        nanos[i] = System.nanoTime() - start;
      }
    }
    return nanos;
  }

  /** Copies where worker 0 begins, else adds, as a training does. */
  private record Sums(float[][] values) implements ShardExchange.Part {
    @Override
    public long step() {
      return 2;
    }

    @Override
    public float[][] learned() {
      return new float[0][];
    }

    @Override
    public double[] figures() {
      return new double[5];
    }

    @Override
    public void add() {}

    @Override
    public void add(int array, int from, int to) {
      float[] sum = values[array];
      for (int i = from; i < to; i++) {
        sum[i] += 1e-3f;
      }
    }
  }
}
