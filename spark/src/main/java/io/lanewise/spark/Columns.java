package io.lanewise.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which columns are what.
 *
 * @param classification whether the one target is a label
 * @param features one column of arrays or vectors, or columns of one value each
 * @param targets the label alone, or the numbers to be predicted
 * @param weight that of the rows' weights; null for none
 * @param validation that says which rows are held back; null for none
 * @param categories the features that are categories though they are numbers
 * @param unknownAsZeros whether a category that was not learnt is a row of zeros
 */
record Columns(
    boolean classification,
    List<String> features,
    List<String> targets,
    @Nullable String weight,
    @Nullable String validation,
    List<String> categories,
    boolean unknownAsZeros)
    implements Serializable {

  /** All that are read, in this order: features, targets, weight, validation. */
  List<String> read() {
    List<String> all = new ArrayList<>(features);
    all.addAll(targets);
    if (weight != null) {
      all.add(weight);
    }
    if (validation != null) {
      all.add(validation);
    }
    return all;
  }
}
