package io.lanewise.kernel;

import java.util.Objects;

/**
 * The rule and the coefficients of one optimizer step, for {@link Kernels#update}: a table of plain
 * fields, since bias corrections and schedules change them at each step and a step allocates
 * nothing. An optimizer keeps one and fills it anew. It must not change while a call that has it
 * runs.
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
 * twenty times as slowly. {@code limit} is at least 0, {@code l1} finite; the others may be any
 * floats. A new one has {@code gradientScale} 1, {@code limit} infinite and all others 0. What a
 * rule does not name it ignores.
 */
public final class Update {
  /** What a step does with the gradient g; s1 and s2 are its states, from one step to the next. */
  public enum Rule {
    /** {@code p = fma(step, g, p)}. */
    SGD(0),
    /**
     * With a momentum:
     *
     * <pre>
     * s1 = normal(fma(momentum, s1, weight1 * g))
     * p  = fma(step, s1, p)
     * </pre>
     */
    MOMENTUM(1),
    /**
     * Nesterov's:
     *
     * <pre>
     * s1 = normal(fma(momentum, s1, weight1 * g))
     * p  = fma(step, fma(momentum, s1, g), p)
     * </pre>
     */
    NESTEROV(1),
    /**
     * RMSprop:
     *
     * <pre>
     * s1 = normal(fma(weight2, g * g, beta2 * s1))
     * p  = fma(step, g / (sqrt(s1) + epsilon), p)
     * </pre>
     */
    RMSPROP(1),
    /**
     * RMSprop with a momentum:
     *
     * <pre>
     * s1 = normal(fma(weight2, g * g, beta2 * s1))
     * s2 = normal(fma(momentum, s2, g / (sqrt(s1) + epsilon)))
     * p  = fma(step, s2, p)
     * </pre>
     */
    RMSPROP_MOMENTUM(2),
    /**
     * Adagrad:
     *
     * <pre>
     * s1 = fma(g, g, s1)
     * p  = fma(step, g / (sqrt(s1) + epsilon), p)
     * </pre>
     */
    ADAGRAD(1),
    /**
     * Adam and AdamW:
     *
     * <pre>
     * s1 = normal(fma(weight1, g - s1, s1))
     * s2 = normal(fma(weight2, g * g, beta2 * s2))
     * p  = fma(step, fma(decay, p, s1 / fma(sqrt(s2), rootScale, epsilon)), p)
     * </pre>
     */
    ADAM(2),
    /**
     * Lion:
     *
     * <pre>
     * c  = fma(weight1, g - s1, s1)
     * p  = fma(step, fma(decay, p, sign(c)), p)       sign is -1, 1, or c where that is 0 or NaN
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

  /**
   * What a direction of 1 adds to a parameter: minus the learning rate, for Adam divided by 1 -
   * beta1^t. The minus is stored, since a compiler may take a negation into the multiply-add beside
   * it, and on POWER that makes a sum of +0 a -0.
   */
  public float step;

  /** How much of a velocity remains at each step. */
  public float momentum;

  /** The weight of the gradient in the first moment or the velocity: 1 - beta1, 1 - dampening. */
  public float weight1;

  /** How much of the second moment remains at each step. */
  public float beta2;

  /** The weight of what is new in the second moment: 1 - beta2. */
  public float weight2;

  /** The factor of the second moment's root: 1 / sqrt(1 - beta2^t). */
  public float rootScale;

  /** What is added to the root, so that nothing is divided by 0. */
  public float epsilon;

  /** The decoupled decay of Adam and Lion: p loses {@code rate * decay} of itself. */
  public float decay;

  /** The factor of the gradients, as clipping by the norm wants it. */
  public float gradientScale = 1f;

  /** The largest magnitude of a scaled gradient: larger ones are clipped to it. */
  public float limit = Float.POSITIVE_INFINITY;

  /** The derivative of the absolute value's penalty. */
  public float l1;

  /** The coupled decay, the derivative of weightDecay / 2 p^2. */
  public float weightDecay;

  private final Rule rule;

  /** Makes one of that rule. */
  public Update(Rule rule) {
    this.rule = Objects.requireNonNull(rule, "rule");
  }

  /** Returns the rule. */
  public Rule rule() {
    return rule;
  }

  @Override
  public String toString() {
    return rule + " with step " + step;
  }
}
