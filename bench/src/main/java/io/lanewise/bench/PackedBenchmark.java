package io.lanewise.bench;

import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PackedMatrix;
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
import org.openjdk.jmh.annotations.Warmup;

/** A layer of few rows with its weights packed beforehand, and as they lie. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PackedBenchmark {
  /** m. */
  @Param({"1", "2", "4", "8", "16", "32", "64", "128"})
  int rows;

  /** k and n. */
  @Param("256")
  int units;

  @Param("simd")
  String kernels;

  private Kernels impl;
  private Fusion fusion;
  private PackedMatrix packed;
  private float[] x;
  private float[] w;
  private float[] y;
  private double flops;

  /** Draws them and packs the weights. */
  @Setup
  public void setup() {
    SplittableRandom random = new SplittableRandom(1);
    impl = KernelLookup.named(kernels);
    x = MatmulBenchmark.uniform(random, rows * units);
    w = MatmulBenchmark.uniform(random, units * units);
    y = new float[rows * units];
    fusion = Fusion.bias(MatmulBenchmark.uniform(random, units), 0);
    packed = impl.pack(units, units, w, 0, units);
    flops = 2e-3 * rows * units * units;
  }

  /** Packed beforehand. */
  @Benchmark
  public float[] packed(MatmulBenchmark.Rate rate) {
    impl.matmulPacked(rows, x, 0, units, packed, y, 0, units, fusion);
    rate.flops += flops;
    return y;
  }

  /** As they lie. */
  @Benchmark
  public float[] plain(MatmulBenchmark.Rate rate) {
    impl.matmul(Form.NN, rows, units, units, x, 0, units, w, 0, units, y, 0, units, fusion);
    rate.flops += flops;
    return y;
  }
}
