package io.lanewise.train;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Update;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What the optimizers have in common: each changes a parameter by its own gradient and its own
 * state alone, in one pass over the parameters, the gradients and the states; clipping by the norm
 * is one more pass, over the gradients.
 *
 * <p>The gradients of a step are clipped first, by the norm and then by value, then the penalties
 * are added, as in a PyTorch training that calls {@code clip_grad_norm_} before {@code step}.
 *
 * @param <T> the optimizer itself, which the setters return
 */
public abstract sealed class ElementwiseOptimizer<T extends ElementwiseOptimizer<T>>
    implements Optimizer permits Sgd, Adam {
  private final String name;
  private double learningRate;
  private double weightDecay;
  private double l1;
  private double limit = Double.POSITIVE_INFINITY;
  private double maxNorm = Double.POSITIVE_INFINITY;
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

  /** The rule of the next step; always one of as many states. */
  abstract Update.Rule rule();

  /** The names of the rule's states, as PyTorch has them. */
  abstract String[] stateNames();

  /** What a step begins with, such as bias corrections; {@code t} counts from 1. */
  void begin(long t) {}

  /** Sets the coefficients of the rule. */
  abstract void coefficients(Update update, double learningRate, double weightDecay);

  /** The value that each element of the first state begins with. */
  float initialState() {
    return 0f;
  }

  /** Adds what else is state. */
  void addScalars(Map<String, String> scalars) {}

  /** Restores what {@link #addScalars} added. */
  void restoreScalars(Map<String, String> scalars) {}

  /**
   * Sets the weight decay; 0 without it, unless the optimizer says otherwise.
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
   * norm being the root of the sum of the squares of all of them.
   *
   * @param maxNorm more than 0; infinite for none, as without it
   */
  public final T clipNorm(double maxNorm) {
    this.maxNorm = Require.positive("maxNorm", maxNorm);
    return self();
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
    prepare(parameters.length);
    float scale = gradientScale(kernels, gradients);
    steps++;
    begin(steps);
    update.gradientScale(scale).limit((float) limit).l1((float) l1);
    coefficients(update, learningRate, weightDecay);
    kernels.updates().update(update, parameters.length, parameters, 0, gradients, 0, s1, 0, s2, 0);
  }

  private void prepare(int length) {
    if (update == null || update.rule() != rule()) {
      update = new Update(rule());
    }
    if (s1 == null && update.rule().states() > 0) {
      s1 = new float[length];
      java.util.Arrays.fill(s1, initialState());
      s2 = update.rule().states() > 1 ? new float[length] : null;
    }
    if (s1 != null && s1.length != length) {
      throw new IllegalArgumentException(
          "parameters: this optimizer began with " + s1.length + ", got " + length);
    }
  }

  private float gradientScale(Kernels kernels, float[] gradients) {
    if (maxNorm == Double.POSITIVE_INFINITY) {
      gradientNorm = Double.NaN;
      return 1f;
    }
    double sum = kernels.updates().sumOfSquares(gradients.length, gradients, 0);
    if (!(sum < Double.POSITIVE_INFINITY)) {
      int index = 0;
      while (Float.isFinite(gradients[index])) {
        index++;
      }
      throw new NonFiniteGradientException(index, gradients[index]);
    }
    gradientNorm = Math.sqrt(sum);
    return (float) Math.min(1, maxNorm / (gradientNorm + 1e-6));
  }

  @Override
  public final Map<String, float[]> tensors() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    String[] names = stateNames();
    if (s1 != null) {
      tensors.put(names[0], s1);
    }
    if (s2 != null) {
      tensors.put(names[1], s2);
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
    String[] names = stateNames();
    for (String state : tensors.keySet()) {
      if (!java.util.List.of(names).contains(state)) {
        throw new IllegalArgumentException(name + " has no state " + state);
      }
    }
    steps = Require.integer(scalars, "steps");
    learningRate = Require.notNegative("learningRate", Require.number(scalars, "learningRate"));
    restoreScalars(scalars);
    s1 = names.length > 0 && tensors.containsKey(names[0]) ? tensors.get(names[0]).clone() : null;
    s2 = names.length > 1 && tensors.containsKey(names[1]) ? tensors.get(names[1]).clone() : null;
  }

  @Override
  public String toString() {
    return name + ", learning rate " + learningRate;
  }
}
