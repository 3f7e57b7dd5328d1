package io.lanewise.peers;

import io.lanewise.check.Reference;
import io.lanewise.nn.Network;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Steps of training a network with ReLU, softmax and cross-entropy, each on the whole of one batch.
 * The labels go round all classes, so that nothing can be learnt and no gradient fades: the
 * thousandth step is as much work as the first.
 */
final class TrainingTask implements Task {
  private static final int STEPS = 5;

  /**
   * Of the change of the parameters, in the 2-norm; the worst that was seen is 7e-6 and 2e-4. Adam
   * turns gradients that are all rounding into whole steps.
   */
  private static final double SGD_TOLERANCE = 5e-5;

  private static final double ADAM_TOLERANCE = 1e-3;

  final String name;
  final int[] sizes;
  final int batch;
  final boolean adam;
  final double learningRate;
  final float[] x;

  /** The labels of step t are the row t % classes. */
  final int[][] labels;

  TrainingTask(int batch, boolean adam, int... sizes) {
    this.batch = batch;
    this.adam = adam;
    this.sizes = sizes;
    learningRate = adam ? 1e-3 : 0.1;
    name = Inference.sizes(sizes) + " batch " + batch + (adam ? " Adam" : " SGD");
    SplittableRandom random = new SplittableRandom(2);
    x = Product.uniform(random, batch * sizes[0]);
    int classes = sizes[sizes.length - 1];
    labels = new int[classes][batch];
    for (int i = 0; i < batch; i++) {
      int label = random.nextInt(classes);
      for (int t = 0; t < classes; t++) {
        labels[t][i] = (label + t) % classes;
      }
    }
  }

  static List<Task> all() {
    return List.of(
        new TrainingTask(128, false, 784, 512, 512, 10),
        new TrainingTask(128, true, 784, 512, 512, 10),
        new TrainingTask(32, false, 64, 64, 32, 10),
        new TrainingTask(32, true, 64, 64, 32, 10));
  }

  Network network() {
    return Inference.network(sizes);
  }

  @Override
  public String name() {
    return name;
  }

  /** Forward, dW, and dX of all layers but the first. */
  @Override
  public double operations() {
    double sum = 0;
    for (int l = 1; l < sizes.length; l++) {
      sum += 2.0 * batch * sizes[l - 1] * sizes[l] * (l == 1 ? 2 : 3);
    }
    return sum;
  }

  @Override
  public int runs() {
    return STEPS;
  }

  /**
   * Takes the parameters, laid out as {@link Network#parameters}, of either form of Adam: epsilon
   * is added to the root of the second moment after its correction for the bias, as in algorithm 1
   * of Kingma and Ba, or before it, as in the more efficient order that they give below it.
   */
  @Override
  public void check(float[] parameters) {
    double error = error(parameters, train(false));
    if (adam) {
      error = Math.min(error, error(parameters, train(true)));
    }
    if (!(error <= (adam ? ADAM_TOLERANCE : SGD_TOLERANCE))) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "after %d steps the parameters are off by %.2g of their change",
              STEPS,
              error));
    }
  }

  private double error(float[] parameters, double[] wanted) {
    float[] start = network().parameters();
    double error = 0;
    double change = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += Math.pow(parameters[i] - wanted[i], 2);
      change += Math.pow(wanted[i] - start[i], 2);
    }
    return Math.sqrt(error / change);
  }

  /** Trains in double. */
  private double[] train(boolean epsilonFirst) {
    Reference reference = Reference.of(network());
    double[] p = reference.parameters();
    double[] g = reference.gradients();
    double[] m = new double[p.length];
    double[] v = new double[p.length];
    for (int t = 0; t < STEPS; t++) {
      reference.batch(x, batch, labels[t % labels.length]);
      reference.gradient();
      double debias1 = 1 - Math.pow(0.9, t + 1);
      double debias2 = 1 - Math.pow(0.999, t + 1);
      for (int i = 0; i < p.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        double epsilon = epsilonFirst ? 1e-8 / Math.sqrt(debias2) : 1e-8;
        double direction = adam ? m[i] / debias1 / (Math.sqrt(v[i] / debias2) + epsilon) : g[i];
        p[i] -= learningRate * direction;
      }
    }
    return p;
  }
}
