package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line as workers in processes of their own. */
@Timeout(300)
class WorkersTest {
  private static final Pattern HASH = Pattern.compile("SHA-256 ([0-9a-f]{64})");

  @TempDir private Path folder;
  private Path rows;
  private Path secret;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void makeFiles() throws IOException {
    StringBuilder text = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 240; i++) {
      text.append(i % 17).append(',').append(i * i % 23).append(',');
      text.append(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c").append('\n');
    }
    rows = Files.writeString(folder.resolve("rows.csv"), text);
    secret = Files.writeString(folder.resolve("secret"), "what all of the workers know\n");
  }

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private static String workers(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      workers.add("127.0.0.1:" + sockets.get(i).getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return String.join(",", workers);
  }

  private Process train(Path out, String... more) throws IOException {
    List<Object> args = new ArrayList<>(List.of("train", "--data", rows, "--label", "kind"));
    args.addAll(List.of("--layers", "8 batchnorm relu dropout:0.2 6", "--shards", "4"));
    args.addAll(List.of("--validation-split", "0.1", "--patience", "0", "--epochs", "3"));
    args.addAll(List.of("--drop-last", "--out", out));
    args.addAll(List.of(more));
    Process process =
        Jvm.builder(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                "io.lanewise.cli.Main",
                args.toArray())
            .start();
    processes.add(process);
    return process;
  }

  private Process worker(int rank, String list, Path out, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--workers", list, "--rank", "" + rank));
    all.addAll(List.of("--secret-file", secret.toString()));
    all.addAll(List.of(more));
    return train(out, all.toArray(String[]::new));
  }

  private static String hash(String output) {
    Matcher hash = HASH.matcher(output);
    assertTrue(hash.find(), output);
    return hash.group(1);
  }

  @Test
  void twoHaveTheHashOfOneAndRank0WritesTheModel() throws Exception {
    Path alone = folder.resolve("alone.safetensors");
    Process one = train(alone);
    String expected = Jvm.output(one);
    String list = workers(2);
    Path out = folder.resolve("model.safetensors");
    Path none = folder.resolve("none/there/model.safetensors");
    List<Process> both = List.of(worker(0, list, out), worker(1, list, none));
    for (Process process : both) {
      String output = Jvm.output(process);
      assertEquals(0, process.waitFor(), output);
      assertEquals(hash(expected), hash(output));
    }
    assertEquals(-1, Files.mismatch(alone, out));
    assertFalse(Files.exists(none));
  }

  private static void keytool(Path store, Path password) throws Exception {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>(List.of(keytool.toString(), "-genkeypair"));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of("-keyalg", "EC", "-dname", "CN=worker", "-keystore", store.toString()));
    command.addAll(List.of("-storepass:file", password.toString()));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  @Test
  void twoByTlsHaveTheHashOfOne() throws Exception {
    Path store = folder.resolve("keys");
    Path password = Files.writeString(folder.resolve("password"), "only for this test\n");
    keytool(store, password);
    String expected = Jvm.output(train(folder.resolve("alone.safetensors")));
    String list = workers(2);
    String[] tls = {"--tls-key-store", store.toString(), "--tls-password-file", "" + password};
    Path out = folder.resolve("model.safetensors");
    for (Process process : List.of(worker(0, list, out, tls), worker(1, list, out, tls))) {
      String output = Jvm.output(process);
      assertEquals(0, process.waitFor(), output);
      assertEquals(hash(expected), hash(output));
    }
  }

  @Test
  void oneWithTlsAndOneWithoutEndWithTheReason() throws Exception {
    Path store = folder.resolve("keys");
    Path password = Files.writeString(folder.resolve("password"), "only for this test\n");
    keytool(store, password);
    String list = workers(2);
    String[] tls = {"--tls-key-store", store.toString(), "--tls-password-file", "" + password};
    Path out = folder.resolve("model.safetensors");
    List<Process> both =
        List.of(
            worker(0, list, out, tls[0], tls[1], tls[2], tls[3], "--peer-timeout", "10"),
            worker(1, list, out, "--peer-timeout", "10"));
    for (Process process : both) {
      String output = Jvm.output(process);
      assertEquals(1, process.waitFor(), output);
      assertTrue(output.contains("give all workers TLS, or none"), output);
    }
  }

  @Test
  void whatDiffersIsSaidByBoth() throws Exception {
    String list = workers(2);
    Path out = folder.resolve("model.safetensors");
    List<Process> both = List.of(worker(0, list, out), worker(1, list, out, "--batch-size", "24"));
    for (int rank = 0; rank < 2; rank++) {
      String output = Jvm.output(both.get(rank));
      assertTrue(
          output.contains(
              "rank 1 trains something else than rank 0: its batch size is 24, that of rank 0 is"
                  + " 32: give all workers the same data and settings"),
          output);
      assertEquals(rank == 0 ? 1 : 2, both.get(rank).waitFor(), output);
    }
    assertFalse(Files.exists(out));
  }
}
