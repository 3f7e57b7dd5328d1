package io.lanewise.optim;

import io.lanewise.internal.Require;
import io.lanewise.metrics.Figure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reduces the rate when a figure no longer improves; PyTorch's {@code ReduceLROnPlateau}, with its
 * defaults. A figure m after an epoch is an improvement of the best one b so far if
 *
 * <pre>
 *            less is better           more is better
 * relative   m &lt; b (1 - threshold)    m &gt; b (1 + threshold)
 * absolute   m &lt; b - threshold        m &gt; b + threshold
 * </pre>
 *
 * A NaN is none. After more than {@code patience} epochs in a row that are no improvement, the rate
 * becomes max(factor rate, minimum), unless it would change by 1e-8 or less; then, for {@code
 * cooldown} epochs, those without an improvement are not counted.
 */
public final class ReduceOnPlateau implements Schedule {
  private static final double LEAST_CHANGE = 1e-8;

  private final double factor;
  private final int patience;
  private @Nullable Figure figure;
  private double threshold = 1e-4;
  private boolean absolute;
  private int cooldown;
  private double minimum;
  private boolean restoreBest;

  // NaN until the base is known.
  private double rate = Double.NaN;
  private double best = Double.POSITIVE_INFINITY;
  private long badEpochs;
  private long cooldownLeft;
  // The best by however little, of the weights that are kept.
  private double least = best;
  private boolean keeps;
  private boolean returns;

  /** Makes it with a factor of 0.1 and a patience of 10 epochs. */
  public ReduceOnPlateau() {
    this(0.1, 10);
  }

  /**
   * Makes it: relative threshold 1e-4, no cooldown, minimum 0.
   *
   * @param factor in (0, 1)
   * @param patience the epochs without an improvement that are put up with, at least 0
   */
  public ReduceOnPlateau(double factor, int patience) {
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException("factor must be in (0, 1), got " + factor);
    }
    this.factor = factor;
    this.patience = Require.atLeast("patience", 0, patience);
  }

  /**
   * Sets the figure that must get better. Default: the loss of the validation set, or of the
   * training where there is none.
   */
  public ReduceOnPlateau monitor(Figure figure) {
    this.figure = Objects.requireNonNull(figure, "figure");
    best = more() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    least = best;
    return this;
  }

  private boolean more() {
    return figure != null && figure.largerIsBetter();
  }

  /**
   * Sets the relative threshold. Default: 1e-4.
   *
   * @param threshold finite, at least 0
   */
  public ReduceOnPlateau threshold(double threshold) {
    this.threshold = Require.notNegative("threshold", threshold);
    absolute = false;
    return this;
  }

  /**
   * Sets an absolute threshold in the place of the relative one.
   *
   * @param threshold finite, at least 0
   */
  public ReduceOnPlateau absoluteThreshold(double threshold) {
    threshold(threshold);
    absolute = true;
    return this;
  }

  /**
   * Sets for how many epochs after a reduction none is counted. Default: 0.
   *
   * @param cooldown at least 0
   */
  public ReduceOnPlateau cooldown(int cooldown) {
    this.cooldown = Require.atLeast("cooldown", 0, cooldown);
    return this;
  }

  /**
   * Sets the least rate. Default: 0.
   *
   * @param minimum finite, at least 0
   */
  public ReduceOnPlateau minimum(double minimum) {
    this.minimum = Require.notNegative("minimum", minimum);
    return this;
  }

  /**
   * Sets whether the training goes back at a reduction to the weights, running statistics and
   * optimizer's state of the epoch whose figure is the best so far. Default: false.
   */
  public ReduceOnPlateau restoreBest(boolean restoreBest) {
    this.restoreBest = restoreBest;
    return this;
  }

  @Override
  public ReduceOnPlateau begin() {
    ReduceOnPlateau fresh = new ReduceOnPlateau(factor, patience);
    fresh.threshold = threshold;
    fresh.absolute = absolute;
    fresh.cooldown = cooldown;
    fresh.minimum = minimum;
    fresh.restoreBest = restoreBest;
    return figure == null ? fresh : fresh.monitor(figure);
  }

  @Override
  public Optional<Figure> monitored() {
    return Optional.ofNullable(figure);
  }

  @Override
  public double rate(double base, long step, int epoch) {
    if (Double.isNaN(rate)) {
      rate = base;
    }
    return rate;
  }

  /** Before the first rate, as during a warm-up that wraps this, nothing is looked at. */
  @Override
  public void observe(double value) {
    if (Double.isNaN(rate)) {
      return;
    }
    keeps = restoreBest && (more() ? value > least : value < least);
    least = keeps ? value : least;
    returns = false;
    if (improves(value)) {
      best = value;
      badEpochs = 0;
    } else {
      badEpochs++;
    }
    if (cooldownLeft > 0) {
      cooldownLeft--;
      badEpochs = 0;
    }
    if (badEpochs > patience) {
      double reduced = Math.max(factor * rate, minimum);
      returns = restoreBest && rate - reduced > LEAST_CHANGE;
      rate = rate - reduced > LEAST_CHANGE ? reduced : rate;
      cooldownLeft = cooldown;
      badEpochs = 0;
    }
  }

  private boolean improves(double value) {
    // Infinity times 0 is NaN.
    if (Double.isInfinite(best)) {
      return more() ? value > best : value < best;
    }
    if (more()) {
      return value > (absolute ? best + threshold : best * (1 + threshold));
    }
    return value < (absolute ? best - threshold : best * (1 - threshold));
  }

  @Override
  public boolean keepsWeights() {
    return keeps;
  }

  @Override
  public boolean returnsToWeights() {
    return returns;
  }

  @Override
  public Map<String, String> scalars() {
    Map<String, String> scalars = new LinkedHashMap<>();
    scalars.put("rate", Double.toString(rate));
    scalars.put("best", Double.toString(best));
    scalars.put("least", Double.toString(least));
    scalars.put("badEpochs", Long.toString(badEpochs));
    scalars.put("cooldownLeft", Long.toString(cooldownLeft));
    return scalars;
  }

  @Override
  public void restore(Map<String, String> scalars) {
    Objects.requireNonNull(scalars, "scalars");
    double theRate = Require.number(scalars, "rate");
    if (!Double.isNaN(theRate)) {
      Require.notNegative("rate", theRate);
    }
    double theBest = Require.number(scalars, "best");
    double theLeast = Require.number(scalars, "least");
    long theBadEpochs = Require.integer(scalars, "badEpochs");
    cooldownLeft = Require.integer(scalars, "cooldownLeft");
    badEpochs = theBadEpochs;
    best = theBest;
    least = theLeast;
    rate = theRate;
  }

  @Override
  public String toString() {
    return "times "
        + factor
        + " after "
        + patience
        + " epochs without improvement"
        + (figure == null ? "" : " of " + figure)
        + (absolute || threshold != 1e-4
            ? " by " + threshold + (absolute ? "" : " of the best")
            : "")
        + (cooldown == 0 ? "" : ", cooldown " + cooldown)
        + (minimum == 0 ? "" : ", minimum " + minimum)
        + (restoreBest ? ", back to the best weights" : "");
  }
}
