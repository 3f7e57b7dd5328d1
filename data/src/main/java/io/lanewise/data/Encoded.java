package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import java.util.Objects;

/**
 * Rows and how they came to be.
 *
 * @param dataset the rows
 * @param encoding what was learnt from them: the names of the classes, the columns
 */
public record Encoded(Dataset dataset, Encoding encoding) {
  /** Checks that both are there. */
  public Encoded {
    Objects.requireNonNull(dataset, "dataset");
    Objects.requireNonNull(encoding, "encoding");
  }
}
