package io.lanewise.spark;

import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** The session of all tests that start no processes: none of them ends it. */
final class Sessions {
  private static @Nullable SparkSession shared;

  private Sessions() {}

  /** Four slots in this JVM. */
  static synchronized SparkSession shared() {
    if (shared == null) {
      shared =
          SparkSession.builder()
              .master("local[4]")
              .appName("lanewise tests")
              .config("spark.ui.enabled", false)
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.shuffle.partitions", 4)
              .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir"))
              .config("spark.executor.heartbeatInterval", "200ms")
              .config("spark.driver.maxResultSize", "256m")
              .getOrCreate();
    }
    return shared;
  }
}
