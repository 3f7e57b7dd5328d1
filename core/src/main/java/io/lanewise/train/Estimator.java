package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.dataset.Scaling;
import io.lanewise.internal.Require;
import io.lanewise.internal.Work;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Classifier} and {@link Regressor} have in common: settings with defaults that suit
 * tables of some hundred to some hundred thousand rows, in the spirit of scikit-learn's
 * MLPClassifier. Settings count at the next fit. For one thread at a time.
 *
 * @param <E> the one of the two
 */
abstract sealed class Estimator<E extends Estimator<E>> permits Classifier, Regressor {
  private static final int BATCH = 256;

  private int[] hiddenLayers = {100};
  private Activation activation = Activation.RELU;
  private Optimizer optimizer = new Adam(1e-3);
  private int epochs = 200;
  private int batchSize = 32;
  private double validation;
  private int patience = 10;
  private long seed;
  private Loss.Options lossOptions = Loss.Options.DEFAULT;
  private Scaling scaling = Scaling.STANDARD;
  private @Nullable Kernels kernels;
  private final List<Training.Listener> listeners = new ArrayList<>();
  private @Nullable Network network;
  private @Nullable History history;

  Estimator() {}

  /** This, as what it is: each class names itself as E. */
  @SuppressWarnings("unchecked")
  final E self() {
    return (E) this;
  }

  /** Sets the sizes of the hidden layers, each at least 1, or none. Default: one of 100. */
  public final E hiddenLayers(int... sizes) {
    for (int size : sizes) {
      Require.atLeast("hiddenLayers", 1, size);
    }
    hiddenLayers = sizes.clone();
    return self();
  }

  /** Sets the activation of the hidden layers. Default: ReLU. */
  public final E activation(Activation f) {
    activation = Objects.requireNonNull(f, "activation");
    return self();
  }

  /** Sets the optimizer; each fit begins with state of its own. Default: Adam at 1e-3. */
  public final E optimizer(Optimizer optimizer) {
    this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
    return self();
  }

  /** Sets the most epochs, at least 1. Default: 200. */
  public final E epochs(int most) {
    epochs = Require.atLeast("epochs", 1, most);
    return self();
  }

  /** Sets the rows of a batch, at least 1. Default: 32. */
  public final E batchSize(int rows) {
    batchSize = Require.atLeast("batchSize", 1, rows);
    return self();
  }

  /**
   * Sets the share of the rows that is held back to see when to stop: the weights of the epoch with
   * the least loss on them are kept. Default: 0; then the loss of the training itself is looked at.
   *
   * @param fraction in (0, 1), or 0 for none
   */
  public final E validation(double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction must be in [0, 1), got " + fraction);
    }
    validation = fraction;
    return self();
  }

  /**
   * Sets after how many epochs without an improvement by more than 1e-4 it stops. Default: 10. The
   * weights that {@link #validation(double)} keeps are those of the least loss in any case.
   *
   * @param patience at least 1, or 0 to go through all epochs
   */
  public final E earlyStopping(int patience) {
    this.patience = Require.atLeast("patience", 0, patience);
    return self();
  }

  /** Sets the seed of the initial weights, the order of the rows and the split. Default: 0. */
  public final E seed(long seed) {
    this.seed = seed;
    return self();
  }

  /**
   * Sets the options of the loss, such as weights of classes, label smoothing or an index of rows
   * that do not count. Default: {@link Loss.Options#DEFAULT}. One that means nothing for the loss
   * is an error of the next fit.
   */
  public final E lossOptions(Loss.Options options) {
    this.lossOptions = Objects.requireNonNull(options, "options");
    return self();
  }

  /**
   * Sets how the features are scaled, by what is fitted on the training part. Default: STANDARD.
   */
  public final E scaling(Scaling scaling) {
    this.scaling = Objects.requireNonNull(scaling, "scaling");
    return self();
  }

  /**
   * Sets the kernels. Default: those that end a fit or a prediction first, see {@link
   * io.lanewise.kernel.KernelLookup#forWork}; what this JVM has trained, evaluated and predicted
   * before counts.
   */
  public final E kernels(Kernels kernels) {
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    return self();
  }

  /** Adds one who is told how a fit goes. */
  public final E listener(Training.Listener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return self();
  }

  /**
   * Returns the network that was fitted. It takes raw rows; save it with {@link
   * io.lanewise.model.Model}.
   *
   * @throws IllegalStateException before a fit
   */
  public final Network network() {
    if (network == null) {
      throw unfitted();
    }
    return network;
  }

  /**
   * Returns what the fit did.
   *
   * @throws IllegalStateException before a fit, also of a network that was kept
   */
  public final History history() {
    if (history == null) {
      throw unfitted();
    }
    return history;
  }

  private static IllegalStateException unfitted() {
    return new IllegalStateException("nothing was fitted yet: call fit first");
  }

  void fitted(Network of, @Nullable History how) {
    history = how;
    network = of;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName()
        + " with hidden layers of "
        + Arrays.toString(hiddenLayers)
        + (network == null ? ", not fitted yet" : ", fitted: " + network);
  }

  /** Those for a prediction of so many rows. */
  Kernels kernels(int rows) {
    return kernels != null ? kernels : Work.kernels(network().work(rows, rows, false));
  }

  /** Trains a new network; what was fitted before counts until this is done. */
  void fit(Dataset data, int nOut, Activation output) {
    Dataset training = data;
    @Nullable Dataset held = null;
    if (validation > 0) {
      Split split = data.split(validation, seed);
      training = split.training();
      held = split.validation();
    }
    if (training.rows() == 0) {
      throw new IllegalArgumentException("data must have at least one row");
    }
    NetworkBuilder builder = Network.builder(data.nIn()).seed(seed);
    if (scaling != Scaling.NONE) {
      Scaling.Fit fit = scaling.fit(training);
      builder.normalization(fit.shift(), fit.scale());
    }
    for (int size : hiddenLayers) {
      builder.dense(size, activation);
    }
    Network fresh = builder.dense(nOut, output).lossOptions(lossOptions).build();
    Trainer trainer =
        new Trainer(fresh).optimizer(optimizer).epochs(epochs).batchSize(batchSize).seed(seed);
    if (kernels != null) {
      trainer.kernels(kernels);
    }
    for (Training.Listener listener : listeners) {
      trainer.listener(listener);
    }
    if (held != null) {
      trainer.validation(held);
    }
    if (!data.hasLabels()) {
      trainer.targetScaling(Scaling.STANDARD.fitTargets(training));
      if (held != null) {
        trainer.metrics(Metric.R2, Metric.ROOT_MEAN_SQUARED_ERROR);
      }
    }
    if (patience > 0 || held != null) {
      Figure figure = held == null ? Figure.LOSS : Figure.VALIDATION_LOSS;
      trainer.earlyStopping(new EarlyStopping(figure, patience, 1e-4, held != null));
    }
    fitted(fresh, trainer.fit(training));
  }

  /** Computes the outputs of some rows. */
  float[] outputs(float[] x) {
    int nIn = network().nIn();
    Objects.requireNonNull(x, "x");
    if (x.length % nIn != 0) {
      throw new IllegalArgumentException(
          "x: " + x.length + " values are not rows of the " + nIn + " features that were fitted");
    }
    int rows = x.length / nIn;
    int nOut = network.nOut();
    float[] y = new float[Math.multiplyExact(rows, nOut)];
    Workspace workspace = new Workspace(network, kernels(rows), Math.max(1, Math.min(BATCH, rows)));
    for (int from = 0; from < rows; from += BATCH) {
      int m = Math.min(BATCH, rows - from);
      workspace.predict(m, x, from * nIn, nIn, y, from * nOut, nOut);
    }
    return y;
  }

  /** Puts rows one after the other; all must be of one width. */
  static float[] flat(String name, float[][] rows) {
    Objects.requireNonNull(rows, name);
    int n = rows.length == 0 || rows[0] == null ? 0 : rows[0].length;
    float[] flat = new float[Math.multiplyExact(rows.length, n)];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] == null) {
        throw new NullPointerException(name + "[" + i + "]");
      }
      if (rows[i].length != n) {
        throw new IllegalArgumentException(
            name + "[" + i + "] has " + rows[i].length + " values, " + name + "[0] has " + n);
      }
      System.arraycopy(rows[i], 0, flat, i * n, n);
    }
    return flat;
  }

  static float[][] unflat(float[] flat, int n) {
    float[][] rows = new float[flat.length / n][n];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(flat, i * n, rows[i], 0, n);
    }
    return rows;
  }

  /** Checks rows that are to be predicted. */
  float[] flatRows(float[][] x) {
    float[] flat = flat("x", x);
    if (x.length > 0 && x[0].length != network().nIn()) {
      throw new IllegalArgumentException(
          "x: rows of " + x[0].length + " features, but " + network().nIn() + " were fitted");
    }
    return flat;
  }

  /** The features a row, of rows that are given one after the other. */
  static int width(float[] x, int rows) {
    Objects.requireNonNull(x, "x");
    if (rows < 1 || x.length == 0 || x.length % rows != 0) {
      throw new IllegalArgumentException("x: " + x.length + " values are not " + rows + " rows");
    }
    return x.length / rows;
  }
}
