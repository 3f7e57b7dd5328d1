package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Network;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a table becomes the rows of a training. */
class DataTest {
  private static Dataset<Row> rows;

  @TempDir private Path folder;

  @BeforeAll
  static void read() {
    rows = Tables.arrays(403).cache();
  }

  private String at(String name) {
    return folder.resolve(name).toUri().toString();
  }

  private LanewiseClassifier partitioned(String name) {
    return new LanewiseClassifier()
        .layers("16 batchnorm relu dropout:0.2 8 relu")
        .epochs(2)
        .batchSize(48)
        .shards(4)
        .weight("weight")
        .seed(5)
        .partitioned(at(name));
  }

  private static String alone(LanewiseEstimator<?> estimator, Dataset<Row> rows)
      throws IOException {
    FitSettings settings = estimator.settings;
    TrainingData data = TrainingData.of(rows, settings.columns(), settings);
    Network network = Fit.network(settings, data);
    settings.trainer(network, data.validation(), data.targetScaling()).fit(data.training(0, 1));
    data.release();
    return ModelBytes.sha256(network);
  }

  /** In this process, by nothing but core. */
  private static String byCore(LanewiseEstimator<?> estimator, Dataset<Row> rows)
      throws IOException {
    RowSource all = estimator.trainingRows(rows);
    Scaling.Fit fit = Scaling.STANDARD.fit(all);
    Network network =
        Network.builder(all.nIn())
            .normalization(fit.shift(), fit.scale())
            .dense(16)
            .batchNorm()
            .activation(Activation.RELU)
            .dropout(0.2)
            .dense(8, Activation.RELU)
            .dense(all.nOut(), Activation.SOFTMAX)
            .seed(5)
            .build();
    new Trainer(network).epochs(2).batchSize(48).shards(4).shardRows(true).seed(5).fit(all);
    return ModelBytes.sha256(network);
  }

  @Test
  void workersThatReadTheirOwnRowsHaveTheHashOfOne() throws IOException {
    String expected = alone(partitioned("a"), rows);
    Dataset<Row> others = rows.orderBy("weight").repartition(9);
    for (int workers : new int[] {1, 3, 4}) {
      String name = workers == 3 ? "b" : "a";
      assertEquals(
          expected, partitioned(name).workers(workers).fit(others).sha256(), workers + " workers");
    }
    assertEquals(expected, byCore(partitioned("a"), rows));
    assertNotEquals(expected, alone(partitioned("a").partitioned(null), rows));
  }

  /** More equal rows than a shard has, and fewer rows than shards. */
  @Test
  void equalRowsAndFewRowsAreSharedEvenly() throws IOException {
    List<Row> some = rows.takeAsList(20);
    List<Row> skewed = new ArrayList<>(some);
    skewed.addAll(Collections.nCopies(33, some.get(3)));
    LanewiseClassifier first = partitioned("skewed").layers("8 relu");
    assertEquals(alone(first, same(skewed)), first.workers(3).fit(same(skewed)).sha256());
    LanewiseClassifier few = partitioned("few").layers("8 relu").shards(12);
    Dataset<Row> five = same(some.subList(0, 5));
    assertEquals(alone(few, five), few.workers(4).fit(five.repartition(7)).sha256());
  }

  private static Dataset<Row> same(List<Row> some) {
    return Sessions.shared().createDataFrame(some, rows.schema()).coalesce(2);
  }

  @Test
  void aWorkerHasItsOwnRunInAFileAndTheOthersWhereTheyAre() throws IOException {
    FitSettings settings = partitioned("runs").settings;
    TrainingData data = TrainingData.of(rows, settings.columns(), settings);
    io.lanewise.dataset.Dataset whole = io.lanewise.dataset.Dataset.read(data.training(0, 1));
    assertEquals(403, whole.rows());
    for (int rank = 0; rank < 3; rank++) {
      io.lanewise.dataset.Dataset same = io.lanewise.dataset.Dataset.read(data.training(rank, 3));
      assertArrayEquals(whole.features(), same.features());
      assertArrayEquals(whole.labels(), same.labels());
      assertArrayEquals(whole.weights(), same.weights());
    }
  }

  @Test
  void rowsThatAreHeldBackAreTheSameForAll() throws IOException {
    LanewiseClassifier share = partitioned("share").validation(0.2).earlyStopping(3).epochs(6);
    LanewiseModel model = share.workers(3).fit(rows);
    assertEquals(alone(share, rows), model.sha256());
    assertTrue(model.history().bestEpoch() > 0);
    LanewiseClassifier column = partitioned("column").validationColumn("held");
    assertEquals(alone(column, rows), column.workers(3).fit(rows).sha256());
    FitSettings settings = column.settings;
    TrainingData data = TrainingData.of(rows, settings.columns(), settings);
    assertEquals(rows.filter("held").count(), data.validation().rows());
    assertEquals(rows.filter("not held").count(), data.rows());
  }

  @Test
  void aFolderOfOtherRowsIsRefused() throws IOException {
    partitioned("once").fit(rows);
    String message = refused(() -> partitioned("once").fit(rows.limit(402)));
    assertTrue(message.contains("has rows of another fit: it is of 403 rows"), message);
    Files.createDirectories(folder.resolve("full"));
    Files.writeString(folder.resolve("full/other.txt"), "mine");
    message = refused(() -> partitioned("full").fit(rows));
    assertTrue(message.contains("is not empty"), message);
    try (Stream<Path> files = Files.list(folder.resolve("once/rows"))) {
      Files.delete(files.filter(f -> f.toString().endsWith(".parquet")).findFirst().get());
    }
    message = refused(() -> partitioned("once").fit(rows));
    assertTrue(message.contains("a file is missing"), message);
    message = refused(() -> partitioned("once").batchSize(50).fit(rows));
    assertTrue(message.startsWith("batchSize: 50, wanted a multiple of the 4 shards"), message);
    message = refused(() -> partitioned("once").missing(Missing.MEDIAN).fit(rows));
    assertTrue(message.startsWith("missing: a median needs all values"), message);
  }

  @Test
  void rowsThatAreTooManyAreRefusedWithWhatToDo() {
    LanewiseClassifier some = new LanewiseClassifier();
    some.settings.mostBytes = 10_000;
    String message = refused(() -> some.fit(rows));
    assertTrue(message.startsWith("the rows are 0 MB, and at most 0 MB go to"), message);
    assertTrue(message.contains("partitioned(folder)"), message);
  }

  private static String refused(Runnable fit) {
    return assertThrows(IllegalArgumentException.class, fit::run).getMessage();
  }

  private static final StructType MIXED =
      new StructType()
          .add("size", DataTypes.DoubleType)
          .add("city", DataTypes.StringType)
          .add("floor", DataTypes.IntegerType)
          .add("kind", DataTypes.StringType)
          .add("price", DataTypes.FloatType);

  /** Each third size is null or NaN, each fourth city null. */
  private static List<Row> mixed() {
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Double size = i % 3 == 0 ? (i % 2 == 0 ? null : Double.NaN) : Double.valueOf(0.1 * i);
      String city = i % 4 == 0 ? null : List.of("Ulm", "Bonn", "Köln").get(i % 3);
      all.add(RowFactory.create(size, city, i % 5, i % 2 == 0 ? "b" : "a", 0.3f * i));
    }
    return all;
  }

  private static Dataset<Row> table(List<Row> rows) {
    return Sessions.shared().createDataFrame(rows, MIXED);
  }

  private static LanewiseClassifier ofMixed() {
    return new LanewiseClassifier()
        .features("size", "city", "floor")
        .categories("floor")
        .label("kind")
        .hiddenLayers(4)
        .epochs(2)
        .shards(4)
        .batchSize(16);
  }

  private static Encoding learnt(LanewiseEstimator<?> estimator, Dataset<Row> rows) {
    FitSettings settings = estimator.settings;
    return TrainingData.of(rows, settings.columns(), settings).encoding();
  }

  @Test
  void whatIsMissingAndCategoriesAreLearntAsFromAFile() throws IOException {
    List<Row> all = mixed();
    float[] sizes = new float[40];
    double sum = 0;
    int n = 0;
    for (Row row : all) {
      if (!row.isNullAt(0) && !Double.isNaN(row.getDouble(0))) {
        sizes[n++] = (float) row.getDouble(0);
        sum += (float) row.getDouble(0);
      }
    }
    Arrays.sort(sizes);
    float median = (float) (((double) sizes[19] + sizes[20]) / 2);
    Encoding byMedian = learnt(ofMixed().missing(Missing.MEDIAN), table(all));
    assertEquals(
        "header,yes\nnumber,size,"
            + median
            + "\ncategory,city,0.0,Bonn,Köln,Ulm\ncategory,floor,0.0,0,1,2,3,4\n"
            + "label,kind,2,a,b\n",
        byMedian.format());
    Encoding byMean = learnt(ofMixed().missing(Missing.MEAN), table(all));
    assertEquals(sum / 40, byMean.columns().get(0).fill(), 1e-6);
    LanewiseClassifier files = ofMixed().missing(Missing.MEAN).partitioned(at("mixed"));
    assertEquals(byMean.format(), learnt(files, table(all).repartition(7)).format());
    assertEquals(alone(files, table(all)), files.workers(2).fit(table(all)).sha256());
    LanewiseModel model = ofMixed().missing(Missing.MEAN).fit(table(all));
    assertEquals(byMean.format(), model.meaning().encoding().format());
  }

  @Test
  void errorsNameColumnAndRow() {
    String message = refused(() -> ofMixed().fit(table(mixed())));
    assertTrue(message.startsWith("column \"size\": got "), message);
    assertTrue(message.contains("missing(...), in the row ["), message);
    List<Row> bad = List.of(RowFactory.create(1.0, "Ulm", 1, null, 1f));
    message = refused(() -> ofMixed().fit(table(bad)));
    assertEquals("column \"kind\": got null, wanted a class, in the row [1.0,Ulm,1,null]", message);
    List<Row> infinite = List.of(RowFactory.create(Double.POSITIVE_INFINITY, "Ulm", 1, "a", 1f));
    message = refused(() -> ofMixed().fit(table(infinite)));
    assertTrue(message.startsWith("column \"size\": got Infinity, wanted a finite"), message);
    message = refused(() -> new LanewiseClassifier().features("when").fit(dates()));
    assertEquals(
        "column \"when\" is date, wanted features: an array of numbers or a vector, or a number, a"
            + " truth or a text",
        message);
    message = refused(() -> new LanewiseClassifier().fit(ragged()));
    assertEquals(
        "column \"features\": got 1 values, wanted 2 in each row, in the row"
            + " [ArraySeq(1.0),0]",
        message.replace("WrappedArray", "ArraySeq"));
    message = refused(() -> ofMixed().weight("city").fit(table(mixed())));
    assertTrue(message.startsWith("column \"city\" is named twice"), message);
    message = refused(() -> ofMixed().categories("price").fit(table(mixed())));
    assertTrue(message.startsWith("categories: \"price\" is none of the features"), message);
    assertFalse(message.contains("\n"));
  }

  private static Dataset<Row> dates() {
    return Sessions.shared().sql("select current_date() as when, 1 as label");
  }

  private static Dataset<Row> ragged() {
    DataType array = DataTypes.createArrayType(DataTypes.FloatType);
    StructType schema = new StructType().add("features", array).add("label", DataTypes.IntegerType);
    return Sessions.shared()
        .createDataFrame(
            List.of(
                RowFactory.create(new Float[] {1f, 2f}, 1), RowFactory.create(new Float[] {1f}, 0)),
            schema)
        .coalesce(1);
  }
}
