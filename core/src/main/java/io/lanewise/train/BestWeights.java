package io.lanewise.train;

import io.lanewise.nn.Network;

/** The best epoch so far and its weights: the state of {@link EarlyStopping}. */
final class BestWeights {
  private final EarlyStopping rule;
  private final Network network;
  private float[] parameters;
  private double best;
  private int epoch;
  private int waited;

  /** Without a rule it does nothing. */
  BestWeights(EarlyStopping rule, Network network) {
    this.rule = rule;
    this.network = network;
    best =
        rule != null && rule.largerIsBetter() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /** Takes note of an epoch, with the network as it is after it. */
  void take(History.Epoch entry) {
    if (rule == null) {
      return;
    }
    double value = entry.figure(rule.figure());
    if (!rule.better(value, best)) {
      waited++;
      return;
    }
    best = value;
    epoch = entry.epoch();
    waited = 0;
    if (rule.restoreBest()) {
      parameters = network.parameters().clone();
    }
  }

  /** Returns whether the patience is over. */
  boolean givesUp() {
    return rule != null && waited >= rule.patience();
  }

  /** Restores the best weights, if that is wanted; returns their epoch, else 0. */
  int restore() {
    if (parameters == null) {
      return 0;
    }
    System.arraycopy(parameters, 0, network.parameters(), 0, parameters.length);
    return epoch;
  }
}
