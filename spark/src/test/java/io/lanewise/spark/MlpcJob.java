package io.lanewise.spark;

import io.lanewise.data.SampleData;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A driver that trains Spark's own perceptron and ours on the digits, layers and workers alike.
 * Both are tuned: the setting with the best accuracy on a fifth of the training rows is the one
 * that is trained on all of them, with several seeds, and judged on rows that nobody saw.
 */
public final class MlpcJob {
  private static final int HIDDEN = 64;
  private static final int SEEDS = 5;
  private static final int WORKERS = 2;

  private MlpcJob() {}

  /** What a fit gave: its accuracy on the rows that were held back, and the hash of its weights. */
  private record Fitted(double accuracy, double seconds, String hash) {}

  /** A setting of either. */
  private record Candidate(String name, Fitter fitter) {}

  /** Trains with a seed on some rows, and is judged by others. */
  private interface Fitter {
    Fitted fit(Dataset<Row> training, Dataset<Row> judged, long seed) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    SparkSession spark = SparkSession.builder().appName("figures").getOrCreate();
    Dataset<Row> all = digits(spark).cache();
    Dataset<Row> training = part(all, 0, 8).repartition(WORKERS).cache();
    Dataset<Row> test = part(all, 8, 10).cache();
    System.out.println("rows " + training.count() + " + " + test.count());
    compare("MultilayerPerceptronClassifier", mlpc(), training, test);
    compare("Lanewise", lanewise(), training, test);
    Fitter theirs = mlpc().get(0).fitter();
    Fitter ours = lanewise().get(0).fitter();
    for (int partitions : new int[] {2, 3, 5}) {
      Dataset<Row> dealt = training.repartition(partitions);
      System.out.printf(
          Locale.ROOT,
          "%d partitions: weights of MultilayerPerceptronClassifier %s, of Lanewise %s%n",
          partitions,
          theirs.fit(dealt, test, 1).hash(),
          ours.fit(dealt, test, 1).hash());
    }
    spark.stop();
  }

  private static Dataset<Row> digits(SparkSession spark) {
    io.lanewise.dataset.Dataset digits = SampleData.digits();
    float[] x = digits.features();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < digits.rows(); i++) {
      double[] features = new double[digits.nIn()];
      for (int j = 0; j < features.length; j++) {
        features[j] = x[i * features.length + j];
      }
      rows.add(RowFactory.create(i, Vectors.dense(features), (double) digits.labels()[i]));
    }
    StructType schema =
        new StructType()
            .add("row", DataTypes.IntegerType)
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    return spark.createDataFrame(rows, schema);
  }

  /** Some tenths of the rows, the same each time. */
  private static Dataset<Row> part(Dataset<Row> rows, int from, int to) {
    var tenth = functions.pmod(functions.xxhash64(functions.col("row")), functions.lit(10));
    return rows.where(tenth.geq(from).and(tenth.lt(to)));
  }

  private static List<Candidate> mlpc() {
    List<Candidate> all = new ArrayList<>();
    for (int block : new int[] {128, 32}) {
      for (int iterations : new int[] {100, 50, 200}) {
        all.add(
            new Candidate(
                "L-BFGS, iterations " + iterations + ", block " + block,
                (training, judged, seed) -> {
                  long start = System.nanoTime();
                  MultilayerPerceptronClassificationModel model =
                      new MultilayerPerceptronClassifier()
                          .setLayers(new int[] {64, HIDDEN, 10})
                          .setMaxIter(iterations)
                          .setBlockSize(block)
                          .setSeed(seed)
                          .fit(training);
                  double seconds = (System.nanoTime() - start) * 1e-9;
                  double[] weights = model.weights().toArray();
                  return new Fitted(accuracy(model.transform(judged)), seconds, hash(weights));
                }));
      }
    }
    return all;
  }

  private static List<Candidate> lanewise() {
    List<Candidate> all = new ArrayList<>();
    for (int batch : new int[] {32, 128}) {
      for (int epochs : new int[] {40, 20}) {
        for (double rate : new double[] {1e-3, 3e-3}) {
          all.add(
              new Candidate(
                  "Adam, rate " + rate + ", epochs " + epochs + ", batch " + batch,
                  (training, judged, seed) -> {
                    long start = System.nanoTime();
                    LanewiseModel model =
                        new LanewiseClassifier()
                            .hiddenLayers(HIDDEN)
                            .learningRate(rate)
                            .epochs(epochs)
                            .batchSize(batch)
                            .shards(4)
                            .workers(WORKERS)
                            .seed(seed)
                            .fit(training);
                    double seconds = (System.nanoTime() - start) * 1e-9;
                    String hash = model.sha256().substring(0, 12);
                    return new Fitted(accuracy(model.transform(judged)), seconds, hash);
                  }));
        }
      }
    }
    return all;
  }

  private static void compare(
      String name, List<Candidate> candidates, Dataset<Row> training, Dataset<Row> test)
      throws Exception {
    Dataset<Row> most = part(training, 0, 6).repartition(WORKERS).cache();
    Dataset<Row> rest = part(training, 6, 8).cache();
    Candidate best = null;
    double accuracy = -1;
    for (Candidate candidate : candidates) {
      Fitted fitted = candidate.fitter().fit(most, rest, 0);
      if (fitted.accuracy() > accuracy) {
        best = candidate;
        accuracy = fitted.accuracy();
      }
    }
    double sum = 0;
    double[] seconds = new double[SEEDS];
    for (int seed = 1; seed <= SEEDS; seed++) {
      Fitted fitted = best.fitter().fit(training, test, seed);
      sum += fitted.accuracy();
      seconds[seed - 1] = fitted.seconds();
    }
    java.util.Arrays.sort(seconds);
    System.out.printf(
        Locale.ROOT,
        "%s: %s: accuracy %.4f (mean of %d seeds), %.1f s a fit (median)%n",
        name,
        best.name(),
        sum / SEEDS,
        SEEDS,
        seconds[SEEDS / 2]);
  }

  private static double accuracy(Dataset<Row> predicted) {
    long right =
        predicted.where(functions.col("prediction").equalTo(functions.col("label"))).count();
    return right / (double) predicted.count();
  }

  private static String hash(double[] weights) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(weights.length * Double.BYTES);
    bytes.asDoubleBuffer().put(weights);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
    return HexFormat.of().formatHex(digest).substring(0, 12);
  }
}
