package io.lanewise.cluster;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where the worker before connects. It is open until that one has come, and no longer. Strangers
 * may come as many as they like: some at a time are listened to, the eldest has to go first.
 */
final class Door {
  private static final int MOST = 64;

  private final ServerSocket server;
  private final int rank;
  private final int workers;
  private final byte[] secret;
  private final @Nullable SSLContext tls;
  private final Thread listener;

  // Guarded by this.
  private final Set<Socket> strangers = new LinkedHashSet<>();
  private @Nullable Socket guest;
  private boolean closed;
  private int refused;
  private String lastRefused = "";

  Door(ServerSocket server, int rank, int workers, byte[] secret, @Nullable SSLContext tls) {
    this.server = server;
    this.rank = rank;
    this.workers = workers;
    this.secret = secret;
    this.tls = tls;
    listener = Thread.ofVirtual().start(this::run);
  }

  private void run() {
    while (true) {
      try {
        Socket stranger = server.accept();
        if (!take(stranger)) {
          Links.close(stranger);
          return;
        }
        Thread.ofVirtual().start(() -> greet(stranger));
      } catch (IOException e) {
        if (isClosed()) {
          return;
        }
        // Such as too many open files: it may be better soon.
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed || server.isClosed();
  }

  private synchronized boolean take(Socket stranger) {
    if (closed) {
      return false;
    }
    if (strangers.size() == MOST) {
      Iterator<Socket> eldest = strangers.iterator();
      Links.close(eldest.next());
      eldest.remove();
    }
    return strangers.add(stranger);
  }

  private void greet(Socket stranger) {
    Socket socket = stranger;
    String why;
    try {
      stranger.setTcpNoDelay(true);
      if (tls != null) {
        socket = Tls.server(tls, stranger);
      }
      why = new Handshake(socket, secret).accept(rank, workers);
    } catch (IOException e) {
      String more = Tls.why(e);
      why = "one that " + (more == null ? "broke off" : more);
    }
    String from = String.valueOf(stranger.getInetAddress());
    synchronized (this) {
      strangers.remove(stranger);
      if (why == null && !closed) {
        guest = socket;
        close();
        return;
      }
      refused++;
      lastRefused = why + ", from " + from.substring(from.indexOf('/') + 1);
    }
    Links.close(socket);
    Links.close(stranger);
  }

  /** Returns the connection of the worker before; null if it has not come in time. */
  @Nullable Socket await(long untilNanos) throws InterruptedException {
    Socket came = guest(untilNanos);
    try {
      // The system closes the port only when whoever listens has seen that it is closed.
      listener.join();
    } catch (InterruptedException e) {
      if (came != null) {
        Links.close(came);
      }
      throw e;
    }
    return came;
  }

  private synchronized @Nullable Socket guest(long untilNanos) throws InterruptedException {
    while (guest == null && !closed) {
      long left = (untilNanos - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    Socket came = guest;
    close();
    return came;
  }

  /** Says who came in its place. */
  synchronized String refusals() {
    return refused == 0 ? "" : "; " + refused + " refused, the last: " + lastRefused;
  }

  synchronized void close() {
    closed = true;
    Links.close(server);
    strangers.forEach(Links::close);
    strangers.clear();
    notifyAll();
  }
}
