package io.lanewise.spark;

import java.util.List;

/**
 * Trains a network that predicts numbers on a Spark cluster: its model has the bits that one
 * machine would have given it. The targets are scaled while it trains.
 *
 * <pre>{@code
 * LanewiseModel model = new LanewiseRegressor().label("price").hiddenLayers(64).fit(rows);
 * }</pre>
 */
public final class LanewiseRegressor extends LanewiseEstimator<LanewiseRegressor> {
  /** Makes one with the defaults. */
  public LanewiseRegressor() {
    super(false);
  }

  @Override
  LanewiseRegressor self() {
    return this;
  }

  /** Sets the column of the number to be predicted. Default: "label". */
  public LanewiseRegressor label(String column) {
    settings.targets = List.of(column);
    return this;
  }

  /** Sets the columns of the numbers to be predicted, at least one, instead of a label. */
  public LanewiseRegressor targets(String... columns) {
    if (columns.length == 0) {
      throw new IllegalArgumentException("targets: no column, wanted at least one");
    }
    settings.targets = List.of(columns);
    return this;
  }
}
