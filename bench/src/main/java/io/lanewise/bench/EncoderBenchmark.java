package io.lanewise.bench;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
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

/**
 * The kernels of a sentence encoder of the size of all-MiniLM-L6-v2: six layers, 384 wide, 12
 * heads, 1536 between, each with weights of its own, 42 MB in all. What a compiled graph can be at
 * best; the rate is that of the products with weights.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class EncoderBenchmark {
  private static final int LAYERS = 6;
  private static final int WIDTH = 384;
  private static final int BETWEEN = 1536;
  private static final int HEADS = 12;
  private static final float SCALE = 0.17677669f;

  /** Texts by tokens of each. */
  @Param({"1x16", "1x64", "1x128", "8x64", "32x32"})
  String batch;

  @Param("simd")
  String kernels;

  private final PackedMatrix[][] weights = new PackedMatrix[LAYERS][];
  private final Matrix[] qkv = new Matrix[3];
  private Kernels impl;
  private Kernels.Heads heads;
  private Matrix biases;
  private Norm norm;
  private Matrix mask;
  private Matrix x;
  private Matrix all;
  private Matrix y;
  private Matrix between;
  private double flops;

  /** Draws everything and packs the weights. */
  @Setup
  public void setup() {
    impl = KernelLookup.named(kernels);
    String[] parts = batch.split("x");
    int texts = Integer.parseInt(parts[0]);
    heads = new Kernels.Heads(texts, HEADS, SCALE);
    int tokens = texts * Integer.parseInt(parts[1]);
    SplittableRandom random = new SplittableRandom(1);
    for (int l = 0; l < LAYERS; l++) {
      weights[l] =
          new PackedMatrix[] {
            packed(random, WIDTH, 3 * WIDTH),
            packed(random, WIDTH, WIDTH),
            packed(random, WIDTH, BETWEEN),
            packed(random, BETWEEN, WIDTH)
          };
    }
    biases = MatmulBenchmark.uniform(random, 1, BETWEEN);
    Matrix gamma = MatmulBenchmark.uniform(random, 1, WIDTH);
    norm = new Norm(gamma, part(biases, 0, WIDTH), new Matrix(tokens, 1), new Matrix(tokens, 1));
    mask = new Matrix(texts, tokens / texts);
    x = MatmulBenchmark.uniform(random, tokens, WIDTH);
    all = MatmulBenchmark.uniform(random, tokens, 3 * WIDTH);
    for (int i = 0; i < 3; i++) {
      qkv[i] = part(all, i * WIDTH, WIDTH);
    }
    y = new Matrix(tokens, WIDTH);
    between = MatmulBenchmark.uniform(random, tokens, BETWEEN);
    flops = 2e-3 * LAYERS * tokens * WIDTH * (4 * WIDTH + 2 * BETWEEN);
  }

  private PackedMatrix packed(SplittableRandom random, int k, int n) {
    return impl.pack(MatmulBenchmark.uniform(random, k, n));
  }

  private static Matrix part(Matrix whole, int column, int n) {
    return new Matrix().part(whole, 0, whole.rows(), column, n);
  }

  private void product(Matrix a, PackedMatrix b, Matrix c, Epilogue epilogue) {
    impl.matmulPacked(a, b, c, epilogue, part(biases, 0, b.n()), null);
  }

  /** All of it. */
  @Benchmark
  public Matrix layers(MatmulBenchmark.Rate rate) {
    for (PackedMatrix[] w : weights) {
      product(x, w[0], all, Epilogue.BIAS);
      impl.attention(heads, qkv[0], qkv[1], qkv[2], mask, y);
      product(y, w[1], qkv[0], Epilogue.BIAS);
      impl.add(qkv[0], x, y);
      impl.layerNorm(y, norm, 1e-12f, y);
      product(y, w[2], between, Epilogue.BIAS.activation(Activation.GELU));
      product(between, w[3], qkv[0], Epilogue.BIAS);
      impl.add(qkv[0], y, y);
      impl.layerNorm(y, norm, 1e-12f, y);
    }
    rate.flops += flops;
    return y;
  }

  /** The products with weights alone. */
  @Benchmark
  public Matrix products(MatmulBenchmark.Rate rate) {
    for (PackedMatrix[] w : weights) {
      product(x, w[0], all, Epilogue.BIAS);
      product(x, w[1], y, Epilogue.BIAS);
      product(x, w[2], between, Epilogue.BIAS);
      product(between, w[3], y, Epilogue.BIAS);
    }
    rate.flops += flops;
    return y;
  }

  /** The attention of six layers alone. */
  @Benchmark
  public Matrix attention() {
    for (int l = 0; l < LAYERS; l++) {
      impl.attention(heads, qkv[0], qkv[1], qkv[2], mask, y);
    }
    return y;
  }
}
