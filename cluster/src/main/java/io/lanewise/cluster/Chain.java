package io.lanewise.cluster;

import io.lanewise.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Workers in a chain over TCP: worker 0 gives the sum of its shards to worker 1, which adds its own
 * in their order, and so on; the last one's total goes round to all. A link carries the gradients
 * twice a step at most, however many workers and shards there are, and once more for each batch
 * that is accumulated. Once it runs, a step allocates nothing.
 *
 * <p>A worker that fails, is killed, hangs, or has other settings or parameters ends the training
 * of all by an exception that names it and the step: see {@link WorkerException}. A training with
 * checkpoints goes on from the last one.
 *
 * <p>For one thread. Close it when the training is over; it is for one fit.
 */
public final class Chain implements Training.Exchange, AutoCloseable {
  private static final int MOST_WORDS = 8_000;

  private final int rank;
  private final int workers;
  private final @Nullable Incoming in;
  private final @Nullable Outgoing out;
  private final Ring ring;
  private boolean closed;
  private @Nullable Path copy;

  Chain(int rank, int workers, int checkEvery, @Nullable Incoming in, @Nullable Outgoing out) {
    this.rank = rank;
    this.workers = workers;
    this.in = in;
    this.out = out;
    ring = new Ring(rank, workers, checkEvery, in, out);
  }

  /**
   * Begins to say how workers find each other.
   *
   * @param workers where each listens, by rank; the same list at all of them
   * @param rank which of them this one is
   */
  public static Builder builder(List<InetSocketAddress> workers, int rank) {
    return new Builder(workers, rank);
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

  /**
   * Makes what {@link Builder#tls} needs, from the files that keytool and openssl write.
   *
   * @param keys a key store, PKCS12 or JKS, with this worker's private key and its certificate
   * @param trusted the certificates of the other workers, or of who issued them: a key store of the
   *     same password, or PEM text; null to trust what is in {@code keys}
   * @param password of the stores and of the key
   * @throws IOException if a file cannot be read, is of another password, has no key or no
   *     certificate, or this worker's certificate is not valid today; the message names the file
   */
  public static SSLContext sslContext(Path keys, @Nullable Path trusted, char[] password)
      throws IOException {
    return Tls.context(keys, trusted, password);
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
    byte[] mine = Settings.bytes(settings, Ring.hash(learned));
    Settings.requireSame(rank, ring.share(mine), mine);
    byte[] file = ring.share(checkpoint == null ? new byte[0] : Files.readAllBytes(checkpoint));
    if (rank == 0 || file.length == 0) {
      return checkpoint;
    }
    copy = Files.createTempFile("lanewise-", ".safetensors");
    return Files.write(copy, file);
  }

  @Override
  public void sum(Part part, boolean first, boolean last) throws IOException {
    ring.sum(part, first, last);
  }

  @Override
  public void fail(Throwable why) {
    Throwable cause = why instanceof UncheckedIOException io ? io.getCause() : why;
    int whose = rank;
    long when = ring.step();
    String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String name = Incoming.name(rank);
    String text =
        said.startsWith(name)
            ? said
            : name + " failed" + WorkerException.inStep(when) + ": " + said;
    if (cause instanceof WorkerException known) {
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

  /** How the workers find each other, and how long they wait. */
  public static final class Builder {
    private static final int LEAST_SECRET = 16;

    final List<InetSocketAddress> workers;
    final int rank;
    byte @Nullable [] secret;
    Duration timeout = Duration.ofSeconds(60);
    int checkEvery = 100;
    @Nullable SSLContext tls;
    @Nullable ServerSocket socket;

    Builder(List<InetSocketAddress> workers, int rank) {
      this.workers = List.copyOf(workers);
      this.rank = rank;
      int count = workers.size();
      if (count == 0) {
        throw new IllegalArgumentException("workers: none, wanted where each listens");
      }
      if (rank < 0 || rank >= count) {
        throw new IllegalArgumentException(
            "rank must be in 0.." + (count - 1) + " for " + count + " workers, got " + rank);
      }
      HashSet<InetSocketAddress> seen = new HashSet<>();
      for (InetSocketAddress worker : workers) {
        if (!seen.add(worker)) {
          throw new IllegalArgumentException(
              "workers: "
                  + Meeting.text(worker)
                  + " is there twice, wanted a port of its own for each");
        }
      }
    }

    /**
     * Sets what all workers know and nobody else, at least 16 bytes. Not needed for one worker
     * alone.
     */
    public Builder secret(byte[] secret) {
      if (secret.length < LEAST_SECRET) {
        throw new IllegalArgumentException(
            "secret has " + secret.length + " bytes, wanted " + LEAST_SECRET + " at least");
      }
      this.secret = secret.clone();
      return this;
    }

    /**
     * Sets how long a worker waits for another: until it is there, and until something is heard of
     * it. One that computes for longer is heard all the same. Default: 60 seconds.
     *
     * @param timeout 100 ms to a day
     */
    public Builder timeout(Duration timeout) {
      if (timeout.toMillis() < 100 || timeout.toDays() > 1) {
        throw new IllegalArgumentException("timeout must be in 100 ms to a day, got " + timeout);
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Sets how many steps lie between two comparisons of the parameters, at least 1. Default: 100.
     */
    public Builder checkEvery(int steps) {
      if (steps < 1) {
        throw new IllegalArgumentException("steps must be >= 1, got " + steps);
      }
      checkEvery = steps;
      return this;
    }

    /**
     * Lets all that the workers say be encrypted by TLS. The context needs a key and a certificate,
     * and must trust those of the others; {@link Chain#sslContext} makes one of files. Default: it
     * is not encrypted.
     */
    public Builder tls(SSLContext context) {
      tls = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * Sets a socket to listen on, which is bound already. Default: one at this worker's address.
     */
    public Builder socket(ServerSocket socket) {
      this.socket = Objects.requireNonNull(socket, "socket");
      return this;
    }

    /**
     * Connects to the next worker, and waits for the one before. Then no port is open any more.
     *
     * @throws IllegalStateException if there is no secret, and there are others
     * @throws IOException if the address is in use or none of this machine, or a worker was not
     *     there in time, or refuses this one; the message names it
     */
    public Chain open() throws IOException {
      return new Meeting(this).open();
    }

    @Override
    public String toString() {
      return "worker " + rank + " of " + workers.size() + " at " + workers;
    }
  }

  /** A worker failed, was not heard, or differs from the others. */
  public static final class WorkerException extends IOException {
    private static final long serialVersionUID = 1;

    private final int rank;
    private final long step;

    WorkerException(String message, int rank, long step) {
      super(message);
      this.rank = rank;
      this.step = step;
    }

    /** Returns the worker that failed, or differs. */
    public int rank() {
      return rank;
    }

    /** Returns the step that was under way, from 1; 0 before the first. */
    public long step() {
      return step;
    }

    static String inStep(long step) {
      return step == 0 ? " before the first step" : " in step " + step;
    }
  }
}
