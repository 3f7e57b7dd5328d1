package io.lanewise.train;

import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Network;
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
}
