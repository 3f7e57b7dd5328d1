package io.lanewise.system;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** The example server, compiled and started at a free port, and a client of it. */
final class RunningServe implements AutoCloseable {
  static final Path SOURCES = Path.of("../examples/service/src/main/java");

  private final URLClassLoader classes;
  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Starts it with a model; its classes go to a folder. */
  RunningServe(Path model, Path folder) throws Exception {
    classes =
        Programs.compile(
            List.of(SOURCES.resolve("Serve.java"), SOURCES.resolve("Json.java")), folder);
    Class<?> serve = classes.loadClass("Serve");
    server = (HttpServer) serve.getMethod("start", Path.class, int.class).invoke(null, model, 0);
  }

  int port() {
    return server.getAddress().getPort();
  }

  HttpResponse<String> send(String method, String path, BodyPublisher body)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).method(method, body).build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.stop(0);
    ((ExecutorService) server.getExecutor()).shutdownNow();
    classes.close();
  }
}
