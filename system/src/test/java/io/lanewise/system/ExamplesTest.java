package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.lanewise.kernel.Activation;
import io.lanewise.model.ModelFile;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples compile, without a warning, and the server answers 64 connections. */
class ExamplesTest {
  private static final int CONNECTIONS = 64;

  @TempDir Path folder;

  private URLClassLoader compile() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../examples"));
        Stream<Path> service = Files.list(RunningServe.SOURCES)) {
      return Programs.compile(
          Stream.concat(files, service).filter(f -> f.toString().endsWith(".java")).toList(),
          folder);
    }
  }

  @Test
  void theServerAnswersManyAtOnceWithTheBitsOfTheNetwork() throws Exception {
    Network network =
        Network.builder(8).dense(16, Activation.RELU).dense(3, Activation.SOFTMAX).seed(1).build();
    Path model = folder.resolve("model.safetensors");
    ModelFile.save(network, model);
    float[] x = {1, -2, 3, -4, 5, -6, 7, -8.5f};
    String row = text(x);
    String wanted = text(network.predict(x, 1));
    try (URLClassLoader classes = compile()) {
      Class<?> serve = classes.loadClass("Serve");
      HttpServer server =
          (HttpServer) serve.getMethod("start", Path.class, int.class).invoke(null, model, 0);
      try {
        int port = server.getAddress().getPort();
        Object result =
            classes
                .loadClass("Load")
                .getMethod("run", int.class, int.class, int.class, String.class, String.class)
                .invoke(null, port, CONNECTIONS, 10, row, wanted);
        assertEquals(0, (int) result.getClass().getMethod("errors").invoke(result), "" + result);
        assertEquals(640, (int) result.getClass().getMethod("requests").invoke(result));
      } finally {
        server.stop(0);
        ((ExecutorService) server.getExecutor()).shutdownNow();
      }
    }
  }

  private static String text(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> Float.toString(values[i]))
        .collect(Collectors.joining(","));
  }
}
