package io.lanewise.bench.report;

import com.google.gson.Gson;
import io.lanewise.bench.Machine;
import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.bench.run.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A run as JMH writes it, with figures of about the right size. */
final class Sample {
  private final double peak;
  private final SplittableRandom random;

  private Sample(long seed, double peak) {
    this.peak = peak;
    random = new SplittableRandom(seed);
  }

  static Run write(Path file, long seed, String date) throws IOException {
    return slow(file, seed, date, 1);
  }

  /** One of a machine that had so much of its peak. */
  static Run slow(Path file, long seed, String date, double share) throws IOException {
    Machine machine =
        new Machine(
            date,
            "A processor <with a name>",
            2,
            "48K L1d, 2048K L2, 33792K L3",
            "Linux 6",
            "25.0.3, Vendor",
            16,
            "simd, 512-bit lanes, FMA",
            List.of("--add-modules=jdk.incubator.vector"),
            Map.of("OMP_NUM_THREADS", "1"),
            Map.of("JMH", "1.37"),
            "0123456789ab");
    Gson gson = new Gson();
    Files.writeString(file, gson.toJson(new Sample(seed, 150 * share).results()));
    String name = file.getFileName().toString().replace(".json", ".machine.json");
    Files.writeString(file.resolveSibling(name), gson.toJson(machine));
    return Run.read(file);
  }

  private List<Result> results() {
    List<Result> results = new ArrayList<>();
    results.add(result("FmaPeak.fma", Map.of(), 1e-5, "flops", peak));
    int[] sizes = {16, 32, 256, 1024, 4096, 65536, 262144};
    for (int i = 0; i < sizes.length; i++) {
      Map<String, String> kib = Map.of("kib", String.valueOf(sizes[i]));
      results.add(result("Bandwidth.read", kib, 1e-3, "bytes", 200.0 / (i + 1)));
      results.add(result("Bandwidth.triad", kib, 1e-3, "bytes", 220.0 / (i + 1)));
    }
    double[] shares = {0.8, 0.9, 0.4};
    String[] shapes = {"64x64x64 NN", "512x512x512 NN", "128x10x512 NN"};
    for (int i = 0; i < shapes.length; i++) {
      double rate = peak * shares[i];
      results.add(product("MatmulBenchmark.matmul", shapes[i], "kernels", "simd", rate));
      results.add(product("MatmulBenchmark.matmul", shapes[i], "kernels", "scalar", 5));
      for (String library : List.of("lanewise", "openblas", "onednn", "mkl")) {
        double other = rate * random.nextDouble(0.6, 1.1);
        results.add(product("PeerBenchmark.run", shapes[i], "peer", library, other));
      }
    }
    for (String kernels : List.of("simd", "scalar")) {
      Map<String, String> params = Map.of("activation", "TANH", "kernels", kernels);
      double rate = kernels.equals("simd") ? 1.8 : 0.06;
      results.add(result("ActivationBenchmark.forward", params, rate, "gc.count", 0));
    }
    return results;
  }

  private Result product(String name, String shape, String key, String who, double rate) {
    String[] mnk = shape.split("[x ]");
    double flops = 2;
    for (int i = 0; i < 3; i++) {
      flops *= Double.parseDouble(mnk[i]);
    }
    return result(name, Map.of("shape", shape, key, who), rate / flops, "flops", rate);
  }

  private Result result(
      String name, Map<String, String> params, double score, String counter, double rate) {
    return new Result(
        "io.lanewise." + name,
        "thrpt",
        params,
        metric(score),
        Map.of(
            counter,
            metric(rate),
            "gc.alloc.rate",
            new Score(0.03, "MB/sec", null),
            "gc.alloc.rate.norm",
            new Score(3, "B/op", null)));
  }

  private Score metric(double score) {
    double[][] raw = new double[3][5];
    for (double[] fork : raw) {
      double center = score * random.nextDouble(0.97, 1.03);
      for (int i = 0; i < fork.length; i++) {
        fork[i] = center * random.nextDouble(0.98, 1.02);
      }
    }
    return new Score(score, "ops/ns", raw);
  }
}
