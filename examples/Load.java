import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a server of this machine from many connections: Load PORT CONNECTIONS REQUESTS ROW. */
public class Load {
  /** What came of it. */
  public record Result(int requests, int errors, double perSecond, double p50, double p99) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d requests, %d errors, %,.0f/s, p50 %.2f ms, p99 %.2f ms",
          requests,
          errors,
          perSecond,
          p50,
          p99);
    }
  }

  public static void main(String[] args) throws InterruptedException {
    int port = Integer.parseInt(args[0]);
    int connections = Integer.parseInt(args[1]);
    int each = Integer.parseInt(args[2]);
    run(port, connections, Math.max(1, each / 4), args[3], null);
    System.out.println(run(port, connections, each, args[3], null));
  }

  /** Each connection asks so often; an answer that is not 200, or not the wanted one, is an error. */
  public static Result run(int port, int connections, int each, String row, String wanted)
      throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/predict");
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(row)).build();
    double[] times = new double[connections * each];
    AtomicInteger errors = new AtomicInteger();
    CountDownLatch left = new CountDownLatch(connections);
    long start = System.nanoTime();
    for (int c = 0; c < connections; c++) {
      int first = c * each;
      Thread.startVirtualThread(
          () -> {
            try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
              for (int i = 0; i < each; i++) {
                long begin = System.nanoTime();
                var response = client.send(request, BodyHandlers.ofString());
                times[first + i] = (System.nanoTime() - begin) * 1e-6;
                boolean right = wanted == null || wanted.equals(response.body());
                errors.addAndGet(response.statusCode() == 200 && right ? 0 : 1);
              }
            } catch (Exception e) {
              errors.incrementAndGet();
            } finally {
              left.countDown();
            }
          });
    }
    left.await();
    double seconds = (System.nanoTime() - start) * 1e-9;
    Arrays.sort(times);
    int n = times.length;
    return new Result(n, errors.get(), n / seconds, times[n / 2], times[(int) (n * 0.99)]);
  }
}
