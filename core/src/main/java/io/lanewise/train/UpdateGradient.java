package io.lanewise.train;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.dataset.Scaling;
import io.lanewise.internal.Require;
import io.lanewise.kernel.Matrix;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Workspace;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of one update: of micro-batches in their order, each in shards in their order. It is
 * that of the mean over all rows of the update, as if they were one batch, and the sum of its
 * pieces: the first one's, plus the second one's, and so on, each addition rounded to float.
 */
final class UpdateGradient {
  private static final int LOSS = 0;
  private static final int DIVISOR = 1;
  private static final int COUNTED = 2;
  private static final int CORRECT = 3;

  private final Workspace workspace;
  private final int batchSize;
  private final int shards;
  private final long seed;
  private final Rows rows;
  private final Targets targets;
  private final Scaling.@Nullable Fit scaling;
  private final @Nullable WorkerPart part;
  private final float @Nullable [] sum;
  private final @Nullable Matrix sumRow;
  private final @Nullable Matrix gradientRow;
  // Of the update, and of the piece at hand: loss, divisor, counted, correct, who wants to stop.
  private final double[] figures = new double[5];
  private final double[] pieceFigures = new double[figures.length];
  private boolean single;

  /**
   * @param trainer its settings
   * @param source of the rows
   * @param workspace for the largest shard
   * @param batchSize rows of a micro-batch
   */
  UpdateGradient(Trainer trainer, RowSource source, Workspace workspace, int batchSize) {
    this.workspace = workspace;
    this.batchSize = batchSize;
    shards = trainer.shards;
    seed = trainer.seed;
    scaling = trainer.targetScaling;
    rows = new Rows(source, workspace.maxBatch());
    targets = rows.asTargets();
    Training.@Nullable Exchange exchange = trainer.exchange;
    boolean whole = shards == 1 && trainer.accumulate == 1 && exchange == null;
    sum = whole ? null : new float[workspace.gradients().length];
    sumRow = sum == null ? null : Matrix.row(sum);
    gradientRow = sum == null ? null : Matrix.row(workspace.gradients(), 0, sum.length);
    part =
        exchange == null
            ? null
            : new WorkerPart(exchange, workspace, shards, batchSize, sum, figures);
  }

  /** Returns this worker's part; null where there are no others. */
  @Nullable WorkerPart part() {
    return part;
  }

  /**
   * Computes it.
   *
   * @param source gives its rows
   * @param m how many
   * @param step the number of the update: with the row in it, it decides what is dropped out
   * @param search is shown each piece, if it is not null
   * @return the loss
   */
  double compute(EpochRows source, int m, long step, @Nullable NonFiniteSearch search)
      throws IOException {
    Arrays.fill(figures, 0);
    int pieces = 0;
    Network network = workspace.network();
    // The divisor if all rows count as 1: what they do count is known only when all are read.
    double expected = network.reduction().divisor(m, m, network.nOut());
    boolean cut = shards > 1 || m > batchSize;
    workspace.divideBy(cut ? expected : 0);
    // Who searches looks at all pieces.
    @Nullable WorkerPart mine = search == null ? part : null;
    int size;
    for (int micro = 0; micro < m; micro += size) {
      size = Math.min(batchSize, m - micro);
      // The shards after them have no row.
      int used = Math.min(shards, size);
      for (int shard = 0; shard < used; shard++) {
        int first = firstRow(size, shards, shard);
        int count = firstRow(size, shards, shard + 1) - first;
        boolean wanted = mine == null || mine.owns(shard);
        source.read(shard, wanted, rows, count);
        if (!wanted) {
          continue;
        }
        workspace.masks(seed, step, micro + first);
        piece(count);
        if (mine != null) {
          mine.take(shard, used, pieceFigures);
          continue;
        }
        add(pieces++);
        if (search != null) {
          search.look(rows, count, pieceFigures[LOSS]);
        } else {
          workspace.updateStatistics();
        }
      }
      if (mine != null) {
        mine.sum(step, micro == 0, micro + size == m);
      }
    }
    workspace.divideBy(0);
    single = pieces == 1;
    if (network.reduction() == Reduction.SUM) {
      figures[DIVISOR] = 1;
    }
    double loss = figures[LOSS];
    return cut && divisor() != expected ? rescaled(loss, expected) : loss;
  }

  private void piece(int count) {
    if (scaling != null) {
      scaling.apply(rows.targets(), count);
    }
    Network network = workspace.network();
    Arrays.fill(pieceFigures, 0);
    pieceFigures[LOSS] = workspace.gradient(count, rows.features(), 0, network.nIn(), targets, 0);
    pieceFigures[DIVISOR] = workspace.divisor(count, targets, 0);
    if (targets instanceof Targets.Labels classes) {
      countRows(network, classes.labels(), count);
    }
  }

  // Its loop is hot: alone, C2 compiles it without all that a gradient calls.
  private void countRows(Network network, int[] labels, int count) {
    float[] weights = targets.weights();
    for (int i = 0; i < count; i++) {
      int label = labels[i];
      if (label != network.lossOptions().ignoredIndex()) {
        double weight = weights == null ? 1 : weights[i];
        pieceFigures[COUNTED] += weight;
        if (Evaluation.predictedClass(network, workspace.scores(), i * network.nOut()) == label) {
          pieceFigures[CORRECT] += weight;
        }
      }
    }
  }

  /** Where weights or rows that do not count make the divisor another one. */
  private double rescaled(double loss, double expected) {
    double factor = divisor() == 0 ? 0 : expected / divisor();
    float[] gradients = gradients();
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] *= (float) factor;
    }
    return loss * factor;
  }

  private void add(int pieces) {
    for (int i = 0; i < figures.length; i++) {
      figures[i] += pieceFigures[i];
    }
    if (sum == null) {
      return;
    }
    float[] gradients = workspace.gradients();
    if (pieces == 0) {
      System.arraycopy(gradients, 0, sum, 0, sum.length);
      return;
    }
    workspace.kernels().add(sumRow, gradientRow, sumRow);
  }

  /** Returns the gradients of the last update. */
  float[] gradients() {
    return single ? workspace.gradients() : sum;
  }

  /** Returns what the sum of the losses of its rows was divided by. */
  double divisor() {
    return figures[DIVISOR];
  }

  /** Returns how many of its rows have a class that counts, or what they weigh. */
  double counted() {
    return figures[COUNTED];
  }

  /** Returns how many of these had the right class, or what they weigh. */
  double correct() {
    return figures[CORRECT];
  }

  /**
   * Returns the first row of a shard; that of shard {@code shards} is m, the end of the last one.
   * Shards are consecutive rows, the first m mod S of them one row larger. A cut depends on m and S
   * alone, so whoever computes a shard, on whichever machine, computes the same bits.
   *
   * @param m rows of the batch, or of the data, at least 0
   * @param shards S, at least 1
   * @param shard 0 to S
   */
  static long firstRow(long m, int shards, int shard) {
    Require.atLeast("m", 0, m);
    Require.atLeast("shards", 1, shards);
    if (shard < 0 || shard > shards) {
      throw new IllegalArgumentException("shard must be in 0.." + shards + ", got " + shard);
    }
    return m / shards * shard + Math.min(shard, m % shards);
  }

  /** The same of a batch. */
  static int firstRow(int m, int shards, int shard) {
    return (int) firstRow((long) m, shards, shard);
  }
}
