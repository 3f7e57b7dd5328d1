package io.lanewise.spark;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Trains a classifier on a Spark cluster: its model has the bits that one machine would have given
 * it.
 *
 * <pre>{@code
 * LanewiseModel model = new LanewiseClassifier().hiddenLayers(256, 128).epochs(10).fit(rows);
 * }</pre>
 *
 * <p>The classes are the distinct labels: whole numbers, ascending, or texts, sorted.
 */
public final class LanewiseClassifier extends LanewiseEstimator<LanewiseClassifier> {
  /** Makes one with the defaults. */
  public LanewiseClassifier() {
    super(true);
  }

  @Override
  LanewiseClassifier self() {
    return this;
  }

  /** Sets the column of the class: a whole number, a truth or a text. Default: "label". */
  public LanewiseClassifier label(String column) {
    settings.targets = List.of(column);
    return this;
  }

  /**
   * Sets the column that the probabilities of the classes are written to. Default: "probability".
   */
  public LanewiseClassifier probability(String column) {
    settings.probability = Objects.requireNonNull(column, "column");
    return this;
  }

  /**
   * Sets the weights of classes in the loss, by the text of the label, such as "1" or "spam".
   * Default: 1 each.
   */
  public LanewiseClassifier classWeights(Map<String, Double> weights) {
    settings.classWeights = new TreeMap<>(weights);
    return this;
  }
}
