package io.lanewise.spark;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LanewiseClassifier} and {@link LanewiseRegressor} have in common. Settings count at
 * the next fit. The model depends on the rows, the settings and {@link #shards}, and not on {@link
 * #workers}, partitions, the order of rows, cores or processors.
 *
 * @param <E> the one of the two
 */
public abstract sealed class LanewiseEstimator<E extends LanewiseEstimator<E>>
    permits LanewiseClassifier, LanewiseRegressor {
  final FitSettings settings;

  LanewiseEstimator(boolean classification) {
    settings = new FitSettings(classification);
  }

  abstract E self();

  /**
   * Sets the columns of the features: one of arrays of numbers or of vectors of spark-mllib, or
   * several of a number, a truth or a text each. Texts are categories. Default: "features".
   */
  public E features(String... columns) {
    if (columns.length == 0) {
      throw new IllegalArgumentException("features: no column, wanted at least one");
    }
    settings.features = List.of(columns);
    return self();
  }

  /** Sets which features are categories though they are numbers. Default: none. */
  public E categories(String... columns) {
    settings.categories = List.of(columns);
    return self();
  }

  /** Sets what becomes of missing values, null or NaN, of features. Default: an error. */
  public E missing(Missing missing) {
    settings.missing = Objects.requireNonNull(missing, "missing");
    return self();
  }

  /** Sets whether a category that was not learnt is a row of zeros. Default: false, an error. */
  public E unknownAsZeros(boolean unknownAsZeros) {
    settings.unknownAsZeros = unknownAsZeros;
    return self();
  }

  /**
   * Lets each worker read the rows of its own shards alone, so that there may be more than any
   * worker's memory holds: they are written once, sorted, to Parquet files of a folder, and each
   * worker copies its own to its disk. It is another training than without, the same for any number
   * of workers, and on one machine. The batch size must be a multiple of the shards. The share of
   * {@link #validation} is then of any rows, by their values alone. Default: null, each worker has
   * all rows in memory.
   *
   * @param folder on any file system of Hadoop that all workers reach. It is made; if it has these
   *     rows already they are read, and anything else there is refused
   */
  public E partitioned(@Nullable String folder) {
    settings.partitioned = folder;
    return self();
  }

  /** Sets the column of the rows' weights in the loss. Default: null, none. */
  public E weight(@Nullable String column) {
    settings.weight = column;
    return self();
  }

  /** Sets the column that the model's predictions are written to. Default: "prediction". */
  public E prediction(String column) {
    settings.prediction = Objects.requireNonNull(column, "column");
    return self();
  }

  /** Sets the sizes of the hidden layers, each at least 1, or none. Default: one of 100. */
  public E hiddenLayers(int... sizes) {
    for (int size : sizes) {
      atLeast("hiddenLayers", 1, size);
    }
    settings.hiddenLayers = sizes.clone();
    settings.layers = null;
    return self();
  }

  /** Sets the activation of the hidden layers. Default: ReLU. */
  public E activation(Activation f) {
    settings.activation = f.toString();
    return self();
  }

  /**
   * Sets what share of each hidden layer is dropped out while it trains. Default: 0.
   *
   * @param rate in [0, 1)
   */
  public E dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate must be in [0, 1), got " + rate);
    }
    settings.dropout = rate;
    return self();
  }

  /**
   * Sets all hidden layers by a text, instead of {@link #hiddenLayers}, {@link #activation} and
   * {@link #dropout}, such as "256 batchnorm relu dropout:0.2 128 relu".
   *
   * @param text words as {@link io.lanewise.model.Architecture} has them
   * @throws IllegalArgumentException if it is no such text; one with blocks is judged by the fit
   */
  public E layers(String text) {
    // Whether a block fits the width of the features is seen when they are known.
    if (!text.contains("[")) {
      Architecture.append(text, Network.builder(1));
    }
    settings.layers = text;
    return self();
  }

  /** Sets how the features are scaled, by what the training rows have. Default: STANDARD. */
  public E scaling(Scaling scaling) {
    settings.scaling = Objects.requireNonNull(scaling, "scaling");
    return self();
  }

  /** Sets the most epochs, at least 1. Default: 20. */
  public E epochs(int most) {
    settings.epochs = atLeast("epochs", 1, most);
    return self();
  }

  /** Sets the rows of a batch, over all workers, at least 1. Default: 256. */
  public E batchSize(int rows) {
    settings.batchSize = atLeast("batchSize", 1, rows);
    return self();
  }

  /**
   * Sets the optimizer: sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or lion, with
   * PyTorch's settings. {@link #trainer} takes any other. Default: adam.
   */
  public E optimizer(String name) {
    FitSettings tried = settings.copy();
    tried.optimizer = name;
    tried.optimizer();
    settings.optimizer = name;
    return self();
  }

  /** Sets the learning rate, above 0. Default: 0.001 of Adam, 0.0001 of Lion, else 0.01. */
  public E learningRate(double rate) {
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("rate must be > 0 and finite, got " + rate);
    }
    settings.learningRate = rate;
    return self();
  }

  /** Sets the weight decay, at least 0. Default: 0; 0.01 of AdamW. */
  public E weightDecay(double decay) {
    if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("decay must be >= 0 and finite, got " + decay);
    }
    settings.weightDecay = decay;
    return self();
  }

  /** Sets the seed of weights, order of rows, dropout and split. Default: 0. */
  public E seed(long seed) {
    settings.seed = seed;
    return self();
  }

  /** Sets more of the trainer, such as a schedule. Default: null, nothing. */
  public E trainer(@Nullable TrainerSetup setup) {
    settings.setup = setup;
    return self();
  }

  /**
   * Sets into how many shards each batch is cut, at least 1: the most workers that there can be.
   * Another number is another model. Default: 8.
   */
  public E shards(int shards) {
    settings.shards = atLeast("shards", 1, shards);
    return self();
  }

  /**
   * Sets how many tasks train together, at most {@link #shards}. It changes no bit. Default: 0, as
   * many as the cluster has slots.
   */
  public E workers(int workers) {
    settings.workers = atLeast("workers", 0, workers);
    return self();
  }

  /**
   * Sets the share of the rows that is held back and evaluated after each epoch; the weights of the
   * epoch with the least loss on them are kept. Default: 0, none.
   *
   * @param fraction in [0, 1)
   */
  public E validation(double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction must be in [0, 1), got " + fraction);
    }
    settings.validation = fraction;
    settings.validationColumn = null;
    return self();
  }

  /** Sets the column that is true for the rows to hold back, instead of a share. Default: none. */
  public E validationColumn(String column) {
    settings.validationColumn = Objects.requireNonNull(column, "column");
    settings.validation = 0;
    return self();
  }

  /**
   * Sets after how many epochs without an improvement of the loss by more than 1e-4 the fit ends;
   * it is that of the rows that are held back, if there are any. Default: 0, never.
   */
  public E earlyStopping(int patience) {
    settings.patience = atLeast("patience", 0, patience);
    return self();
  }

  /** {@link #checkpoint(String, long)} at the end of each epoch. */
  public E checkpoint(String folder) {
    settings.checkpoint = Objects.requireNonNull(folder, "folder");
    settings.every = 0;
    return self();
  }

  /**
   * Keeps checkpoints in a folder of their own, on any file system of Hadoop. A fit whose executors
   * are lost goes on from the last one, and ends with the same bits. Default: none, it begins anew.
   *
   * @param every how many steps lie between two, at least 1
   */
  public E checkpoint(String folder, long every) {
    if (every < 1) {
      throw new IllegalArgumentException("every must be >= 1, got " + every);
    }
    settings.checkpoint = Objects.requireNonNull(folder, "folder");
    settings.every = every;
    return self();
  }

  /** Sets whether a fit goes on from checkpoints that are there already. Default: false. */
  public E resume(boolean resume) {
    settings.resume = resume;
    return self();
  }

  /** Sets how often a fit is tried again that lost an executor, at least 0. Default: 3. */
  public E retries(int times) {
    settings.retries = atLeast("times", 0, times);
    return self();
  }

  /** Sets which ports the workers may listen on, 1 to 65535. Default: any that is free. */
  public E ports(int first, int last) {
    if (first < 1 || last < first || last > 65_535) {
      throw new IllegalArgumentException(
          "ports must be in 1..65535, first <= last, got " + first + " to " + last);
    }
    settings.firstPort = first;
    settings.lastPort = last;
    return self();
  }

  /** Sets how long a worker waits for another that is not heard, 100 ms to a day. Default: 60 s. */
  public E peerTimeout(Duration timeout) {
    if (timeout.toMillis() < 100 || timeout.toDays() > 1) {
      throw new IllegalArgumentException("timeout must be in 100 ms to a day, got " + timeout);
    }
    settings.timeoutMillis = timeout.toMillis();
    return self();
  }

  /** Lets what the workers say to each other be encrypted by TLS. Default: null, it is not. */
  public E tls(@Nullable SslContextFactory factory) {
    settings.tls = factory;
    return self();
  }

  /**
   * Sets whether the workers may speak unencrypted where Spark's own connections are encrypted.
   * Default: false; then {@link #tls} is wanted there.
   */
  public E allowPlainSockets(boolean allow) {
    settings.plainSockets = allow;
    return self();
  }

  /**
   * Trains a new network on the cluster of the rows' session.
   *
   * @throws IllegalArgumentException if a column is missing or of a wrong type, a value cannot be,
   *     or the settings do not go together; the message names it and says what was wanted
   * @throws IllegalStateException if the cluster cannot run it as it is set up, or it failed: the
   *     message says what to set, or why
   */
  public LanewiseModel fit(Dataset<Row> rows) {
    return new Fit(settings.copy(), Objects.requireNonNull(rows, "rows")).run();
  }

  /**
   * Returns the schema of what the model gives for such a table.
   *
   * @throws IllegalArgumentException if a column is missing or of a wrong type
   */
  public StructType transformSchema(StructType schema) {
    settings.columns().require(schema);
    DataType label = Columns.type(schema, settings.targets.get(0));
    return Outputs.schema(
        schema,
        settings.classification ? label : null,
        settings.targets.size(),
        settings.prediction,
        settings.probability);
  }

  /**
   * Returns the rows that a fit trains on, without those that are held back, as the network takes
   * them and in their order: so a {@link io.lanewise.train.Trainer} in this process, with {@code
   * shards(S)}, and with {@code shardRows(true)} where they are {@link #partitioned}, trains what
   * {@link #fit} does. Partitioned they stay in files, and the source is closed when it is {@link
   * java.io.Closeable}.
   *
   * @throws IllegalArgumentException as {@link #fit}
   * @throws java.io.UncheckedIOException if they cannot be read
   */
  public RowSource trainingRows(Dataset<Row> table) {
    FitSettings now = settings.copy();
    now.columns().require(table.schema());
    try {
      return TrainingData.of(table, now.columns(), now).training(0, 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int atLeast(String name, int least, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be >= " + least + ", got " + value);
    }
    return value;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + " of "
        + settings.features
        + " to "
        + settings.targets
        + ", shards "
        + settings.shards;
  }
}
