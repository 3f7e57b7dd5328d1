package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Encoding;
import io.lanewise.data.Meaning;
import io.lanewise.data.Prediction;
import io.lanewise.data.RowPredictor;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of a service: rows by names, its health and figures, and another model in place. */
@Timeout(120)
class ServeRowsTest {
  private static final int CLIENTS = 8;
  private static final int REQUESTS = 100;
  private static final int SWAPS = 20;

  @TempDir private Path folder;
  private Path file;
  private RunningServe server;

  private static Meaning model(long seed) throws IOException {
    Encoding encoding =
        Encoding.parse(
            """
            header,yes
            ignored,id
            number,bill,
            number,mass,4000.0
            category,island,0.0,Biscoe,"Dream, south"
            label,species,3,Adelie,"Chin ""strap"" x",Gentoo
            """);
    Network network = Network.builder(4).dense(3, Activation.SOFTMAX).seed(seed).build();
    for (int i = 3; i < 6; i++) {
      network.parameters()[i] *= 1e-4f;
    }
    return Meaning.of(network, encoding);
  }

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("model.safetensors");
    model(1).model().save(file);
    server = new RunningServe(file, folder);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return server.send(method, path, BodyPublishers.ofString(body));
  }

  private void assertAnswer(String wanted, String body) throws Exception {
    HttpResponse<String> response = send("POST", "/predict", body);
    assertEquals(wanted, response.body());
    assertEquals(200, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
  }

  private void assertRefused(int code, String why, String body) throws Exception {
    HttpResponse<String> response = send("POST", "/predict", body);
    assertEquals(why, response.body());
    assertEquals(code, response.statusCode());
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\"", "\\\"") + "\"";
  }

  private static String json(Prediction p) {
    return p.probabilities().entrySet().stream()
        .map(entry -> quoted(entry.getKey()) + ":" + entry.getValue())
        .collect(
            Collectors.joining(
                ",", "{\"label\":" + quoted(p.label()) + ",\"probabilities\":{", "}}"));
  }

  @Test
  void rowsAreGivenAndAnsweredByName() throws Exception {
    RowPredictor predictor = new RowPredictor(model(1));
    String one = json(predictor.predict(40.5, 3750, "Biscoe"));
    String two = json(predictor.predict(-1e-3, null, "Dream, south"));
    assertAnswer(one, "{\"island\": \"Biscoe\", \"mass\": 3750, \"bill\": 40.5}");
    assertAnswer(
        one, " {\"island\":\"\\u0042iscoe\",\"mass\":\"3750\",\"bill\":405e-1,\"id\":[]}\n");
    assertAnswer(
        "[" + two + "," + one + "]",
        "[{\"island\":\"Dream, south\",\"mass\":null,\"bill\":-0.001},"
            + "{\"island\":\"Biscoe\",\"mass\":3750,\"bill\":40.5}]");
    assertAnswer(one, "[40.5, 3750, \"Biscoe\"]");
    assertAnswer("[]", "[]");
    assertAnswer(
        "[" + one + "," + two + "]",
        "island,mass,bill,species\r\nBiscoe,3750,40.5,?\r\n\"Dream, south\",NA,-.001,\r\n");
    HttpResponse<String> bare = send("POST", "/predict", "40.5,3750,Biscoe");
    String outputs =
        predictor.predict(40.5, 3750, "Biscoe").probabilities().values().stream()
            .map(String::valueOf)
            .collect(Collectors.joining(","));
    assertEquals(outputs, bare.body());
  }

  @Test
  void whatIsNoRowIsToldWhy() throws Exception {
    assertRefused(
        400,
        "column \"island\": got \"Biscoo\", wanted one of the categories Biscoe, Dream, south: is it"
            + " \"Biscoe\"?",
        "{\"island\":\"Biscoo\",\"mass\":1,\"bill\":2}");
    assertRefused(
        400,
        "row 2: column \"bill\": not in the row, wanted a number; the row has bil instead: is it"
            + " \"bil\"?",
        "[{\"island\":\"Biscoe\",\"mass\":1,\"bill\":2},{\"island\":\"Biscoe\",\"mass\":1,\"bil\":2}]");
    assertRefused(
        400,
        "column \"bill\": got null, wanted a number; the model was trained to take no missing value"
            + " there",
        "{\"island\":\"Biscoe\",\"mass\":1,\"bill\":null}");
    assertRefused(400, "a row is an object or an array, got 2", "[[1,2,\"Biscoe\"],2]");
    assertRefused(400, "JSON: wanted a value at character 6", "{\"a\":NaN}");
    assertRefused(400, "JSON: wanted nothing more at character 3", "{}x");
    assertRefused(400, "JSON: wanted a name in quotes at character 10", "{\"a\": 1, }");
    assertRefused(400, "JSON: wanted no name twice at character 11", "{\"a\":1,\"a\":2}");
    assertRefused(400, "JSON: wanted the end of a text at the end", "{\"a");
    assertRefused(400, "JSON: wanted no more nesting at character 18", "[".repeat(100_000));
    assertEquals(400, send("POST", "/predict", "island,mass\nBiscoe,1,2\n").statusCode());
    assertEquals(400, send("POST", "/predict", "island,mass,bill\nBiscoe,\"1\"x,2").statusCode());
  }

  @Test
  void itSaysHowItIs() throws Exception {
    HttpResponse<String> health = send("GET", "/health", "");
    assertEquals(200, health.statusCode());
    assertEquals(
        "{\"status\":\"ok\",\"model\":"
            + quoted(file.toString())
            + ",\"task\":\"classification\",\"columns\":[\"bill\",\"mass\",\"island\"]}",
        health.body());
    send("POST", "/predict", "1,2,Biscoe");
    send("POST", "/predict", "1,2,Linz");
    send("POST", "/nowhere", "");
    List<String> metrics = send("GET", "/metrics", "").body().lines().toList();
    assertEquals(List.of("requests_total 3", "errors_total 2"), metrics.subList(0, 2));
    for (int i = 0; i < 2; i++) {
      String name = "latency_seconds{quantile=\"" + (i == 0 ? "0.5" : "0.99") + "\"} ";
      assertTrue(metrics.get(2 + i).startsWith(name), metrics.toString());
      assertTrue(Double.parseDouble(metrics.get(2 + i).substring(name.length())) > 0);
    }
    HttpResponse<String> post = send("POST", "/health", "");
    assertEquals(405, post.statusCode());
    assertEquals("GET", post.headers().firstValue("Allow").orElse(""));
    assertEquals(200, send("HEAD", "/health", "").statusCode());
  }

  @Test
  void aFileThatIsNoModelChangesNothing() throws Exception {
    String row = "[1,2,\"Biscoe\"]";
    String before = send("POST", "/predict", row).body();
    Files.writeString(file, "no model");
    HttpResponse<String> reload = send("POST", "/reload", "");
    assertEquals(422, reload.statusCode());
    assertTrue(reload.body().endsWith("; the model before is still served"), reload.body());
    assertAnswer(before, row);
    model(2).model().save(file);
    assertEquals(200, send("POST", "/reload", "").statusCode());
    assertAnswer(json(new RowPredictor(model(2)).predict(1, 2, "Biscoe")), row);
  }

  /** Each answer is wholly of the one model or of the other. */
  @Test
  void noRequestIsLostWhileTheModelIsReplaced() throws Exception {
    String row = "{\"island\":\"Biscoe\",\"mass\":2,\"bill\":1}";
    String both = "[" + row + "," + row + "]";
    List<String> right = new ArrayList<>();
    for (int seed = 1; seed <= 2; seed++) {
      Map<String, Object> values = Map.of("island", "Biscoe", "mass", 2, "bill", 1);
      String one = json(new RowPredictor(model(seed)).predict(values));
      right.add("[" + one + "," + one + "]");
    }
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    AtomicInteger answered = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < REQUESTS; i++) {
                    String got = send("POST", "/predict", both).body();
                    if (right.contains(got)) {
                      answered.incrementAndGet();
                    } else {
                      wrong.add(got);
                    }
                  }
                  return null;
                }));
      }
      for (int i = 0; i < SWAPS; i++) {
        model(1 + (i + 1) % 2).model().save(file);
        assertEquals(200, send("POST", "/reload", "").statusCode());
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertEquals(List.of(), List.copyOf(wrong));
    assertEquals(CLIENTS * REQUESTS, answered.get());
  }
}
