package io.lanewise.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Workers that are threads of this process, connected by TCP. */
final class Rings {
  static final byte[] SECRET = "what all of the workers know".getBytes(StandardCharsets.US_ASCII);

  private Rings() {}

  /** What one worker does. */
  interface Work<T> {
    T run(Chain chain) throws Exception;
  }

  static List<ServerSocket> sockets(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 256, InetAddress.getLoopbackAddress()));
    }
    return sockets;
  }

  static List<InetSocketAddress> addresses(List<ServerSocket> sockets) {
    return sockets.stream()
        .map(s -> new InetSocketAddress(s.getInetAddress(), s.getLocalPort()))
        .toList();
  }

  static Chain.Builder builder(List<ServerSocket> sockets, int rank) {
    return Chain.builder(addresses(sockets), rank)
        .socket(sockets.get(rank))
        .secret(SECRET)
        .timeout(Duration.ofSeconds(20));
  }

  static <T> List<Future<T>> run(int count, Work<T> work) throws Exception {
    return run(count, builder -> builder, work);
  }

  static <T> List<Future<T>> run(int count, UnaryOperator<Chain.Builder> how, Work<T> work)
      throws Exception {
    List<ServerSocket> sockets = sockets(count);
    List<Callable<T>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int rank = i;
      all.add(
          () -> {
            try (Chain chain = how.apply(builder(sockets, rank)).open()) {
              return work.run(chain);
            }
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      return threads.invokeAll(all, 2, TimeUnit.MINUTES);
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
