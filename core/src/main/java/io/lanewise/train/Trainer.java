package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.internal.Require;
import io.lanewise.internal.Work;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Schedule;
import io.lanewise.train.Training.NonFiniteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network by mini-batches: each epoch takes the rows in a new random order, and the last
 * batch is smaller where the rows do not divide. The same seeds give the same bits, whatever the
 * kernels and threads.
 *
 * <pre>{@code
 * History history =
 *     new Trainer(network).optimizer(new Adam(1e-3)).batchSize(32).epochs(20).fit(training);
 * }</pre>
 */
public final class Trainer {
  final Network network;
  final List<Training.Listener> listeners = new ArrayList<>();
  Optimizer optimizer = new Adam(1e-3);
  @Nullable Schedule schedule;
  int batchSize = 32;
  int epochs = 10;
  long seed;
  boolean shuffle = true;
  boolean dropLast;
  int accumulate = 1;
  int shards = 1;
  boolean shardRows;
  Training.@Nullable Exchange exchange;
  @Nullable EarlyStopping earlyStopping;
  Scaling.@Nullable Fit targetScaling;
  final Set<Metric> metrics = EnumSet.noneOf(Metric.class);
  @Nullable Path checkpointFolder;
  long every;
  int keep = 3;
  boolean resume;
  double recoveryFactor = 1;
  int recoveries;
  private @Nullable Kernels kernels;
  private @Nullable Dataset validation;
  private double validationFraction;

  /** Begins a training of that network: Adam at 1e-3, batches of 32, 10 epochs, seed 0. */
  public Trainer(Network network) {
    this.network = Objects.requireNonNull(network, "network");
  }

  /** Sets the optimizer; each fit begins with state of its own. Default: Adam at 1e-3. */
  public Trainer optimizer(Optimizer optimizer) {
    this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
    return this;
  }

  /**
   * Sets what decides the learning rate of each step, from that of the optimizer; each fit begins
   * with state of its own. Default: the rate stays.
   */
  public Trainer schedule(Schedule schedule) {
    this.schedule = Objects.requireNonNull(schedule, "schedule");
    return this;
  }

  /**
   * Sets the kernels. Default: those that end the training first, see {@link KernelLookup#forWork};
   * what this JVM has trained and evaluated before counts.
   */
  public Trainer kernels(Kernels kernels) {
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    return this;
  }

  /** Sets the rows of a batch, at least 1. Default: 32. */
  public Trainer batchSize(int batchSize) {
    this.batchSize = Require.atLeast("batchSize", 1, batchSize);
    return this;
  }

  /** Sets how many times all rows are taken, at least 1. Default: 10. */
  public Trainer epochs(int epochs) {
    this.epochs = Require.atLeast("epochs", 1, epochs);
    return this;
  }

  /** Sets the seed of the rows' order, of the split and of what is dropped out. Default: 0. */
  public Trainer seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Sets whether the rows are put into random order at each epoch. Default: true. */
  public Trainer shuffle(boolean shuffle) {
    this.shuffle = shuffle;
    return this;
  }

  /** Sets whether the last batch of an epoch is left out if it is not full. Default: false. */
  public Trainer dropLast(boolean dropLast) {
    this.dropLast = dropLast;
    return this;
  }

  /**
   * Sets how many batches make one update, at least 1. Default: 1. An update is that of the mean
   * over all its rows, as if they were one batch of k times the size; only what each batch is
   * normalized by (batch normalization) is its own.
   */
  public Trainer accumulate(int batches) {
    this.accumulate = Require.atLeast("batches", 1, batches);
    return this;
  }

  /**
   * Sets into how many shards a batch is cut, at least 1. Default: 1. Its gradient is the sum of
   * those of its shards, in their order: the same bits wherever they are computed. A shard is
   * consecutive rows, the first m mod S of them one row larger; each has its own statistics (batch
   * normalization).
   */
  public Trainer shards(int shards) {
    this.shards = Require.atLeast("shards", 1, shards);
    return this;
  }

  /**
   * Sets whether each shard has rows of its own: shard s of each batch is then of the s-th of S
   * runs of the rows (the first n mod S of them one row longer), which is shuffled by itself. A
   * worker of an {@link #exchange} reads the runs of its own shards alone, so that data may be
   * larger than any one could hold. Default: false, and a batch takes rows from anywhere, which is
   * another training. With true the batch size is a multiple of S, unless one batch has all rows,
   * and where the rows lie should say nothing of what they are, as each shard is of one run.
   */
  public Trainer shardRows(boolean own) {
    this.shardRows = own;
    return this;
  }

  /**
   * Sets the workers that train this network together, each in a process or thread of its own.
   * Default: none but this one. Each makes the same network and trainer, with as many {@link
   * #shards} as there are workers or more, and fits the same rows; each computes the gradients of a
   * run of the shards (the first S mod N workers have one more), and all end with the bits that one
   * would have with those shards. Worker 0 alone writes and reads checkpoints, and gives the others
   * the one that they go on from. Who stops one stops all after the same step.
   */
  public Trainer exchange(Training.Exchange exchange) {
    this.exchange = Objects.requireNonNull(exchange, "exchange");
    return this;
  }

  /**
   * Sets how the targets are scaled while it trains, for a new network. Default: not at all. The
   * losses are then of scaled targets, the metrics of targets as they are; at the end, however it
   * came, the scaling is put into the last layer, and the network gives targets as they are.
   *
   * @param fit what {@link Scaling#fitTargets} found
   * @throws IllegalArgumentException if it is not as wide as the last layer, or this is not dense
   *     without an activation
   */
  public Trainer targetScaling(Scaling.Fit fit) {
    if (!(network.outputLayer() instanceof Dense last)
        || last.activation() != Activation.IDENTITY
        || last.nOut() != fit.scale().length) {
      throw new IllegalArgumentException(
          "fit: of "
              + fit.scale().length
              + " targets, wanted a last layer that gives them without an activation, got "
              + network.outputLayer());
    }
    targetScaling = fit;
    return this;
  }

  /** Sets the data that is evaluated after each epoch. */
  public Trainer validation(Dataset validation) {
    this.validation = Objects.requireNonNull(validation, "validation");
    this.validationFraction = 0;
    return this;
  }

  /**
   * Holds a share of the rows back, and evaluates it after each epoch: {@link Dataset#split} with
   * this trainer's seed. For a {@link Dataset}.
   *
   * @param fraction in (0, 1)
   */
  public Trainer validationSplit(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction must be in (0, 1), got " + fraction);
    }
    this.validation = null;
    this.validationFraction = fraction;
    return this;
  }

  /**
   * Sets which figures of the validation set are taken after each epoch beside its loss and
   * accuracy, instead of those set before. What early stopping or the schedule watches is taken
   * anyway.
   */
  public Trainer metrics(Metric... some) {
    metrics.clear();
    metrics.addAll(List.of(some));
    return this;
  }

  /** Those, and what is watched. */
  Set<Metric> takenMetrics() {
    Set<Metric> taken = EnumSet.copyOf(metrics);
    for (Figure figure : watched()) {
      if (figure.metric().isPresent()) {
        taken.add(figure.metric().get());
      }
    }
    return taken;
  }

  /** What early stopping and the schedule watch. */
  List<Figure> watched() {
    List<Figure> watched = new ArrayList<>();
    if (earlyStopping != null) {
      watched.add(earlyStopping.figure());
    }
    if (schedule != null && schedule.monitored().isPresent()) {
      watched.add(schedule.monitored().get());
    }
    return watched;
  }

  /** Sets when a training that gets no better ends. Default: it goes through all epochs. */
  public Trainer earlyStopping(EarlyStopping earlyStopping) {
    this.earlyStopping = Objects.requireNonNull(earlyStopping, "earlyStopping");
    return this;
  }

  /**
   * Sets what is done where something is not finite: the training goes back to the end of the last
   * whole epoch, or to its beginning, and goes on at a learning rate that is multiplied by the
   * factor from then on. Default: it ends by a {@link NonFiniteException}.
   *
   * @param factor in (0, 1)
   * @param times after how often it ends nevertheless, at least 1; 0 for the default
   */
  public Trainer recover(double factor, int times) {
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException("factor must be in (0, 1), got " + factor);
    }
    this.recoveryFactor = factor;
    this.recoveries = Require.atLeast("times", 0, times);
    return this;
  }

  /** {@link #checkpoint(Path, long)} at the end of each epoch. */
  public Trainer checkpoint(Path folder) {
    this.checkpointFolder = Objects.requireNonNull(folder, "folder");
    this.every = 0;
    return this;
  }

  /**
   * Keeps checkpoints in a folder of their own, which is made if it is missing, and one at the end.
   * A training that was interrupted anywhere goes on from the newest whole one by {@link #resume},
   * and ends with the same bits.
   *
   * @param every how many steps lie between two, at least 1
   */
  public Trainer checkpoint(Path folder, long every) {
    this.checkpointFolder = Objects.requireNonNull(folder, "folder");
    this.every = Require.atLeast("every", 1, every);
    return this;
  }

  /** Sets how many checkpoints are kept, at least 1. Default: 3. */
  public Trainer keepCheckpoints(int count) {
    this.keep = Require.atLeast("count", 1, count);
    return this;
  }

  /**
   * Sets whether the training goes on from the newest whole checkpoint, if there is one. Default:
   * false, and then the folder must be empty. Network, data and settings must be those of the
   * checkpoint; there may be more epochs, and not fewer than it has begun.
   */
  public Trainer resume(boolean resume) {
    this.resume = resume;
    return this;
  }

  /** Adds a listener, which is told how the training goes. */
  public Trainer listener(Training.Listener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Returns how many steps, which are updates, an epoch of so many rows has with these settings.
   *
   * @param rows at least 0
   */
  public long stepsPerEpoch(long rows) {
    long used = dropLast ? rows - rows % batchSize : rows;
    long update = (long) batchSize * accumulate;
    return (used + update - 1) / update;
  }

  /**
   * Trains; changes the network's parameters in place. Each fit begins anew, with the network as it
   * is: the optimizer's and the schedule's state, the epochs and the order of the rows are of one
   * fit. {@link Training#stop} and an interrupt of the thread end it early.
   *
   * @param data the rows: in memory or not
   * @throws IllegalArgumentException if the data is empty or does not match the network, or the
   *     settings do not go together
   * @throws NonFiniteException if the loss, a gradient, a parameter, a running statistic or the
   *     validation loss becomes NaN or infinite: it says where, and has the history; the best
   *     weights, if they are wanted, are restored
   * @throws IllegalStateException if the checkpoint folder is not empty and the training is not
   *     resumed, or what it holds is of another training: the message says what differs
   * @throws UncheckedIOException if the data cannot be read, a checkpoint not be written, or
   *     another worker failed: see {@link #exchange}
   */
  public History fit(RowSource data) {
    Objects.requireNonNull(data, "data");
    try {
      return fitted(data);
    } catch (RuntimeException | Error e) {
      if (exchange != null) {
        exchange.fail(e);
      }
      throw e;
    }
  }

  private History fitted(RowSource data) {
    data.requireMatch(network);
    RowSource training = data;
    @Nullable Dataset held = validation;
    if (validationFraction > 0) {
      if (!(data instanceof Dataset inMemory)) {
        throw new IllegalArgumentException("validationSplit needs a Dataset: set a validation set");
      }
      Split split = inMemory.split(validationFraction, seed);
      training = split.training();
      held = split.validation();
    }
    if (held != null) {
      held.requireMatch(network);
      held = held.rows() == 0 ? null : held;
    }
    FitSettings settings = new FitSettings(this, training, held);
    settings.requireSettings();
    Kernels chosen = kernels != null ? kernels : Work.kernels(work(training.rowCount(), held));
    settings.requireDefined(chosen);
    try {
      return new TrainingLoop(this, training, held, chosen).fit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of all epochs: fewer where it stops early. */
  private double work(long rows, @Nullable Dataset held) {
    double looks = held == null ? 0 : network.work(held.rows(), batchSize, false);
    return epochs * (network.work(rows, batchSize / shards, true) + looks);
  }

  @Override
  public String toString() {
    return ("trainer of " + network + ": " + optimizer)
        + (schedule == null ? "" : ", schedule " + schedule)
        + (", batches of " + batchSize + ", epochs: " + epochs + ", seed " + seed);
  }
}
