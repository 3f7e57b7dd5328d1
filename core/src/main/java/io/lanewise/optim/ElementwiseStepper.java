package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Network.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The steps of an {@link ElementwiseOptimizer}: its state in one training. */
final class ElementwiseStepper implements Optimizer.Stepper {
  private final ElementwiseOptimizer<?> settings;
  private final GroupRanges ranges;
  private final Update update;
  // Products in double, so that they are the same wherever a training is resumed.
  private final double[] powers;
  private double learningRate;
  private double gradientNorm = Double.NaN;
  private long steps;
  private float @Nullable [] s1;
  private float @Nullable [] s2;

  // Windows on the range at hand.
  private final Matrix parameterRow = new Matrix();
  private final Matrix gradientRow = new Matrix();
  private final Matrix firstState = new Matrix();
  private final Matrix secondState = new Matrix();

  /** The settings must not change any more. */
  ElementwiseStepper(ElementwiseOptimizer<?> settings, List<Tensor> tensors) {
    this.settings = settings;
    ranges = GroupRanges.of(tensors, settings.groups);
    update = new Update(settings.rule());
    powers = new double[settings.powerNames().size()];
    Arrays.fill(powers, 1);
    learningRate = settings.learningRate;
  }

  /** The number of the step that is being done, from 1. */
  long steps() {
    return steps;
  }

  /** A base to the power of {@link #steps}. */
  double power(int i) {
    return powers[i];
  }

  @Override
  public double gradientNorm() {
    return gradientNorm;
  }

  @Override
  public double learningRate() {
    return learningRate;
  }

  @Override
  public void learningRate(double learningRate) {
    this.learningRate = Require.notNegative("learningRate", learningRate);
  }

  @Override
  public void step(Kernels kernels, float[] parameters, float[] gradients) {
    Objects.requireNonNull(kernels, "kernels");
    Objects.requireNonNull(parameters, "parameters");
    Objects.requireNonNull(gradients, "gradients");
    if (parameters.length != ranges.length()) {
      throw new IllegalArgumentException(
          "parameters: the tensors have " + ranges.length() + ", got " + parameters.length);
    }
    if (gradients.length != parameters.length) {
      throw new IllegalArgumentException(
          "gradients must have " + parameters.length + " elements, got " + gradients.length);
    }
    if (gradients == parameters) {
      throw new IllegalArgumentException("gradients must not be the array of the parameters");
    }
    s1 = state(s1, 1, settings.initialState());
    s2 = state(s2, 2, 0f);
    update.gradientScale = gradientScale(kernels, gradients);
    update.limit = (float) settings.limit;
    steps++;
    for (int i = 0; i < powers.length; i++) {
      powers[i] *= settings.powerBase(i);
    }
    for (int i = 0; i < ranges.count(); i++) {
      update.l1 = (float) ranges.l1(i, settings.l1);
      settings.coefficients(
          update, this, ranges.rate(i, learningRate), ranges.weightDecay(i, settings.weightDecay));
      int off = ranges.start(i);
      int length = ranges.end(i) - off;
      kernels.update(
          update,
          row(parameterRow, parameters, off, length),
          row(gradientRow, gradients, off, length),
          s1 == null ? null : row(firstState, s1, off, length),
          s2 == null ? null : row(secondState, s2, off, length));
    }
  }

  private static Matrix row(Matrix window, float[] array, int off, int length) {
    return window.set(array, off, Math.max(1, length), 1, length);
  }

  /** Makes a state at the first step, if the rule has so many. */
  private float @Nullable [] state(float @Nullable [] state, int number, float initial) {
    if (state != null || update.rule().states() < number) {
      return state;
    }
    float[] made = new float[ranges.length()];
    Arrays.fill(made, initial);
    return made;
  }

  /** The factor of clipping by the norm. */
  private float gradientScale(Kernels kernels, float[] gradients) {
    if (settings.maxNorm == Double.POSITIVE_INFINITY) {
      return 1f;
    }
    double sum = kernels.sumOfSquares(row(gradientRow, gradients, 0, gradients.length));
    // Finite whenever all gradients are.
    if (!(sum < Double.POSITIVE_INFINITY)) {
      int i = 0;
      while (Float.isFinite(gradients[i])) {
        i++;
      }
      throw new ArithmeticException(
          "gradient " + i + " is " + gradients[i] + ": there is no norm to clip by");
    }
    gradientNorm = Math.sqrt(sum);
    return (float) Math.min(1, settings.maxNorm / (gradientNorm + 1e-6));
  }

  @Override
  public Map<String, float[]> tensors() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    if (s1 != null) {
      tensors.put(settings.stateNames().get(0), s1);
    }
    if (s2 != null) {
      tensors.put(settings.stateNames().get(1), s2);
    }
    return tensors;
  }

  @Override
  public Map<String, String> scalars() {
    Map<String, String> scalars = new LinkedHashMap<>();
    scalars.put("optimizer", settings.name);
    scalars.put("steps", Long.toString(steps));
    scalars.put("learningRate", Double.toString(learningRate));
    for (int i = 0; i < powers.length; i++) {
      scalars.put(settings.powerNames().get(i), Double.toString(powers[i]));
    }
    return scalars;
  }

  @Override
  public void restore(Map<String, float[]> tensors, Map<String, String> scalars) {
    Objects.requireNonNull(tensors, "tensors");
    Objects.requireNonNull(scalars, "scalars");
    if (!settings.name.equals(scalars.get("optimizer"))) {
      throw new IllegalArgumentException(
          "optimizer must be " + settings.name + ", got " + scalars.get("optimizer"));
    }
    long theSteps = Require.integer(scalars, "steps");
    double theRate = Require.notNegative("learningRate", Require.number(scalars, "learningRate"));
    double[] thePowers = new double[powers.length];
    for (int i = 0; i < powers.length; i++) {
      thePowers[i] = Require.power(scalars, settings.powerNames().get(i));
    }
    List<String> names = settings.stateNames().subList(0, update.rule().states());
    if (!names.containsAll(tensors.keySet())
        || (theSteps > 0 && !tensors.keySet().containsAll(names))) {
      throw new IllegalArgumentException(
          "tensors of " + settings + " must be " + names + ", got " + tensors.keySet());
    }
    for (Map.Entry<String, float[]> one : tensors.entrySet()) {
      int length = one.getValue().length;
      if (length != ranges.length()) {
        throw new IllegalArgumentException(
            "tensors: " + one.getKey() + " must have " + ranges.length() + ", got " + length);
      }
    }
    steps = theSteps;
    learningRate = theRate;
    System.arraycopy(thePowers, 0, powers, 0, powers.length);
    s1 = copy(tensors, names, 0);
    s2 = copy(tensors, names, 1);
  }

  private static float @Nullable [] copy(Map<String, float[]> tensors, List<String> names, int i) {
    float[] tensor = i < names.size() ? tensors.get(names.get(i)) : null;
    return tensor == null ? null : tensor.clone();
  }

  @Override
  public String toString() {
    return settings + ", after " + steps + (steps == 1 ? " step" : " steps");
  }
}
