package io.lanewise.cluster;

import io.lanewise.train.Training;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How long an exchange takes between two processes of this machine. */
public final class ExchangeTime {
  static final int[] PARAMETERS = {700_000, 10_000_000};
  private static final int WARM_UP = 100;
  private static final int STEPS = 200;

  private ExchangeTime() {}

  /** Without arguments it starts the other process, and prints what was measured. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      milliseconds();
    } else {
      rank(1);
    }
  }

  /** Measures, prints, and returns the medians. */
  static double[] milliseconds() throws Exception {
    Process other = start(ExchangeTime.class, "1");
    double[] medians = rank(0);
    if (other.waitFor() != 0) {
      throw new IllegalStateException("the other process failed");
    }
    return medians;
  }

  /** Starts another JVM like this one. */
  static Process start(Class<?> main, String argument) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>();
    command.add(java);
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), argument));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static double[] rank(int rank) throws Exception {
    List<InetSocketAddress> workers = Chain.workers("127.0.0.1:7611,127.0.0.1:7612");
    double[] medians = new double[PARAMETERS.length];
    try (Chain chain = Chain.builder(workers, rank).secret(Rings.SECRET).open()) {
      for (int i = 0; i < PARAMETERS.length; i++) {
        long[] nanos = measure(chain, PARAMETERS[i]);
        Arrays.sort(nanos);
        medians[i] = nanos[STEPS / 2] * 1e-6;
        if (rank == 0) {
          System.out.printf(
              Locale.ROOT,
              "%,d parameters: median %.1f ms, fastest %.1f ms, slowest tenth from %.1f ms%n",
              PARAMETERS[i],
              medians[i],
              nanos[0] * 1e-6,
              nanos[STEPS * 9 / 10] * 1e-6);
        }
      }
    }
    return medians;
  }

  private static long[] measure(Chain chain, int parameters) throws Exception {
    float[][] values = {new float[parameters]};
    Training.Exchange.Part part = new Sums(values);
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
  private record Sums(float[][] values) implements Training.Exchange.Part {
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
