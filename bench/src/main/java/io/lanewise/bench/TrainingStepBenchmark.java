package io.lanewise.bench;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Sgd;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * One training step: forward, cross-entropy, backward, the optimizer's update. Hidden layers are
 * ReLU, the output softmax.
 *
 * <p>A score is steps per ms. The column {@code flops} is in GFLOP/s: the operations of the matrix
 * products, 2 m nIn nOut for each of three a layer, without the gradient of the input, which nobody
 * needs. Compare it with {@link FmaPeak} of the same run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
@State(Scope.Thread)
public class TrainingStepBenchmark {
  /** The widths of the layers, the input's first. */
  @Param({"784-512-512-10", "64-64-32-10"})
  String network;

  @Param({"128", "32"})
  int batch;

  @Param({"sgd", "adam"})
  String optimizer;

  /** How many {@link Threads} the kernels work on, the caller's counted. */
  @Param("1")
  int threads;

  @Param("simd")
  String kernels;

  private Threads opened;
  private Network net;
  private Workspace workspace;
  private Optimizer.Stepper update;
  private float[] x;
  private int[] labels;
  private double megaflops;

  @Setup
  public void setup() {
    opened = new Threads(threads);
    net = network(network);
    workspace = new Workspace(net, opened.kernels(KernelLookup.named(kernels)), batch);
    // At a rate of 0 the same work is done at every step. With any other one the network learns its
    // single batch by heart, and the moments of units that no longer change become subnormal.
    Optimizer settings = optimizer.equals("adam") ? new Adam(0) : new Sgd(0);
    update = settings.begin(net.tensors());
    SplittableRandom random = new SplittableRandom(1);
    x = MatmulBenchmark.uniform(random, batch * net.nIn());
    labels = random.ints(batch, 0, net.nOut()).toArray();
    Layer first = net.layers().get(0);
    megaflops = 3 * megaflops(net.layers(), batch) - megaflops(List.of(first), batch);
  }

  /** Makes the network of "nIn-hidden-...-nOut": ReLU, softmax at the end. */
  static Network network(String widths) {
    int[] width = Stream.of(widths.split("-")).mapToInt(Integer::parseInt).toArray();
    NetworkBuilder builder = Network.builder(width[0]).seed(1);
    for (int l = 1; l < width.length; l++) {
      builder.dense(width[l], l < width.length - 1 ? Activation.RELU : Activation.SOFTMAX);
    }
    return builder.build();
  }

  /** Millions of floating-point operations of the layers' products; an FMA is two. */
  static double megaflops(List<Layer> layers, int rows) {
    return layers.stream().mapToDouble(layer -> 2e-6 * rows * layer.nIn() * layer.nOut()).sum();
  }

  @TearDown
  public void close() {
    opened.close();
  }

  /** The loss is returned so that it counts as used. */
  @Benchmark
  public double step(MatmulBenchmark.Rate rate) {
    double loss = workspace.gradient(batch, x, 0, net.nIn(), labels, 0);
    update.step(workspace.kernels(), net.parameters(), workspace.gradients());
    rate.flops += megaflops;
    return loss;
  }
}
