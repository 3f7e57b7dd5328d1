package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.LossFunction;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;

/** The loss of a batch in double: its targets, the weights of its rows, and their reduction. */
final class ReferenceLoss {
  private final LossFunction function;
  private final boolean takesInput;
  private final Loss.Options options;
  private final double share;
  private final Network network;
  private int m;
  // (m, nOut), smoothed and times the weights of the classes.
  private double[] y = {};
  private double[] rowWeight = {};
  private double divisor;

  ReferenceLoss(Network network) {
    this.network = network;
    Activation output = network.outputLayer().activation();
    options = network.lossOptions();
    function = network.loss().function(output, options);
    takesInput = network.loss().fusedWith(output);
    boolean binary = network.loss().link() == Activation.SIGMOID;
    share = (double) options.labelSmoothing() / (binary ? 2 : network.nOut());
  }

  /** Returns whether the loss takes the input of the output activation instead of its output. */
  boolean takesInput() {
    return takesInput;
  }

  /** Takes the first m rows of the targets. */
  void take(int m, Targets targets) {
    this.m = m;
    int nOut = network.nOut();
    y = new double[m * nOut];
    rowWeight = new double[m];
    float[] classWeights = options.classWeights();
    double rows = 0;
    double weight = 0;
    for (int i = 0; i < m; i++) {
      double own = targets.weights() == null ? 1 : targets.weights()[i];
      double ofClass = 1;
      switch (targets) {
        case Targets.Values v -> {
          for (int j = 0; j < nOut; j++) {
            y[i * nOut + j] = v.y()[i * v.ldy() + j];
          }
        }
        case Targets.Labels l -> {
          int label = l.labels()[i];
          if (label == options.ignoredIndex()) {
            continue;
          }
          requireClass(i, label);
          y[nOut == 1 ? i : i * nOut + label] = nOut == 1 ? label : 1;
          ofClass = classWeights.length > 0 ? classWeights[label] : 1;
        }
      }
      rowWeight[i] = own;
      rows++;
      weight += own * ofClass;
    }
    for (int i = 0; i < m * nOut; i++) {
      double smoothed = (1.0 - options.labelSmoothing()) * y[i] + share;
      y[i] = classWeights.length == 0 ? smoothed : smoothed * classWeights[i % nOut];
    }
    divisor = network.reduction().divisor(rows, weight, nOut);
  }

  private void requireClass(int i, int label) {
    int classes = Math.max(2, network.nOut());
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "labels[" + i + "] must be in 0.." + (classes - 1) + ", got " + label);
    }
  }

  /** The loss, s (m, nOut) being what it is a function of. */
  double value(double[] s) {
    int nOut = network.nOut();
    double sum = 0;
    for (int i = 0; i < m; i++) {
      if (rowWeight[i] != 0) {
        sum += rowWeight[i] * DoubleLosses.value(function, nOut, s, i * nOut, y, i * nOut);
      }
    }
    return sum * factor();
  }

  /** Its gradient by s, times a factor instead of its own. */
  void gradient(double[] s, double[] ds, double factor) {
    int nOut = network.nOut();
    for (int i = 0; i < m; i++) {
      DoubleLosses.gradient(function, nOut, s, i * nOut, y, i * nOut, ds, i * nOut);
      for (int j = i * nOut; j < (i + 1) * nOut; j++) {
        ds[j] = rowWeight[i] == 0 ? 0 : ds[j] * rowWeight[i] * factor;
      }
    }
  }

  /** The factor of the sum of the losses. */
  double factor() {
    return divisor == 0 ? 0 : 1 / divisor;
  }

  /** On which side of each kink of the loss each output is; empty where it has none. */
  boolean[] sides(double[] s) {
    double kink = DoubleLosses.kink(function);
    if (Double.isNaN(kink)) {
      return new boolean[0];
    }
    boolean[] sides = new boolean[2 * s.length];
    for (int i = 0; i < s.length; i++) {
      sides[2 * i] = s[i] - y[i] > kink;
      sides[2 * i + 1] = s[i] - y[i] < -kink;
    }
    return sides;
  }
}
