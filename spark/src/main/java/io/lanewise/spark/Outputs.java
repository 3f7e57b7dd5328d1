package io.lanewise.spark;

import java.util.Arrays;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The columns that a model adds. */
final class Outputs {
  private static final ArrayType ARRAY = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private Outputs() {}

  /**
   * Returns the schema with them.
   *
   * @param label the type of the label; null for a regression
   * @param targets how many numbers are predicted, of a regression
   * @throws IllegalArgumentException if a name is there already
   */
  static StructType schema(
      StructType schema,
      @Nullable DataType label,
      int targets,
      String prediction,
      String probability) {
    if (label == null) {
      return add(schema, prediction, targets == 1 ? DataTypes.DoubleType : ARRAY);
    }
    return add(add(schema, prediction, label), probability, ARRAY);
  }

  private static StructType add(StructType schema, String name, DataType type) {
    if (Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new IllegalArgumentException(
          "column \"" + name + "\" is there already: give the prediction another name, or drop it");
    }
    return schema.add(name, type, true);
  }
}
