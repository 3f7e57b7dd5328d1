package io.lanewise.check;

import io.lanewise.internal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a {@link GradientCheck} found.
 *
 * @param kernels the names of the kernels, in the order of {@link Tensor#kernelErrors()}
 * @param tensors one entry a tensor, as {@link io.lanewise.nn.Network#tensors()} names them, then
 *     the input
 */
public record GradientReport(List<String> kernels, List<Tensor> tensors) {
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

  /** Takes copies of the lists. */
  public GradientReport {
    kernels = List.copyOf(kernels);
    tensors = List.copyOf(tensors);
  }

  /**
   * One tensor's errors, each ||g1 - g2|| / (||g1|| + ||g2||), 0 where both are 0.
   *
   * @param name "0.weight", "0.bias", "2.weight", ..., "input"
   * @param layer the layer's index; -1 for the input
   * @param rows its rows, 1 for a bias
   * @param columns its columns
   * @param checked the coordinates that were compared with their differences
   * @param kinks the coordinates left out because a step crosses a kink of f; with {@code checked}
   *     less than rows times columns where a sample was taken
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

  /** Returns a table of all tensors, and the worst of each column, for people. */
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
    return table.toString();
  }

  private static void addError(List<String> line, double error) {
    line.add(String.format(Locale.ROOT, "%.1e", error));
    line.add(Verdict.of(error).label());
  }
}
