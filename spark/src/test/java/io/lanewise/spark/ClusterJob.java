package io.lanewise.spark;

import io.lanewise.cluster.Chain;
import io.lanewise.nn.Network;
import io.lanewise.spark.ml.NetworkClassifier;
import io.lanewise.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A driver: each job prints what came of it, a line for each fit. */
public final class ClusterJob {
  private static final int NUMBERS = 10;

  private ClusterJob() {}

  /**
   * Runs a job.
   *
   * @param args its name, and what it is given
   */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("lanewise " + args[0]).getOrCreate();
    Dataset<Row> rows = rows(spark, 600);
    switch (args[0]) {
      case "hashes" -> hashes(rows, Integer.parseInt(args[1]), args[2]);
      case "load" ->
          say("pipeline " + digest(PipelineModel.load(args[1] + "/pipeline").transform(rows)));
      case "faults" -> faults(rows, args[1], Integer.parseInt(args[2]));
      case "hang" -> hang(rows, args[1]);
      case "encrypted" -> encrypted(rows, args[1]);
      default -> throw new IllegalArgumentException(args[0]);
    }
    spark.stop();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Ten numbers, a category, a class and a weight each; the order is that of nothing. */
  static Dataset<Row> rows(SparkSession spark, int count) {
    StructType schema = new StructType();
    for (int j = 0; j < NUMBERS; j++) {
      schema = schema.add("x" + j, DataTypes.FloatType);
    }
    schema =
        schema
            .add("month", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("weight", DataTypes.DoubleType);
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(3);
      Object[] values = new Object[NUMBERS + 3];
      for (int j = 0; j < NUMBERS; j++) {
        values[j] = (float) random.nextGaussian() + (j % 3 == label ? 1 : 0);
      }
      values[NUMBERS] = "month " + random.nextInt(12);
      values[NUMBERS + 1] = "class " + label;
      values[NUMBERS + 2] = 0.5 + random.nextFloat();
      rows.add(RowFactory.create(values));
    }
    return spark.createDataFrame(rows, schema);
  }

  static LanewiseClassifier estimator(int shards) {
    List<String> features = new ArrayList<>();
    for (int j = 0; j < NUMBERS; j++) {
      features.add("x" + j);
    }
    features.add("month");
    return new LanewiseClassifier()
        .features(features.toArray(String[]::new))
        .weight("weight")
        .layers("48 batchnorm relu dropout:0.3 24 tanh")
        .optimizer("adamw")
        .learningRate(0.01)
        .batchSize(60)
        .epochs(3)
        .seed(5)
        .validation(0.1)
        .shards(shards);
  }

  /** What one process makes of the same rows, with no exchange. */
  static String alone(LanewiseClassifier estimator, Dataset<Row> rows) {
    FitSettings settings = estimator.settings;
    TrainingData data = TrainingData.of(rows, settings.columns(), settings);
    try {
      Network network = Fit.network(settings, data);
      settings.trainer(network, data.validation(), data.targetScaling()).fit(data.training(0, 1));
      return ModelBytes.sha256(network);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      data.release();
    }
  }

  /** Any number of workers, and any way in which the rows lie. */
  private static void hashes(Dataset<Row> rows, int firstPort, String folder) {
    for (int shards : new int[] {4, 12}) {
      say("alone " + shards + " " + alone(estimator(shards), rows));
      for (int workers = 1; workers <= 4; workers++) {
        LanewiseClassifier estimator = estimator(shards).ports(firstPort, firstPort + 19);
        say(workers + " " + shards + " " + estimator.workers(workers).fit(rows).sha256());
      }
    }
    Dataset<Row> one = rows.repartition(7, functions.lit(1));
    Dataset<Row> skewed = rows.limit(3).repartition(3).union(rows.except(rows.limit(3)));
    Dataset<Row> dealt = rows.orderBy(functions.rand(3)).repartition(5);
    say("empty " + estimator(4).workers(3).fit(one).sha256());
    say("skewed " + estimator(4).workers(3).fit(skewed).sha256());
    say("dealt " + estimator(4).workers(3).fit(dealt).sha256());
    NetworkClassifier stage =
        new NetworkClassifier().setFeaturesCols("x0", "x1", "month").setShards(4).setEpochs(2);
    StringIndexer index = new StringIndexer().setInputCol("label").setOutputCol("code");
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {index, stage.setLabelCol("code")});
    PipelineModel model = pipeline.fit(rows);
    try {
      model.write().save(folder + "/pipeline");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    say("pipeline " + digest(model.transform(rows)));
  }

  /** Of all that is predicted, in the order of the rows. */
  private static String digest(Dataset<Row> predicted) {
    try {
      String all = predicted.select("probability", "prediction").collectAsList().toString();
      byte[] bytes = all.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A training of some seconds, which says in its checkpoints where it is. */
  private static LanewiseClassifier slow(String checkpoints) {
    return estimator(4)
        .workers(3)
        .epochs(12)
        .checkpoint(checkpoints, 5)
        .peerTimeout(Duration.ofSeconds(60))
        .trainer(
            trainer ->
                trainer.listener(
                    new Training.Listener() {
                      @Override
                      public void onBatch(Training training) {
                        try {
                          Thread.sleep(15);
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                      }
                    }));
  }

  /** Fits in turn; somebody kills executors meanwhile. A failed fit is resumed until it is done. */
  private static void faults(Dataset<Row> rows, String folder, int fits) {
    say("alone " + alone(estimator(4).epochs(12), rows));
    for (int i = 0; i < fits; i++) {
      LanewiseClassifier estimator = slow(folder + "/checkpoints" + i).retries(i % 2 == 0 ? 3 : 0);
      say("fit " + i);
      String hash = null;
      while (hash == null) {
        try {
          hash = estimator.fit(rows).sha256();
        } catch (IllegalStateException e) {
          say("failed " + i + " " + e.getMessage());
          estimator.resume(true);
        }
      }
      say("hash " + i + " " + hash);
    }
  }

  private static void hang(Dataset<Row> rows, String folder) {
    say("alone " + alone(estimator(4).epochs(12), rows));
    say("fit 0");
    LanewiseClassifier estimator = slow(folder + "/hang").peerTimeout(Duration.ofSeconds(5));
    say("hash 0 " + estimator.retries(2).fit(rows).sha256());
  }

  /**
   * With keys from a folder. Its password is in it for this test alone.
   *
   * @param folder has the files keys and password
   */
  private static void encrypted(Dataset<Row> rows, String folder) {
    say("alone " + alone(estimator(4), rows));
    try {
      say("plain " + estimator(4).workers(2).fit(rows).sha256());
    } catch (IllegalStateException e) {
      say("refused " + e.getMessage());
    }
    say("allowed " + estimator(4).workers(2).allowPlainSockets(true).fit(rows).sha256());
    Path keys = Path.of(folder, "keys");
    String file = keys.toString();
    SslContextFactory tls =
        () -> Chain.sslContext(Path.of(file), null, "of this test".toCharArray());
    say("tls " + estimator(4).workers(4).tls(tls).fit(rows).sha256());
  }
}
