package io.lanewise.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
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

  /**
   * Checks that a table has them, each of a type that it can be.
   *
   * @throws IllegalArgumentException if not; the message names the first, and what was wanted
   */
  void require(StructType schema) {
    Set<String> seen = new HashSet<>();
    for (String name : read()) {
      Values.index(schema, name);
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            "column \""
                + name
                + "\" is named twice: each is a feature, a target, or something else");
      }
    }
    requireFeatures(schema);
    for (String name : targets) {
      boolean named = classification && (isText(schema, name) || isTruth(schema, name));
      String wanted =
          classification
              ? "a label: a whole number, a truth or a text"
              : "a number to be predicted";
      require(schema, name, named || isNumber(schema, name), wanted);
    }
    if (weight != null) {
      require(schema, weight, isNumber(schema, weight), "a number, the weight of the row");
    }
    if (validation != null) {
      require(
          schema, validation, isTruth(schema, validation), "a truth, whether the row is held back");
    }
  }

  private void requireFeatures(StructType schema) {
    for (String name : categories) {
      if (!features.contains(name)) {
        throw new IllegalArgumentException(
            "categories: \"" + name + "\" is none of the features " + features);
      }
    }
    for (String name : features) {
      DataType type = type(schema, name);
      boolean whole = Values.isWhole(type);
      if (whole && features.size() > 1) {
        throw new IllegalArgumentException(
            "column \"" + name + "\" is " + type.simpleString() + ": it must be the only feature");
      }
      boolean numbers =
          Values.isVector(type)
              || type instanceof ArrayType array && array.elementType() instanceof NumericType;
      boolean one = isNumber(schema, name) || isText(schema, name) || isTruth(schema, name);
      require(
          schema,
          name,
          whole ? numbers : one,
          "features: an array of numbers or a vector, or a number, a truth or a text");
    }
  }

  private static void require(StructType schema, String name, boolean good, String wanted) {
    if (!good) {
      throw new IllegalArgumentException(
          "column \"" + name + "\" is " + type(schema, name).simpleString() + ", wanted " + wanted);
    }
  }

  static DataType type(StructType schema, String name) {
    return schema.fields()[Values.index(schema, name)].dataType();
  }

  private static boolean isNumber(StructType schema, String name) {
    return type(schema, name) instanceof NumericType;
  }

  private static boolean isText(StructType schema, String name) {
    return Values.isText(type(schema, name));
  }

  private static boolean isTruth(StructType schema, String name) {
    return type(schema, name) instanceof BooleanType;
  }
}
