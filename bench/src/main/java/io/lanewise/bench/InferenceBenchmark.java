package io.lanewise.bench;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Predictions by batch size, ReLU and softmax, by a {@link Predictor}.
 *
 * <p>A score is calls per ms, and {@code flops} as in {@link TrainingStepBenchmark}. A single row
 * is bound by the cache that holds the weights, not by the arithmetic.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
@State(Scope.Thread)
public class InferenceBenchmark {
  /** The widths of the layers, the input's first. */
  @Param("784-512-512-10")
  String network;

  @Param({"128", "1"})
  int rows;

  /** How many {@link Threads} the kernels work on, the caller's counted. */
  @Param("1")
  int threads;

  @Param("simd")
  String kernels;

  private Threads opened;
  private Network net;
  private Predictor.Session session;
  private float[] x;
  private float[] y;
  private double megaflops;

  @Setup
  public void setup() {
    opened = new Threads(threads);
    net = TrainingStepBenchmark.network(network);
    session = new Predictor(net, opened.kernels(KernelLookup.named(kernels)), rows).session();
    x = MatmulBenchmark.uniform(new SplittableRandom(1), rows * net.nIn());
    y = new float[rows * net.nOut()];
    megaflops = TrainingStepBenchmark.megaflops(net.layers(), rows);
  }

  @TearDown
  public void close() {
    opened.close();
  }

  /** The outputs are returned so that they count as used. */
  @Benchmark
  public float[] predict(MatmulBenchmark.Rate rate) {
    session.predict(rows, x, 0, net.nIn(), y, 0, net.nOut());
    rate.flops += megaflops;
    return y;
  }
}
