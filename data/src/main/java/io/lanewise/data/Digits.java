package io.lanewise.data;

import io.lanewise.dataset.Dataset;

/**
 * The handwritten digits of the UCI repository (Alpaydin and Kaynak 1998, CC BY 4.0; digits.txt
 * beside the resource), their test part: 1797 images of 8x8 by 13 people, ordered by writer.
 */
public final class Digits {
  /** Rows. */
  public static final int ROWS = 1797;

  /** Features a row, an image of 8x8. */
  public static final int FEATURES = 64;

  /** Classes, the digits. */
  public static final int CLASSES = 10;

  private static final String RESOURCE = "digits.csv.gz";
  private static final float WHITE = 16f;

  private Digits() {}

  /** Returns all rows, their features scaled from 0..16 to 0..1. */
  public static Dataset load() {
    Dataset dataset =
        Resource.read(RESOURCE, new CsvReader().header(CsvReader.Header.NO).classCount(CLASSES));
    float[] features = dataset.features();
    for (int i = 0; i < features.length; i++) {
      features[i] /= WHITE;
    }
    return dataset;
  }
}
