package io.lanewise.cli;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.optim.Optimizer;
import io.lanewise.train.History;
import io.lanewise.train.Training;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a report has to know of a training beside its history: when and how long it ran and, where
 * they are asked for, the norms of each layer's weights and gradients.
 */
final class RunRecord implements Training.Listener {
  /** The parameters of a layer: a window of the array of all. */
  record Window(int layer, int off, int count) {}

  /**
   * Those of an epoch.
   *
   * @param weights of each layer at the end of the epoch
   * @param gradients of each layer, the mean over the steps, before any clipping
   */
  record Norms(int epoch, float[] weights, float[] gradients) {}

  private final List<Norms> norms = new ArrayList<>();
  private List<Window> windows = List.of();
  private final Matrix window = new Matrix();
  private double[] sums = {};
  private long steps;
  private Kernels kernels;
  private final Instant begun = Instant.now();
  private long start = System.nanoTime();
  private double seconds;
  private long resumedAt;

  /** Returns the optimizer, which now lets the norms of its gradients be seen. */
  Optimizer watch(Optimizer optimizer, Network network) {
    Map<Integer, Window> byLayer = new TreeMap<>();
    for (Tensor t : network.tensors()) {
      if (t.isParameter()) {
        byLayer.merge(
            t.layer(),
            new Window(t.layer(), t.off(), t.count()),
            (a, b) -> new Window(a.layer(), a.off(), b.off() + b.count() - a.off()));
      }
    }
    windows = List.copyOf(byLayer.values());
    sums = new double[windows.size()];
    return new Watched(optimizer);
  }

  private double norm(int w, float[] values) {
    Window of = windows.get(w);
    window.set(values, of.off(), Math.max(1, of.count()), 1, of.count());
    return Math.sqrt(kernels.sumOfSquares(window));
  }

  @Override
  public void onBegin(Training training) {
    start = System.nanoTime();
    resumedAt = training.step();
  }

  @Override
  public void onEpoch(Training training, History.Epoch epoch) {
    if (windows.isEmpty() || kernels == null) {
      return;
    }
    // An epoch that a recovery went back to is there once.
    norms.removeIf(n -> n.epoch() >= epoch.epoch());
    float[] weights = new float[windows.size()];
    float[] gradients = new float[windows.size()];
    for (int w = 0; w < weights.length; w++) {
      weights[w] = (float) norm(w, training.network().parameters());
      gradients[w] = (float) (sums[w] / steps);
      sums[w] = 0;
    }
    steps = 0;
    norms.add(new Norms(epoch.epoch(), weights, gradients));
  }

  @Override
  public void onRecovery(Training training, Training.NonFiniteException e) {
    Arrays.fill(sums, 0);
    steps = 0;
  }

  @Override
  public void onEnd(Training training, History history) {
    seconds = (System.nanoTime() - start) * 1e-9;
  }

  Instant begun() {
    return begun;
  }

  double seconds() {
    return seconds;
  }

  /** Returns the step that a checkpoint was of; 0 if the training began anew. */
  long resumedAt() {
    return resumedAt;
  }

  List<Norms> norms() {
    return norms;
  }

  List<Window> windows() {
    return windows;
  }

  /** To a checkpoint it is the optimizer that it watches. */
  private final class Watched implements Optimizer {
    private final Optimizer optimizer;

    Watched(Optimizer optimizer) {
      this.optimizer = optimizer;
    }

    @Override
    public Stepper begin(List<Tensor> tensors) {
      return new WatchedStepper(optimizer.begin(tensors));
    }

    @Override
    public String grouping(List<Tensor> tensors) {
      return optimizer.grouping(tensors);
    }

    @Override
    public String toString() {
      return optimizer.toString();
    }
  }

  private final class WatchedStepper implements Optimizer.Stepper {
    private final Optimizer.Stepper stepper;

    WatchedStepper(Optimizer.Stepper stepper) {
      this.stepper = stepper;
    }

    @Override
    public void step(Kernels used, float[] parameters, float[] gradients) {
      kernels = used;
      for (int w = 0; w < sums.length; w++) {
        sums[w] += norm(w, gradients);
      }
      steps++;
      stepper.step(used, parameters, gradients);
    }

    @Override
    public double learningRate() {
      return stepper.learningRate();
    }

    @Override
    public void learningRate(double learningRate) {
      stepper.learningRate(learningRate);
    }

    @Override
    public double gradientNorm() {
      return stepper.gradientNorm();
    }

    @Override
    public Map<String, float[]> tensors() {
      return stepper.tensors();
    }

    @Override
    public Map<String, String> scalars() {
      return stepper.scalars();
    }

    @Override
    public void restore(Map<String, float[]> tensors, Map<String, String> scalars) {
      stepper.restore(tensors, scalars);
    }
  }
}
