package io.lanewise.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Finds the workers before and after this one. */
final class Meeting {
  private static final int BACKLOG = 256;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int RETRY_MILLIS = 100;

  private final Chain.Builder how;
  private final List<InetSocketAddress> workers;
  private final int rank;
  private final @Nullable SSLContext tls;

  Meeting(Chain.Builder how) {
    this.how = how;
    workers = how.workers;
    rank = how.rank;
    tls = how.tls;
  }

  /** See {@link Chain.Builder#open}. */
  Chain open() throws IOException {
    int count = workers.size();
    if (count == 1) {
      return new Chain(0, 1, how.checkEvery, null, null);
    }
    byte @Nullable [] known = how.secret;
    if (known == null) {
      throw new IllegalStateException("no secret: workers must know one in common");
    }
    long millis = how.timeout.toMillis();
    long until = System.nanoTime() + millis * 1_000_000;
    Door door = new Door(how.socket == null ? listen() : how.socket, rank, count, known, tls);
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
      return new Chain(
          rank, count, how.checkEvery, in, new Outgoing((rank + 1) % count, next, millis));
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
        throw new Chain.WorkerException(
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

  private Chain.WorkerException notThere(int other, String what, String more) {
    return new Chain.WorkerException(
        "rank "
            + rank
            + ": rank "
            + other
            + what
            + " within "
            + how.timeout.toMillis() * 1e-3
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

  static String text(InetSocketAddress some) {
    return some.getHostString() + ":" + some.getPort();
  }
}
