package io.lanewise.train;

import io.lanewise.nn.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One worker's part of a training that several do: the pieces of its own shards. */
final class WorkerPart implements Training.Exchange.Part {
  private final Training.Exchange exchange;
  private final Workspace workspace;
  private final int firstShard;
  private final int endShard;
  private final double[] figures;
  private final float[] sum;
  private final float[][] learned;
  private float[][] values;
  private final float[][] kept;
  // Of each piece of the batch at hand; the last one's gradient is still in the workspace.
  private final float[][] gradients;
  private final float[][] statistics;
  private final double[][] pieceFigures;
  private int pieces;
  private boolean begins;
  private boolean wantsStop;
  private long step;

  /**
   * @param shards of a batch
   * @param batch its rows
   * @param sum receives the gradient
   * @param figures receives what is summed beside it; the last counts who wants to stop
   */
  WorkerPart(
      Training.Exchange exchange,
      Workspace workspace,
      int shards,
      int batch,
      float[] sum,
      double[] figures) {
    this.exchange = exchange;
    this.workspace = workspace;
    this.figures = figures;
    int rank = exchange.rank();
    firstShard = UpdateGradient.firstRow(shards, exchange.workers(), rank);
    endShard = UpdateGradient.firstRow(shards, exchange.workers(), rank + 1);
    // The shards after the rows of a batch have none.
    int most = Math.max(1, Math.min(endShard, batch) - firstShard);
    float[] state = workspace.network().state();
    this.sum = sum;
    learned = new float[][] {workspace.network().parameters(), state};
    values = new float[][] {sum, state};
    kept = new float[most - 1][sum.length];
    gradients = new float[most][];
    statistics = new float[most][state.length];
    pieceFigures = new double[most][figures.length];
  }

  boolean owns(int shard) {
    return shard >= firstShard && shard < endShard;
  }

  /**
   * Takes the gradient that was just computed.
   *
   * @param shards of the batch at hand that have rows
   */
  void take(int shard, int shards, double[] its) {
    boolean last = shard + 1 == Math.min(shards, endShard);
    float[] gradient = workspace.gradients();
    if (!last) {
      System.arraycopy(gradient, 0, kept[pieces], 0, gradient.length);
      gradient = kept[pieces];
    }
    gradients[pieces] = gradient;
    workspace.statistics(statistics[pieces]);
    System.arraycopy(its, 0, pieceFigures[pieces], 0, its.length);
    pieces++;
  }

  /** See {@link Training.Exchange#sum}. */
  void sum(long step, boolean first, boolean last) throws IOException {
    this.step = step;
    begins = first && exchange.rank() == 0;
    exchange.sum(this, first, last);
    pieces = 0;
  }

  /** Sees that all end here, and with the same parameters. */
  void end(long step) throws IOException {
    this.step = step;
    values = new float[0][];
    exchange.sum(this, true, true);
  }

  /** Takes note whether this worker wants to stop; returns whether one of them did. */
  boolean stops(boolean wanted) {
    wantsStop = wanted;
    return figures[figures.length - 1] > 0;
  }

  /**
   * See {@link Training.Exchange#begin}.
   *
   * @param settings to which the epochs are added, which only a checkpoint may have others of
   */
  @Nullable State begin(Map<String, String> settings, int epochs, @Nullable State from)
      throws IOException {
    settings.put("epochs", "" + epochs);
    Path file = exchange.begin(settings, learned, from == null ? null : from.file());
    return from != null || file == null ? from : Checkpoints.read(file);
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public float[][] learned() {
    return learned;
  }

  @Override
  public double[] figures() {
    return figures;
  }

  @Override
  public float[][] values() {
    return values;
  }

  @Override
  public void add() {
    if (begins) {
      Arrays.fill(figures, 0);
    }
    for (int piece = 0; piece < pieces; piece++) {
      for (int i = 0; i < figures.length; i++) {
        figures[i] += pieceFigures[piece][i];
      }
    }
    figures[figures.length - 1] += wantsStop ? 1 : 0;
  }

  /** The first piece of all is copied: 0 + -0 is not -0. */
  @Override
  public void add(int array, int from, int to) {
    for (int piece = 0; piece < pieces; piece++) {
      if (array > 0) {
        workspace.updateStatistics(statistics[piece], from, to);
      } else if (begins && piece == 0) {
        System.arraycopy(gradients[0], from, sum, from, to - from);
      } else {
        float[] gradient = gradients[piece];
        for (int i = from; i < to; i++) {
          sum[i] += gradient[i];
        }
      }
    }
  }
}
