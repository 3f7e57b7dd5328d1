package io.lanewise.spark;

import io.lanewise.data.CsvReader.Missing;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a table to train on, on the cluster, in no order yet.
 *
 * @param layout what their bytes are
 * @param rows the bytes
 * @param sum what they are together
 */
record RawTable(RawRows layout, JavaRDD<byte[]> rows, Sum sum) {
  /**
   * What rows are together, in any order and partitions.
   *
   * @param count how many
   * @param held how many of them are held back by a column
   * @param bytes of all
   * @param hashes the sum of theirs
   */
  record Sum(long count, long held, long bytes, long hashes) {}

  /** Checks each value. */
  static RawTable of(Dataset<Row> table, Columns columns, FitSettings settings) {
    Dataset<Row> selected =
        table.select(
            columns.read().stream()
                .map(name -> functions.col("`" + name.replace("`", "``") + "`"))
                .toArray(org.apache.spark.sql.Column[]::new));
    StructType schema = selected.schema();
    boolean mayMiss = settings.missing.kind() != Missing.Kind.ERROR;
    RawRows layout = new RawRows(schema, columns, width(selected), mayMiss);
    JavaRDD<byte[]> rows = selected.javaRDD().map(layout::of);
    return new RawTable(layout, rows, sum(rows));
  }

  /** The values of a row's array: those of the first row, which all must have. */
  private static int width(Dataset<Row> selected) {
    if (!Values.isWhole(selected.schema().fields()[0].dataType())) {
      return 0;
    }
    List<Row> first = selected.takeAsList(1);
    if (first.isEmpty()) {
      throw new IllegalArgumentException("the table has no rows");
    }
    Row row = first.get(0);
    int width = Values.width(row.get(0));
    if (width < 1) {
      String name = selected.schema().fieldNames()[0];
      String got = width < 0 ? "got null" : "got no value";
      throw new IllegalArgumentException(
          Values.problem(name, got + ", wanted at least one", row).getMessage());
    }
    return width;
  }

  private static Sum sum(JavaRDD<byte[]> rows) {
    long[] all = new long[4];
    List<long[]> parts = rows.mapPartitions(RawTable::sumOf).collect();
    for (long[] part : parts) {
      for (int i = 0; i < all.length; i++) {
        all[i] += part[i];
      }
    }
    if (all[0] == 0) {
      throw new IllegalArgumentException("the table has no rows");
    }
    return new Sum(all[0], all[1], all[2], all[3]);
  }

  private static Iterator<long[]> sumOf(Iterator<byte[]> rows) {
    long[] part = new long[4];
    while (rows.hasNext()) {
      byte[] row = rows.next();
      part[0]++;
      part[1] += RawRows.isHeld(row) ? 1 : 0;
      part[2] += row.length;
      part[3] += RawRows.hashOf(row);
    }
    return List.of(part).iterator();
  }

  /** How many bytes of rows the driver and each executor may hold. */
  static long most(SparkConf conf, boolean local, FitSettings settings) {
    if (settings.mostBytes > 0) {
      return settings.mostBytes;
    }
    long most = Runtime.getRuntime().maxMemory() / 4;
    long result = conf.getSizeAsBytes("spark.driver.maxResultSize", "1g");
    most = result > 0 ? Math.min(most, result) : most;
    return local ? most : Math.min(most, conf.getSizeAsBytes("spark.executor.memory", "1g") / 4);
  }

  static void requireRoom(long bytes, long most, String what) {
    if (bytes > most) {
      throw new IllegalArgumentException(
          what
              + " are "
              + (bytes >> 20)
              + " MB, and at most "
              + (most >> 20)
              + " MB go to the driver and to each worker (a quarter of its heap, or"
              + " spark.driver.maxResultSize): partitioned(folder) lets each worker read its own"
              + " from files, or give more by spark.driver.memory and spark.executor.memory");
    }
  }
}
