package io.lanewise.cluster;

import io.lanewise.train.Training.Exchange.Part;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a sum goes from worker to worker, and its total round to all. */
final class Ring {
  private final int rank;
  private final int workers;
  private final int checkEvery;
  private final @Nullable Incoming in;
  private final @Nullable Outgoing out;
  // Where the frames of the sum that went before this one's begin; -1 if there are none.
  private long previous;
  private long hash;
  private long step;

  Ring(int rank, int workers, int checkEvery, @Nullable Incoming in, @Nullable Outgoing out) {
    this.rank = rank;
    this.workers = workers;
    this.checkEvery = checkEvery;
    this.in = in;
    this.out = out;
  }

  /** Returns the step that is under way. */
  long step() {
    return step;
  }

  /** Gives what worker 0 has to all. */
  byte[] share(byte[] mine) throws Chain.WorkerException {
    byte[] all = rank == 0 ? mine : in.bytes();
    if (rank + 1 < workers) {
      out.bytes(all);
    }
    return all;
  }

  /** See {@link io.lanewise.train.Training.Exchange#sum}. */
  void sum(Part part, boolean first, boolean last) throws IOException {
    step = part.step();
    if (workers == 1) {
      pass(part, part.values(), false, true, false);
      return;
    }
    try {
      ring(part, first, last);
    } catch (Chain.WorkerException e) {
      throw e.rank() == (rank + 1) % workers ? in.why(e) : e;
    }
  }

  private void ring(Part part, boolean first, boolean last) throws Chain.WorkerException {
    float[][] values = part.values();
    if (first) {
      boolean checks = step % checkEvery == 1 % checkEvery || values.length == 0;
      hash = checks ? hash(part.learned()) : 0;
      int frames = 1;
      for (float[] some : values) {
        frames += Links.chunks(some);
      }
      out.begin(part, hash, frames);
      previous = -1;
    }
    pass(part, values, rank > 0 || !first, true, true);
    if (last) {
      if (rank < workers - 1) {
        pass(part, values, true, false, rank < workers - 2);
      }
      out.await(out.ready(), step);
    }
  }

  /**
   * Lets all frames of a sum through.
   *
   * @param takes whether they come from the worker before; else they are here
   * @param adds whether what is of this one is added
   * @param gives whether they go to the next one
   */
  private void pass(Part part, float[][] values, boolean takes, boolean adds, boolean gives)
      throws Chain.WorkerException {
    long start = out == null ? 0 : out.ready();
    long frame = 0;
    if (takes) {
      awaitSent(frame++);
      in.head(part, hash);
    }
    if (adds) {
      part.add();
    }
    if (gives) {
      out.offer();
    }
    for (int i = 0; i < values.length; i++) {
      int length = values[i].length;
      for (int from = 0; from < length; from += Frame.CHUNK_FLOATS) {
        int to = Math.min(length, from + Frame.CHUNK_FLOATS);
        if (takes) {
          awaitSent(frame++);
          in.chunk(values[i], from, to, step);
        }
        if (adds) {
          part.add(i, from, to);
        }
        if (gives) {
          out.offer();
        }
      }
    }
    previous = gives ? start : -1;
  }

  /** What is overwritten must have gone; it has, as it is what now comes round. */
  private void awaitSent(long frame) throws Chain.WorkerException {
    if (previous >= 0) {
      out.await(previous + frame + 1, step);
    }
  }

  /** Two of one length that differ in one value have two hashes: each factor is odd. */
  static long hash(float[][] learned) {
    long hash = 1;
    for (float[] values : learned) {
      for (float value : values) {
        hash = (hash ^ Float.floatToRawIntBits(value)) * 0x100000001b3L;
      }
    }
    return hash;
  }
}
