package io.lanewise.nn;

import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.LossFunction;
import java.util.Arrays;
import java.util.Objects;

/**
 * The losses. The loss owns the 1/m of the mathematics: dZ is its true derivative, and dW = X' dZ,
 * db = column sums of dZ have no factor of their own. That is the same as the specification's dW =
 * 1/m X' dZ with a dZ that has none.
 *
 * <p>Cross-entropy and binary cross-entropy are computed from logits, so nothing is clamped and no
 * logarithm of 0 is taken: where the output layer is softmax, its logarithm or sigmoid, from its
 * input, fused with it; where it is any other activation, its outputs are the logits, as in
 * PyTorch's CrossEntropyLoss and BCEWithLogitsLoss.
 */
public enum Loss {
  /**
   * Categorical cross-entropy, -sum_k y_k ln yhat_k: class indices, or rows of probabilities. Under
   * a sigmoid output yhat is the sigmoid, each output for itself.
   */
  CROSS_ENTROPY(Activation.SOFTMAX),
  /**
   * The squared error |yhat - y|^2, summed over outputs. {@link Reduction#MEAN_OVER_ELEMENTS} gives
   * PyTorch's and Keras's mean, which also divides by nOut.
   */
  MEAN_SQUARED_ERROR(Activation.IDENTITY),
  /** The absolute error |yhat - y|, L1, summed over outputs; its derivative at 0 is 0. */
  ABSOLUTE_ERROR(Activation.IDENTITY),
  /**
   * Huber's loss, summed over outputs: (yhat - y)^2 / 2 where |yhat - y| is at most delta, and
   * delta (|yhat - y| - delta / 2) elsewhere. Delta is 1, or {@link Options#huberDelta}.
   */
  HUBER(Activation.IDENTITY),
  /**
   * Binary cross-entropy, -[y ln yhat + (1 - y) ln(1 - yhat)], summed over outputs, each output for
   * itself.
   */
  BINARY_CROSS_ENTROPY(Activation.SIGMOID);

  private final Activation link;

  Loss(Activation link) {
    this.link = link;
  }

  /** Returns what makes probabilities of logits; the identity where outputs are quantities. */
  public Activation link() {
    return link;
  }

  /** Returns whether the loss takes the input of that output activation instead of its output. */
  public boolean fusedWith(Activation output) {
    return ofProbabilities() && (!output.elementwise() || output == Activation.SIGMOID);
  }

  /** Returns whether the outputs are probabilities, or their logits; else they are quantities. */
  public boolean ofProbabilities() {
    return link != Activation.IDENTITY;
  }

  /** Returns the kernel for that output activation. */
  public LossFunction.Kind kernel(Activation output) {
    return switch (this) {
      case MEAN_SQUARED_ERROR -> LossFunction.Kind.SQUARED_ERROR;
      case ABSOLUTE_ERROR -> LossFunction.Kind.ABSOLUTE_ERROR;
      case HUBER -> LossFunction.Kind.HUBER;
      case CROSS_ENTROPY ->
          output == Activation.SIGMOID
              ? LossFunction.Kind.SIGMOID_CROSS_ENTROPY
              : LossFunction.Kind.SOFTMAX_CROSS_ENTROPY;
      case BINARY_CROSS_ENTROPY ->
          output.elementwise()
              ? LossFunction.Kind.SIGMOID_BINARY_CROSS_ENTROPY
              : LossFunction.Kind.SOFTMAX_BINARY_CROSS_ENTROPY;
    };
  }

  /** Returns what the kernels compute for that output activation and these options. */
  public LossFunction function(Activation output, Options options) {
    float[] weights = options.positiveWeights();
    if (weights.length > 0) {
      return LossFunction.weightedBinary(weights);
    }
    LossFunction.Kind kernel = kernel(output);
    return this == HUBER ? LossFunction.of(kernel, options.huberDelta()) : LossFunction.of(kernel);
  }

  /**
   * How the losses of the outputs and rows become one number. All sum over outputs first, and a row
   * counts unless its label is the ignored index. A weight of a row is a factor of its loss under
   * each of them; what a mean divides by is what they differ in.
   */
  public enum Reduction {
    /** The sum over outputs, averaged over the rows that count: the mathematics' 1/m. */
    MEAN_OVER_BATCH,
    /** Averaged over all elements: 1/(m nOut), PyTorch's mean for MSELoss and BCEWithLogitsLoss. */
    MEAN_OVER_ELEMENTS,
    /**
     * Divided by the sum of the weights of the rows that count, a row's being its own times that of
     * its class: PyTorch's mean for CrossEntropyLoss with weights. A row of target probabilities
     * has no one class, and there, as in PyTorch, class weights are not in the divisor.
     */
    WEIGHTED_MEAN,
    /** The sum. */
    SUM;

    /**
     * Returns what the sum of the losses is divided by.
     *
     * @param rows the rows that count
     * @param weight the sum of their weights, each 1 without any
     * @param nOut outputs
     */
    public double divisor(double rows, double weight, int nOut) {
      return switch (this) {
        case MEAN_OVER_BATCH -> rows;
        case MEAN_OVER_ELEMENTS -> rows * nOut;
        case WEIGHTED_MEAN -> weight;
        case SUM -> 1.0;
      };
    }
  }

  /**
   * What a loss may be told beside its name. Immutable: each setter returns another object.
   *
   * <pre>{@code
   * Network.builder(30)
   *     .dense(3, Activation.SOFTMAX)
   *     .lossOptions(Loss.Options.DEFAULT.classWeights(1f, 2f, 5f).labelSmoothing(0.1f))
   *     .build();
   * }</pre>
   *
   * <p>The names are those of PyTorch's CrossEntropyLoss (weight, label_smoothing, ignore_index),
   * BCEWithLogitsLoss (pos_weight) and HuberLoss (delta), and so are the meanings.
   */
  public static final class Options {
    /** The class index of rows that do not count, without another: PyTorch's. */
    public static final int IGNORED_INDEX = -100;

    /** No weights, no smoothing, {@link #IGNORED_INDEX}, Huber's delta 1. */
    public static final Options DEFAULT = byDefault();

    private final float[][] values; // by option
    private final int ignoredIndex;

    private Options(float[][] values, int ignoredIndex) {
      this.values = values;
      this.ignoredIndex = ignoredIndex;
    }

    private static Options byDefault() {
      Option[] options = Option.values();
      float[][] values = new float[options.length][];
      for (Option option : options) {
        values[option.ordinal()] = option.normal;
      }
      return new Options(values, IGNORED_INDEX);
    }

    /** Sets an option by its constant: the same as its own setter. */
    public Options with(Option option, float... numbers) {
      float[][] all = values.clone();
      all[option.ordinal()] = option.require(numbers);
      return new Options(all, ignoredIndex);
    }

    /** Returns a copy of the numbers of an option. */
    public float[] get(Option option) {
      return values[option.ordinal()].clone();
    }

    /**
     * Cross-entropy: the factor of the loss of each class.
     *
     * @param weights one an output, finite and at least 0, not all 0; an empty array for none
     */
    public Options classWeights(float... weights) {
      return with(Option.CLASS_WEIGHTS, weights);
    }

    /**
     * Binary cross-entropy: the factor of the loss of the targets that are 1, for each output: with
     * few positive rows, their number may go by negatives / positives.
     *
     * @param weights one an output, finite and at least 0, not all 0; an empty array for none
     */
    public Options positiveWeights(float... weights) {
      return with(Option.POSITIVE_WEIGHTS, weights);
    }

    /**
     * Cross-entropy: the targets become (1 - s) y + s / nOut, a share of each row's target being
     * spread over all classes (Szegedy et al. 2016). Binary cross-entropy: (1 - s) y + s / 2.
     *
     * @param s in [0, 1]
     */
    public Options labelSmoothing(float s) {
      return with(Option.LABEL_SMOOTHING, s);
    }

    /**
     * Huber's loss: how large an error may be and still be squared.
     *
     * @param delta finite, more than 0
     */
    public Options huberDelta(float delta) {
      return with(Option.HUBER_DELTA, delta);
    }

    /** Class indices: a row of this index has no loss and no gradient, and is in no mean. */
    public Options ignoredIndex(int index) {
      return new Options(values, index);
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
      return other instanceof Options o
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
        String text = option.perOutput() ? Arrays.toString(v) : String.valueOf(v[0]);
        out.append(option.setter).append('=').append(text).append(", ");
      }
      return out.append("ignoredIndex=").append(ignoredIndex).append(']').toString();
    }
  }

  /** The options that are numbers: the table from which they are checked, written and read. */
  public enum Option {
    /** See {@link Options#classWeights(float...)}. */
    CLASS_WEIGHTS(
        "classWeights",
        0,
        Float.MAX_VALUE,
        "finite and >= 0",
        new float[0],
        "cross-entropy: the weight of each class, in their order.",
        Loss.CROSS_ENTROPY),
    /** See {@link Options#positiveWeights(float...)}. */
    POSITIVE_WEIGHTS(
        "positiveWeights",
        0,
        Float.MAX_VALUE,
        "finite and >= 0",
        new float[0],
        "bce: the weight of targets that are 1, for each output.",
        Loss.BINARY_CROSS_ENTROPY),
    /** See {@link Options#labelSmoothing(float)}. */
    LABEL_SMOOTHING(
        "labelSmoothing",
        0,
        1,
        "in [0, 1]",
        new float[] {0},
        "The share of a target that is spread over all classes. Default: 0.",
        Loss.CROSS_ENTROPY,
        Loss.BINARY_CROSS_ENTROPY),
    /** See {@link Options#huberDelta(float)}. */
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
}
