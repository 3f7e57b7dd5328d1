package io.lanewise.spark;

import io.lanewise.cluster.Chain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Those who connect to the ports of a fit and do not belong to it: with garbage, with another
 * secret, with what they have heard before, slowly, and often.
 */
final class Strangers implements AutoCloseable {
  private static final byte[] SECRET = "of quite another training".getBytes(StandardCharsets.UTF_8);
  private static final int HELLO = 52;

  private final int firstPort;
  private final int ports;
  private final AtomicInteger came = new AtomicInteger();
  private final List<Socket> slow = new ArrayList<>();
  private final CompletableFuture<Void> done;
  private volatile boolean over;
  private byte[] heard = new byte[0];

  Strangers(int firstPort, int ports) {
    this.firstPort = firstPort;
    this.ports = ports;
    done = CompletableFuture.runAsync(this::run, Thread.ofPlatform().daemon()::start);
  }

  /** How many were let in as far as the door. */
  int came() {
    return came.get();
  }

  private void run() {
    Random random = new Random(3);
    for (int i = 0; !over; i++) {
      int port = firstPort + i % ports;
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        came.incrementAndGet();
        visit(socket, i / ports % 5, port, random);
      } catch (IOException e) {
        // No worker listens there now, or it has shown the door.
      }
      if (i % ports == ports - 1) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void visit(Socket socket, int how, int port, Random random) throws IOException {
    socket.setSoTimeout(200);
    switch (how) {
      case 0 -> {
        byte[] garbage = new byte[10_000];
        random.nextBytes(garbage);
        socket.getOutputStream().write(garbage);
      }
      case 1 -> otherSecret(port);
      case 2 -> {
        socket.getOutputStream().write(hello());
        // The challenge; an answer that was right for another one is none.
        heard = Arrays.copyOf(socket.getInputStream().readNBytes(32), 32);
        socket.getOutputStream().write(heard);
      }
      case 3 -> {
        Socket stays = new Socket(InetAddress.getLoopbackAddress(), port);
        stays.getOutputStream().write('L');
        slow.add(stays);
        if (slow.size() > 200) {
          slow.remove(0).close();
        }
      }
      default -> {
        for (int i = 0; i < 100; i++) {
          new Socket(InetAddress.getLoopbackAddress(), port).close();
          came.incrementAndGet();
        }
      }
    }
  }

  private static byte[] hello() {
    byte[] hello = Arrays.copyOf("LANEWIS1".getBytes(StandardCharsets.US_ASCII), HELLO);
    hello[15] = 2;
    return hello;
  }

  /** A whole worker, of another training. */
  private static void otherSecret(int port) throws IOException {
    try (ServerSocket own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String list = "127.0.0.1:" + own.getLocalPort() + ",127.0.0.1:" + port;
      Chain.builder(Chain.workers(list), 0)
          .secret(SECRET)
          .socket(own)
          .timeout(Duration.ofMillis(200))
          .open()
          .close();
    }
    throw new AssertionError("a stranger was taken for a worker");
  }

  @Override
  public void close() throws IOException {
    over = true;
    done.join();
    for (Socket socket : slow) {
      socket.close();
    }
  }
}
