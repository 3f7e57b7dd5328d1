package io.lanewise.train;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network;
import io.lanewise.nn.RandomStream;
import io.lanewise.nn.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
  private final Network network;
  private Optimizer optimizer = new Adam(1e-3);
  private Kernels kernels;
  private int batchSize = 32;
  private int epochs = 10;
  private long seed;
  private boolean shuffle = true;
  private Dataset validation;
  private TrainingListener listener = new TrainingListener() {};

  /** Begins a training of that network: Adam at 1e-3, batches of 32, 10 epochs, seed 0. */
  public Trainer(Network network) {
    this.network = Objects.requireNonNull(network, "network");
  }

  /** Sets the optimizer. */
  public Trainer optimizer(Optimizer optimizer) {
    this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
    return this;
  }

  /** Sets the kernels; the best there are without it. */
  public Trainer kernels(Kernels kernels) {
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    return this;
  }

  /** Sets the rows of a batch, at least 1. */
  public Trainer batchSize(int batchSize) {
    this.batchSize = requirePositive("batchSize", batchSize);
    return this;
  }

  /** Sets how many times all rows are taken, at least 1. */
  public Trainer epochs(int epochs) {
    this.epochs = requirePositive("epochs", epochs);
    return this;
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1, got " + value);
    }
    return value;
  }

  /** Sets the seed of the rows' order. */
  public Trainer seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Sets whether the rows are put into random order at each epoch; they are without it. */
  public Trainer shuffle(boolean shuffle) {
    this.shuffle = shuffle;
    return this;
  }

  /** Sets the data that is evaluated after each epoch. */
  public Trainer validation(Dataset validation) {
    this.validation = Objects.requireNonNull(validation, "validation");
    return this;
  }

  /** Sets who is told how it goes. */
  public Trainer listener(TrainingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Trains; changes the network's parameters in place.
   *
   * @throws IllegalArgumentException if the data is empty or does not match the network
   * @throws ArithmeticException if the loss becomes NaN or infinite: the message says where
   */
  public History fit(Dataset data) {
    Objects.requireNonNull(data, "data");
    Metrics.requireMatch(network, data);
    if (data.rows() == 0) {
      throw new IllegalArgumentException("data must have at least one row");
    }
    if (validation != null) {
      Metrics.requireMatch(network, validation);
    }
    return new Run(data).fit();
  }

  /** The buffers and the random stream of one training. */
  private final class Run {
    private final Dataset data;
    private final Workspace workspace;
    private final RandomStream random = new RandomStream(seed, RandomStream.Purpose.SHUFFLE);
    private final int[] order;
    private final float[] x;
    private final int[] labels;
    private final float[] y;
    private double lossSum;
    private int correct;

    Run(Dataset data) {
      this.data = data;
      int batch = Math.min(batchSize, data.rows());
      workspace = new Workspace(network, kernels != null ? kernels : KernelLookup.best(), batch);
      order = new int[data.rows()];
      Arrays.setAll(order, i -> i);
      x = new float[Math.multiplyExact(batch, data.nIn())];
      labels = data.hasLabels() ? new int[batch] : null;
      y = data.hasLabels() ? null : new float[Math.multiplyExact(batch, data.nOut())];
    }

    History fit() {
      List<History.Epoch> done = new ArrayList<>();
      for (int epoch = 1; epoch <= epochs; epoch++) {
        if (shuffle) {
          random.shuffle(order);
        }
        long start = System.nanoTime();
        pass(epoch);
        double seconds = (System.nanoTime() - start) * 1e-9;
        Metrics metrics =
            validation == null || validation.rows() == 0
                ? null
                : Metrics.evaluate(workspace, validation);
        History.Epoch entry =
            new History.Epoch(
                epoch,
                lossSum / data.rows(),
                accuracy(data.rows()),
                metrics == null ? Double.NaN : metrics.loss(),
                metrics == null ? Double.NaN : metrics.accuracy(),
                data.rows() / seconds);
        done.add(entry);
        listener.onEpoch(entry);
      }
      return new History(done);
    }

    private void pass(int epoch) {
      lossSum = 0;
      correct = 0;
      int batch = workspace.maxBatch();
      for (int from = 0; from < data.rows(); from += batch) {
        int m = Math.min(batch, data.rows() - from);
        double loss = step(from, m);
        if (!Double.isFinite(loss)) {
          throw new ArithmeticException(
              "the loss became "
                  + loss
                  + " in epoch "
                  + epoch
                  + ", batch "
                  + (from / batch + 1)
                  + ": try a smaller learning rate, and look for NaN in the data");
        }
        listener.onBatch(epoch, from + m, lossSum / (from + m), accuracy(from + m));
      }
    }

    private double step(int from, int m) {
      int nIn = data.nIn();
      int nOut = network.nOut();
      data.gather(order, from, m, x, labels, y);
      double loss =
          data.hasLabels()
              ? workspace.gradient(m, x, 0, nIn, labels, 0)
              : workspace.gradient(m, x, 0, nIn, y, 0, nOut);
      lossSum += loss / network.reduction().factor(m, nOut) * network.reduction().factor(1, nOut);
      if (data.hasLabels()) {
        for (int i = 0; i < m; i++) {
          boolean right =
              Metrics.predictedClass(network, workspace.scores(), i * nOut) == labels[i];
          correct += right ? 1 : 0;
        }
      }
      optimizer.step(workspace.kernels(), network.parameters(), workspace.gradients());
      return loss;
    }

    private double accuracy(int rows) {
      return data.hasLabels() ? (double) correct / rows : Double.NaN;
    }
  }
}
