package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.cluster.Chain;
import io.lanewise.nn.Network;
import io.lanewise.train.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The bits of a fit, whatever runs it. */
class FitTest {
  private static Dataset<Row> rows;

  @TempDir private static Path folder;

  @BeforeAll
  static void read() {
    rows = Tables.arrays(600).cache();
  }

  private static LanewiseClassifier classifier() {
    return new LanewiseClassifier()
        .layers("16 batchnorm relu dropout:0.2 8 relu")
        .epochs(3)
        .batchSize(48)
        .seed(5);
  }

  /** What {@code Trainer.shards} makes of the same rows in this process, without Spark's tasks. */
  private static String alone(LanewiseEstimator<?> estimator, Dataset<Row> rows)
      throws IOException {
    FitSettings settings = estimator.settings;
    TrainingData data = TrainingData.of(rows, settings.columns(), settings);
    Network network = Fit.network(settings, data);
    settings.trainer(network, data.validation(), data.targetScaling()).fit(data.training(0, 1));
    data.release();
    return ModelBytes.sha256(network);
  }

  @Test
  void theHashIsThatOfOneProcessForAnyNumberOfWorkers() throws IOException {
    Set<String> hashes = new HashSet<>();
    // One number of workers and two, where it may be long all.
    boolean all = Boolean.getBoolean("lanewise.long");
    for (int shards : new int[] {4, 12}) {
      String alone = alone(classifier().shards(shards), rows);
      int[] some = shards == 4 ? new int[] {3} : new int[] {1, 4};
      for (int workers : all ? new int[] {1, 2, 3, 4} : some) {
        LanewiseModel model = classifier().shards(shards).workers(workers).fit(rows);
        assertEquals(alone, model.sha256(), "shards " + shards + ", workers " + workers);
      }
      hashes.add(alone);
    }
    assertEquals(2, hashes.size());
  }

  @Test
  void partitionsAndTheOrderOfRowsChangeNoBit() {
    String hash = classifier().shards(4).workers(2).fit(rows).sha256();
    assertEquals(
        hash,
        classifier().shards(4).workers(3).fit(rows.orderBy("weight").repartition(7)).sha256());
    assertEquals(hash, classifier().shards(4).workers(4).fit(rows.limit(600).coalesce(1)).sha256());
  }

  @Test
  void allSettingsGoThroughTheExchange() throws IOException {
    LanewiseClassifier all =
        classifier()
            .shards(6)
            .weight("weight")
            .validation(0.2)
            .earlyStopping(2)
            .epochs(12)
            .optimizer("nesterov")
            .learningRate(0.05)
            .weightDecay(1e-4)
            .classWeights(Map.of("2", 3.0))
            .trainer(trainer -> trainer.accumulate(2));
    String alone = alone(all, rows);
    LanewiseModel model = all.workers(4).fit(rows);
    assertEquals(alone, model.sha256());
    assertTrue(model.history().bestEpoch() > 0);
    assertNotEquals(alone, alone(all.classWeights(Map.of()), rows));
  }

  @Test
  void aColumnSaysWhichRowsAreHeldBack() throws IOException {
    LanewiseClassifier some = classifier().shards(4).validationColumn("held");
    LanewiseModel model = some.workers(2).fit(rows);
    assertEquals(alone(some, rows), model.sha256());
    assertTrue(model.history().last().validationAccuracy() > 0.3, "" + model.history());
  }

  @Test
  void aRegressionGivesTargetsAsTheyAre() throws IOException {
    Dataset<Row> houses = Tables.columns(300);
    LanewiseRegressor some =
        new LanewiseRegressor().features("age", "city").label("price").epochs(40).batchSize(32);
    LanewiseModel model = some.workers(3).fit(houses);
    assertEquals(alone(some, houses), model.sha256());
    for (Row row : model.transform(houses).takeAsList(50)) {
      double price = row.getAs("price");
      double predicted = row.getAs("prediction");
      assertEquals(price, predicted, 20);
    }
  }

  @Test
  void aModelIsWrittenAndRead() throws IOException {
    Dataset<Row> people = Tables.columns(300);
    LanewiseModel model =
        new LanewiseClassifier()
            .features("age", "city")
            .label("kind")
            .epochs(30)
            .batchSize(16)
            .fit(people);
    Path to = folder.resolve("written/model");
    String at = to.toUri().toString();
    model.write(at);
    LanewiseModel read = LanewiseModel.load(at);
    assertEquals(model.sha256(), read.sha256());
    assertEquals(model.history(), read.history());
    assertEquals(model.transform(people).collectAsList(), read.transform(people).collectAsList());
    long right = read.transform(people).filter("kind = prediction").count();
    assertTrue(right > 270, "" + right);
    model.write(at, SaveMode.Overwrite);
    assertTrue(
        assertThrows(IllegalStateException.class, () -> model.write(at))
            .getMessage()
            .contains("is there already"));
    try (Stream<Path> left = Files.list(folder.resolve("written"))) {
      assertEquals(List.of("model"), left.map(f -> f.getFileName().toString()).toList());
    }
    Path history = to.resolve("history.csv");
    Files.delete(to.resolve(".history.csv.crc"));
    Files.writeString(history, "epoch,loss\n1,much\n");
    message(UncheckedIOException.class, "is damaged", () -> LanewiseModel.load(at));
    Files.delete(to.resolve("model.safetensors"));
    message(UncheckedIOException.class, "no model in", () -> LanewiseModel.load(at));
    message(
        IllegalStateException.class,
        "has no model.safetensors: it is not overwritten",
        () -> model.write(at, SaveMode.Overwrite));
    assertTrue(Files.exists(history));
  }

  private static void message(Class<? extends Exception> type, String wanted, Executable work) {
    String message = String.valueOf(assertThrows(type, work));
    assertTrue(message.contains(wanted), message);
  }

  @Test
  void workersSpeakTls() throws Exception {
    String keys = folder.resolve("keys").toString();
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-keyalg", "EC"));
    command.addAll(List.of("-alias", "all", "-dname", "CN=all", "-keystore", keys));
    command.addAll(List.of("-storepass", "only-for-this"));
    assertEquals(0, new ProcessBuilder(command).start().waitFor());
    LanewiseClassifier some = classifier().shards(4).workers(3);
    some.tls(() -> Chain.sslContext(Path.of(keys), null, "only-for-this".toCharArray()));
    assertEquals(alone(some, rows), some.fit(rows).sha256());
    some.tls(() -> Chain.sslContext(Path.of(keys), null, "another".toCharArray()));
    String message = assertThrows(IllegalStateException.class, () -> some.fit(rows)).getMessage();
    assertTrue(message.contains("tls(...) failed: " + keys), message);
  }

  @Test
  void aFitGoesOnFromItsCheckpoints() {
    String at = folder.resolve("checkpoints").toUri().toString();
    String whole = classifier().shards(4).workers(2).epochs(4).fit(rows).sha256();
    classifier().shards(4).workers(2).epochs(2).checkpoint(at, 5).fit(rows);
    LanewiseClassifier again = classifier().shards(4).workers(3).epochs(4).checkpoint(at, 5);
    String message = assertThrows(IllegalStateException.class, () -> again.fit(rows)).getMessage();
    assertTrue(message.contains("resume(true)"), message);
    LanewiseModel model = again.resume(true).fit(rows);
    assertEquals(whole, model.sha256());
    assertEquals(4, model.history().epochs().size());
  }

  @Test
  void listenersOfSparkAreToldOfEachEpoch() throws Exception {
    List<Integer> epochs = new ArrayList<>();
    Set<String> described = ConcurrentHashMap.newKeySet();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            described.add(job.properties().getProperty("spark.job.description"));
          }

          @Override
          public void onOtherEvent(SparkListenerEvent event) {
            if (event instanceof LanewiseEpoch told) {
              History.Epoch epoch = told.epoch();
              synchronized (epochs) {
                epochs.add(epoch.epoch());
              }
            }
          }
        };
    Sessions.shared().sparkContext().addSparkListener(listener);
    try {
      classifier().shards(4).workers(2).fit(rows);
      Sessions.shared().sparkContext().listenerBus().waitUntilEmpty();
      assertEquals(List.of(1, 2, 3), epochs);
      assertTrue(
          described.contains("Lanewise: trains [label], workers 2, shards 4"), "" + described);
      assertNull(Sessions.shared().sparkContext().getLocalProperty("spark.job.description"));
    } finally {
      Sessions.shared().sparkContext().removeSparkListener(listener);
    }
  }
}
