package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import io.lanewise.text.TextEncoder;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples compile, without a warning; the server answers 64 connections, the search finds. */
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
    Model.save(network, model);
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

  @Test
  void theSearchFindsTheParagraphThatWasAskedFor() throws Exception {
    Path texts = Files.createDirectory(folder.resolve("texts"));
    Files.writeString(texts.resolve("a.txt"), "the quick brown fox\n\n\n1,000,000 × 3.14159\n");
    Files.writeString(texts.resolve("b.md"), "# camelCase\n\ncafé résumé\r\n\r\n日本語\n");
    TextEncoder encoder =
        TextEncoder.load(
            Path.of("../text/src/test/resources/io/lanewise/text/encoder.onnx"),
            Path.of("../tokenizer/src/test/resources/io/lanewise/tokenizer/tokenizer.json"));
    try (URLClassLoader classes = compile()) {
      for (String question : List.of("The quick brown FOX", "café resume", "日本語")) {
        List<?> hits =
            (List<?>)
                classes
                    .loadClass("Search")
                    .getMethod("search", TextEncoder.class, Path.class, String.class)
                    .invoke(null, encoder, texts, question);
        assertEquals(5, hits.size());
        Object best = hits.getFirst();
        double similarity = (double) best.getClass().getMethod("similarity").invoke(best);
        assertEquals(1, similarity, 1e-6, best::toString);
        String paragraph = (String) best.getClass().getMethod("paragraph").invoke(best);
        assertArrayEquals(encoder.encode(question), encoder.encode(paragraph));
      }
    }
  }

  private static String text(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> Float.toString(values[i]))
        .collect(Collectors.joining(","));
  }
}
