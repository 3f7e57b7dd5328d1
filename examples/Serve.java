import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lanewise.model.ModelFile;
import io.lanewise.nn.Predictor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * Serves predictions on 127.0.0.1: Serve MODEL PORT. POST /predict takes a row, numbers between
 * commas, and answers with the outputs.
 */
public class Serve {
  private static final int MOST_BYTES = 1 << 20;

  public static void main(String[] args) throws IOException {
    HttpServer server = start(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/predict");
  }

  /** Starts it; port 0 takes one that is free. */
  public static HttpServer start(Path model, int port) throws IOException {
    // Else an answer waits 40 ms for the acknowledgement of its own header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Predictor predictor = new Predictor(ModelFile.load(model).network());
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    HttpServer server = HttpServer.create(address, 256);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/predict", exchange -> answer(predictor, exchange));
    server.start();
    return server;
  }

  private static void answer(Predictor predictor, HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES);
      int code = 200;
      String text;
      try {
        String[] fields = new String(body, StandardCharsets.US_ASCII).trim().split(",");
        float[] x = new float[fields.length];
        for (int i = 0; i < x.length; i++) {
          x[i] = Float.parseFloat(fields[i]);
        }
        float[] y = new float[predictor.nOut()];
        predictor.predict(1, x, 0, x.length, y, 0, y.length);
        StringBuilder out = new StringBuilder();
        for (float value : y) {
          out.append(out.isEmpty() ? "" : ",").append(value);
        }
        text = out.toString();
      } catch (IllegalArgumentException e) {
        code = 400;
        text = e.getMessage();
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
