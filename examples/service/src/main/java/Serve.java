import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.lanewise.data.Meaning.Task;
import io.lanewise.data.Prediction;
import io.lanewise.data.RowPredictor;
import io.lanewise.data.RowPredictor.RowException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Serves predictions on 127.0.0.1: Serve MODEL PORT.
 *
 * <ul>
 *   <li>POST /predict takes a JSON object by the names of the columns, or an array of such, and
 *       answers in kind, with names and probabilities; lines of CSV under a header, which are
 *       answered with a JSON array; or one line of CSV by place, which is answered with the bare
 *       outputs.
 *   <li>GET /health says which model is served, GET /metrics how many requests and how fast.
 *   <li>POST /reload reads the file again. What is on its way keeps the model that it began with; a
 *       file that is no model changes nothing.
 * </ul>
 *
 * What is no such request gets a 4xx and a line that says why.
 */
public class Serve {
  private static final int MOST_BYTES = 1 << 20;
  // Of a body that is too large: who is cut off while he sends sees no answer.
  private static final int MOST_DROPPED = 64 << 20;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final Map<String, String> METHODS =
      Map.of("/predict", "POST", "/reload", "POST", "/health", "GET", "/metrics", "GET");

  private final Path file;
  private final Metrics metrics = new Metrics();
  private final ReentrantLock reloading = new ReentrantLock();
  private volatile RowPredictor model;

  private Serve(Path file) throws IOException {
    this.file = file;
    model = RowPredictor.load(file);
  }

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
    Serve serve = new Serve(model);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    HttpServer server = HttpServer.create(address, 256);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", serve::handle);
    server.start();
    return server;
  }

  private record Answer(int code, String type, String text) {}

  /** What a request is answered with, if not with what it asked for. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int code;

    Refused(int code, String why) {
      super(why);
      this.code = code;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    long begin = System.nanoTime();
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (Refused e) {
        answer = new Answer(e.code, TEXT, e.getMessage());
      } catch (RuntimeException e) {
        e.printStackTrace();
        answer = new Answer(500, TEXT, "internal error");
      }
      if (!"GET".equals(METHODS.get(exchange.getRequestURI().getPath()))) {
        metrics.add(System.nanoTime() - begin, answer.code >= 400);
      }
      byte[] bytes = answer.text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.code, head ? -1 : bytes.length);
      if (!head) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException, Refused {
    byte[] body = body(exchange.getRequestBody());
    String path = String.valueOf(exchange.getRequestURI().getPath());
    String wanted = METHODS.get(path);
    if (wanted == null) {
      throw new Refused(404, "there are /predict, /health, /metrics and /reload");
    }
    String method = exchange.getRequestMethod();
    if (!method.equals(wanted) && !(wanted.equals("GET") && method.equals("HEAD"))) {
      exchange.getResponseHeaders().set("Allow", wanted);
      throw new Refused(405, path + " wants " + wanted);
    }
    if (body.length > MOST_BYTES) {
      throw new Refused(413, "at most " + MOST_BYTES + " bytes wanted");
    }
    return switch (path) {
      case "/health" -> health();
      case "/metrics" -> new Answer(200, TEXT, metrics.text());
      case "/reload" -> reload();
      default -> predict(model, new String(body, StandardCharsets.UTF_8));
    };
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

  private Answer health() {
    RowPredictor now = model;
    Map<String, Object> says = new LinkedHashMap<>();
    says.put("status", "ok");
    says.put("model", file.toString());
    says.put("task", now.meaning().task().name().toLowerCase(Locale.ROOT));
    says.put("columns", now.columns());
    return new Answer(200, JSON, Json.text(says));
  }

  private Answer reload() throws Refused {
    reloading.lock();
    try {
      model = RowPredictor.load(file);
      return health();
    } catch (IOException e) {
      throw new Refused(422, e.getMessage() + "; the model before is still served");
    } finally {
      reloading.unlock();
    }
  }

  /** All rows of a request are of one model, whatever is loaded meanwhile. */
  private static Answer predict(RowPredictor model, String body) throws Refused {
    String text = body.strip();
    try {
      if (text.startsWith("{") || text.startsWith("[")) {
        Object json = Json.parse(text);
        boolean rows = json instanceof List<?> list && (list.isEmpty() || isRow(list.get(0)));
        Object answer = rows ? all(model, (List<?>) json) : one(model, json);
        return new Answer(200, JSON, Json.text(answer));
      }
      if (text.contains("\n")) {
        return new Answer(200, JSON, Json.text(all(model, csv(text, model.meaning().encoding().named()))));
      }
      return new Answer(200, TEXT, bare(model, text));
    } catch (IllegalArgumentException e) {
      throw new Refused(400, e.getMessage());
    } catch (IllegalStateException | ArithmeticException e) {
      throw new Refused(422, "the model has no finite answer to this row");
    }
  }

  private static boolean isRow(Object json) {
    return json instanceof Map || json instanceof List;
  }

  private static List<Object> all(RowPredictor model, List<?> rows) {
    List<Object> answers = new ArrayList<>();
    for (Object row : rows) {
      try {
        answers.add(one(model, row));
      } catch (RowException e) {
        String which = rows.size() == 1 ? "" : "row " + (answers.size() + 1) + ": ";
        throw new IllegalArgumentException(which + e.getMessage(), e);
      }
    }
    return answers;
  }

  private static Object one(RowPredictor model, Object row) {
    Prediction p;
    if (row instanceof Map<?, ?> map) {
      Map<String, Object> named = new LinkedHashMap<>();
      map.forEach((name, value) -> named.put((String) name, value));
      p = model.predict(named);
    } else if (row instanceof List<?> list) {
      p = model.predict(list);
    } else {
      throw new IllegalArgumentException("a row is an object or an array, got " + Json.text(row));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    switch (p.task()) {
      case CLASSIFICATION -> answer.put("label", p.label());
      case MULTILABEL -> answer.put("labels", List.copyOf(p.labels()));
      case REGRESSION -> answer.put("values", p.values());
    }
    if (p.task() != Task.REGRESSION) {
      answer.put("probabilities", p.probabilities());
    }
    return answer;
  }

  /** Rows under a header; rows by place where the model knows no names. */
  private static List<?> csv(String text, boolean named) {
    List<Object> rows = new ArrayList<>();
    CsvReader.CsvReaderBuilder builder = CsvReader.builder();
    try (CsvReader<NamedCsvRecord> byName = named ? builder.ofNamedCsvRecord(text) : null;
        CsvReader<CsvRecord> byPlace = named ? null : builder.ofCsvRecord(text)) {
      if (byName != null) {
        byName.forEach(row -> rows.add(row.getFieldsAsMap()));
      } else {
        byPlace.forEach(row -> rows.add(row.getFields()));
      }
    } catch (CsvParseException | IllegalStateException e) {
      throw new IllegalArgumentException("CSV: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return rows;
  }

  private static String bare(RowPredictor model, String text) {
    String[] fields = text.split(",", -1);
    int wanted = model.columns().size();
    if (fields.length != wanted) {
      int got = text.isEmpty() ? 0 : fields.length;
      throw new IllegalArgumentException(wanted + " values wanted, got " + got);
    }
    float[] x = new float[model.predictor().nIn()];
    model.encode(Arrays.asList(fields), x, 0);
    float[] y = new float[model.predictor().nOut()];
    model.predictor().predict(x, y);
    StringBuilder out = new StringBuilder();
    for (float value : y) {
      if (!Float.isFinite(value)) {
        throw new ArithmeticException();
      }
      out.append(out.isEmpty() ? "" : ",").append(value);
    }
    return out.toString();
  }

  /** Of the requests that are no questions about the service itself. */
  private static final class Metrics {
    private final long[] nanos = new long[4096];
    private long requests;
    private long errors;

    synchronized void add(long took, boolean error) {
      nanos[(int) (requests++ % nanos.length)] = took;
      errors += error ? 1 : 0;
    }

    /** As Prometheus reads it; the times are those of the last requests. */
    synchronized String text() {
      long[] sorted = Arrays.copyOf(nanos, (int) Math.min(requests, nanos.length));
      Arrays.sort(sorted);
      return "requests_total "
          + requests
          + "\nerrors_total "
          + errors
          + quantile(sorted, "0.5")
          + quantile(sorted, "0.99")
          + "\n";
    }

    private static String quantile(long[] sorted, String q) {
      int at = (int) (Double.parseDouble(q) * sorted.length);
      double seconds = sorted.length == 0 ? 0 : sorted[at] * 1e-9;
      return "\nlatency_seconds{quantile=\"" + q + "\"} " + seconds;
    }
  }
}
