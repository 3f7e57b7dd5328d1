package io.lanewise.nn;

import io.lanewise.internal.Names;
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
  /**
   * The options that are numbers: the table from which they are checked, written and read. It needs
   * nothing of the class around it, whose default needs the table.
   */
  public enum Option {
    /** See {@link LossOptions#classWeights(float...)}. */
    CLASS_WEIGHTS(
        "classWeights",
        0,
        Float.MAX_VALUE,
        "finite and >= 0",
        new float[0],
        "cross-entropy: the weight of each class, in their order.",
        Loss.CROSS_ENTROPY),
    /** See {@link LossOptions#positiveWeights(float...)}. */
    POSITIVE_WEIGHTS(
        "positiveWeights",
        0,
        Float.MAX_VALUE,
        "finite and >= 0",
        new float[0],
        "bce: the weight of targets that are 1, for each output.",
        Loss.BINARY_CROSS_ENTROPY),
    /** See {@link LossOptions#labelSmoothing(float)}. */
    LABEL_SMOOTHING(
        "labelSmoothing",
        0,
        1,
        "in [0, 1]",
        new float[] {0},
        "The share of a target that is spread over all classes. Default: 0.",
        Loss.CROSS_ENTROPY,
        Loss.BINARY_CROSS_ENTROPY),
    /** See {@link LossOptions#huberDelta(float)}. */
    HUBER_DELTA(
        "huberDelta",
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        "finite and > 0",
        new float[] {1},
        "huber: the largest error that is squared. Default: 1.",
        Loss.HUBER);

    private final String setter;
    private final float least;
    private final float most;
    private final String range;
    private final float[] normal;
    private final String help;
    private final Loss[] losses;

    Option(
        String setter,
        float least,
        float most,
        String range,
        float[] normal,
        String help,
        Loss... losses) {
      this.setter = setter;
      this.least = least;
      this.most = most;
      this.range = range;
      this.normal = normal;
      this.help = help;
      this.losses = losses;
    }

    /** Returns whether it is one number for each output, or none; else it is a single number. */
    public boolean perOutput() {
      return normal.length == 0;
    }

    /** Returns what it is for, in a line for people. */
    public String help() {
      return help;
    }

    /** Returns whether it means something for that loss. */
    public boolean isFor(Loss loss) {
      return Arrays.asList(losses).contains(loss);
    }

    /** Returns a copy; throws, naming the option and what is wrong. */
    private float[] require(float... values) {
      Objects.requireNonNull(values, setter);
      if (!perOutput() && values.length != 1) {
        throw new IllegalArgumentException(setter + " must be one number, got " + values.length);
      }
      float[] copy = values.clone();
      float largest = 0;
      for (int i = 0; i < values.length; i++) {
        if (!(values[i] >= least && values[i] <= most)) {
          String name = perOutput() ? setter + "[" + i + "]" : setter;
          throw new IllegalArgumentException(name + " must be " + range + ", got " + values[i]);
        }
        copy[i] += 0f; // -0 is 0
        largest = Math.max(largest, values[i]);
      }
      if (perOutput() && values.length > 0 && largest == 0) {
        throw new IllegalArgumentException(setter + " must not all be 0");
      }
      return copy;
    }

    private void requireFor(Loss loss, float[] values, int nOut) {
      if (Arrays.equals(values, normal)) {
        return;
      }
      String wanted = "";
      for (Loss one : losses) {
        wanted += (wanted.isEmpty() ? "" : " or ") + Names.of(one);
      }
      if (!isFor(loss)) {
        throw new IllegalStateException(
            setter + " is for " + wanted + ", the loss is " + Names.of(loss));
      }
      if (perOutput() && values.length != nOut) {
        throw new IllegalStateException(
            setter + " must have one for each of " + nOut + " outputs, got " + values.length);
      }
    }
  }

  /** The class index of rows that do not count, without another: PyTorch's. */
  public static final int IGNORED_INDEX = -100;

  /** No weights, no smoothing, {@link #IGNORED_INDEX}, Huber's delta 1. */
  public static final LossOptions DEFAULT = byDefault();

  // By option.
  private final float[][] values;
  private final int ignoredIndex;

  private LossOptions(float[][] values, int ignoredIndex) {
    this.values = values;
    this.ignoredIndex = ignoredIndex;
  }

  private static LossOptions byDefault() {
    Option[] options = Option.values();
    float[][] values = new float[options.length][];
    for (Option option : options) {
      values[option.ordinal()] = option.normal;
    }
    return new LossOptions(values, IGNORED_INDEX);
  }

  /** Sets an option by its constant: the same as its own setter. */
  public LossOptions with(Option option, float... numbers) {
    float[][] all = values.clone();
    all[option.ordinal()] = option.require(numbers);
    return new LossOptions(all, ignoredIndex);
  }

  /** Returns a copy of the numbers of an option. */
  public float[] get(Option option) {
    return values[option.ordinal()].clone();
  }

  /**
   * Cross-entropy: the factor of the loss of each class.
   *
   * @param weights one an output, finite and at least 0, not all 0; an empty array takes them away
   */
  public LossOptions classWeights(float... weights) {
    return with(Option.CLASS_WEIGHTS, weights);
  }

  /**
   * Binary cross-entropy: the factor of the loss of the targets that are 1, for each output: with
   * few positive rows, their number may go by negatives / positives.
   *
   * @param weights one an output, finite and at least 0, not all 0; an empty array takes them away
   */
  public LossOptions positiveWeights(float... weights) {
    return with(Option.POSITIVE_WEIGHTS, weights);
  }

  /**
   * Cross-entropy: the targets become (1 - s) y + s / nOut, a share of each row's target being
   * spread over all classes (Szegedy et al. 2016). Binary cross-entropy: (1 - s) y + s / 2.
   *
   * @param s in [0, 1]
   */
  public LossOptions labelSmoothing(float s) {
    return with(Option.LABEL_SMOOTHING, s);
  }

  /**
   * Huber's loss: how large an error may be and still be squared.
   *
   * @param delta finite, more than 0
   */
  public LossOptions huberDelta(float delta) {
    return with(Option.HUBER_DELTA, delta);
  }

  /**
   * Class indices: a row of this index does not count. It has no loss and no gradient, and a mean
   * is over the others.
   */
  public LossOptions ignoredIndex(int index) {
    return new LossOptions(values, index);
  }

  /** Returns a copy of the class weights; empty without them. */
  public float[] classWeights() {
    return get(Option.CLASS_WEIGHTS);
  }

  /** Returns a copy of the weights of positive targets; empty without them. */
  public float[] positiveWeights() {
    return get(Option.POSITIVE_WEIGHTS);
  }

  /** Returns the share of the targets that is spread, in [0, 1]. */
  public float labelSmoothing() {
    return get(Option.LABEL_SMOOTHING)[0];
  }

  /** Returns Huber's delta. */
  public float huberDelta() {
    return get(Option.HUBER_DELTA)[0];
  }

  /** Returns the class index of rows that do not count. */
  public int ignoredIndex() {
    return ignoredIndex;
  }

  /** Throws, naming the option, unless these options mean something for that loss. */
  void requireFor(Loss loss, Activation output, int nOut) {
    for (Option option : Option.values()) {
      option.requireFor(loss, values[option.ordinal()], nOut);
    }
    if (positiveWeights().length > 0 && !output.elementwise()) {
      throw new IllegalStateException("positiveWeights need a sigmoid or logits, got " + output);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LossOptions o
        && Arrays.deepEquals(values, o.values)
        && ignoredIndex == o.ignoredIndex;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(values) + ignoredIndex;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("LossOptions[");
    for (Option option : Option.values()) {
      float[] v = values[option.ordinal()];
      out.append(option.setter).append('=');
      out.append(option.perOutput() ? Arrays.toString(v) : String.valueOf(v[0])).append(", ");
    }
    return out.append("ignoredIndex=").append(ignoredIndex).append(']').toString();
  }
}
