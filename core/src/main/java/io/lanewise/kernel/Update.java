package io.lanewise.kernel;

import java.util.Objects;

/**
 * The rule and the coefficients of one optimizer step, for {@link Kernels#update}. Mutable, since
 * bias corrections and schedules change them at each step and a step allocates nothing: an
 * optimizer keeps one and fills it anew. It must not change while a call that has it runs.
 *
 * <p>Every rule begins with the gradient, element by element:
 *
 * <pre>
 * g = gradientScale * g
 * g = g &gt; limit ? limit : g &lt; -limit ? -limit : g          NaN stays NaN
 * g = g + (p &gt; 0 ? l1 : p &lt; 0 ? -l1 : 0)                  left out where l1 is 0
 * g = fma(weightDecay, p, g)
 * </pre>
 *
 * and goes on as {@link Rule} says, where normal(x) is 0 if |x| is less than {@link
 * Float#MIN_NORMAL}, else x: where the gradient has become 0 for good, as a dead unit's, an average
 * would fade to a subnormal, where rounding holds it, and processors multiply subnormals up to
 * twenty times as slowly. Coefficients may be any floats; a new one has {@code gradientScale} 1,
 * {@code limit} infinite and all others 0. What a rule does not name it ignores.
 */
public final class Update {
  /** What a step does with the gradient g; s1 and s2 are its states, from one step to the next. */
  public enum Rule {
    /** {@code p = fma(-rate, g, p)}. */
    SGD(0),
    /**
     * With a momentum:
     *
     * <pre>
     * s1 = normal(fma(momentum, s1, weight1 * g))
     * p  = fma(-rate, s1, p)
     * </pre>
     */
    MOMENTUM(1),
    /**
     * Nesterov's:
     *
     * <pre>
     * s1 = normal(fma(momentum, s1, weight1 * g))
     * p  = fma(-rate, fma(momentum, s1, g), p)
     * </pre>
     */
    NESTEROV(1),
    /**
     * RMSprop:
     *
     * <pre>
     * s1 = normal(fma(weight2, g * g, beta2 * s1))
     * p  = fma(-rate, g / (sqrt(s1) + epsilon), p)
     * </pre>
     */
    RMSPROP(1),
    /**
     * RMSprop with a momentum:
     *
     * <pre>
     * s1 = normal(fma(weight2, g * g, beta2 * s1))
     * s2 = normal(fma(momentum, s2, g / (sqrt(s1) + epsilon)))
     * p  = fma(-rate, s2, p)
     * </pre>
     */
    RMSPROP_MOMENTUM(2),
    /**
     * Adagrad:
     *
     * <pre>
     * s1 = fma(g, g, s1)
     * p  = fma(-rate, g / (sqrt(s1) + epsilon), p)
     * </pre>
     */
    ADAGRAD(1),
    /**
     * Adam and AdamW:
     *
     * <pre>
     * s1 = normal(fma(weight1, g - s1, s1))
     * s2 = normal(fma(weight2, g * g, beta2 * s2))
     * p  = fma(-rate, fma(decay, p, s1 / fma(sqrt(s2), rootScale, epsilon)), p)
     * </pre>
     */
    ADAM(2),
    /**
     * Lion:
     *
     * <pre>
     * c  = fma(weight1, g - s1, s1)
     * p  = fma(-rate, fma(decay, p, sign(c)), p)       sign is -1, 1, or c where that is 0 or NaN
     * s1 = normal(fma(weight2, g - s1, s1))
     * </pre>
     */
    LION(1);

    private final int states;

    Rule(int states) {
      this.states = states;
    }

    /** Returns how many states it has for each parameter: 0, 1 or 2. */
    public int states() {
      return states;
    }
  }

  private final Rule rule;
  private float rate;
  private float momentum;
  private float weight1;
  private float beta2;
  private float weight2;
  private float rootScale;
  private float epsilon;
  private float decay;
  private float gradientScale = 1f;
  private float limit = Float.POSITIVE_INFINITY;
  private float l1;
  private float weightDecay;

  /** Makes one of that rule. */
  public Update(Rule rule) {
    this.rule = Objects.requireNonNull(rule, "rule");
  }

  /** Returns the rule. */
  public Rule rule() {
    return rule;
  }

  /** Returns the length of a step. */
  public float rate() {
    return rate;
  }

  /** Sets the length of a step: the learning rate, for Adam divided by 1 - beta1^t. */
  public Update rate(float rate) {
    this.rate = rate;
    return this;
  }

  /** Returns how much of a velocity remains at each step. */
  public float momentum() {
    return momentum;
  }

  /** Sets how much of a velocity remains at each step. */
  public Update momentum(float momentum) {
    this.momentum = momentum;
    return this;
  }

  /** Returns the weight of the gradient in the first moment or the velocity. */
  public float weight1() {
    return weight1;
  }

  /** Sets the weight of the gradient: 1 - beta1, or 1 - dampening. */
  public Update weight1(float weight1) {
    this.weight1 = weight1;
    return this;
  }

  /** Returns how much of the second moment remains at each step. */
  public float beta2() {
    return beta2;
  }

  /** Sets how much of the second moment remains at each step. */
  public Update beta2(float beta2) {
    this.beta2 = beta2;
    return this;
  }

  /** Returns the weight of what is new in the second moment. */
  public float weight2() {
    return weight2;
  }

  /** Sets the weight of what is new in the second moment: 1 - beta2. */
  public Update weight2(float weight2) {
    this.weight2 = weight2;
    return this;
  }

  /** Returns the factor of the second moment's root. */
  public float rootScale() {
    return rootScale;
  }

  /** Sets the factor of the second moment's root: 1 / sqrt(1 - beta2^t). */
  public Update rootScale(float rootScale) {
    this.rootScale = rootScale;
    return this;
  }

  /** Returns what is added to the root. */
  public float epsilon() {
    return epsilon;
  }

  /** Sets what is added to the root, so that nothing is divided by 0. */
  public Update epsilon(float epsilon) {
    this.epsilon = epsilon;
    return this;
  }

  /** Returns the decoupled decay, in steps of {@code rate}. */
  public float decay() {
    return decay;
  }

  /** Sets the decoupled decay of Adam and Lion: p loses {@code rate * decay} of itself. */
  public Update decay(float decay) {
    this.decay = decay;
    return this;
  }

  /** Returns the factor of the gradients. */
  public float gradientScale() {
    return gradientScale;
  }

  /** Sets the factor of the gradients, as clipping by the norm wants it. */
  public Update gradientScale(float gradientScale) {
    this.gradientScale = gradientScale;
    return this;
  }

  /** Returns the largest magnitude of a scaled gradient. */
  public float limit() {
    return limit;
  }

  /** Sets the largest magnitude of a scaled gradient: larger ones are clipped to it. */
  public Update limit(float limit) {
    this.limit = limit;
    return this;
  }

  /** Returns the derivative of the absolute value's penalty. */
  public float l1() {
    return l1;
  }

  /** Sets the derivative of the absolute value's penalty. */
  public Update l1(float l1) {
    this.l1 = l1;
    return this;
  }

  /** Returns the coupled decay. */
  public float weightDecay() {
    return weightDecay;
  }

  /** Sets the coupled decay, the derivative of weightDecay / 2 p^2. */
  public Update weightDecay(float weightDecay) {
    this.weightDecay = weightDecay;
    return this;
  }

  @Override
  public String toString() {
    return rule + " at rate " + rate;
  }
}
