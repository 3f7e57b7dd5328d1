package io.lanewise.train;

import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A training that is under way, as a {@link Listener} sees it. */
public interface Training {
  /** Returns the network; its parameters are those after the last step. */
  Network network();

  /** Returns the kernels that compute it. */
  Kernels kernels();

  /** Returns how many epochs there will be, unless it is stopped. */
  int epochs();

  /** Returns the rows of an epoch, without those that are dropped. */
  long rows();

  /** Returns the epoch, from 1. */
  int epoch();

  /** Returns the rows of this epoch so far. */
  long rowsDone();

  /** Returns the steps so far, of all epochs. */
  long step();

  /**
   * Returns the mean loss over the rows of this epoch so far, each taken before its own step; NaN
   * before the first.
   */
  double loss();

  /** Returns the share of these rows whose class is right; NaN where there are no classes. */
  double accuracy();

  /** Returns the learning rate of the last step. */
  double learningRate();

  /**
   * Returns the norm of the last step's gradients before clipping; NaN where the optimizer does not
   * clip by it.
   */
  double gradientNorm();

  /**
   * Ends the training, from any thread: the step that is under way is finished, then come the
   * checkpoint and the best weights, where they are wanted, and {@code fit} returns. An epoch that
   * is not whole is not in the history. An interrupt of the training thread does the same; {@code
   * fit} returns with the thread's interrupt status set.
   */
  void stop();

  /**
   * Is told how a training goes, on the training thread. It may stop it by {@link #stop()}, or keep
   * the training for another thread to do so.
   */
  interface Listener {
    /** Before the first step; after a resumed one's state has been restored. */
    default void onBegin(Training training) {}

    /** After each step, which is an update of the parameters. */
    default void onBatch(Training training) {}

    /** After each epoch and its validation. */
    default void onEpoch(Training training, History.Epoch epoch) {}

    /**
     * When something is not finite, and the training goes back: see {@link Trainer#recover}. The
     * network is still as it is then.
     */
    default void onRecovery(Training training, NonFiniteException e) {}

    /**
     * At the end, also that of a training that is not finite; the best weights, if they are wanted,
     * are back.
     */
    default void onEnd(Training training, History history) {}
  }

  /** A training that computed a NaN or an infinity, and where it was made first. */
  final class NonFiniteException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    private final String place;
    private final int epoch;
    private final long step;
    // Null until the training has ended.
    transient @Nullable History history;

    NonFiniteException(String what, String place, int epoch, long step) {
      super(
          what
              + " in epoch "
              + epoch
              + ", step "
              + step
              + "; the first that is not finite: "
              + place
              + ": scale the data, try a smaller learning rate, clipping, and look for NaN in the data");
      this.place = place;
      this.epoch = epoch;
      this.step = step;
    }

    /** Returns what was not finite first, such as "the output of layer 2 (64 to 10, softmax)". */
    public String place() {
      return place;
    }

    /** Returns the epoch, from 1. */
    public int epoch() {
      return epoch;
    }

    /** Returns the step, from 1, over all epochs. */
    public long step() {
      return step;
    }

    /**
     * Returns the whole epochs before it; the network has the weights of {@link History#bestEpoch},
     * or of the last step if that is 0. Null until the training has ended.
     */
    public @Nullable History history() {
      return history;
    }
  }

  /**
   * How workers that train the same network together sum the gradients of their shards: see {@link
   * Trainer#exchange}. The sum is that of the shards in their order, each addition rounded to
   * float, so it has the bits that one process computes. Module {@code lanewise-cluster} has one
   * over TCP.
   *
   * <p>For one training thread. Each call is made by all workers at the same point of their
   * training.
   */
  interface Exchange {
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
     * @return a file with that checkpoint, at least until the exchange is over; null if there is
     *     none
     * @throws IllegalArgumentException if the settings do not go with so many workers
     * @throws IllegalStateException if the settings differ; the message names the first that does
     * @throws IOException if another worker failed, or is not heard
     */
    @Nullable Path begin(Map<String, String> settings, float[][] learned, @Nullable Path checkpoint)
        throws IOException;

    /**
     * Sums over the workers: what the one before has, plus what this one adds, goes to the next
     * one. The values of each array may go in runs, one after the other, from its first value to
     * its last.
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
}
