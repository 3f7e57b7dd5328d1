package io.lanewise.cli;

import static java.lang.Integer.parseInt;
import static java.util.regex.Matcher.quoteReplacement;

import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.dataset.Scaling;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** How features, and the targets of a regression, are scaled; tables are unless it says none. */
final class ScaleOptions {
  private static final List<String> NAMES = List.of("standard", "minmax", "maxabs", "none");
  private static final int CHUNK = 256;
  private static final float LARGEST_BYTE = 255;

  @Option(
      names = "--scale",
      paramLabel = "HOW",
      description =
          "How the features are scaled by the network's first layer, as fitted on the training part:"
              + " standard (mean 0, deviation 1), minmax (0 to 1), maxabs (divided by the largest; 0"
              + " stays 0), a factor, or none. Targets of a regression are scaled to mean 0,"
              + " deviation 1 while it trains, unless it is none. Default: standard; maxabs for"
              + " libsvm files whose values are 0 for the most part; none for images.")
  private String scale;

  /** What rows are, which decides how their features are scaled by default. */
  enum Kind {
    TABLE,
    LIBSVM,
    IMAGES,
    /** Arrays of images whose bytes are not 0..1 yet. */
    BYTE_IMAGES
  }

  /**
   * What was decided of the features.
   *
   * @param fit null if they stay as they are
   * @param text what is done, to be shown
   */
  record Features(Scaling.Fit fit, String text) {}

  /** Throws if it is none of them. */
  void check() {
    factor();
  }

  /** Whether nothing is scaled, neither features nor targets. */
  boolean isNone() {
    return "none".equals(scale);
  }

  /** What --scale says if it is a factor; NaN if it is a name. */
  private float factor() {
    if (scale == null || NAMES.contains(scale)) {
      return Float.NaN;
    }
    try {
      float factor = Float.parseFloat(scale);
      if (Float.isFinite(factor) && factor != 0) {
        return factor;
      }
    } catch (NumberFormatException e) {
      // Says the same as a factor that is none.
    }
    throw new UsageException(
        "--scale must be none, standard, minmax, maxabs or a factor that is not 0, got \""
            + scale
            + "\"");
  }

  /** Fits the scaling of the features. */
  Features features(RowSource rows, Encoding encoding, Kind kind) throws IOException {
    try {
      return fit(rows, kind);
    } catch (IllegalArgumentException e) {
      throw named(e, encoding);
    }
  }

  /** A scaling knows features and targets by their numbers alone. */
  static UsageException named(IllegalArgumentException e, Encoding encoding) {
    String message =
        Pattern.compile("(feature|target) ([0-9]+)")
            .matcher(e.getMessage())
            .replaceAll(
                m -> {
                  int index = parseInt(m.group(2));
                  boolean feature = m.group(1).equals("feature");
                  return quoteReplacement(
                      feature ? encoding.featureName(index) : encoding.targetName(index));
                });
    return new UsageException("--scale: " + message);
  }

  private Features fit(RowSource rows, Kind kind) throws IOException {
    float factor = factor();
    if (!Float.isNaN(factor)) {
      return new Features(all(rows.nIn(), factor), "multiplied by " + factor);
    }
    return switch (scale == null ? standard(kind) : scale) {
      case "standard" -> new Features(Scaling.STANDARD.fit(rows), "scaled to mean 0, deviation 1");
      case "minmax" -> new Features(Scaling.MIN_MAX.fit(rows), "scaled to 0..1");
      case "maxabs" ->
          new Features(Largest.of(rows).fit(), "divided by the largest of each column");
      case "bytes" -> new Features(all(rows.nIn(), 1 / LARGEST_BYTE), "divided by 255, to 0..1");
      case "images" -> new Features(null, "as they are, images");
      case "libsvm" -> {
        Largest largest = Largest.of(rows);
        yield largest.isSparse()
            ? new Features(
                largest.fit(),
                Text.format(
                    "divided by the largest of each column, as %.0f%% of the values are 0",
                    100 * largest.zeros()))
            : new Features(Scaling.STANDARD.fit(rows), "scaled to mean 0, deviation 1");
      }
      default -> new Features(null, "as they are");
    };
  }

  private static String standard(Kind kind) {
    return switch (kind) {
      case TABLE -> "standard";
      case LIBSVM -> "libsvm";
      case IMAGES -> "images";
      case BYTE_IMAGES -> "bytes";
    };
  }

  private static Scaling.Fit all(int n, float factor) {
    float[] factors = new float[n];
    Arrays.fill(factors, factor);
    return new Scaling.Fit(new float[n], factors);
  }

  /**
   * The largest absolute value of each feature (scikit-learn's MaxAbsScaler), which leaves 0 what
   * it is: a mean would fill rows that are empty for the most part, and the deviation of what is
   * rare would make it large.
   *
   * @param zeros the share of the values that are 0
   */
  private record Largest(float[] values, double zeros) {
    static Largest of(RowSource source) throws IOException {
      int n = source.nIn();
      float[] values = new float[n];
      long zeros = 0;
      Rows rows = new Rows(source, CHUNK);
      try (RowSource.Reader reader = source.open(0)) {
        for (int m = reader.read(rows, 0, CHUNK); m > 0; m = reader.read(rows, 0, CHUNK)) {
          for (int i = 0; i < m * n; i++) {
            float value = Math.abs(rows.features()[i]);
            values[i % n] = Math.max(values[i % n], value);
            zeros += value == 0 ? 1 : 0;
          }
        }
      }
      return new Largest(values, zeros / ((double) n * Math.max(1, source.rowCount())));
    }

    boolean isSparse() {
      return zeros > 0.5;
    }

    Scaling.Fit fit() {
      float[] scale = new float[values.length];
      for (int j = 0; j < scale.length; j++) {
        float each = 1 / values[j];
        scale[j] = values[j] == 0 ? 1 : Float.isInfinite(each) ? Float.MAX_VALUE : each;
      }
      return new Scaling.Fit(new float[scale.length], scale);
    }
  }
}
