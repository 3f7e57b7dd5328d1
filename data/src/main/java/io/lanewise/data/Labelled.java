package io.lanewise.data;

import io.lanewise.train.Dataset;
import java.util.List;

/**
 * A dataset with labels and what its classes are called.
 *
 * @param dataset its rows
 * @param classes the name of each class, sorted; empty where the labels are integers
 */
public record Labelled(Dataset dataset, List<String> classes) {

  /** Takes a copy of the list. */
  public Labelled {
    classes = List.copyOf(classes);
  }
}
