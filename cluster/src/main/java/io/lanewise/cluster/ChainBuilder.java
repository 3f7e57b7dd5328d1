package io.lanewise.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How the workers of a {@link Chain} find each other, and how long they wait. */
public final class ChainBuilder {
  private static final int LEAST_SECRET = 16;
  private static final int BACKLOG = 256;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int RETRY_MILLIS = 100;

  private final List<InetSocketAddress> workers;
  private final int rank;
  private byte @Nullable [] secret;
  private Duration timeout = Duration.ofSeconds(60);
  private int checkEvery = 100;
  private @Nullable SSLContext tls;
  private @Nullable ServerSocket socket;

  ChainBuilder(List<InetSocketAddress> workers, int rank) {
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
            "workers: " + text(worker) + " is there twice, wanted a port of its own for each");
      }
    }
  }

  /**
   * Sets what all workers know and nobody else, at least 16 bytes. Not needed for one worker alone.
   */
  public ChainBuilder secret(byte[] secret) {
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
  public ChainBuilder timeout(Duration timeout) {
    if (timeout.toMillis() < 100 || timeout.toDays() > 1) {
      throw new IllegalArgumentException("timeout must be in 100 ms to a day, got " + timeout);
    }
    this.timeout = timeout;
    return this;
  }

  /**
   * Sets how many steps lie between two comparisons of the parameters, at least 1. Default: 100.
   */
  public ChainBuilder checkEvery(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be >= 1, got " + steps);
    }
    checkEvery = steps;
    return this;
  }

  /**
   * Lets all that the workers say be encrypted by TLS. The context needs a key and a certificate,
   * and must trust those of the others; {@link Tls#context} makes one of files. Default: it is not
   * encrypted.
   */
  public ChainBuilder tls(SSLContext context) {
    tls = Objects.requireNonNull(context, "context");
    return this;
  }

  /** Sets a socket to listen on, which is bound already. Default: one at this worker's address. */
  public ChainBuilder socket(ServerSocket socket) {
    this.socket = Objects.requireNonNull(socket, "socket");
    return this;
  }

  /**
   * Connects to the next worker, and waits for the one before. Then no port is open any more.
   *
   * @throws IllegalStateException if there is no secret, and there are others
   * @throws IOException if the address is in use or none of this machine, or a worker was not there
   *     in time, or refuses this one; the message names it
   */
  public Chain open() throws IOException {
    int count = workers.size();
    if (count == 1) {
      return new Chain(0, 1, checkEvery, null, null);
    }
    byte @Nullable [] known = secret;
    if (known == null) {
      throw new IllegalStateException("no secret: workers must know one in common");
    }
    long millis = timeout.toMillis();
    long until = System.nanoTime() + millis * 1_000_000;
    Door door = new Door(socket == null ? listen() : socket, rank, count, known, tls);
    Socket next = null;
    Socket before = null;
    try {
      next = connect(known, until, door);
      before = door.await(until);
      if (before == null) {
        int other = Math.floorMod(rank - 1, count);
        throw notThere(other, " did not connect to " + text(workers.get(rank)), door.refusals());
      }
      Incoming in = Chain.incoming(rank, count, before, millis);
      next.setSoTimeout(0);
      return new Chain(rank, count, checkEvery, in, new Outgoing((rank + 1) % count, next, millis));
    } catch (IOException | InterruptedException e) {
      door.close();
      for (Socket some : new Socket[] {next, before}) {
        if (some != null) {
          Links.close(some);
        }
      }
      if (e instanceof IOException io) {
        throw io;
      }
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it waited for the other workers", e);
    }
  }

  private ServerSocket listen() throws IOException {
    InetSocketAddress here = resolved(workers.get(rank));
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(here, BACKLOG);
      return server;
    } catch (BindException e) {
      Links.close(server);
      throw new BindException(
          text(workers.get(rank))
              + ", where rank "
              + rank
              + " is to listen: "
              + e.getMessage()
              + ": stop what listens there or give another port, and a host of this machine");
    }
  }

  /** Until it is there: workers are not started at once. */
  private Socket connect(byte[] known, long until, Door door)
      throws IOException, InterruptedException {
    int other = (rank + 1) % workers.size();
    String why = "";
    while (System.nanoTime() < until) {
      Socket to = new Socket();
      try {
        to.setTcpNoDelay(true);
        to.connect(resolved(workers.get(other)), CONNECT_MILLIS);
        Socket secured = tls == null ? to : Tls.client(tls, to);
        new Handshake(secured, known).connect(rank, workers.size());
        return secured;
      } catch (Handshake.RefusedException e) {
        Links.close(to);
        throw new ChainException(
            "rank "
                + rank
                + ": rank "
                + other
                + " at "
                + text(workers.get(other))
                + ": "
                + e.getMessage(),
            other,
            0);
      } catch (IOException e) {
        Links.close(to);
        why = "; the last try: " + e.getMessage();
        Thread.sleep(RETRY_MILLIS);
      }
    }
    throw notThere(
        other, " at " + text(workers.get(other)) + " was not there", why + door.refusals());
  }

  private ChainException notThere(int other, String what, String more) {
    return new ChainException(
        "rank "
            + rank
            + ": rank "
            + other
            + what
            + " within "
            + timeout.toMillis() * 1e-3
            + " s"
            + more,
        other,
        0);
  }

  private static InetSocketAddress resolved(InetSocketAddress some) throws IOException {
    InetSocketAddress now = new InetSocketAddress(some.getHostString(), some.getPort());
    if (now.isUnresolved()) {
      throw new IOException(some.getHostString() + ": no such host");
    }
    return now;
  }

  private static String text(InetSocketAddress some) {
    return some.getHostString() + ":" + some.getPort();
  }
}
