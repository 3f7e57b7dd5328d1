import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lanewise.model.ModelFile;
import io.lanewise.nn.Predictor;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Serves predictions on 127.0.0.1: Serve MODEL PORT. POST /predict takes a row, numbers between
 * commas, and answers with the outputs. What is no such request gets a 4xx and a line that says
 * why.
 */
public class Serve {
  private static final int MOST_BYTES = 1 << 20;
  // Of a body that is too large: who is cut off while he sends sees no answer.
  private static final int MOST_DROPPED = 64 << 20;
  private static final int MOST_SHOWN = 40;
  // Not what else Float.parseFloat takes: NaN, Infinity, 0x1p3, 1f.
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !args[1].matches("[0-9]{1,5}")) {
      System.err.println("usage: Serve MODEL PORT");
      System.exit(2);
    }
    HttpServer server = start(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/predict");
  }

  /** Starts it; port 0 takes one that is free. */
  public static HttpServer start(Path model, int port) throws IOException {
    // Else an answer waits 40 ms for the acknowledgement of its own header.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Seconds, after which who sends no more of his request is cut off.
    System.setProperty("sun.net.httpserver.maxReqTime", "30");
    Predictor predictor = new Predictor(ModelFile.load(model).network());
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    HttpServer server = HttpServer.create(address, 256);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> handle(predictor, exchange));
    server.start();
    return server;
  }

  /** What a request is answered with, if not with outputs. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int code;

    Refused(int code, String why) {
      super(why);
      this.code = code;
    }
  }

  private static void handle(Predictor predictor, HttpExchange exchange) throws IOException {
    try (exchange) {
      int code = 200;
      String text;
      try {
        text = answer(predictor, exchange);
      } catch (Refused e) {
        code = e.code;
        text = e.getMessage();
      } catch (RuntimeException e) {
        e.printStackTrace();
        code = 500;
        text = "internal error";
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(code, head ? -1 : bytes.length);
      if (!head) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private static String answer(Predictor predictor, HttpExchange exchange)
      throws IOException, Refused {
    byte[] body = body(exchange.getRequestBody());
    if (!"/predict".equals(exchange.getRequestURI().getPath())) {
      throw new Refused(404, "there is /predict alone");
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      throw new Refused(405, "POST a row: numbers between commas");
    }
    if (body.length > MOST_BYTES) {
      throw new Refused(413, "at most " + MOST_BYTES + " bytes wanted");
    }
    float[] x = numbers(new String(body, StandardCharsets.UTF_8), predictor.nIn());
    float[] y = new float[predictor.nOut()];
    predictor.predict(x, y);
    StringBuilder out = new StringBuilder();
    for (float value : y) {
      if (!Float.isFinite(value)) {
        throw new Refused(422, "the model has no finite answer to this row");
      }
      out.append(out.isEmpty() ? "" : ",").append(value);
    }
    return out.toString();
  }

  /** All of it, or a byte more than may be. */
  private static byte[] body(InputStream in) throws IOException {
    byte[] body = in.readNBytes(MOST_BYTES + 1);
    byte[] dropped = new byte[1 << 16];
    for (int left = MOST_DROPPED; body.length > MOST_BYTES && left > 0; ) {
      int count = in.read(dropped);
      left = count < 0 ? 0 : left - count;
    }
    return body;
  }

  private static float[] numbers(String text, int wanted) throws Refused {
    String[] fields = text.trim().split(",", -1);
    if (fields.length != wanted) {
      int got = text.isBlank() ? 0 : fields.length;
      throw new Refused(400, wanted + " numbers wanted, got " + got);
    }
    float[] x = new float[wanted];
    for (int i = 0; i < wanted; i++) {
      String field = fields[i].trim();
      x[i] = NUMBER.matcher(field).matches() ? Float.parseFloat(field) : Float.NaN;
      if (!Float.isFinite(x[i])) {
        String some = field.substring(0, Math.min(MOST_SHOWN, field.length()));
        throw new Refused(
            400,
            "number "
                + (i + 1)
                + " is \""
                + some.replaceAll("\\p{Cntrl}", "?")
                + "\", wanted a finite number");
      }
    }
    return x;
  }
}
