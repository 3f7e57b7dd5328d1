package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Prediction;
import io.lanewise.data.RowPredictor;
import io.lanewise.nn.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions of a table have the bits that its rows have on one machine. */
class ScoringTest {
  // Each task that writes holds one, and Parquet's own of 128 MB are too many for a small heap.
  private static final int ROW_GROUP = 8 << 20;

  private static Dataset<Row> arrays;
  private static Dataset<Row> columns;
  private static LanewiseModel ofArrays;
  private static LanewiseModel ofColumns;

  @TempDir private Path folder;

  @BeforeAll
  static void fit() {
    arrays = Tables.arrays(300);
    columns = Tables.columns(60);
    ofArrays =
        new LanewiseClassifier().hiddenLayers(16).epochs(1).shards(1).batchSize(50).fit(arrays);
    ofColumns =
        new LanewiseRegressor()
            .features("age", "city")
            .label("price")
            .missing(Missing.constant(40))
            .hiddenLayers(8)
            .epochs(1)
            .shards(1)
            .batchSize(20)
            .fit(columns);
  }

  @Test
  void anyPartitionHasTheBitsOfOneMachine() {
    Predictor predictor = new Predictor(ofArrays.network());
    for (int partitions : new int[] {1, 7}) {
      for (Row row : ofArrays.transform(arrays.repartition(partitions)).collectAsList()) {
        float[] x = new float[6];
        for (int j = 0; j < 6; j++) {
          x[j] = row.<Float>getList(0).get(j);
        }
        float[] y = new float[3];
        predictor.predict(x, y);
        double[] wide = new double[3];
        int best = 0;
        for (int c = 0; c < 3; c++) {
          wide[c] = y[c];
          best = y[c] > y[best] ? c : best;
        }
        int at = row.fieldIndex("probability");
        assertArrayEquals(
            wide, row.<Double>getList(at).stream().mapToDouble(p -> p).toArray(), "" + row);
        assertEquals(best, row.<Integer>getAs("prediction"));
      }
    }
  }

  @Test
  void columnsHaveTheBitsOfRowPredictor() {
    RowPredictor predictor = new RowPredictor(ofColumns.meaning());
    Dataset<Row> some = columns.union(table(RowFactory.create(null, "Ulm", "no", 1.0)));
    for (Row row : ofColumns.transform(some.repartition(3)).collectAsList()) {
      Map<String, Object> values = new HashMap<>();
      values.put("age", row.get(0));
      values.put("city", row.get(1));
      Prediction alone = predictor.predict(values);
      assertEquals((double) alone.value(), row.<Double>getAs("prediction"), "" + row);
    }
  }

  private static Dataset<Row> table(Row row) {
    return Sessions.shared().createDataFrame(List.of(row), columns.schema());
  }

  private static void refused(LanewiseModel model, Dataset<Row> rows, String... words) {
    Exception e = assertThrows(Exception.class, () -> model.transform(rows).collectAsList());
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof RowProblem)) {
      cause = cause.getCause();
    }
    for (String word : words) {
      assertTrue(cause.getMessage().contains(word), cause.getMessage());
    }
  }

  @Test
  void aRowThatCannotBeIsNamedWithItsColumn() {
    refused(
        ofColumns,
        table(RowFactory.create(30.0, "Rome", "no", 1.0)),
        "column \"city\": \"Rome\" is none of the categories Bonn, Köln, Ulm, in the row"
            + " [30.0,Rome,no,1.0]");
    refused(
        ofColumns,
        table(RowFactory.create(1e300, "Ulm", "no", 1.0)),
        "column \"age\": got 1.0E300, wanted a finite float");
    refused(ofColumns, columns.drop("age"), "no column \"age\"");
    refused(
        ofColumns,
        columns.withColumn("age", columns.col("city")),
        "column \"age\" is of type string, wanted numbers");
    StructType schema = arrays.schema();
    for (Float[] bad :
        new Float[][] {{1f}, null, {1f, 2f, 3f, Float.NaN, 5f, 6f}, {1f, 2f, null, 4f, 5f, 6f}}) {
      Row row = RowFactory.create(bad, 1, 1.0, false);
      Dataset<Row> rows = Sessions.shared().createDataFrame(List.of(row), schema);
      refused(ofArrays, rows, "column \"features\": ", ", in the row [");
    }
    refused(
        ofArrays,
        arrays.withColumn("features", arrays.col("weight")),
        "column \"features\" is of type double, wanted arrays of 6 numbers");
    refused(
        ofColumns,
        columns.withColumn("age", functions.array(functions.lit(1))),
        "column \"age\" is of type array<int>, wanted one value each");
  }

  /**
   * As many rows as are wanted, from Parquet to Parquet, without more memory: 10 million of them
   * with {@code -Dlanewise.long=true}, which go through a heap of 512 MB.
   */
  @Test
  void aTableOfAnySizeGoesThrough() throws Exception {
    long rows = Boolean.getBoolean("lanewise.long") ? 10_000_000 : 20_000;
    String from = folder.resolve("from").toUri().toString();
    String to = folder.resolve("to").toUri().toString();
    Sessions.shared()
        .range(0, rows, 1, 3)
        .selectExpr("id", "transform(sequence(1, 6), i -> float(sin(id * i))) as features")
        .write()
        .option("parquet.block.size", ROW_GROUP)
        .parquet(from);
    if (rows > 20_000) {
      System.out.println("written: " + peak());
    }
    long began = System.nanoTime();
    ofArrays
        .transform(Sessions.shared().read().parquet(from))
        .write()
        .option("parquet.block.size", ROW_GROUP)
        .parquet(to);
    double seconds = (System.nanoTime() - began) * 1e-9;
    Dataset<Row> written = Sessions.shared().read().parquet(to);
    assertEquals(rows, written.count());
    Predictor predictor = new Predictor(ofArrays.network());
    for (Row row : written.filter("id % (" + rows / 10 + ") = 7").collectAsList()) {
      float[] x = new float[6];
      for (int j = 0; j < 6; j++) {
        x[j] = row.<Float>getList(1).get(j);
      }
      float[] y = new float[3];
      predictor.predict(x, y);
      assertEquals((double) y[2], row.<Double>getList(3).get(2));
    }
    if (rows > 20_000) {
      long heap = Runtime.getRuntime().maxMemory() >> 20;
      System.out.println(rows + " rows in " + seconds + " s, heap of " + heap + " MB: " + peak());
    }
  }

  /** The most memory that this process had. */
  private static String peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("");
  }
}
