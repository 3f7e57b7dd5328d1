package io.lanewise.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who connects without the secret gets nothing, and stops nothing. */
@Timeout(120)
class StrangersTest {
  private static CompletableFuture<Chain> open(Chain.Builder builder) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return builder.open();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        command -> Thread.ofPlatform().start(command));
  }

  /** Worker 1 waits, strangers come, then worker 0 does, and both are connected. */
  private static void with(Strangers what) throws Exception {
    List<ServerSocket> sockets = Rings.sockets(2);
    InetSocketAddress door = Rings.addresses(sockets).get(1);
    CompletableFuture<Chain> one = open(Rings.builder(sockets, 1));
    what.come(door);
    CompletableFuture<Chain> zero = open(Rings.builder(sockets, 0));
    CompletableFuture<Integer> closed =
        one.thenApplyAsync(
            chain -> {
              chain.close();
              return chain.rank();
            });
    zero.join().close();
    assertEquals(1, closed.join());
    assertThrows(ConnectException.class, () -> connect(door).close(), "no port is open any more");
  }

  private interface Strangers {
    void come(InetSocketAddress door) throws Exception;
  }

  private static Socket connect(InetSocketAddress door) throws IOException {
    Socket socket = new Socket();
    socket.connect(door, 5_000);
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** All that a stranger is told until the connection ends. */
  private static byte[] told(InetSocketAddress door, byte[]... said) throws IOException {
    try (Socket socket = connect(door)) {
      byte[] all = new byte[0];
      for (int i = 0; i < said.length; i++) {
        socket.getOutputStream().write(said[i]);
        byte[] answer =
            i + 1 < said.length
                ? socket.getInputStream().readNBytes(32)
                : socket.getInputStream().readAllBytes();
        all = Arrays.copyOf(all, all.length + answer.length);
        System.arraycopy(answer, 0, all, all.length - answer.length, answer.length);
      }
      return all;
    } catch (SocketException e) {
      // Reset: it was told nothing more.
      return new byte[0];
    }
  }

  @Test
  void garbageIsToldNothing() throws Exception {
    with(
        door -> {
          byte[] garbage = new byte[100_000];
          new Random(1).nextBytes(garbage);
          assertEquals(0, told(door, garbage).length);
          byte[] http = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3).getBytes();
          assertEquals(0, told(door, http).length);
        });
  }

  @Test
  void aWrongSecretGetsARandomNumberAndARefusal() throws Exception {
    with(
        door -> {
          byte[] hello = Arrays.copyOf("LANEWIS1".getBytes(StandardCharsets.US_ASCII), 52);
          hello[15] = 2;
          byte[] first = told(door, hello, new byte[32]);
          byte[] second = told(door, hello, new byte[32]);
          assertEquals(33, first.length);
          assertEquals(2, first[32]);
          assertTrue(!Arrays.equals(first, second), "another challenge each time");
        });
  }

  /** What a worker has said to one door is worth nothing at another, nor a second time. */
  @Test
  void aReplayIsRefused() throws Exception {
    List<byte[]> said = new ArrayList<>();
    // Somebody between worker 0 and the door, who takes down what is said.
    with(
        door -> {
          try (ServerSocket listener = new ServerSocket(0, 1, door.getAddress())) {
            List<InetSocketAddress> list =
                List.of(
                    new InetSocketAddress(door.getAddress(), 1),
                    new InetSocketAddress(door.getAddress(), listener.getLocalPort()));
            try (ServerSocket own = new ServerSocket(0, 1, door.getAddress())) {
              CompletableFuture<Chain> zero =
                  open(
                      Chain.builder(list, 0)
                          .socket(own)
                          .secret(Rings.SECRET)
                          .timeout(Duration.ofMillis(500)));
              try (Socket worker = listener.accept()) {
                said.add(worker.getInputStream().readNBytes(52));
                worker.getOutputStream().write(new byte[32]);
                said.add(worker.getInputStream().readNBytes(32));
              }
              assertThrows(CompletionException.class, zero::join);
            }
          }
          byte[] told = told(door, said.get(0), said.get(1));
          assertEquals(33, told.length);
          assertEquals(2, told[32], "the challenge is another one");
        });
  }

  @Test
  void slowOnesAreNotWaitedFor() throws Exception {
    List<Socket> slow = new ArrayList<>();
    with(
        door -> {
          for (int i = 0; i < 200; i++) {
            Socket socket = connect(door);
            socket.getOutputStream().write('L');
            slow.add(socket);
          }
        });
    for (Socket socket : slow) {
      socket.close();
    }
  }

  @Test
  void thousandsOfConnectionsStopNothing() throws Exception {
    int count = Boolean.getBoolean("lanewise.long") ? 10_000 : 2_000;
    with(
        door -> {
          for (int i = 0; i < count; i++) {
            connect(door).close();
          }
        });
  }

  /** Each tries the other: who is told first goes, and the other one knows who came. */
  @Test
  void workersWithTwoSecretsAreToldSo() throws Exception {
    List<ServerSocket> sockets = Rings.sockets(2);
    CompletableFuture<Chain> one = open(Rings.builder(sockets, 1).timeout(Duration.ofSeconds(3)));
    CompletableFuture<Chain> zero =
        open(
            Rings.builder(sockets, 0)
                .timeout(Duration.ofSeconds(3))
                .secret("another secret, as long".getBytes(StandardCharsets.US_ASCII)));
    for (CompletableFuture<Chain> worker : List.of(zero, one)) {
      String told = assertThrows(CompletionException.class, worker::join).getCause().getMessage();
      assertTrue(
          told.contains("it has another secret: give all workers the same")
              || told.contains("one with a wrong secret, from 127.0.0.1"),
          told);
    }
  }
}
