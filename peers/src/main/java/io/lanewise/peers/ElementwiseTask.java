package io.lanewise.peers;

import io.lanewise.kernel.Activation;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** An activation, or exp where it is null, of a (rows, columns) matrix, uniform in (-4, 4). */
final class ElementwiseTask implements Task {
  final Activation activation;
  final int rows;
  final int columns;
  final float[] x;

  ElementwiseTask(Activation activation, int rows, int columns) {
    this.activation = activation;
    this.rows = rows;
    this.columns = columns;
    SplittableRandom random = new SplittableRandom(4);
    x = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-4, 4);
    }
  }

  static List<Task> all() {
    return List.of(
        new ElementwiseTask(null, 1, 65_536),
        new ElementwiseTask(Activation.TANH, 1, 65_536),
        new ElementwiseTask(Activation.SIGMOID, 1, 65_536),
        new ElementwiseTask(Activation.RELU, 1, 65_536),
        new ElementwiseTask(Activation.SOFTMAX, 6554, 10),
        new ElementwiseTask(Activation.SOFTMAX, 64, 1024));
  }

  @Override
  public String name() {
    return (activation == null ? "EXP" : activation.kind()) + " " + rows + "x" + columns;
  }

  @Override
  public double operations() {
    return x.length;
  }

  @Override
  public int runs() {
    return 1;
  }

  /** Takes 4 ulp, and in a softmax as many again for the sum and z - max. */
  @Override
  public void check(float[] y) {
    for (int i = 0; i < x.length; i++) {
      double wanted = wanted(i);
      double ulps = activation == Activation.SOFTMAX ? 12 + columns : 4;
      if (!(Math.abs(y[i] - wanted) <= ulps * 0x1p-23 * Math.abs(wanted))) {
        throw new IllegalStateException(
            String.format(Locale.ROOT, "y[%d] is %s, not %s", i, y[i], wanted));
      }
    }
  }

  private double wanted(int i) {
    double z = x[i];
    if (activation == null) {
      return Math.exp(z);
    }
    return switch (activation.kind()) {
      case TANH -> Math.tanh(z);
      case SIGMOID -> 1 / (1 + Math.exp(-z));
      case RELU -> Math.max(0, z);
      case SOFTMAX -> {
        double sum = 0;
        for (int j = 0; j < columns; j++) {
          sum += Math.exp(x[i - i % columns + j]);
        }
        yield Math.exp(z) / sum;
      }
      default -> throw new AssertionError(activation);
    };
  }
}
