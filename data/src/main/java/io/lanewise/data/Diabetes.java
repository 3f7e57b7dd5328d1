package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import java.util.List;

/**
 * Diabetes of Efron and others 2004 (diabetes.txt beside the resource): 442 patients by 10
 * measures, as measured; the target is the progression of the disease after one year.
 */
public final class Diabetes {
  private Diabetes() {}

  /** Returns all rows. */
  public static Dataset load() {
    return Resource.read("diabetes.csv.gz", new CsvReader().targets(List.of("progression")));
  }
}
