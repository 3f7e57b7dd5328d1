package io.lanewise.bench;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
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
  private PackedMatrix packed;
  private Matrix x;
  private Matrix w;
  private Matrix y;
  private Matrix bias;
  private double flops;

  /** Draws them and packs the weights. */
  @Setup
  public void setup() {
    SplittableRandom random = new SplittableRandom(1);
    impl = KernelLookup.named(kernels);
    x = MatmulBenchmark.uniform(random, rows, units);
    w = MatmulBenchmark.uniform(random, units, units);
    y = new Matrix(rows, units);
    bias = MatmulBenchmark.uniform(random, 1, units);
    packed = impl.pack(w);
    flops = 2e-3 * rows * units * units;
  }

  /** Packed beforehand. */
  @Benchmark
  public Matrix packed(MatmulBenchmark.Rate rate) {
    impl.matmulPacked(x, packed, y, Epilogue.BIAS, bias, null);
    rate.flops += flops;
    return y;
  }

  /** As they lie. */
  @Benchmark
  public Matrix plain(MatmulBenchmark.Rate rate) {
    impl.matmul(Transpose.NN, x, w, y, Epilogue.BIAS, bias, null);
    rate.flops += flops;
    return y;
  }
}
