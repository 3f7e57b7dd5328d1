package io.lanewise.check;

import io.lanewise.check.internal.TextTable;
import io.lanewise.kernel.Kernels;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Checks gradients, in two steps, because central differences in float are too coarse to tell a bug
 * from rounding: the analytic gradient of the double {@link Reference} against central differences
 * of its loss, and the float gradients of any kernels against the reference's.
 *
 * <pre>{@code
 * GradientCheck.Report report = GradientCheck.of(network).run(x, m, labels, List.of(kernels));
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
 * <p>What the network does not call of the kernels is not checked: the report says what it called.
 *
 * <p>What is checked is training: batch normalization with the statistics of the batch, dropout
 * with the masks that a {@link Workspace} has at first.
 */
public final class GradientCheck {
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

  /** Sets the step, in (0, 1). Default: 1e-5. */
  public GradientCheck epsilon(double epsilon) {
    if (!(epsilon > 0 && epsilon < 1)) {
      throw new IllegalArgumentException("epsilon must be in (0, 1), got " + epsilon);
    }
    this.epsilon = epsilon;
    return this;
  }

  /**
   * Sets how many coordinates of a tensor are compared with their differences, at least 1. Default:
   * 512. A larger tensor is sampled, without replacement.
   */
  public GradientCheck samples(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be >= 1, got " + samples);
    }
    this.samples = samples;
    return this;
  }

  /** Sets the seed of the sample. Default: 0. */
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
  public Report run(float[] x, int m, int[] labels, List<Kernels> kernels) {
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
  public Report run(float[] x, int m, Targets targets, List<Kernels> kernels) {
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
  public Report run(float[] x, int m, float[] targets, List<Kernels> kernels) {
    reference.batch(x, m, targets);
    int nIn = reference.network().nIn();
    int nOut = reference.network().nOut();
    return run(x, m, kernels, w -> w.gradient(m, x, 0, nIn, targets, 0, nOut));
  }

  private Report run(float[] x, int m, List<Kernels> kernels, Consumer<Workspace> gradient) {
    Objects.requireNonNull(kernels, "kernels");
    Network network = reference.network();
    reference.gradient();
    List<float[]> gradients = new ArrayList<>();
    List<float[]> inputGradients = new ArrayList<>();
    List<CountedKernels> counted =
        kernels.stream().map(each -> new CountedKernels(each.direct())).toList();
    for (Kernels each : counted) {
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
    Differences differences = new Differences(reference, epsilon, samples, random);
    List<Report.Tensor> tensors = new ArrayList<>();
    for (Tensor t : network.tensors()) {
      double[] terms = reference.magnitudes();
      Differences.Part part =
          new Differences.Part(t.name(), t.layer(), t.rows(), t.columns(), p, dp, terms, t.off());
      tensors.add(differences.check(part, gradients));
    }
    double[] dx = reference.inputGradient();
    Differences.Part input =
        new Differences.Part("input", -1, m, network.nIn(), reference.input(), dx, dx, 0);
    tensors.add(differences.check(input, inputGradients));
    return new Report(
        kernels.stream().map(Kernels::name).toList(),
        tensors,
        counted.stream().map(CountedKernels::calls).toList());
  }

  /** Its settings. */
  @Override
  public String toString() {
    return "epsilon " + epsilon + ", samples " + samples + ", seed " + seed;
  }

  /**
   * What a relative error of two gradients says. The document gives only &lt; and &gt;; here an
   * error that equals a threshold belongs to the worse side, and NaN is {@link #BUG_LIKELY}.
   */
  public enum Verdict {
    /** Less than 1e-7. */
    EXCELLENT("Excellent"),
    /** Less than 1e-5. */
    GOOD("Good"),
    /** Less than 1e-3. */
    SUSPICIOUS("Suspicious"),
    /** 1e-3 or more, or NaN. */
    BUG_LIKELY("Bug likely");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    /** Returns the verdict on that relative error. */
    public static Verdict of(double error) {
      if (error < 1e-7) {
        return EXCELLENT;
      }
      if (error < 1e-5) {
        return GOOD;
      }
      return error < 1e-3 ? SUSPICIOUS : BUG_LIKELY;
    }

    /** Returns it as people read it: "Excellent", "Good", "Suspicious", "Bug likely". */
    public String label() {
      return label;
    }
  }

  /**
   * What a {@link GradientCheck} found.
   *
   * @param kernels the names of the kernels, in the order of {@link Tensor#kernelErrors()}
   * @param tensors one entry a tensor, as {@link io.lanewise.nn.Network#tensors()} names them, then
   *     the input
   * @param calls which operations of each kernels were called, in the same order
   */
  public record Report(List<String> kernels, List<Tensor> tensors, List<KernelCalls> calls) {
    /** Takes copies of the lists. */
    public Report {
      kernels = List.copyOf(kernels);
      tensors = List.copyOf(tensors);
      calls = List.copyOf(calls);
    }

    /**
     * One tensor's errors, each ||g1 - g2|| / (||g1|| + ||g2||), 0 where both are 0.
     *
     * @param name "0.weight", "0.bias", "2.weight", ..., "input"
     * @param layer the layer's index; -1 for the input
     * @param rows its rows, 1 for a bias
     * @param columns its columns
     * @param checked the coordinates that were compared with their differences
     * @param kinks the coordinates left out because a step crosses a kink of f; with {@code
     *     checked} less than rows times columns where a sample was taken
     * @param error of the double reference's gradient against the differences; 0 where all
     *     coordinates were left out
     * @param kernelErrors of each kernels' gradient against the double reference's, all coordinates
     */
    public record Tensor(
        String name,
        int layer,
        int rows,
        int columns,
        int checked,
        int kinks,
        double error,
        List<Double> kernelErrors) {

      /** Takes a copy of the list. */
      public Tensor {
        kernelErrors = List.copyOf(kernelErrors);
      }

      /** Returns the verdict on the double reference. */
      public Verdict verdict() {
        return Verdict.of(error);
      }

      /** Returns the verdict on those kernels. */
      public Verdict kernelVerdict(int kernels) {
        return Verdict.of(kernelErrors.get(kernels));
      }
    }

    /**
     * Returns the tensor of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor tensor(String name) {
      for (Tensor tensor : tensors) {
        if (tensor.name().equals(name)) {
          return tensor;
        }
      }
      throw new IllegalArgumentException("name: there is no tensor " + name);
    }

    /** Returns the largest error of the double reference; NaN if any is. */
    public double error() {
      return tensors.stream().mapToDouble(Tensor::error).reduce(0, Math::max);
    }

    /** Returns the largest error of those kernels; NaN if any is. */
    public double kernelError(int kernels) {
      return tensors.stream().mapToDouble(t -> t.kernelErrors().get(kernels)).reduce(0, Math::max);
    }

    /** Returns the verdict on the double reference: that of its worst tensor. */
    public Verdict verdict() {
      return Verdict.of(error());
    }

    /** Returns the verdict on those kernels: that of their worst tensor. */
    public Verdict kernelVerdict(int kernels) {
      return Verdict.of(kernelError(kernels));
    }

    /** Returns the worst verdict of all. */
    public Verdict worst() {
      Verdict worst = verdict();
      for (int k = 0; k < kernels.size(); k++) {
        worst = worst.compareTo(kernelVerdict(k)) < 0 ? kernelVerdict(k) : worst;
      }
      return worst;
    }

    /**
     * Returns a table of all tensors, and the worst of each column, and what was called of the last
     * kernels, for people.
     */
    @Override
    public String toString() {
      TextTable table = new TextTable();
      List<String> head = new ArrayList<>(List.of("tensor", "shape", "checked", "kinks", "double"));
      head.add("");
      List<String> last = new ArrayList<>(List.of("worst", "", "", ""));
      addError(last, error());
      for (int k = 0; k < kernels.size(); k++) {
        head.add(kernels.get(k));
        head.add("");
        addError(last, kernelError(k));
      }
      table.add(head.toArray(String[]::new));
      for (Tensor tensor : tensors) {
        List<String> line = new ArrayList<>();
        line.add(tensor.name());
        line.add(tensor.rows() + "x" + tensor.columns());
        line.add(Integer.toString(tensor.checked()));
        line.add(Integer.toString(tensor.kinks()));
        addError(line, tensor.error());
        tensor.kernelErrors().forEach(error -> addError(line, error));
        table.add(line.toArray(String[]::new));
      }
      table.add(last.toArray(String[]::new));
      return calls.isEmpty() ? table.toString() : table + "\n" + calls.get(calls.size() - 1);
    }

    private static void addError(List<String> line, double error) {
      line.add(String.format(Locale.ROOT, "%.1e", error));
      line.add(Verdict.of(error).label());
    }
  }
}
