package io.lanewise.bench;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Sgd;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a JVM does from its first call on, while it compiles: the times of training steps and of
 * predictions one after the other, none of them left out. A sample is the mean of {@link #STEPS} or
 * {@link #ROWS} calls; JMH's JSON has all of them in order, as rawData.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 60)
@Fork(3)
@State(Scope.Thread)
public class WarmUpBenchmark {
  private static final int STEPS = 10;
  private static final int ROWS = 200;
  private static final int BATCH = 128;

  /** The widths of the layers, the input's first. */
  @Param({"784-512-512-10", "64-64-32-10"})
  String network;

  @Param("simd")
  String kernels;

  private Network net;
  private Workspace workspace;
  private Optimizer.Stepper update;
  private float[] x;
  private float[] y;
  private int[] labels;

  @Setup
  public void setup() {
    net = TrainingStepBenchmark.network(network);
    workspace = new Workspace(net, KernelLookup.named(kernels), BATCH);
    update = new Sgd(0).begin(net.tensors());
    SplittableRandom random = new SplittableRandom(1);
    x = MatmulBenchmark.uniform(random, BATCH * net.nIn());
    y = new float[net.nOut()];
    labels = random.ints(BATCH, 0, net.nOut()).toArray();
  }

  /** The loss is returned so that it counts as used. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double step() {
    double loss = 0;
    for (int i = 0; i < STEPS; i++) {
      loss += workspace.gradient(BATCH, x, 0, net.nIn(), labels, 0);
      update.step(workspace.kernels(), net.parameters(), workspace.gradients());
    }
    return loss;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float row() {
    float sum = 0;
    for (int i = 0; i < ROWS; i++) {
      workspace.predict(1, x, i % BATCH * net.nIn(), net.nIn(), y, 0, net.nOut());
      sum += y[0];
    }
    return sum;
  }
}
