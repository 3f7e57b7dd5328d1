package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a loss may be told beside its name. Immutable: each setter returns another object.
 *
 * <pre>{@code
 * Network.builder(30)
 *     .dense(3, Activation.SOFTMAX)
 *     .lossOptions(LossOptions.DEFAULT.classWeights(1f, 2f, 5f).labelSmoothing(0.1f))
 *     .build();
 * }</pre>
 *
 * <p>The names are those of PyTorch's CrossEntropyLoss (weight, label_smoothing, ignore_index),
 * BCEWithLogitsLoss (pos_weight) and HuberLoss (delta), and so are the meanings.
 */
public final class LossOptions {
  /** The class index of rows that do not count, without another: PyTorch's. */
  public static final int IGNORED_INDEX = -100;

  /** No weights, no smoothing, {@link #IGNORED_INDEX}, Huber's delta 1. */
  public static final LossOptions DEFAULT =
      new LossOptions(new float[0], new float[0], 0f, 1f, IGNORED_INDEX);

  private final float[] classWeights;
  private final float[] positiveWeights;
  private final float labelSmoothing;
  private final float huberDelta;
  private final int ignoredIndex;

  private LossOptions(
      float[] classWeights,
      float[] positiveWeights,
      float labelSmoothing,
      float huberDelta,
      int ignoredIndex) {
    this.classWeights = classWeights;
    this.positiveWeights = positiveWeights;
    this.labelSmoothing = labelSmoothing;
    this.huberDelta = huberDelta;
    this.ignoredIndex = ignoredIndex;
  }

  /**
   * Cross-entropy: the factor of the loss of each class.
   *
   * @param weights one an output, finite and at least 0, not all 0; an empty array takes them away
   */
  public LossOptions classWeights(float... weights) {
    float[] copy = requireWeights("classWeights", weights);
    return new LossOptions(copy, positiveWeights, labelSmoothing, huberDelta, ignoredIndex);
  }

  /**
   * Binary cross-entropy: the factor of the loss of the targets that are 1, for each output: with
   * few positive rows, their number may go by negatives / positives.
   *
   * @param weights one an output, finite and at least 0, not all 0; an empty array takes them away
   */
  public LossOptions positiveWeights(float... weights) {
    float[] copy = requireWeights("positiveWeights", weights);
    return new LossOptions(classWeights, copy, labelSmoothing, huberDelta, ignoredIndex);
  }

  private static float[] requireWeights(String name, float[] weights) {
    Objects.requireNonNull(weights, name);
    float largest = weights.length == 0 ? 1 : 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            name + "[" + i + "] must be finite and >= 0, got " + weights[i]);
      }
      largest = Math.max(largest, weights[i]);
    }
    if (largest == 0) {
      throw new IllegalArgumentException(name + " must not all be 0");
    }
    return weights.clone();
  }

  /**
   * Cross-entropy: the targets become (1 - s) y + s / nOut, a share of each row's target being
   * spread over all classes (Szegedy et al. 2016). Binary cross-entropy: (1 - s) y + s / 2.
   *
   * @param s in [0, 1]
   */
  public LossOptions labelSmoothing(float s) {
    if (!(s >= 0 && s <= 1)) {
      throw new IllegalArgumentException("labelSmoothing must be in [0, 1], got " + s);
    }
    return new LossOptions(classWeights, positiveWeights, s, huberDelta, ignoredIndex);
  }

  /**
   * Huber's loss: how large an error may be and still be squared.
   *
   * @param delta finite, more than 0
   */
  public LossOptions huberDelta(float delta) {
    if (!(delta > 0 && delta < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("huberDelta must be finite and > 0, got " + delta);
    }
    return new LossOptions(classWeights, positiveWeights, labelSmoothing, delta, ignoredIndex);
  }

  /**
   * Class indices: a row of this index does not count. It has no loss and no gradient, and a mean
   * is over the others.
   */
  public LossOptions ignoredIndex(int index) {
    return new LossOptions(classWeights, positiveWeights, labelSmoothing, huberDelta, index);
  }

  /** Returns a copy of the class weights; empty without them. */
  public float[] classWeights() {
    return classWeights.clone();
  }

  /** Returns a copy of the weights of positive targets; empty without them. */
  public float[] positiveWeights() {
    return positiveWeights.clone();
  }

  /** Returns the share of the targets that is spread, in [0, 1]. */
  public float labelSmoothing() {
    return labelSmoothing;
  }

  /** Returns Huber's delta. */
  public float huberDelta() {
    return huberDelta;
  }

  /** Returns the class index of rows that do not count. */
  public int ignoredIndex() {
    return ignoredIndex;
  }

  /** Throws, naming the option, unless these options mean something for that loss. */
  void requireFor(Loss loss, Activation output, int nOut) {
    if (classWeights.length > 0) {
      require("classWeights", loss == Loss.CROSS_ENTROPY, "CROSS_ENTROPY", loss);
      requireLength("classWeights", classWeights, nOut);
    }
    if (positiveWeights.length > 0) {
      require("positiveWeights", loss == Loss.BINARY_CROSS_ENTROPY, "BINARY_CROSS_ENTROPY", loss);
      requireLength("positiveWeights", positiveWeights, nOut);
      if (output == Activation.SOFTMAX) {
        throw new IllegalStateException("positiveWeights need a sigmoid or logits, got softmax");
      }
    }
    if (labelSmoothing > 0) {
      boolean entropy = loss == Loss.CROSS_ENTROPY || loss == Loss.BINARY_CROSS_ENTROPY;
      require("labelSmoothing", entropy, "CROSS_ENTROPY or BINARY_CROSS_ENTROPY", loss);
    }
    if (huberDelta != 1) {
      require("huberDelta", loss == Loss.HUBER, "HUBER", loss);
    }
  }

  private static void require(String option, boolean fits, String wanted, Loss loss) {
    if (!fits) {
      throw new IllegalStateException(option + " is for " + wanted + ", the loss is " + loss);
    }
  }

  private static void requireLength(String option, float[] weights, int nOut) {
    if (weights.length != nOut) {
      throw new IllegalStateException(
          option + " must have one for each of " + nOut + " outputs, got " + weights.length);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LossOptions o
        && Arrays.equals(classWeights, o.classWeights)
        && Arrays.equals(positiveWeights, o.positiveWeights)
        && labelSmoothing == o.labelSmoothing
        && huberDelta == o.huberDelta
        && ignoredIndex == o.ignoredIndex;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        Arrays.hashCode(classWeights),
        Arrays.hashCode(positiveWeights),
        labelSmoothing,
        huberDelta,
        ignoredIndex);
  }

  @Override
  public String toString() {
    return "LossOptions[classWeights="
        + Arrays.toString(classWeights)
        + ", positiveWeights="
        + Arrays.toString(positiveWeights)
        + ", labelSmoothing="
        + labelSmoothing
        + ", huberDelta="
        + huberDelta
        + ", ignoredIndex="
        + ignoredIndex
        + "]";
  }
}
