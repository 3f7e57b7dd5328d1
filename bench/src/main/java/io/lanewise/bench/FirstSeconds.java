package io.lanewise.bench;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.Workspace;
import io.lanewise.plot.Chart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Draws how many rows a second new JVMs do in their first five seconds of CPU time, the JIT's
 * included, on vectors from the start, on the scalar kernels and on those of {@link
 * KernelLookup#best}: medians of {@value #PROCESSES} processes by turns. CPU time, for a neighbour
 * does not change it much.
 *
 * <pre>java @jvm.config -cp bench/target/benchmarks.jar io.lanewise.bench.FirstSeconds FILE.svg
 * </pre>
 */
public final class FirstSeconds {
  private static final int PROCESSES = 3;
  private static final int SLICES = 20;
  private static final long SLICE = 250_000_000;
  private static final int BATCH = 128;
  private static final int INPUTS = 784;
  private static final String BEST = "best";
  private static final List<String> KERNELS = List.of("simd", "scalar", BEST);

  private FirstSeconds() {}

  /** Draws into the file that is named, or is one of the processes. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      System.out.println(String.join(" ", rates(args[0].startsWith("gradients"), args[1])));
      return;
    }
    List<Chart> charts = new ArrayList<>();
    for (String what : List.of("gradients of 128 rows", "single predictions")) {
      double[][][] rates = new double[KERNELS.size()][SLICES][PROCESSES];
      for (int p = 0; p < PROCESSES; p++) {
        for (int k = 0; k < KERNELS.size(); k++) {
          double[] one = ofProcess(what, KERNELS.get(k));
          for (int i = 0; i < SLICES; i++) {
            rates[k][i][p] = one[i];
          }
        }
      }
      charts.add(chart(what, rates));
    }
    Files.writeString(Path.of(args[0]), Chart.file(charts));
  }

  private static Chart chart(String what, double[][][] rates) {
    Chart chart = new Chart("rows a second, " + what, "seconds of CPU since the first", "");
    double[] x = new double[SLICES];
    for (int k = 0; k < rates.length; k++) {
      double[] y = new double[SLICES];
      for (int i = 0; i < SLICES; i++) {
        x[i] = (i + 1) * (SLICE / 1e9);
        Arrays.sort(rates[k][i]);
        y[i] = rates[k][i][PROCESSES / 2];
      }
      chart.curve(k, KERNELS.get(k), x.clone(), y);
    }
    return chart.holdUp(0);
  }

  private static double[] ofProcess(String what, String kernels) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            FirstSeconds.class.getName(),
            what,
            kernels);
    ProcessBuilder builder = new ProcessBuilder(command);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    System.err.println(what + " " + kernels + " " + line);
    return Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  private static long cpu() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElseThrow();
  }

  /** The rows a second of each slice. */
  private static List<String> rates(boolean gradients, String name) {
    Network network =
        Network.builder(INPUTS)
            .dense(512, Activation.RELU)
            .dense(512, Activation.RELU)
            .dense(10, Activation.SOFTMAX)
            .seed(1)
            .build();
    Kernels kernels = name.equals(BEST) ? KernelLookup.best() : KernelLookup.named(name);
    float[] x = new float[BATCH * INPUTS];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(5) == 0 ? (float) random.nextDouble() : 0f;
    }
    float[] y = new float[10];
    int[] labels = new int[BATCH];
    Workspace workspace = gradients ? new Workspace(network, kernels, BATCH) : null;
    Predictor predictor = gradients ? null : new Predictor(network, kernels, BATCH);
    List<String> rates = new ArrayList<>();
    long rows = 0;
    long start = cpu();
    while (rates.size() < SLICES) {
      if (gradients) {
        workspace.gradient(BATCH, x, 0, INPUTS, labels, 0);
        rows += BATCH;
      } else {
        predictor.predict(1, x, (int) (rows % BATCH) * INPUTS, INPUTS, y, 0, 10);
        rows++;
      }
      // To ask for the time takes as long as a row.
      if (!gradients && rows % 16 != 0 && rows > 1000) {
        continue;
      }
      long took = cpu() - start;
      if (took >= SLICE) {
        for (long i = 0; i < took / SLICE && rates.size() < SLICES; i++) {
          rates.add(Long.toString(Math.round(rows / (took / 1e9))));
        }
        start += took;
        rows = 0;
      }
    }
    return rates;
  }
}
