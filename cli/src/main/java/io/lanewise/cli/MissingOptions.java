package io.lanewise.cli;

import io.lanewise.data.CsvReader.Missing;
import picocli.CommandLine.Option;

/** What becomes of the fields of a CSV file that have no value, or one that was not learnt. */
final class MissingOptions {
  @Option(
      names = "--missing",
      paramLabel = "HOW",
      defaultValue = "error",
      description =
          "CSV: what an empty field, NA or ? becomes: error, mean, median (of the training part) or"
              + " a number. Default: error.")
  private String missing;

  @Option(
      names = "--unknown-category",
      paramLabel = "HOW",
      defaultValue = "error",
      description =
          "CSV: what a category becomes that the training part has not: error or zeros. Default:"
              + " error.")
  private String unknownCategory;

  /** Whether a missing value is an error, as it is by default. */
  boolean isMissingError() {
    return missing.equals("error");
  }

  /** Whether a category that was not learnt is an error, as it is by default. */
  boolean isUnknownError() {
    return unknownCategory.equals("error");
  }

  /** What becomes of a missing value. */
  Missing missing() {
    switch (missing) {
      case "error":
        return Missing.ERROR;
      case "mean":
        return Missing.MEAN;
      case "median":
        return Missing.MEDIAN;
      default:
        try {
          return Missing.constant(Float.parseFloat(missing));
        } catch (IllegalArgumentException e) {
          throw new UsageException(
              "--missing must be error, mean, median or a number, got \"" + missing + "\"");
        }
    }
  }

  /** Whether a category that was not learnt is a row of zeros. */
  boolean unknownAsZeros() {
    if (!unknownCategory.equals("zeros") && !unknownCategory.equals("error")) {
      throw new UsageException(
          "--unknown-category must be error or zeros, got \"" + unknownCategory + "\"");
    }
    return unknownCategory.equals("zeros");
  }
}
