package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the optimizers have in common: each changes a parameter by its own gradient and its own
 * state alone, in one pass over the parameters, the gradients and the states; clipping by the norm
 * is one more pass, over the gradients.
 *
 * <p>The gradients of a step are clipped first, by the norm and then by value; then the penalties
 * are added. So does a PyTorch training that calls {@code clip_grad_norm_} before {@code step}.
 *
 * @param <T> the optimizer itself, which the setters return
 */
public abstract sealed class ElementwiseOptimizer<T extends ElementwiseOptimizer<T>>
    implements Optimizer permits Sgd, RmsProp, Adagrad, AdamFamily, Lion {
  private final String name;
  private double learningRate;
  private double weightDecay;
  private double l1;
  private double limit = Double.POSITIVE_INFINITY;
  private double maxNorm = Double.POSITIVE_INFINITY;
  private List<ParameterGroup> groups = List.of();
  private GroupRanges ranges;
  private double gradientNorm = Double.NaN;
  private long steps;
  private Update update;
  private float[] s1;
  private float[] s2;

  ElementwiseOptimizer(String name, double learningRate) {
    this.name = name;
    this.learningRate = Require.notNegative("learningRate", learningRate);
  }

  /** This, as what it is. */
  abstract T self();

  /** The rule of the steps. */
  abstract Update.Rule rule();

  /** The names of its states, as PyTorch has them; at least as many as the rule has. */
  abstract List<String> stateNames();

  /** Begins a step, as with bias corrections; {@code t} counts from 1. */
  void begin(long t) {}

  /** Sets the coefficients of the rule. */
  abstract void coefficients(Update update, double learningRate, double weightDecay);

  /** The value that each element of the first state begins with. */
  float initialState() {
    return 0f;
  }

  /** Adds what else is state. */
  void addScalars(Map<String, String> scalars) {}

  /** Restores what {@link #addScalars} added, or throws and changes nothing. */
  void restoreScalars(Map<String, String> scalars) {}

  /** What is set and no default, as a continuation of the name. */
  abstract String settings();

  /**
   * Sets the weight decay; 0 without it, but 0.01 for AdamW.
   *
   * @param weightDecay finite, at least 0
   */
  public final T weightDecay(double weightDecay) {
    this.weightDecay = Require.notNegative("weightDecay", weightDecay);
    return self();
  }

  /**
   * Sets the penalty of absolute values: l1 sign(p) is added to each clipped gradient; 0 without
   * it.
   *
   * @param l1 finite, at least 0
   */
  public final T l1(double l1) {
    this.l1 = Require.notNegative("l1", l1);
    return self();
  }

  /**
   * Clips each gradient to [-limit, limit], after clipping by the norm. A NaN stays one.
   *
   * @param limit more than 0; infinite for none, as without it
   */
  public final T clipValue(double limit) {
    this.limit = Require.positive("limit", limit);
    return self();
  }

  /**
   * Clips the gradients by their norm: all are multiplied by min(1, maxNorm / (norm + 1e-6)), the
   * norm being the root of the sum of the squares of all of them, whatever their groups. A step
   * whose norm is NaN or infinite is refused: {@link NonFiniteGradientException}.
   *
   * @param maxNorm more than 0; infinite for none, as without it
   */
  public final T clipNorm(double maxNorm) {
    this.maxNorm = Require.positive("maxNorm", maxNorm);
    return self();
  }

  /**
   * Sets the parameter groups, instead of those set before; a tensor belongs to the first that has
   * it, or to none. They need {@link #prepare}, which a trainer calls.
   */
  public final T groups(ParameterGroup... groups) {
    this.groups = List.of(groups);
    ranges = null;
    return self();
  }

  @Override
  public final void prepare(List<Tensor> tensors) {
    ranges = GroupRanges.of(tensors, groups);
  }

  @Override
  public final String grouping(List<Tensor> tensors) {
    return GroupRanges.describe(tensors, groups);
  }

  /** Returns the norm of the last step's gradients before clipping, NaN where it was not taken. */
  public final double gradientNorm() {
    return gradientNorm;
  }

  @Override
  public final double learningRate() {
    return learningRate;
  }

  @Override
  public final void learningRate(double learningRate) {
    this.learningRate = Require.notNegative("learningRate", learningRate);
  }

  /** Returns how many steps were done. */
  public final long steps() {
    return steps;
  }

  @Override
  public final void step(Kernels kernels, float[] parameters, float[] gradients) {
    Objects.requireNonNull(kernels, "kernels");
    Objects.requireNonNull(parameters, "parameters");
    Objects.requireNonNull(gradients, "gradients");
    if (gradients.length != parameters.length) {
      throw new IllegalArgumentException(
          "gradients must have " + parameters.length + " elements, got " + gradients.length);
    }
    if (gradients == parameters) {
      throw new IllegalArgumentException("gradients must not be the array of the parameters");
    }
    fit(parameters.length);
    update.gradientScale(gradientScale(kernels, gradients)).limit((float) limit);
    steps++;
    begin(steps);
    for (int i = 0; i < ranges.count(); i++) {
      update.l1((float) ranges.l1(i, l1));
      coefficients(update, ranges.rate(i, learningRate), ranges.weightDecay(i, weightDecay));
      int off = ranges.start(i);
      int length = ranges.end(i) - off;
      kernels.updates().update(update, length, parameters, off, gradients, off, s1, off, s2, off);
    }
  }

  /** Makes what a step needs for so many parameters, where it is not there yet. */
  private void fit(int length) {
    if (ranges == null && !groups.isEmpty()) {
      throw new IllegalStateException(
          "parameter groups need the tensors: call prepare(network.tensors()) before a step");
    }
    if (ranges == null) {
      ranges = GroupRanges.whole(length);
    }
    if (ranges.length() != length) {
      throw new IllegalArgumentException(
          "parameters: this optimizer began with " + ranges.length() + ", got " + length);
    }
    Update.Rule rule = rule();
    if (update == null || update.rule() != rule) {
      update = new Update(rule);
    }
    s1 = state(s1, rule.states() >= 1, length, initialState());
    s2 = state(s2, rule.states() >= 2, length, 0f);
  }

  private static float[] state(float[] state, boolean needed, int length, float initial) {
    if (!needed) {
      return null;
    }
    if (state == null) {
      float[] made = new float[length];
      Arrays.fill(made, initial);
      return made;
    }
    if (state.length != length) {
      throw new IllegalArgumentException(
          "parameters: the restored state is of " + state.length + ", got " + length);
    }
    return state;
  }

  /** The factor of clipping by the norm. */
  private float gradientScale(Kernels kernels, float[] gradients) {
    if (maxNorm == Double.POSITIVE_INFINITY) {
      gradientNorm = Double.NaN;
      return 1f;
    }
    double sum = kernels.updates().sumOfSquares(gradients.length, gradients, 0);
    // Finite whenever all gradients are.
    if (!(sum < Double.POSITIVE_INFINITY)) {
      throw NonFiniteGradientException.of(gradients);
    }
    gradientNorm = Math.sqrt(sum);
    return (float) Math.min(1, maxNorm / (gradientNorm + 1e-6));
  }

  @Override
  public final Map<String, float[]> tensors() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    if (s1 != null) {
      tensors.put(stateNames().get(0), s1);
    }
    if (s2 != null) {
      tensors.put(stateNames().get(1), s2);
    }
    return tensors;
  }

  @Override
  public final Map<String, String> scalars() {
    Map<String, String> scalars = new LinkedHashMap<>();
    scalars.put("optimizer", name);
    scalars.put("steps", Long.toString(steps));
    scalars.put("learningRate", Double.toString(learningRate));
    addScalars(scalars);
    return scalars;
  }

  @Override
  public final void restore(Map<String, float[]> tensors, Map<String, String> scalars) {
    Objects.requireNonNull(tensors, "tensors");
    Objects.requireNonNull(scalars, "scalars");
    if (!name.equals(scalars.get("optimizer"))) {
      throw new IllegalArgumentException(
          "optimizer must be " + name + ", got " + scalars.get("optimizer"));
    }
    long theSteps = Require.integer(scalars, "steps");
    double theRate = Require.notNegative("learningRate", Require.number(scalars, "learningRate"));
    List<String> names = stateNames().subList(0, rule().states());
    if (!names.containsAll(tensors.keySet())
        || (theSteps > 0 && !tensors.keySet().containsAll(names))) {
      throw new IllegalArgumentException(
          "tensors of " + this + " must be " + names + ", got " + tensors.keySet());
    }
    restoreScalars(scalars);
    steps = theSteps;
    learningRate = theRate;
    s1 = copy(tensors, names, 0);
    s2 = copy(tensors, names, 1);
  }

  private static float[] copy(Map<String, float[]> tensors, List<String> names, int i) {
    float[] tensor = i < names.size() ? tensors.get(names.get(i)) : null;
    return tensor == null ? null : tensor.clone();
  }

  @Override
  public final String toString() {
    return name
        + ", learning rate "
        + learningRate
        + settings()
        + (weightDecay == 0 ? "" : ", weight decay " + weightDecay)
        + (l1 == 0 ? "" : ", l1 " + l1)
        + (maxNorm == Double.POSITIVE_INFINITY ? "" : ", clipped to a norm of " + maxNorm)
        + (limit == Double.POSITIVE_INFINITY ? "" : ", clipped to " + limit)
        + (groups.isEmpty() ? "" : ", parameter groups: " + groups.size());
  }
}
