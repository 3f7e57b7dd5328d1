package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.nn.Network.Tensor;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * Tensors that an optimizer treats in a way of their own; what is not set is that of the optimizer.
 *
 * <pre>{@code
 * new AdamW(1e-3)
 *     .groups(ParameterGroup.noDecay(), ParameterGroup.of(t -> t.layer() == 0).rateFactor(0.1));
 * }</pre>
 *
 * @param tensors which tensors; one that is in several groups belongs to the first
 * @param rateFactor of the learning rate, finite, at least 0
 * @param weightDecay instead of the optimizer's, finite, at least 0
 * @param l1 instead of the optimizer's, finite, at least 0
 */
public record ParameterGroup(
    Predicate<Tensor> tensors, double rateFactor, OptionalDouble weightDecay, OptionalDouble l1) {
  /** Checks the values. */
  public ParameterGroup {
    Objects.requireNonNull(tensors, "tensors");
    Require.notNegative("rateFactor", rateFactor);
    Objects.requireNonNull(weightDecay, "weightDecay");
    Require.notNegative("weightDecay", weightDecay.orElse(0));
    Require.notNegative("l1", Objects.requireNonNull(l1, "l1").orElse(0));
  }

  /** Returns a group of those tensors, as yet treated like all others. */
  public static ParameterGroup of(Predicate<Tensor> tensors) {
    return new ParameterGroup(tensors, 1, OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** Returns the group of all biases and of all parameters of norms, without any decay. */
  public static ParameterGroup noDecay() {
    return of(t -> t.kind() != Tensor.Kind.WEIGHT).weightDecay(0).l1(0);
  }

  /** Returns this group with that factor of the learning rate, finite, at least 0. */
  public ParameterGroup rateFactor(double rateFactor) {
    return new ParameterGroup(tensors, rateFactor, weightDecay, l1);
  }

  /** Returns this group with that weight decay, finite, at least 0. */
  public ParameterGroup weightDecay(double weightDecay) {
    return new ParameterGroup(tensors, rateFactor, OptionalDouble.of(weightDecay), l1);
  }

  /** Returns this group with that penalty of absolute values, finite, at least 0. */
  public ParameterGroup l1(double l1) {
    return new ParameterGroup(tensors, rateFactor, weightDecay, OptionalDouble.of(l1));
  }

  @Override
  public String toString() {
    return "parameter group, " + describe();
  }

  /** What is set, in words. */
  String describe() {
    return "rate factor "
        + rateFactor
        + (weightDecay.isPresent() ? ", weight decay " + weightDecay.getAsDouble() : "")
        + (l1.isPresent() ? ", l1 " + l1.getAsDouble() : "");
  }
}
