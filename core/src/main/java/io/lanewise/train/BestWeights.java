package io.lanewise.train;

import io.lanewise.nn.Network;
import org.jspecify.annotations.Nullable;

/** The best epoch so far and its weights: the state of {@link EarlyStopping}. */
final class BestWeights {
  private final @Nullable EarlyStopping rule;
  private final Network network;
  private float @Nullable [] parameters;
  private float @Nullable [] state;
  private double best;
  // What the next one must beat by more than minDelta.
  private double reference;
  private int epoch;
  private int waited;
  private boolean undefined;

  /** Without a rule it does nothing. */
  BestWeights(@Nullable EarlyStopping rule, Network network) {
    this.rule = rule;
    this.network = network;
    best =
        rule != null && rule.figure().largerIsBetter()
            ? Double.NEGATIVE_INFINITY
            : Double.POSITIVE_INFINITY;
    reference = best;
  }

  /** Takes note of an epoch, with the network as it is after it. */
  void take(History.Epoch entry) {
    if (rule == null) {
      return;
    }
    double value = entry.figure(rule.figure());
    undefined = Double.isNaN(value);
    waited++;
    if (rule.better(value, reference, rule.delta(reference))) {
      reference = value;
      waited = 0;
    }
    if (!rule.better(value, best, 0)) {
      return;
    }
    best = value;
    epoch = entry.epoch();
    if (rule.restoreBest()) {
      parameters = network.parameters().clone();
      state = network.state().clone();
    }
  }

  /** Returns why the patience is over; null as long as it is not. */
  @Nullable String givesUp() {
    if (rule == null || rule.patience() == 0 || waited < rule.patience()) {
      return null;
    }
    return rule.figure()
        + (undefined ? " is NaN, and" : "")
        + " was no better for "
        + waited
        + " epochs; its best is "
        + (epoch == 0 ? "none" : best + " in epoch " + epoch);
  }

  /** Restores the best weights, if that is wanted; returns their epoch, else 0. */
  int restore() {
    if (parameters == null) {
      return 0;
    }
    System.arraycopy(parameters, 0, network.parameters(), 0, parameters.length);
    System.arraycopy(state, 0, network.state(), 0, state.length);
    return epoch;
  }

  void save(State to) {
    if (rule == null) {
      return;
    }
    to.put("best.value", best);
    to.put("best.reference", reference);
    to.put("best.epoch", epoch);
    to.put("best.waited", waited);
    if (parameters != null) {
      to.put("best.parameters", parameters);
      to.put("best.state", state);
    }
  }

  void restore(State from) {
    if (rule == null) {
      return;
    }
    best = from.number("best.value");
    reference = from.number("best.reference");
    epoch = (int) from.integer("best.epoch");
    waited = (int) from.integer("best.waited");
    if (epoch > 0 && rule.restoreBest()) {
      parameters = new float[network.parameters().length];
      state = new float[network.state().length];
      from.copy("best.parameters", parameters);
      from.copy("best.state", state);
    }
  }
}
