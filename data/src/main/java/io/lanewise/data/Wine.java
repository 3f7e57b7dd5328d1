package io.lanewise.data;

import io.lanewise.dataset.Dataset;

/**
 * Wine of the UCI repository (Aeberhard and Forina 1991, CC BY 4.0; wine.txt beside the resource):
 * 178 wines by 13 measures of a chemical analysis; the classes are three cultivars.
 */
public final class Wine {
  private Wine() {}

  /** Returns all rows. */
  public static Dataset load() {
    return Resource.read("wine.csv.gz", new CsvReader().label("cultivar"));
  }
}
