package io.lanewise.cluster;

import io.lanewise.train.ShardExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Workers in a chain over TCP: worker 0 gives the sum of its shards to worker 1, which adds its own
 * in their order, and so on; the last one's total goes round to all. A link carries the gradients
 * twice a step at most, however many workers and shards there are, and once more for each batch
 * that is accumulated. Once it runs, a step allocates nothing.
 *
 * <p>A worker that fails, is killed, hangs, or has other settings or parameters ends the training
 * of all by an exception that names it and the step: see {@link ChainException}. A training with
 * checkpoints goes on from the last one.
 *
 * <p>For one thread. Close it when the training is over; it is for one fit.
 */
public final class Chain implements ShardExchange, AutoCloseable {
  private static final int MOST_WORDS = 8_000;

  private final int rank;
  private final int workers;
  private final int checkEvery;
  private final @Nullable Incoming in;
  private final @Nullable Outgoing out;
  // Where the frames of the sum that went before this one's begin; -1 if there are none.
  private long previous;
  private long hash;
  private long step;
  private boolean closed;
  private @Nullable Path copy;

  Chain(int rank, int workers, int checkEvery, @Nullable Incoming in, @Nullable Outgoing out) {
    this.rank = rank;
    this.workers = workers;
    this.checkEvery = checkEvery;
    this.in = in;
    this.out = out;
  }

  /**
   * Begins to say how workers find each other.
   *
   * @param workers where each listens, by rank; the same list at all of them
   * @param rank which of them this one is
   */
  public static ChainBuilder builder(List<InetSocketAddress> workers, int rank) {
    return new ChainBuilder(workers, rank);
  }

  /**
   * Reads a list such as {@code 10.0.0.1:7600,host:7600,[::1]:7600}.
   *
   * @throws IllegalArgumentException if it is none; the message says which part
   */
  public static List<InetSocketAddress> workers(String list) {
    List<InetSocketAddress> workers = new ArrayList<>();
    for (String one : list.split(",", -1)) {
      String text = one.strip();
      int colon = text.lastIndexOf(':');
      String host = colon < 0 ? "" : text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (bracketed) {
        host = host.substring(1, host.length() - 1);
      }
      int port;
      try {
        port = Integer.parseInt(text.substring(colon + 1));
      } catch (NumberFormatException e) {
        port = 0;
      }
      if (host.isEmpty() || host.contains(":") != bracketed || port < 1 || port > 65_535) {
        throw new IllegalArgumentException(
            "wanted host:port for each worker, such as 10.0.0.1:7600, got \"" + text + "\"");
      }
      workers.add(InetSocketAddress.createUnresolved(host, port));
    }
    return workers;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public @Nullable Path begin(
      Map<String, String> settings, float[][] learned, @Nullable Path checkpoint)
      throws IOException {
    Settings.requireWorkers(settings, workers);
    byte[] mine = Settings.bytes(settings, hash(learned));
    Settings.requireSame(rank, share(mine), mine);
    byte[] file = share(checkpoint == null ? new byte[0] : Files.readAllBytes(checkpoint));
    if (rank == 0 || file.length == 0) {
      return checkpoint;
    }
    copy = Files.createTempFile("lanewise-", ".safetensors");
    return Files.write(copy, file);
  }

  /** Gives what worker 0 has to all. */
  private byte[] share(byte[] mine) throws ChainException {
    byte[] all = rank == 0 ? mine : in.bytes();
    if (rank + 1 < workers) {
      out.bytes(all);
    }
    return all;
  }

  @Override
  public void sum(Part part, boolean first, boolean last) throws IOException {
    step = part.step();
    if (workers == 1) {
      pass(part, part.values(), false, true, false);
      return;
    }
    try {
      ring(part, first, last);
    } catch (ChainException e) {
      throw e.rank() == (rank + 1) % workers ? in.why(e) : e;
    }
  }

  private void ring(Part part, boolean first, boolean last) throws ChainException {
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
      throws ChainException {
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
  private void awaitSent(long frame) throws ChainException {
    if (previous >= 0) {
      out.await(previous + frame + 1, step);
    }
  }

  /** Two of one length that differ in one value have two hashes: each factor is odd. */
  private static long hash(float[][] learned) {
    long hash = 1;
    for (float[] values : learned) {
      for (float value : values) {
        hash = (hash ^ Float.floatToRawIntBits(value)) * 0x100000001b3L;
      }
    }
    return hash;
  }

  @Override
  public void fail(Throwable why) {
    Throwable cause = why instanceof UncheckedIOException io ? io.getCause() : why;
    int whose = rank;
    long when = step;
    String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String name = Incoming.name(rank);
    String text =
        said.startsWith(name) ? said : name + " failed" + ChainException.inStep(step) + ": " + said;
    if (cause instanceof ChainException known) {
      whose = known.rank();
      when = known.step();
      text = known.getMessage();
    }
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    words = Arrays.copyOf(words, Math.min(words.length, MOST_WORDS));
    ByteBuffer buffer = ByteBuffer.allocate(12 + words.length).order(ByteOrder.LITTLE_ENDIAN);
    end(Frame.FAIL, buffer.putInt(whose).putLong(when).put(words).array());
  }

  /** Leaves the others. They must have ended, too: else each of them fails. */
  @Override
  public void close() {
    end(Frame.BYE, new byte[0]);
  }

  private void end(int kind, byte[] words) {
    if (closed) {
      return;
    }
    closed = true;
    if (out != null) {
      out.end(kind, words);
    }
    if (in != null) {
      in.close();
    }
    if (copy != null) {
      try {
        Files.deleteIfExists(copy);
      } catch (IOException e) {
        // It is in the folder for such files.
      }
    }
  }

  static Incoming incoming(int rank, int workers, Socket socket, long millis) throws IOException {
    return new Incoming(Math.floorMod(rank - 1, workers), rank, socket, millis);
  }

  @Override
  public String toString() {
    return "worker " + rank + " of " + workers;
  }
}
