package io.lanewise.data;

import io.lanewise.dataset.Dataset;

/**
 * Breast Cancer Wisconsin (Diagnostic) of the UCI repository (Wolberg and others 1995, CC BY 4.0;
 * breast-cancer.txt beside the resource): 569 masses by 30 measures of their cell nuclei, as
 * measured; the classes are 0 benign, 1 malignant.
 */
public final class BreastCancer {
  private BreastCancer() {}

  /** Returns all rows. */
  public static Dataset load() {
    return Resource.read("breast-cancer.csv.gz", new CsvReader().label("diagnosis"));
  }
}
