package io.lanewise.dataset;

import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.internal.Require;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * How features are scaled before they enter a network, by scikit-learn's definitions. What is
 * fitted on the training part becomes the network's {@link io.lanewise.nn.Layer.Normalization}, so
 * that a saved model takes raw rows. Targets are scaled by {@link
 * io.lanewise.train.Trainer#targetScaling}.
 *
 * <pre>{@code
 * Scaling.Fit fit = Scaling.STANDARD.fit(training);
 * Network network =
 *     Network.builder(training.nIn()).normalization(fit.shift(), fit.scale()).dense(...)...
 * }</pre>
 */
public enum Scaling {
  /** As they are. */
  NONE,
  /** Each column to mean 0 and standard deviation 1, that of n, not n - 1 (StandardScaler). */
  STANDARD,
  /** Each column to 0..1 (MinMaxScaler). */
  MIN_MAX;

  private static final int CHUNK = 256;

  /**
   * What becomes of a column j: (x - shift[j]) scale[j].
   *
   * @param shift one a column
   * @param scale one a column; 0 of a target that is constant
   */
  public record Fit(float[] shift, float[] scale) {
    /** Checks that they are as many. */
    public Fit {
      if (shift.length != scale.length) {
        throw new IllegalArgumentException(
            "scale: got " + scale.length + ", wanted as many as shift has, " + shift.length);
      }
    }

    /** Scales rows in place, (rows, columns). */
    public void apply(float[] values, int rows) {
      for (int i = 0; i < rows * scale.length; i++) {
        values[i] = (values[i] - shift[i % scale.length]) * scale[i % scale.length];
      }
    }

    /** Makes scaled rows what they were, in place: z / scale + shift. */
    public void undo(float[] values, int rows) {
      for (int i = 0; i < rows * scale.length; i++) {
        values[i] = values[i] * width(i % scale.length) + shift[i % scale.length];
      }
    }

    /** Makes a network that gives scaled targets give them as they were, by its last layer. */
    public void undo(Network network) {
      Dense last = (Dense) network.outputLayer();
      float[] parameters = network.parameters();
      for (int j = 0; j < scale.length; j++) {
        float width = width(j);
        for (int i = 0; i < last.nIn(); i++) {
          parameters[last.weightOff() + i * scale.length + j] *= width;
        }
        int bias = last.biasOff() + j;
        parameters[bias] = Math.fma(parameters[bias], width, shift[j]);
      }
    }

    private float width(int j) {
      return scale[j] == 0 ? 0 : 1 / scale[j];
    }
  }

  /**
   * Finds the scaling of each column; of one that is constant the scale is 1. Sums are taken in
   * double, rows ascending, so that the same rows give the same bits.
   *
   * @param rows the training part; read twice for STANDARD
   * @throws IllegalArgumentException if there are no rows, a feature is NaN or infinite, or the
   *     values of one are further apart than floats go, 3.4e38, or less than 1e-30
   * @throws IOException if they cannot be read
   */
  public Fit fit(RowSource rows) throws IOException {
    return fit(rows, false);
  }

  /**
   * Finds the scaling of each target, as {@link #fit(RowSource)} does of features; of one that is
   * constant the scale is 0.
   *
   * @throws IllegalArgumentException if there are no rows, a target is NaN or infinite, or the
   *     values of one are more than 1e30 apart or less than 1e-30
   * @throws IllegalStateException if they have labels instead
   * @throws IOException if they cannot be read
   */
  public Fit fitTargets(RowSource rows) throws IOException {
    return fit(rows, true);
  }

  private Fit fit(RowSource rows, boolean targets) throws IOException {
    int n = targets ? rows.nOut() : rows.nIn();
    if (rows.rowCount() == 0) {
      throw new IllegalArgumentException("rows must be at least one");
    }
    if (this == NONE) {
      float[] scale = new float[n];
      Arrays.fill(scale, 1);
      return new Fit(new float[n], scale);
    }
    String what = targets ? "rows: target " : "rows: feature ";
    float[] min = new float[n];
    float[] max = new float[n];
    double[] sum = new double[n];
    Arrays.fill(min, Float.POSITIVE_INFINITY);
    Arrays.fill(max, Float.NEGATIVE_INFINITY);
    Rows some = new Rows(rows, CHUNK);
    long row = 0;
    try (RowSource.Reader reader = rows.open(0)) {
      for (int m = reader.read(some, 0, CHUNK); m > 0; m = reader.read(some, 0, CHUNK)) {
        float[] x = targets ? some.targets() : some.features();
        for (int i = 0; i < m; i++, row++) {
          for (int j = 0; j < n; j++) {
            float value = x[i * n + j];
            if (!Float.isFinite(value)) {
              throw new IllegalArgumentException(what + j + " of row " + row + " is " + value);
            }
            min[j] = Math.min(min[j], value);
            max[j] = Math.max(max[j], value);
            sum[j] += value;
          }
        }
      }
    }
    for (int j = 0; j < n; j++) {
      // So that the sums of the last layer, which is to give such targets, have room in float.
      Require.width(what, j, min[j], max[j], targets ? 1e30 : Float.MAX_VALUE);
    }
    Fit fit = this == MIN_MAX ? minMax(min, max) : standard(rows, targets, sum);
    for (int j = 0; j < n; j++) {
      // Of a constant column the computed mean, and so the variance, may be off by a rounding.
      if (min[j] == max[j]) {
        fit.shift[j] = min[j];
        fit.scale[j] = targets ? 0 : 1;
      }
    }
    return fit;
  }

  /** Finds the scaling of rows in memory; see {@link #fit(RowSource)}. */
  public Fit fit(Dataset rows) {
    return inMemory(rows, false);
  }

  /** Finds that of the targets of rows in memory; see {@link #fitTargets(RowSource)}. */
  public Fit fitTargets(Dataset rows) {
    return inMemory(rows, true);
  }

  private Fit inMemory(Dataset rows, boolean targets) {
    try {
      return fit(rows, targets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Fit minMax(float[] min, float[] max) {
    float[] scale = new float[min.length];
    for (int j = 0; j < scale.length; j++) {
      scale[j] = (float) (1 / ((double) max[j] - min[j]));
    }
    return new Fit(min, scale);
  }

  private static Fit standard(RowSource rows, boolean targets, double[] sum) throws IOException {
    int n = sum.length;
    double[] mean = new double[n];
    double[] squares = new double[n];
    for (int j = 0; j < n; j++) {
      mean[j] = sum[j] / rows.rowCount();
    }
    Rows some = new Rows(rows, CHUNK);
    try (RowSource.Reader reader = rows.open(0)) {
      for (int m = reader.read(some, 0, CHUNK); m > 0; m = reader.read(some, 0, CHUNK)) {
        float[] x = targets ? some.targets() : some.features();
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            double d = x[i * n + j] - mean[j];
            squares[j] += d * d;
          }
        }
      }
    }
    float[] shift = new float[n];
    float[] scale = new float[n];
    for (int j = 0; j < n; j++) {
      shift[j] = (float) mean[j];
      scale[j] = (float) (1 / Math.sqrt(squares[j] / rows.rowCount()));
    }
    return new Fit(shift, scale);
  }
}
