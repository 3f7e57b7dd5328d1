package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** What cannot be done is refused before anything runs, by a line that says what to do. */
class MisuseTest {
  private static final Dataset<Row> ROWS = Tables.arrays(60);

  private static LanewiseClassifier classifier() {
    return new LanewiseClassifier().hiddenLayers(4).epochs(1).shards(4);
  }

  private static void refused(Class<? extends Exception> by, Runnable fit, String... words) {
    String message = assertThrows(by, fit::run).getMessage();
    assertEquals(1, message.lines().count(), message);
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
  }

  private static void refused(LanewiseEstimator<?> estimator, Dataset<Row> rows, String... words) {
    refused(IllegalArgumentException.class, () -> estimator.fit(rows), words);
  }

  @Test
  void columnsThatCannotBe() {
    refused(classifier().features("featurs"), ROWS, "no column \"featurs\"", "features, label");
    refused(classifier().label("klass"), ROWS, "no column \"klass\"");
    refused(classifier().weight("w"), ROWS, "no column \"w\"");
    refused(classifier().validationColumn("w"), ROWS, "no column \"w\"");
    Dataset<Row> without = ROWS.withColumn("label", functions.expr("if(label = 1, null, label)"));
    refused(classifier(), without, "\"label\"", "null");
    refused(classifier(), ROWS.filter("label = 1"), "\"label\"", "two classes");
    refused(classifier(), ROWS.limit(0), "no rows");
  }

  @Test
  void columnsOfWrongTypes() {
    refused(classifier().label("features"), ROWS, "\"features\" is named twice");
    refused(classifier().features("weight").label("features"), ROWS, "array<float>", "a label");
    refused(classifier().features("features", "weight"), ROWS, "array<float>", "only feature");
    refused(classifier().weight("held"), ROWS, "\"held\" is boolean", "a number");
    refused(classifier().validationColumn("weight"), ROWS, "\"weight\" is double", "a truth");
    refused(classifier().categories("weight"), ROWS, "categories", "\"weight\"");
    Dataset<Row> dated = ROWS.withColumn("when", functions.current_timestamp());
    refused(classifier().features("when"), dated, "\"when\" is timestamp", "a number");
    Dataset<Row> texts = ROWS.withColumn("texts", functions.array(functions.lit("a")));
    refused(classifier().features("texts"), texts, "array<string>", "an array of numbers");
    LanewiseRegressor regressor = new LanewiseRegressor().label("held");
    refused(regressor, ROWS, "\"held\" is boolean", "a number to be predicted");
  }

  @Test
  void settingsThatCannotBe() {
    refused(classifier().workers(5), ROWS, "workers: 5", "shards", "4");
    refused(classifier().classWeights(Map.of("7", 1.0)), ROWS, "\"7\"", "[0, 1, 2]");
    refused(
        IllegalArgumentException.class,
        () -> classifier().optimizer("adaam"),
        "sgd, momentum",
        "\"adaam\"");
    refused(IllegalArgumentException.class, () -> classifier().layers("16 rleu"), "rleu");
    Object here = new Object();
    refused(classifier().trainer(trainer -> here.hashCode()), ROWS, "serializable", "trainer(...)");
  }

  @Test
  void moreWorkersThanSlots() {
    refused(
        IllegalStateException.class,
        () -> classifier().shards(8).workers(6).fit(ROWS),
        "workers: 6",
        "slots for 4",
        "workers(4)",
        "spark.executor.instances");
  }

  @Test
  void aClusterThatIsSetUpOtherwise() {
    FitSettings settings = classifier().settings;
    SparkConf dynamic = new SparkConf(false).set("spark.dynamicAllocation.enabled", "true");
    refused(
        IllegalStateException.class,
        () -> ClusterChecks.require(dynamic, false, settings),
        "spark.dynamicAllocation.enabled",
        "false",
        "spark.executor.instances");
    SparkConf encrypted = new SparkConf(false).set("spark.network.crypto.enabled", "true");
    refused(
        IllegalStateException.class,
        () -> ClusterChecks.require(encrypted, false, settings),
        "spark.network.crypto.enabled",
        "tls(...)",
        "allowPlainSockets(true)");
    ClusterChecks.require(encrypted, false, classifier().allowPlainSockets(true).settings);
    ClusterChecks.require(encrypted, false, classifier().tls(() -> null).settings);
    ClusterChecks.require(new SparkConf(false), false, settings);
  }

  /** It is said once, not tried again. */
  @Test
  void whatFailsByItselfIsNotTriedAgain() {
    refused(
        IllegalStateException.class,
        () -> classifier().workers(2).learningRate(1e30).optimizer("sgd").epochs(9).fit(ROWS),
        "worker ",
        "not finite");
  }
}
