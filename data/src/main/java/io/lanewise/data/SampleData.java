package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Small data that come with this module; where they are from is in a text beside each resource. */
public final class SampleData {
  /** Rows of the digits. */
  public static final int DIGITS_ROWS = 1797;

  /** Features a row of the digits, an image of 8x8. */
  public static final int DIGITS_FEATURES = 64;

  /** Classes of the digits. */
  public static final int DIGITS_CLASSES = 10;

  private static final float WHITE = 16f;

  private SampleData() {}

  /**
   * Returns the handwritten digits of the UCI repository (Alpaydin and Kaynak 1998, CC BY 4.0),
   * their test part: 1797 images of 8x8 by 13 people, ordered by writer, scaled from 0..16 to 0..1.
   */
  public static Dataset digits() {
    CsvReader reader = new CsvReader().header(CsvReader.Header.NO).classCount(DIGITS_CLASSES);
    Dataset dataset = read("digits.csv.gz", reader);
    float[] features = dataset.features();
    for (int i = 0; i < features.length; i++) {
      features[i] /= WHITE;
    }
    return dataset;
  }

  /**
   * Returns Wine of the UCI repository (Aeberhard and Forina 1991, CC BY 4.0): 178 wines by 13
   * measures of a chemical analysis; the classes are three cultivars.
   */
  public static Dataset wine() {
    return read("wine.csv.gz", new CsvReader().label("cultivar"));
  }

  /**
   * Returns Breast Cancer Wisconsin (Diagnostic) of the UCI repository (Wolberg and others 1995, CC
   * BY 4.0): 569 masses by 30 measures of their cell nuclei, as measured; the classes are 0 benign,
   * 1 malignant.
   */
  public static Dataset breastCancer() {
    return read("breast-cancer.csv.gz", new CsvReader().label("diagnosis"));
  }

  /**
   * Returns Diabetes of Efron and others 2004: 442 patients by 10 measures, as measured; the target
   * is the progression of the disease after one year.
   */
  public static Dataset diabetes() {
    return read("diabetes.csv.gz", new CsvReader().targets(List.of("progression")));
  }

  private static Dataset read(String name, CsvReader reader) {
    try (InputStream resource = SampleData.class.getResourceAsStream(name);
        InputStream in = new GZIPInputStream(resource)) {
      return reader.read(in, name).dataset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
