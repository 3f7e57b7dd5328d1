package io.lanewise.check;

import io.lanewise.math.RandomStream;
import io.lanewise.nn.Layer;
import java.util.Arrays;
import java.util.List;

/**
 * The differences of a {@link GradientCheck}, which says what is compared: the loss of a reference,
 * with one value after the other moved a step to either side.
 */
final class Differences {
  private static final double[] REFINED_STEPS = {100, 10, 1};
  // 2^-53 times the terms that may cancel in these sums, and the roundings before them.
  private static final double CANCELLED = 1e-12;

  private final Reference reference;
  private final double epsilon;
  private final int samples;
  private final RandomStream random;

  /**
   * @param samples the most coordinates of a tensor
   * @param random which they are
   */
  Differences(Reference reference, double epsilon, int samples, RandomStream random) {
    this.reference = reference;
    this.epsilon = epsilon;
    this.samples = samples;
    this.random = random;
  }

  /** A tensor: a window of the values that are stepped, of their gradients and of its terms. */
  record Part(
      String name,
      int layer,
      int rows,
      int columns,
      double[] values,
      double[] gradients,
      double[] terms,
      int off) {
    int size() {
      return rows * columns;
    }

    /** The first layer that a step changes. */
    int firstLayer() {
      return Math.max(0, layer);
    }
  }

  GradientCheck.Report.Tensor check(Part part, List<float[]> kernelGradients) {
    int[] coordinates = coordinates(part.size());
    boolean[] sides = sides(part.firstLayer());
    Double[] differences = new Double[coordinates.length];
    int kinks = 0;
    for (int c = 0; c < coordinates.length; c++) {
      differences[c] = difference(part, coordinates[c], epsilon, sides);
      kinks += differences[c] == null ? 1 : 0;
    }
    double error = error(part, coordinates, differences);
    for (double step : REFINED_STEPS) {
      if (GradientCheck.Verdict.of(error) != GradientCheck.Verdict.EXCELLENT) {
        refine(part, coordinates, step * epsilon, sides, differences);
        error = Math.min(error, error(part, coordinates, differences));
      }
    }
    reference.lossFrom(part.firstLayer());
    return new GradientCheck.Report.Tensor(
        part.name(),
        part.layer(),
        part.rows(),
        part.columns(),
        coordinates.length - kinks,
        kinks,
        error,
        kernelGradients.stream().map(g -> kernelError(part, g)).toList());
  }

  /** The central difference, or null where it crosses a kink. */
  private Double difference(Part part, int coordinate, double step, boolean[] sides) {
    double[] values = part.values();
    int i = part.off() + coordinate;
    double value = values[i];
    double h = step * Math.max(1, Math.abs(value));
    values[i] = value + h;
    double up = values[i];
    double lossUp = reference.lossFrom(part.firstLayer());
    boolean kink = !Arrays.equals(sides, sides(part.firstLayer()));
    values[i] = value - h;
    double down = values[i];
    double lossDown = reference.lossFrom(part.firstLayer());
    kink |= !Arrays.equals(sides, sides(part.firstLayer()));
    values[i] = value;
    // Not 2h: rounding makes the step that was taken a little other.
    return kink ? null : Double.valueOf((lossUp - lossDown) / (up - down));
  }

  /** Richardson's extrapolation of two larger steps, where neither crosses a kink. */
  private void refine(
      Part part, int[] coordinates, double step, boolean[] sides, Double[] differences) {
    for (int c = 0; c < coordinates.length; c++) {
      if (differences[c] != null) {
        Double once = difference(part, coordinates[c], step, sides);
        Double twice = difference(part, coordinates[c], 2 * step, sides);
        if (once != null && twice != null) {
          differences[c] = (4 * once - twice) / 3;
        }
      }
    }
  }

  private static double error(Part part, int[] coordinates, Double[] differences) {
    RelativeError error = new RelativeError();
    for (int c = 0; c < coordinates.length; c++) {
      if (differences[c] != null) {
        int i = part.off() + coordinates[c];
        error.add(part.gradients()[i], differences[c], part.terms()[i]);
      }
    }
    return error.value();
  }

  private static double kernelError(Part part, float[] gradients) {
    RelativeError error = new RelativeError();
    for (int i = part.off(); i < part.off() + part.size(); i++) {
      error.add(part.gradients()[i], gradients[i], part.terms()[i]);
    }
    return error.value();
  }

  /** On which side of its kink each unit is, in the layers from that one on, and each output. */
  private boolean[] sides(int first) {
    List<Layer> kinked =
        reference.network().layers().stream()
            .filter(d -> d.index() >= first && d.activation().kinks().length > 0)
            .toList();
    boolean[] lossSides = reference.lossSides();
    int length = lossSides.length;
    for (Layer layer : kinked) {
      int kinks = layer.activation().kinks().length;
      length += kinks * reference.preActivations(layer.index()).length;
    }
    boolean[] sides = Arrays.copyOf(lossSides, length);
    int i = lossSides.length;
    for (Layer layer : kinked) {
      for (double kink : layer.activation().kinks()) {
        for (double z : reference.preActivations(layer.index())) {
          sides[i++] = z > kink;
        }
      }
    }
    return sides;
  }

  /** All, or the first of a random order. */
  private int[] coordinates(int size) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    if (size <= samples) {
      return order;
    }
    random.shuffle(order);
    return Arrays.copyOf(order, samples);
  }

  /** ||g1 - g2|| / (||g1|| + ||g2||), or / ||terms|| where g1 is what their rounding left. */
  private static final class RelativeError {
    private double difference;
    private double first;
    private double second;
    private double terms;

    void add(double g1, double g2, double term) {
      difference += (g1 - g2) * (g1 - g2);
      first += g1 * g1;
      second += g2 * g2;
      terms += term * term;
    }

    double value() {
      double norms = Math.sqrt(first) + Math.sqrt(second);
      if (Math.sqrt(first) < CANCELLED * Math.sqrt(terms)) {
        norms = Math.max(norms, Math.sqrt(terms));
      }
      return norms == 0 ? 0 : Math.sqrt(difference) / norms;
    }
  }
}
