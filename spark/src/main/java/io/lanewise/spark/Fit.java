package io.lanewise.spark;

import io.lanewise.data.DataException;
import io.lanewise.data.Meaning;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * One fit, in the driver: it checks, starts the workers, and starts them again where some are lost.
 */
final class Fit {
  private static final Logger LOG = LoggerFactory.getLogger(Fit.class);
  private static final String DESCRIPTION = "spark.job.description";
  private static final int SECRET = 32;
  // What failed, and why.
  private static final int LINES = 2;

  private final FitSettings settings;
  private final Dataset<Row> rows;
  private final SparkContext spark;

  Fit(FitSettings settings, Dataset<Row> rows) {
    this.settings = settings;
    this.rows = rows;
    spark = rows.sparkSession().sparkContext();
  }

  LanewiseModel run() {
    settings.columns().require(rows.schema());
    ClusterChecks.require(spark.getConf(), spark.isLocal(), settings);
    requireSerializable();
    Configuration hadoop = spark.hadoopConfiguration();
    if (settings.checkpoint != null && !settings.resume) {
      CheckpointMirror.requireEmpty(settings.checkpoint, hadoop);
    }
    @Nullable String before = spark.getLocalProperty(DESCRIPTION);
    try {
      spark.setJobDescription("Lanewise: reads the rows to train on");
      TrainingData data = TrainingData.of(rows, settings.columns(), settings);
      try {
        Network network = network(settings, data);
        Broadcast<byte[]> sent =
            JavaSparkContext.fromSparkContext(spark).broadcast(ModelBytes.of(network));
        try {
          Outcome first = train(data, sent, hadoop);
          return model(data, first);
        } finally {
          sent.destroy();
        }
      } finally {
        data.release();
      }
    } finally {
      spark.setJobDescription(before);
    }
  }

  /** What the caller gives to run at the workers. */
  private void requireSerializable() {
    try {
      SparkEnv.get()
          .closureSerializer()
          .newInstance()
          .serialize(settings, ClassTag$.MODULE$.apply(FitSettings.class));
    } catch (Exception e) {
      throw new IllegalArgumentException(
          "trainer(...) or tls(...) cannot be sent to the workers, it is not serializable: "
              + line(e),
          e);
    }
  }

  /** The network before the first step. */
  static Network network(FitSettings settings, TrainingData data) {
    boolean labels = settings.classification;
    int nOut = data.encoding().nOut();
    return settings
        .hidden(data.encoding().nIn(), data.scaling())
        .dense(nOut, labels ? Activation.SOFTMAX : Activation.IDENTITY)
        .lossOptions(lossOptions(settings, data))
        .build();
  }

  private static Loss.Options lossOptions(FitSettings settings, TrainingData data) {
    Map<String, Double> weights = settings.classWeights;
    if (weights.isEmpty()) {
      return Loss.Options.DEFAULT;
    }
    int count = data.encoding().nOut();
    TreeSet<String> unknown = new TreeSet<>(weights.keySet());
    float[] each = new float[count];
    for (int c = 0; c < count; c++) {
      String name = data.encoding().className(c);
      each[c] = weights.getOrDefault(name, 1.0).floatValue();
      unknown.remove(name);
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "classWeights: \""
              + unknown.first()
              + "\" is none of the classes "
              + IntStream.range(0, Math.min(20, count))
                  .mapToObj(data.encoding()::className)
                  .toList());
    }
    return Loss.Options.DEFAULT.classWeights(each);
  }

  /** Until it is trained: what worker 0 gives. */
  private Outcome train(TrainingData data, Broadcast<byte[]> network, Configuration hadoop) {
    String last = "";
    int workers = 0;
    for (int attempt = 0; attempt <= settings.retries; attempt++) {
      workers = workers(workers, last);
      if (attempt > 0) {
        LOG.warn(
            "The fit is tried again, {} of {}, {}: {}",
            attempt,
            settings.retries,
            settings.checkpoint == null ? "from its beginning" : "from the last checkpoint",
            last);
      }
      try {
        List<Outcome> outcomes = attempt(data, network, hadoop, workers, attempt);
        @Nullable Outcome failed = failed(outcomes);
        if (failed == null) {
          return outcomes.get(0);
        }
        last = "worker " + failed.rank() + " of " + workers + ": " + failed.error();
        if (!failed.again()) {
          throw new IllegalStateException(last);
        }
      } catch (StageFailure e) {
        last = e.getMessage();
      }
    }
    throw new IllegalStateException(
        "the fit failed "
            + (settings.retries + 1)
            + " times, the last time because of this: "
            + last
            + (settings.checkpoint == null
                ? ""
                : "; its checkpoints are in " + settings.checkpoint + ": resume(true) goes on"));
  }

  private int workers(int before, String last) {
    try {
      return ClusterChecks.workers(spark, settings, before);
    } catch (IllegalStateException e) {
      throw last.isEmpty()
          ? e
          : new IllegalStateException(e.getMessage() + "; it ran until this: " + last, e);
    }
  }

  private static @Nullable Outcome failed(List<Outcome> outcomes) {
    @Nullable Outcome failed = null;
    for (Outcome outcome : outcomes) {
      if (outcome.error() != null && (failed == null || failed.again() && !outcome.again())) {
        failed = outcome;
      }
    }
    return failed;
  }

  private List<Outcome> attempt(
      TrainingData data,
      Broadcast<byte[]> network,
      Configuration hadoop,
      int workers,
      int attempt) {
    byte[] secret = new byte[SECRET];
    new SecureRandom().nextBytes(secret);
    Scaling.@Nullable Fit targets = data.targetScaling();
    try (Progress progress = new Progress(spark, settings.epochs)) {
      Worker worker =
          new Worker(
              settings,
              data,
              network,
              targets == null ? null : new float[][] {targets.shift(), targets.scale()},
              secret,
              workers,
              settings.resume || attempt > 0,
              settings.checkpoint == null ? null : new SerializableConfiguration(hadoop),
              progress.epochs());
      spark.setJobDescription(
          "Lanewise: trains "
              + settings.targets
              + ", workers "
              + workers
              + ", shards "
              + settings.shards
              + (attempt == 0 ? "" : ", try " + (attempt + 1)));
      List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
      ClassTag<Outcome> tag = ClassTag$.MODULE$.apply(Outcome.class);
      RDD<Integer> tasks =
          JavaSparkContext.fromSparkContext(spark)
              .parallelize(new ArrayList<>(ranks), workers)
              .rdd();
      List<Outcome> outcomes =
          JavaRDD.fromRDD(tasks.barrier().mapPartitions(worker, false, tag), tag).collect();
      progress.end(outcomes.get(0).history());
      return outcomes;
    } catch (Exception e) {
      throw judged(e);
    }
  }

  /** What another try may mend; anything else as it is. */
  private RuntimeException judged(Exception e) {
    String said = line(e);
    boolean wanted =
        Thread.currentThread().isInterrupted()
            || e instanceof InterruptedException
            || spark.isStopped()
            || said.contains("cancelled");
    if (!wanted && e instanceof org.apache.spark.SparkException) {
      return new StageFailure(said, e);
    }
    return e instanceof RuntimeException same
        ? same
        : new IllegalStateException("the fit was ended: " + said, e);
  }

  /** Without the traces that Spark puts into a message. */
  private static String line(Throwable e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> !line.startsWith("\tat ") && !line.isBlank())
        .limit(LINES)
        .map(String::strip)
        .collect(Collectors.joining(" "));
  }

  private LanewiseModel model(TrainingData data, Outcome first) {
    try {
      Network trained = ModelBytes.network(first.model());
      return LanewiseModel.of(
          Meaning.of(trained, data.encoding()),
          HistoryText.parse(first.history(), first.bestEpoch(), first.stopReason()),
          settings,
          rows.schema());
    } catch (DataException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A stage that failed as a whole, as one does whose executor is lost. */
  private static final class StageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    StageFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
