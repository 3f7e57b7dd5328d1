package io.lanewise.cli;

import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import java.io.IOException;

/** What the losses of a training say in the unit of its targets, if it is of quantities. */
final class TargetUnit {
  /** That of classes, whose losses are what they are. */
  static final TargetUnit NONE = new TargetUnit(null, null, false, false);

  private static final String RMSE = "RMSE";
  private static final double SMALL = 5e-4;
  private static final double LARGE = 1e6;

  private final Network network;
  private final Scaling.Fit spread;
  private final boolean scaled;
  private final boolean weighted;

  private TargetUnit(Network network, Scaling.Fit spread, boolean scaled, boolean weighted) {
    this.network = network;
    this.spread = spread;
    this.scaled = scaled;
    this.weighted = weighted;
  }

  /**
   * Looks at the targets, which are scaled if the network gives them as they come and nobody said
   * that they are not.
   */
  static TargetUnit of(RowSource rows, Encoding encoding, Network network, boolean none)
      throws IOException {
    if (rows.hasLabels() || network.loss().ofProbabilities()) {
      TargetRange.require(rows, encoding);
      return NONE;
    }
    boolean scaled = !none && network.outputLayer().activation() == Activation.IDENTITY;
    if (!scaled) {
      TargetRange.require(rows, encoding);
    }
    try {
      return new TargetUnit(network, Scaling.STANDARD.fitTargets(rows), scaled, rows.hasWeights());
    } catch (IllegalArgumentException e) {
      throw ScaleOptions.named(e, encoding);
    }
  }

  /** The scaling of the targets; null if they stay as they are. */
  Scaling.Fit scaling() {
    return scaled ? spread : null;
  }

  /** The metrics that are taken if none were named: those of quantities. */
  Metric[] metrics() {
    return network == null
        ? new Metric[0]
        : new Metric[] {Metric.R2, Metric.ROOT_MEAN_SQUARED_ERROR};
  }

  /** What is scaled, and how, in one line. */
  String scaling(ScaleOptions.Features features) {
    String own = scaled ? "scaled to mean 0, deviation 1" : "as they are";
    if (network == null) {
      return "features " + features.text();
    }
    return features.text().equals(own)
        ? "features and targets " + own
        : "features " + features.text() + ", targets " + own;
  }

  /** What a curve of the losses is called. */
  String lossTitle() {
    return Curves.title(Figure.LOSS) + (scaled ? " of scaled targets" : "");
  }

  /** A length in the unit of the targets, in that of the scaled ones. */
  float scaled(float length) {
    float[] scale = spread.scale();
    for (float each : scale) {
      if (each != scale[0]) {
        throw new UsageException(
            "--huber-delta is of one unit, but the "
                + scale.length
                + " targets are scaled by deviations of their own: leave it out for one deviation,"
                + " or say --scale none");
      }
    }
    float scaled = length * scale[0];
    // Of a constant target any will do.
    return scaled > 0 && Float.isFinite(scaled) ? scaled : length;
  }

  /** The width of the only target's deviation; 0 if there are more, or it is constant. */
  double deviation() {
    return network == null || spread.scale().length > 1 || spread.scale()[0] == 0
        ? 0
        : 1.0 / spread.scale()[0];
  }

  /** Adds what a mean loss says: RMSE and R2, or MAE; or the loss, where it says none of them. */
  FigureLine add(FigureLine line, int rank, double loss) {
    String error = error();
    if (error.isEmpty()) {
      return line.add(rank, "loss", "loss", loss(loss));
    }
    line.add(rank, error, error, quantity(error(loss)));
    if (error.equals(RMSE) && !Double.isNaN(loss)) {
      double share = error(loss) / deviation();
      line.add(rank + 1, "R2", "R2", Text.format("%.4f", 1 - share * share));
    }
    return line;
  }

  /** A figure of an epoch with its name. */
  String text(Figure figure, double value) {
    boolean ofLoss = figure == Figure.LOSS || figure == Figure.VALIDATION_LOSS;
    return ofLoss && !error().isEmpty() ? error() + " " + quantity(error(value)) : loss(value);
  }

  /** What kind of error a mean loss is the square of, or is itself; empty if it is none. */
  private String error() {
    boolean plain = !weighted || network.reduction() == Reduction.WEIGHTED_MEAN;
    if (network == null || !plain || deviation() == 0) {
      return "";
    }
    return network.loss() == Loss.MEAN_SQUARED_ERROR
        ? RMSE
        : network.loss() == Loss.ABSOLUTE_ERROR ? "MAE" : "";
  }

  private double error(double loss) {
    double own = network.loss() == Loss.MEAN_SQUARED_ERROR ? Math.sqrt(loss) : loss;
    return scaled ? own * deviation() : own;
  }

  /** Four decimals, unless they would be zeros or the number is long. */
  static String loss(double value) {
    double size = Math.abs(value);
    boolean small = size > 0 && size < SMALL;
    return Double.isNaN(value) ? "" : Text.format(small || size >= LARGE ? "%.3e" : "%.4f", value);
  }

  /** Five digits of what has a unit, without an exponent where that is short: 28868, 0.0012300. */
  static String quantity(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    int digits = value == 0 ? 0 : (int) Math.floor(Math.log10(Math.abs(value)));
    return digits < -5 || digits > 8
        ? Text.format("%.4e", value)
        : Text.format("%." + Math.max(0, 4 - digits) + "f", value);
  }
}
