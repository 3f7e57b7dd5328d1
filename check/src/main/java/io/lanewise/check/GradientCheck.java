package io.lanewise.check;

import io.lanewise.check.GradientReport.Verdict;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import io.lanewise.nn.RandomStream;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Tensor;
import io.lanewise.nn.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Checks gradients, in two steps, because central differences in float are too coarse to tell a bug
 * from rounding: the analytic gradient of the double {@link Reference} against central differences
 * of its loss, and the float gradients of any kernels against the reference's.
 *
 * <pre>{@code
 * GradientReport report = GradientCheck.of(network).run(x, m, labels, List.of(kernels));
 * System.out.print(report);
 * }</pre>
 *
 * <p>The difference of a parameter p is (L(p + h) - L(p - h)) / 2h with h = epsilon max(1, |p|).
 * Its error is about h^2 L'''/6 by truncation and 2^-53 L/h by rounding. A coordinate where any
 * unit in any row is on one side of a kink of f (ReLU, leaky ReLU, SELU and ELU at 0; ELU's is one
 * of f'') or an output of one of the loss (the absolute error's, Huber's) at p - h and on the other
 * at p or p + h has no such difference: it is left out, and counted.
 *
 * <p>Where this keeps a tensor from being excellent, it is compared once more with (4 D(h) - D(2h))
 * / 3, D the same difference: first at a step 100 times as large, where the rounding is a
 * hundredth, as a small gradient needs it; then at 10 times and at once the step, where the
 * truncation, now about h^4, is less, as a normalization of values that hardly differ needs it. The
 * smallest error counts; a wrong gradient agrees with none.
 *
 * <p>A gradient may be 0 because all its terms cancel: that of a bias before a batch normalization,
 * which takes every constant out again. Then what rounding leaves is compared with the norm of the
 * terms' absolute values, and not with itself.
 *
 * <p>What is checked is training: batch normalization with the statistics of the batch, dropout
 * with the masks that a {@link Workspace} has at first.
 */
public final class GradientCheck {
  private static final double[] REFINED_STEPS = {100, 10, 1};
  // 2^-53 times the terms that may cancel in these sums, and the roundings before them.
  private static final double CANCELLED = 1e-12;

  private final Reference reference;
  private double epsilon = 1e-5;
  private int samples = 512;
  private long seed;

  private GradientCheck(Reference reference) {
    this.reference = reference;
  }

  /** Begins a check of that network as it is now. */
  public static GradientCheck of(Network network) {
    return new GradientCheck(Reference.of(network));
  }

  static GradientCheck of(Reference reference) {
    return new GradientCheck(reference);
  }

  /** Sets the step, in (0, 1); 1e-5 without it. */
  public GradientCheck epsilon(double epsilon) {
    if (!(epsilon > 0 && epsilon < 1)) {
      throw new IllegalArgumentException("epsilon must be in (0, 1), got " + epsilon);
    }
    this.epsilon = epsilon;
    return this;
  }

  /**
   * Sets how many coordinates of a tensor are compared with their differences, at least 1; 512
   * without it. A larger tensor is sampled, without replacement.
   */
  public GradientCheck samples(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be >= 1, got " + samples);
    }
    this.samples = samples;
    return this;
  }

  /** Sets the seed of the sample; 0 without it. */
  public GradientCheck seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Checks with class indices.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param labels m class indices in [0, nOut), or in {0, 1} for a single output
   * @param kernels those whose float gradients are checked; may be empty
   */
  public GradientReport run(float[] x, int m, int[] labels, List<Kernels> kernels) {
    reference.batch(x, m, labels);
    int nIn = reference.network().nIn();
    return run(x, m, kernels, workspace -> workspace.gradient(m, x, 0, nIn, labels, 0));
  }

  /**
   * Checks with targets and the weights of rows, if they have any.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param targets of which the first m rows are taken
   * @param kernels those whose float gradients are checked; may be empty
   */
  public GradientReport run(float[] x, int m, Targets targets, List<Kernels> kernels) {
    reference.batch(x, m, targets);
    int nIn = reference.network().nIn();
    return run(x, m, kernels, workspace -> workspace.gradient(m, x, 0, nIn, targets, 0));
  }

  /**
   * Checks with targets.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param targets (m, nOut), row-major
   * @param kernels those whose float gradients are checked; may be empty
   */
  public GradientReport run(float[] x, int m, float[] targets, List<Kernels> kernels) {
    reference.batch(x, m, targets);
    int nIn = reference.network().nIn();
    int nOut = reference.network().nOut();
    return run(x, m, kernels, w -> w.gradient(m, x, 0, nIn, targets, 0, nOut));
  }

  private GradientReport run(
      float[] x, int m, List<Kernels> kernels, Consumer<Workspace> gradient) {
    Objects.requireNonNull(kernels, "kernels");
    Network network = reference.network();
    reference.gradient();
    List<float[]> gradients = new ArrayList<>();
    List<float[]> inputGradients = new ArrayList<>();
    for (Kernels each : kernels) {
      Workspace workspace = new Workspace(network, each, m);
      gradient.accept(workspace);
      gradients.add(workspace.gradients());
      float[] dx = new float[m * network.nIn()];
      workspace.inputGradient(m, dx, 0, network.nIn());
      inputGradients.add(dx);
    }
    double[] p = reference.parameters();
    double[] dp = reference.gradients();
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.DATA);
    List<GradientReport.Tensor> tensors = new ArrayList<>();
    for (Tensor t : network.tensors()) {
      double[] terms = reference.magnitudes();
      Part part = new Part(t.name(), t.layer(), t.rows(), t.columns(), p, dp, terms, t.off());
      tensors.add(check(part, gradients, random));
    }
    double[] dx = reference.inputGradient();
    Part input = new Part("input", -1, m, network.nIn(), reference.input(), dx, dx, 0);
    tensors.add(check(input, inputGradients, random));
    return new GradientReport(kernels.stream().map(Kernels::name).toList(), tensors);
  }

  /** A tensor: a window of the values that are stepped, of their gradients and of its terms. */
  private record Part(
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

  private GradientReport.Tensor check(Part part, List<float[]> kernelGradients, RandomStream r) {
    int[] coordinates = coordinates(part.size(), r);
    boolean[] sides = sides(part.firstLayer());
    Double[] differences = new Double[coordinates.length];
    int kinks = 0;
    for (int c = 0; c < coordinates.length; c++) {
      differences[c] = difference(part, coordinates[c], epsilon, sides);
      kinks += differences[c] == null ? 1 : 0;
    }
    double error = error(part, coordinates, differences);
    for (double step : REFINED_STEPS) {
      if (Verdict.of(error) != Verdict.EXCELLENT) {
        refine(part, coordinates, step * epsilon, sides, differences);
        error = Math.min(error, error(part, coordinates, differences));
      }
    }
    reference.lossFrom(part.firstLayer());
    return new GradientReport.Tensor(
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
            .filter(d -> d.index() >= first && DoubleActivations.hasKink(d.activation()))
            .toList();
    boolean[] lossSides = reference.lossSides();
    int length = lossSides.length;
    for (Layer layer : kinked) {
      length += reference.preActivations(layer.index()).length;
    }
    boolean[] sides = Arrays.copyOf(lossSides, length);
    int i = lossSides.length;
    for (Layer layer : kinked) {
      for (double z : reference.preActivations(layer.index())) {
        sides[i++] = z > 0;
      }
    }
    return sides;
  }

  /** All, or the first of a random order. */
  private int[] coordinates(int size, RandomStream random) {
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

  /** Its settings. */
  @Override
  public String toString() {
    return "epsilon " + epsilon + ", samples " + samples + ", seed " + seed;
  }
}
