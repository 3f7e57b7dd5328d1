package io.lanewise.cluster;

import io.lanewise.plot.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What N machines would give, by a model: the computing of a step is divided by N, and the exchange
 * is added, of which a link carries the gradients twice (once for two workers), at the speed that
 * was measured on this machine or that of the network, whichever is less, and a chunk takes 2 (N -
 * 1) hops more.
 *
 * @param measured seconds a parameter of an exchange between two processes of one machine
 * @param parameters of the network
 */
record Saturation(double measured, long parameters) {
  private static final double LATENCY = 50e-6;
  private static final int[] WORKERS = {2, 4, 8, 16, 32, 64};
  private static final double[] GIGABITS = {1, 10, 100};

  /** Seconds of an exchange. */
  double exchange(int workers, double gigabits) {
    double perFloat = Math.max(measured, 32 / (gigabits * 1e9));
    double chunk = Math.min(parameters, Frame.CHUNK_FLOATS) * perFloat;
    int times = workers == 2 ? 1 : 2;
    return times * parameters * perFloat + 2 * (workers - 1) * (LATENCY + chunk);
  }

  /** How many times as fast as one machine, whose step takes so many seconds. */
  double speedup(double step, int workers, double gigabits) {
    return workers == 1 ? 1 : step / (step / workers + exchange(workers, gigabits));
  }

  void print(int[] batches, double[] millis) {
    System.out.printf(
        Locale.ROOT,
        "by the model, times as fast as one machine: %,d parameters, %.2f ns each an exchange%n",
        parameters,
        measured * 1e9);
    System.out.println("Gbit/s, batch: N = 2, 4, 8, 16, 32, 64");
    for (double gigabits : GIGABITS) {
      for (int i = 0; i < batches.length; i++) {
        StringBuilder line = new StringBuilder();
        for (int workers : WORKERS) {
          double times = speedup(millis[i] * 1e-3, workers, gigabits);
          line.append(String.format(Locale.ROOT, " %.1f", times));
        }
        System.out.printf(Locale.ROOT, "%.0f, %,d:%s%n", gigabits, batches[i], line);
      }
    }
  }

  /** A chart for each network, with a curve for each batch. */
  String svg(int[] batches, double[] millis) {
    double[] across = IntStream.rangeClosed(1, 64).asDoubleStream().toArray();
    List<Chart> charts = new ArrayList<>();
    for (double gigabits : GIGABITS) {
      String title = String.format(Locale.ROOT, "%.0f Gbit/s", gigabits);
      Chart chart = new Chart(title, "machines", "times as fast").whole().holdUp(0);
      for (int i = 0; i < batches.length; i++) {
        double step = millis[i] * 1e-3;
        double[] up = new double[across.length];
        for (int j = 0; j < up.length; j++) {
          up[j] = speedup(step, (int) across[j], gigabits);
        }
        String name = String.format(Locale.ROOT, "batch %,d", batches[i]);
        chart.curve(i, name, across, up);
      }
      charts.add(chart);
    }
    return Chart.file(charts);
  }
}
