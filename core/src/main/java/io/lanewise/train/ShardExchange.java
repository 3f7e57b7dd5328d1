package io.lanewise.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How workers that train the same network together sum the gradients of their shards: see {@link
 * Trainer#exchange}. The sum is that of the shards in their order, each addition rounded to float,
 * so it has the bits that one process computes. Module {@code lanewise-cluster} has one over TCP.
 *
 * <p>For one training thread. Each call is made by all workers at the same point of their training.
 */
public interface ShardExchange {
  /** Returns the number of this worker, from 0. */
  int rank();

  /** Returns how many workers there are, at least 1. */
  int workers();

  /**
   * Begins: compares the training of this worker with that of worker 0, and gives all the
   * checkpoint that worker 0 goes on from.
   *
   * @param settings what the training is of, by name
   * @param learned as {@link Part#learned}, at the beginning
   * @param checkpoint of worker 0; null at the others, and if it has none
   * @return a file with that checkpoint, at least until the exchange is over; null if there is none
   * @throws IllegalArgumentException if the settings do not go with so many workers
   * @throws IllegalStateException if the settings differ; the message names the first that does
   * @throws IOException if another worker failed, or is not heard
   */
  @Nullable Path begin(Map<String, String> settings, float[][] learned, @Nullable Path checkpoint)
      throws IOException;

  /**
   * Sums over the workers: what the one before has, plus what this one adds, goes to the next one.
   * The values of each array may go in runs, one after the other, from its first value to its last.
   *
   * @param part what is summed, and what this worker adds
   * @param first whether worker 0 begins with what its part has; else with the sum of the call
   *     before, which is still at the last worker
   * @param last whether all workers get the sum; else it stays at the last worker
   * @throws IOException if another worker failed, is not heard, or is elsewhere in its training
   */
  void sum(Part part, boolean first, boolean last) throws IOException;

  /** Tells the other workers why this one goes no further; does not throw. */
  void fail(Throwable why);

  /** What is summed, and what a worker adds to it. */
  interface Part {
    /** Returns the step that is under way, from 1. It must be the same at all workers. */
    long step();

    /** Returns the parameters and the state, which must have the same bits at all workers. */
    float[][] learned();

    /** Returns the figures themselves, which are summed beside the values. */
    double[] figures();

    /**
     * Returns the arrays that are summed, as long at all workers; none at the end of a training.
     */
    float[][] values();

    /** Adds what is of this worker to the figures. */
    void add();

    /** Adds what is of this worker to values {@code from} to {@code to - 1} of an array. */
    void add(int array, int from, int to);
  }
}
