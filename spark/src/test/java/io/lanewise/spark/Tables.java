package io.lanewise.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Tables that tests train on. */
final class Tables {
  private static final String[] CITIES = {"Bonn", "Köln", "Ulm"};

  private Tables() {}

  /** Columns features (array of float, 6), label (int, 0..2), weight (double), held (boolean). */
  static Dataset<Row> arrays(int rows) {
    Random random = new Random(7);
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Float[] x = new Float[6];
      for (int j = 0; j < x.length; j++) {
        x[j] = (float) random.nextGaussian();
      }
      int label = x[0] + x[1] * x[2] > 0.5 ? 2 : x[3] > 0 ? 1 : 0;
      all.add(RowFactory.create(x, label, 0.5 + random.nextDouble(), i % 5 == 0));
    }
    StructType schema =
        new StructType()
            .add("features", DataTypes.createArrayType(DataTypes.FloatType))
            .add("label", DataTypes.IntegerType)
            .add("weight", DataTypes.DoubleType)
            .add("held", DataTypes.BooleanType);
    return Sessions.shared().createDataFrame(all, schema);
  }

  /** Columns age (double), city (string), kind (string: "no", "yes"), price (double). */
  static Dataset<Row> columns(int rows) {
    Random random = new Random(8);
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double age = 20 + random.nextInt(60);
      String city = CITIES[random.nextInt(3)];
      String kind = age > 50 ^ city.equals("Ulm") ? "yes" : "no";
      all.add(RowFactory.create(age, city, kind, 3 * age + city.length() + random.nextGaussian()));
    }
    StructType schema =
        new StructType()
            .add("age", DataTypes.DoubleType)
            .add("city", DataTypes.StringType)
            .add("kind", DataTypes.StringType)
            .add("price", DataTypes.DoubleType);
    return Sessions.shared().createDataFrame(all, schema);
  }
}
