package io.lanewise.check;

import io.lanewise.check.internal.TextTable;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs one network through two kernels, one step of training each, and compares the bits of all
 * that they compute, in the order in which they compute it: outputs of each layer, loss, gradients
 * from the last layer to the input, the parameters after two steps of each rule of the optimizers,
 * predictions, by packed weights too. NaNs are equal; signed zeros are not.
 *
 * <p>Nothing is known of an operation that the network does not call, or in other sizes: the report
 * says which it has called.
 */
public final class KernelDiff {
  private final int m;
  private final List<Report.Tensor> tensors = new ArrayList<>();

  private KernelDiff(int m) {
    this.m = m;
  }

  /**
   * Compares with class indices.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param labels m class indices in [0, nOut), or in {0, 1} for a single output
   */
  public static Report run(
      Network network, float[] x, int m, int[] labels, Kernels first, Kernels second) {
    int nIn = network.nIn();
    return run(network, x, m, first, second, w -> w.gradient(m, x, 0, nIn, labels, 0));
  }

  /**
   * Compares with targets.
   *
   * @param x (m, nIn), row-major
   * @param m rows, at least 1
   * @param targets (m, nOut), row-major
   */
  public static Report run(
      Network network, float[] x, int m, float[] targets, Kernels first, Kernels second) {
    int nIn = network.nIn();
    int nOut = network.nOut();
    return run(network, x, m, first, second, w -> w.gradient(m, x, 0, nIn, targets, 0, nOut));
  }

  private static Report run(
      Network network,
      float[] x,
      int m,
      Kernels first,
      Kernels second,
      ToDoubleFunction<Workspace> gradient) {
    Kernels reference = Objects.requireNonNull(first, "first").direct();
    CountedKernels counted = new CountedKernels(Objects.requireNonNull(second, "second").direct());
    Workspace one = new Workspace(network, reference, m);
    Workspace two = new Workspace(network, counted, m);
    KernelDiff diff = new KernelDiff(m);
    diff.step(one, two, gradient);
    for (Update.Rule rule : Update.Rule.values()) {
      diff.update(rule, one, two);
    }
    float[] predictedOne = network.predict(x, m, reference);
    float[] predictedTwo = network.predict(x, m, counted);
    int nOut = network.nOut();
    diff.compare("prediction", -1, m, nOut, predictedOne, predictedTwo, 0);
    predictedOne = packed(network, x, m, reference);
    predictedTwo = packed(network, x, m, counted);
    diff.compare("packed-prediction", -1, m, nOut, predictedOne, predictedTwo, 0);
    return new Report(first.name(), second.name(), diff.tensors, counted.calls());
  }

  /** As a service predicts. */
  private static float[] packed(Network network, float[] x, int m, Kernels kernels) {
    float[] y = new float[m * network.nOut()];
    new Predictor(network, kernels, m).predict(m, x, 0, network.nIn(), y, 0, network.nOut());
    return y;
  }

  private void step(Workspace one, Workspace two, ToDoubleFunction<Workspace> gradient) {
    double lossOne = gradient.applyAsDouble(one);
    double lossTwo = gradient.applyAsDouble(two);
    List<Layer> layers = one.network().layers();
    List<String> modules = one.network().modules();
    for (Layer layer : layers) {
      int l = layer.index();
      compare(modules.get(l) + ".output", l, m, layer.nOut(), one.outputs(l), two.outputs(l), 0);
    }
    compareLoss(lossOne, lossTwo);
    for (Layer layer : layers.reversed()) {
      int l = layer.index();
      compare(modules.get(l) + ".dz", l, m, layer.nOut(), one.deltas(l), two.deltas(l), 0);
      for (Tensor t : one.network().tensors()) {
        if (t.layer() == l) {
          String name = t.name().replaceFirst("(weight|bias)$", "d$1");
          compare(name, t, one.gradients(), two.gradients());
        }
      }
    }
    int nIn = one.network().nIn();
    float[] dxOne = new float[m * nIn];
    float[] dxTwo = new float[m * nIn];
    one.inputGradient(m, dxOne, 0, nIn);
    two.inputGradient(m, dxTwo, 0, nIn);
    compare("dinput", -1, m, nIn, dxOne, dxTwo, 0);
  }

  /**
   * Two steps, so that the second begins from states that are not 0; it has what is rare: clipping
   * and a penalty.
   */
  private void update(Update.Rule rule, Workspace one, Workspace two) {
    int n = one.network().parameters().length;
    Matrix[] first = operands(rule, one, n);
    Matrix[] second = operands(rule, two, n);
    String name = rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Update u = new Update(rule);
    u.step = -0.01f;
    u.momentum = 0.9f;
    u.weight1 = 0.1f;
    u.beta2 = 0.999f;
    u.weight2 = 0.001f;
    u.rootScale = 30f;
    u.epsilon = 1e-8f;
    u.decay = 0.01f;
    for (int step = 1; step <= 2; step++) {
      one.kernels().update(u, first[0], first[1], first[2], first[3]);
      two.kernels().update(u, second[0], second[1], second[2], second[3]);
      for (Tensor t : one.network().tensors()) {
        compare(name + step + "." + t.name(), t, first[0].array(), second[0].array());
      }
      u.limit = 0.1f;
      u.l1 = 1e-3f;
      u.weightDecay = 1e-2f;
    }
  }

  /** Copied parameters, gradients, and as many states as the rule has. */
  private static Matrix[] operands(Update.Rule rule, Workspace workspace, int n) {
    return new Matrix[] {
      Matrix.row(workspace.network().parameters().clone(), 0, n),
      Matrix.row(workspace.gradients(), 0, n),
      rule.states() > 0 ? new Matrix(1, n) : null,
      rule.states() > 1 ? new Matrix(1, n) : null
    };
  }

  private void compareLoss(double one, double two) {
    long ulps = Ulps.distance(one, two);
    Report.@Nullable Difference difference =
        ulps == 0 ? null : new Report.Difference("loss", -1, 0, 0, one, two, ulps);
    tensors.add(new Report.Tensor("loss", 1, 1, ulps == 0 ? 0 : 1, difference, difference));
  }

  private void compare(String name, Tensor t, float[] one, float[] two) {
    compare(name, t.layer(), t.rows(), t.columns(), one, two, t.off());
  }

  private void compare(
      String name, int layer, int rows, int columns, float[] one, float[] two, int off) {
    Report.@Nullable Difference first = null;
    Report.@Nullable Difference worst = null;
    int different = 0;
    for (int i = 0; i < rows * columns; i++) {
      float a = one[off + i];
      float b = two[off + i];
      long ulps = Ulps.distance(a, b);
      if (ulps != 0) {
        different++;
        if (worst == null || ulps > worst.ulps()) {
          worst = new Report.Difference(name, layer, i / columns, i % columns, a, b, ulps);
          first = first == null ? worst : first;
        }
      }
    }
    tensors.add(new Report.Tensor(name, rows, columns, different, first, worst));
  }

  /**
   * What a {@link KernelDiff} found.
   *
   * @param first the name of the first kernels
   * @param second the name of the second
   * @param tensors one entry a tensor, in the order in which they are computed: those after the
   *     first different one have different inputs
   * @param calls which operations of the second kernels were called
   */
  public record Report(String first, String second, List<Tensor> tensors, KernelCalls calls) {

    /** Takes a copy of the list. */
    public Report {
      tensors = List.copyOf(tensors);
    }

    /**
     * One tensor of both.
     *
     * @param name such as "0.output", "2.dweight", "loss", "adam1.0.weight"; the number is that of
     *     the module, as in {@link io.lanewise.nn.Network#tensors()}
     * @param rows its rows
     * @param columns its columns
     * @param different how many elements have different bits
     * @param difference the first of them in row-major order; null if there is none
     * @param worst the one of the largest distance; null if there is none
     */
    public record Tensor(
        String name,
        int rows,
        int columns,
        int different,
        @Nullable Difference difference,
        @Nullable Difference worst) {

      /** Returns the number of elements. */
      public int compared() {
        return rows * columns;
      }
    }

    /**
     * Two elements whose bits differ.
     *
     * @param tensor the name of the tensor
     * @param layer the layer's index; -1 for what belongs to none
     * @param row from 0
     * @param column from 0
     * @param first the value by the first kernels
     * @param second the value by the second kernels
     * @param ulps their distance in units in the last place: of floats, of the loss those of
     *     doubles
     */
    public record Difference(
        String tensor, int layer, int row, int column, double first, double second, long ulps) {

      @Override
      public String toString() {
        String unit = tensor.equals("loss") ? " ulp of doubles" : " ulp";
        String distance = ulps == Ulps.NAN ? "NaN" : ulps + unit;
        return String.format(
            Locale.ROOT,
            "%s[%d,%d]: %s and %s, %s",
            tensor,
            row,
            column,
            text(first),
            text(second),
            distance);
      }

      /** A float as a float, with the fewest digits that tell it from its neighbours. */
      private static String text(double value) {
        float narrow = (float) value;
        return narrow == value ? Float.toString(narrow) : Double.toString(value);
      }
    }

    /** Returns whether all bits are the same. */
    public boolean identical() {
      return firstDifference().isEmpty();
    }

    /** Returns the number of elements compared. */
    public long compared() {
      return tensors.stream().mapToLong(Tensor::compared).sum();
    }

    /** Returns the difference that was computed first: the later ones may only follow from it. */
    public Optional<Difference> firstDifference() {
      return differences().stream().findFirst();
    }

    /** Returns the first difference of each tensor that has one, in the order of computation. */
    public List<Difference> differences() {
      List<Difference> differences = new ArrayList<>();
      for (Tensor tensor : tensors) {
        if (tensor.difference() != null) {
          differences.add(tensor.difference());
        }
      }
      return differences;
    }

    /**
     * Returns one line with the result, where bits differ a table of all tensors, and what was
     * called.
     */
    @Override
    public String toString() {
      String names = first + " and " + second;
      if (identical()) {
        return names + ": identical, " + compared() + " values compared\n" + calls;
      }
      TextTable table = new TextTable();
      table.add("tensor", "shape", "different", "first", "worst");
      for (Tensor tensor : tensors) {
        table.add(
            tensor.name(),
            tensor.rows() + "x" + tensor.columns(),
            Integer.toString(tensor.different()),
            tensor.difference() == null ? "" : tensor.difference().toString(),
            worst(tensor));
      }
      String first = ": DIFFERENT, first at " + firstDifference().orElseThrow() + "\n";
      return names + first + table + calls;
    }

    private static String worst(Tensor tensor) {
      Difference worst = tensor.worst();
      if (worst == null) {
        return "";
      }
      return worst.equals(tensor.difference()) ? "the first" : worst.toString();
    }
  }
}
