package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of a service: what it says to requests that are none, and that others lose nothing.
 */
@Timeout(120)
class ServeTest {
  private static final int CLIENTS = 16;
  private static final int REQUESTS = 25;
  private static final int HOSTILE = 8;
  private static final int LARGE = 3 << 20;
  private static final int SOCKET_MILLIS = 60_000;

  @TempDir private Path folder;
  private final Network network =
      Network.builder(6).dense(16, Activation.RELU).dense(3, Activation.SOFTMAX).seed(1).build();
  private RunningServe server;

  @BeforeEach
  void start() throws Exception {
    Path model = folder.resolve("model.safetensors");
    Model.save(network, model);
    server = new RunningServe(model, folder);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpResponse<String> send(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = server.send(method, path, body);
    assertEquals(
        "text/plain; charset=utf-8", response.headers().firstValue("Content-Type").orElse(""));
    return response;
  }

  private void assertRefused(int code, String why, String body) throws Exception {
    HttpResponse<String> response = send("POST", "/predict", BodyPublishers.ofString(body));
    assertEquals(why, response.body());
    assertEquals(code, response.statusCode());
  }

  private String row(int i) {
    return i + ",-2, 3e0,.5,+6.,-7.25\n";
  }

  private String answer(int i) {
    float[] y = network.predict(new float[] {i, -2, 3, 0.5f, 6, -7.25f}, 1);
    return y[0] + "," + y[1] + "," + y[2];
  }

  @Test
  void aRowIsAnsweredAndWhatIsNoneIsToldWhy() throws Exception {
    HttpResponse<String> good = send("POST", "/predict", BodyPublishers.ofString(row(1)));
    assertEquals(200, good.statusCode());
    assertEquals(answer(1), good.body());
    assertRefused(400, "6 values wanted, got 5", "1,2,3,4,5");
    assertRefused(400, "6 values wanted, got 7", "1,2,3,4,5,6,");
    assertRefused(400, "6 values wanted, got 0", " \n");
    for (String bad : List.of("0x1p3", "1f", "ä")) {
      String why = "column 3: got \"" + bad + "\", wanted a number";
      assertRefused(400, why, "1,2," + bad + ",4,5,6");
    }
    for (String bad : List.of("NaN", "")) {
      String why =
          "column 3: got \""
              + bad
              + "\", wanted a number; the model was trained to take no missing value there";
      assertRefused(400, why, "1,2," + bad + ",4,5,6");
    }
    for (String bad : List.of("Infinity", "-Infinity", "1e39")) {
      String why = "column 3: got \"" + bad + "\", wanted a number that is a finite float";
      assertRefused(400, why, "1,2," + bad + ",4,5,6");
    }
    assertRefused(400, "JSON: wanted , or ] at the end", "{\"x\": [1,2,3,4,5,6");
    assertRefused(413, "at most 1048576 bytes wanted", "1,".repeat(LARGE / 2));
  }

  /** Cut, it would have been a row. */
  @Test
  void aBodyOfUnknownLengthIsNotCut() throws Exception {
    byte[] body = ("1,2,3,4,5,6" + " ".repeat(LARGE)).getBytes(StandardCharsets.US_ASCII);
    HttpResponse<String> response =
        send(
            "POST",
            "/predict",
            BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body)));
    assertEquals(413, response.statusCode());
  }

  @Test
  void anotherMethodOrPathIsNamed() throws Exception {
    for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH")) {
      HttpResponse<String> response = send(method, "/predict", BodyPublishers.ofString(row(1)));
      assertEquals(405, response.statusCode(), method);
      assertEquals("POST", response.headers().firstValue("Allow").orElse(""), method);
    }
    for (String path : List.of("/", "/predictor", "/predict/x", "/../predict")) {
      HttpResponse<String> response = send("POST", path, BodyPublishers.ofString(row(1)));
      assertEquals(404, response.statusCode(), path);
    }
  }

  private static String post(String headers, String body) {
    return "POST /predict HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
  }

  /** No request of these is a whole and right one. */
  private static List<String> hostile() {
    return List.of(
        "\r\n\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
        "POST\r\n\r\n",
        "POST /predict\r\n\r\n",
        "POST predict:x HTTP/1.1\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n",
        "POST /predict HTTP/9.9\r\nContent-Length: 1\r\n\r\nx",
        post("Content-Length: -1\r\n", ""),
        post("Content-Length: 99999999999999999999\r\n", ""),
        post("Content-Length: x\r\n", ""),
        post("Content-Length: 1\r\nContent-Length: 3\r\n", "abc"),
        post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "zz\r\n"),
        post("Transfer-Encoding: chunked\r\n", "zz\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"),
        post("Transfer-Encoding: gzip\r\n", "x"),
        post("X: y\r\n".repeat(500), ""),
        post("X: " + "y".repeat(1 << 20) + "\r\n", ""),
        post(" : \r\nno colon\r\nContent-Length: 3\r\n", "abc"),
        post("Content-Length: 9\r\n", "1,2,3,4,5"),
        post("Content-Length: 7\r\n", "{\"x\":[1"),
        post("Content-Length: 15\r\n", "NaN,2,3,4,5,6\r\n"),
        post("Content-Length: 100\r\n", "1,2,3,4,5,6"));
  }

  /** Returns what the server says, all of it; empty if it closed without a word. */
  private String talk(String text) throws IOException {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(SOCKET_MILLIS);
      try {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (java.net.SocketException e) {
        // It was closed while this wrote or read.
        return "";
      }
    }
  }

  @Test
  void amongHostileRequestsNoGoodOneIsLost() throws Exception {
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    AtomicInteger right = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    List<String> hostile = hostile();
    List<Socket> silent = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        // These say half of a request, and then nothing.
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        silent.add(socket);
        String half = i % 2 == 0 ? "POST /pre" : post("Content-Length: 100\r\n", "1,2");
        socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
      }
      List<Future<?>> all = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int first = c * REQUESTS;
        all.add(
            threads.submit(
                () -> {
                  for (int i = first; i < first + REQUESTS; i++) {
                    HttpResponse<String> response =
                        send("POST", "/predict", BodyPublishers.ofString(row(i)));
                    if (response.statusCode() == 200 && response.body().equals(answer(i))) {
                      right.incrementAndGet();
                    } else {
                      wrong.add(i + ": " + response.statusCode() + " " + response.body());
                    }
                  }
                  return null;
                }));
      }
      for (int c = 0; c < HOSTILE; c++) {
        int from = c * 3;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < hostile.size(); i++) {
                    String text = hostile.get((from + i) % hostile.size());
                    String said = talk(text);
                    if (said.isEmpty() || said.matches("(?s)HTTP/1.1 (4[0-9][0-9]|501) .*")) {
                      refused.incrementAndGet();
                    } else {
                      String begin = text.substring(0, Math.min(90, text.length()));
                      wrong.add(begin + ": " + said);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    assertTrue(wrong.isEmpty(), wrong.toString());
    assertEquals(CLIENTS * REQUESTS, right.get());
    assertEquals(HOSTILE * hostile.size(), refused.get());
  }
}
