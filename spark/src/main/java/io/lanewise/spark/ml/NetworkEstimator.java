package io.lanewise.spark.ml;

import io.lanewise.spark.LanewiseEstimator;
import io.lanewise.spark.LanewiseModel;
import java.util.function.Consumer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What {@link NetworkClassifier} and {@link NetworkRegressor} have in common: the settings of
 * {@link LanewiseEstimator} as parameters.
 *
 * @param <E> the one of the two
 */
public abstract class NetworkEstimator<E extends NetworkEstimator<E>> extends EstimatorColumns<E> {
  private static final long serialVersionUID = 1;

  private final Param<String> layers;
  private final IntParam epochs;
  private final IntParam batchSize;
  private final Param<String> optimizer;
  private final DoubleParam learningRate;
  private final DoubleParam weightDecay;
  private final IntParam patience;
  private final LongParam seed;
  private final IntParam shards;
  private final IntParam workers;
  private final IntParam retries;
  private final Param<String> checkpointDir;
  private final LongParam checkpointInterval;
  private final BooleanParam resume;
  private transient @Nullable Consumer<LanewiseEstimator<?>> more;

  NetworkEstimator(String uid) {
    super(uid);
    layers = new Param<>(this, "layers", "hidden layers, such as 256 batchnorm relu dropout:0.2");
    setDefault(layers, "100 relu");
    epochs = new IntParam(this, "epochs", "most epochs", ParamValidators.gtEq(1));
    setDefault(epochs, 20);
    batchSize =
        new IntParam(
            this, "batchSize", "rows of a batch, over all workers", ParamValidators.gtEq(1));
    setDefault(batchSize, 256);
    optimizer =
        new Param<>(
            this, "optimizer", "sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or lion");
    setDefault(optimizer, "adam");
    learningRate = new DoubleParam(this, "learningRate", "learning rate", ParamValidators.gt(0));
    weightDecay = new DoubleParam(this, "weightDecay", "weight decay", ParamValidators.gtEq(0));
    patience =
        new IntParam(
            this,
            "patience",
            "epochs without an improvement after which it ends; 0 for never",
            ParamValidators.gtEq(0));
    setDefault(patience, 0);
    seed = new LongParam(this, "seed", "seed of weights, order, dropout and split");
    setDefault(seed, 0L);
    shards =
        new IntParam(
            this, "shards", "shards of a batch: decides the model", ParamValidators.gtEq(1));
    setDefault(shards, 8);
    workers =
        new IntParam(
            this,
            "workers",
            "tasks that train together, 0 for as many as there are slots: changes no bit",
            ParamValidators.gtEq(0));
    setDefault(workers, 0);
    retries =
        new IntParam(
            this,
            "retries",
            "how often it is tried again where an executor is lost",
            ParamValidators.gtEq(0));
    setDefault(retries, 3);
    checkpointDir = new Param<>(this, "checkpointDir", "folder of checkpoints");
    checkpointInterval =
        new LongParam(
            this,
            "checkpointInterval",
            "steps between checkpoints; 0 for one each epoch",
            ParamValidators.gtEq(0));
    setDefault(checkpointInterval, 0L);
    resume = new BooleanParam(this, "resume", "whether it goes on from checkpoints that are there");
    setDefault(resume, false);
  }

  /** An estimator with what only the one of the two has. */
  abstract LanewiseEstimator<?> delegate();

  /** The parameter of that name: hidden layers, such as 256 batchnorm relu dropout:0.2. */
  public Param<String> layers() {
    return layers;
  }

  /** The parameter of that name: most epochs. */
  public IntParam epochs() {
    return epochs;
  }

  /** The parameter of that name: rows of a batch, over all workers. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** The parameter of that name: sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or lion. */
  public Param<String> optimizer() {
    return optimizer;
  }

  /** The parameter of that name: learning rate. */
  public DoubleParam learningRate() {
    return learningRate;
  }

  /** The parameter of that name: weight decay. */
  public DoubleParam weightDecay() {
    return weightDecay;
  }

  /** The parameter of that name: epochs without an improvement after which it ends; 0 for never. */
  public IntParam patience() {
    return patience;
  }

  /** The parameter of that name: seed of weights, order, dropout and split. */
  public LongParam seed() {
    return seed;
  }

  /** The parameter of that name: shards of a batch: decides the model. */
  public IntParam shards() {
    return shards;
  }

  /**
   * The parameter of that name: tasks that train together, 0 for as many as there are slots:
   * changes no bit.
   */
  public IntParam workers() {
    return workers;
  }

  /** The parameter of that name: how often it is tried again where an executor is lost. */
  public IntParam retries() {
    return retries;
  }

  /** The parameter of that name: folder of checkpoints. */
  public Param<String> checkpointDir() {
    return checkpointDir;
  }

  /** The parameter of that name: steps between checkpoints; 0 for one each epoch. */
  public LongParam checkpointInterval() {
    return checkpointInterval;
  }

  /** The parameter of that name: whether it goes on from checkpoints that are there. */
  public BooleanParam resume() {
    return resume;
  }

  /**
   * Sets the parameter: hidden layers, such as 256 batchnorm relu dropout:0.2. Default: 100 relu.
   */
  public E setLayers(String value) {
    set(layers, value);
    return self();
  }

  /** Sets the parameter: most epochs. Default: 20. */
  public E setEpochs(int value) {
    set(epochs, value);
    return self();
  }

  /** Sets the parameter: rows of a batch, over all workers. Default: 256. */
  public E setBatchSize(int value) {
    set(batchSize, value);
    return self();
  }

  /**
   * Sets the parameter: sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or lion. Default:
   * adam.
   */
  public E setOptimizer(String value) {
    set(optimizer, value);
    return self();
  }

  /** Sets the parameter: learning rate. Default: that of the optimizer. */
  public E setLearningRate(double value) {
    set(learningRate, value);
    return self();
  }

  /** Sets the parameter: weight decay. Default: that of the optimizer. */
  public E setWeightDecay(double value) {
    set(weightDecay, value);
    return self();
  }

  /**
   * Sets the parameter: epochs without an improvement after which it ends; 0 for never. Default: 0.
   */
  public E setPatience(int value) {
    set(patience, value);
    return self();
  }

  /** Sets the parameter: seed of weights, order, dropout and split. Default: 0. */
  public E setSeed(long value) {
    set(seed, value);
    return self();
  }

  /** Sets the parameter: shards of a batch: decides the model. Default: 8. */
  public E setShards(int value) {
    set(shards, value);
    return self();
  }

  /**
   * Sets the parameter: tasks that train together, 0 for as many as there are slots: changes no
   * bit. Default: 0.
   */
  public E setWorkers(int value) {
    set(workers, value);
    return self();
  }

  /** Sets the parameter: how often it is tried again where an executor is lost. Default: 3. */
  public E setRetries(int value) {
    set(retries, value);
    return self();
  }

  /** Sets the parameter: folder of checkpoints. Default: none. */
  public E setCheckpointDir(String value) {
    set(checkpointDir, value);
    return self();
  }

  /** Sets the parameter: steps between checkpoints; 0 for one each epoch. Default: 0. */
  public E setCheckpointInterval(long value) {
    set(checkpointInterval, value);
    return self();
  }

  /** Sets the parameter: whether it goes on from checkpoints that are there. Default: false. */
  public E setResume(boolean value) {
    set(resume, value);
    return self();
  }

  /**
   * Sets more than there are parameters for, such as TLS, ports, missing values or a schedule:
   * {@code setMore(e -> e.ports(7600, 7700).missing(Missing.MEAN))}. It is not saved. Default:
   * null.
   */
  public E setMore(@Nullable Consumer<LanewiseEstimator<?>> some) {
    more = some;
    return self();
  }

  private LanewiseEstimator<?> configured() {
    LanewiseEstimator<?> made = delegate();
    columns(made);
    made.layers(getOrDefault(layers)).epochs((int) getOrDefault(epochs));
    made.batchSize((int) getOrDefault(batchSize)).optimizer(getOrDefault(optimizer));
    if (isDefined(learningRate)) {
      made.learningRate((double) getOrDefault(learningRate));
    }
    if (isDefined(weightDecay)) {
      made.weightDecay((double) getOrDefault(weightDecay));
    }
    made.earlyStopping((int) getOrDefault(patience)).seed((long) getOrDefault(seed));
    made.shards((int) getOrDefault(shards)).workers((int) getOrDefault(workers));
    made.retries((int) getOrDefault(retries)).resume((boolean) getOrDefault(resume));
    if (isDefined(checkpointDir)) {
      long every = (long) getOrDefault(checkpointInterval);
      String folder = getOrDefault(checkpointDir);
      made = every > 0 ? made.checkpoint(folder, every) : made.checkpoint(folder);
    }
    if (more != null) {
      more.accept(made);
    }
    return made;
  }

  @Override
  public NetworkModel fit(Dataset<?> rows) {
    LanewiseModel model = configured().fit(rows.toDF());
    return copyValues(new NetworkModel(uid(), model).setParent(this), extractParamMap());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return NetworkModel.outputs(configured().transformSchema(schema), schema.size());
  }

  @Override
  public E copy(ParamMap extra) {
    E copy = defaultCopy(extra);
    ((NetworkEstimator<?>) copy).more = more;
    return copy;
  }
}
