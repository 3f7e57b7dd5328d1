package io.lanewise.train;

import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.io.IOException;

/**
 * The gradient of one update: of micro-batches in their order, each in shards in their order. It is
 * that of the mean over all rows of the update, as if they were one batch, and the sum of its
 * pieces: the first one's, plus the second one's, and so on, each addition rounded to float.
 */
final class UpdateGradient {
  private final Workspace workspace;
  private final int batchSize;
  private final int shards;
  private final long seed;
  private final Rows rows;
  private final float[] sum;
  private int correct;
  private boolean single;

  /**
   * @param workspace for the largest shard
   * @param batchSize rows of a micro-batch
   * @param accumulate micro-batches of an update
   * @param seed of what is dropped out
   */
  UpdateGradient(
      RowSource source, Workspace workspace, int batchSize, int shards, int accumulate, long seed) {
    this.workspace = workspace;
    this.batchSize = batchSize;
    this.shards = shards;
    this.seed = seed;
    rows = new Rows(source, workspace.maxBatch());
    sum = shards == 1 && accumulate == 1 ? null : new float[workspace.gradients().length];
  }

  /**
   * Computes it.
   *
   * @param reader gives its rows
   * @param m how many
   * @param step the number of the update: with the row in it, it decides what is dropped out
   * @param search is shown each piece, if it is not null
   * @return the loss
   */
  double compute(RowReader reader, int m, long step, NonFiniteSearch search) throws IOException {
    double loss = 0;
    correct = 0;
    int pieces = 0;
    workspace.partOf(m);
    for (int micro = 0; micro < m; micro += batchSize) {
      int size = Math.min(batchSize, m - micro);
      for (int shard = 0; shard < shards; shard++) {
        int first = Shards.firstRow(size, shards, shard);
        int count = Shards.firstRow(size, shards, shard + 1) - first;
        if (count > 0) {
          workspace.masks(seed, step, micro + first);
          double part = piece(reader, count);
          loss += part;
          add(pieces++);
          if (search != null) {
            search.look(rows, count, part);
          } else {
            workspace.updateStatistics();
          }
        }
      }
    }
    workspace.partOf(0);
    single = pieces == 1;
    return loss;
  }

  private double piece(RowReader reader, int count) throws IOException {
    if (reader.read(rows, 0, count) != count) {
      throw new IOException("the data has fewer rows than it said");
    }
    Network network = workspace.network();
    int nIn = network.nIn();
    int nOut = network.nOut();
    int[] labels = rows.labels();
    if (labels == null) {
      return workspace.gradient(count, rows.features(), 0, nIn, rows.targets(), 0, nOut);
    }
    double loss = workspace.gradient(count, rows.features(), 0, nIn, labels, 0);
    for (int i = 0; i < count; i++) {
      boolean right = Metrics.predictedClass(network, workspace.scores(), i * nOut) == labels[i];
      correct += right ? 1 : 0;
    }
    return loss;
  }

  private void add(int pieces) {
    if (sum == null) {
      return;
    }
    float[] gradients = workspace.gradients();
    if (pieces == 0) {
      System.arraycopy(gradients, 0, sum, 0, sum.length);
      return;
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] += gradients[i];
    }
  }

  /** Returns the gradients of the last update. */
  float[] gradients() {
    return single ? workspace.gradients() : sum;
  }

  /** Returns how many of its rows had the right class. */
  int correct() {
    return correct;
  }
}
