package io.lanewise.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lanewise.nn.Network;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers that are processes of their own. With {@code -Dlanewise.full=true} one of them is killed
 * twenty times, at random moments.
 */
@Timeout(300)
class ProcessesTest {
  private static final boolean FULL = Boolean.getBoolean("lanewise.full");

  @TempDir private Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process worker(int rank, String workers, String... how) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A short life: C2 would never pay.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(Worker.class.getName(), String.valueOf(rank), workers));
    command.addAll(List.of(how));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    processes.add(process);
    return process;
  }

  /** Ports that are free now. */
  private static String workers(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return sockets.stream()
        .map(socket -> "127.0.0.1:" + socket.getLocalPort())
        .collect(Collectors.joining(","));
  }

  private static String output(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void oneToFourProcessesHaveTheHashOfOne() throws Exception {
    String list = workers(4);
    List<Process> all = new ArrayList<>();
    for (int rank = 0; rank < 4; rank++) {
      all.add(worker(rank, list, "all"));
    }
    List<String> expected = new ArrayList<>();
    for (int workers = 1; workers <= 4; workers++) {
      for (int shards : new int[] {4, 12}) {
        expected.add(workers + " " + shards + " " + Trainings.alone(shards));
      }
    }
    for (int rank = 0; rank < 4; rank++) {
      assertEquals(expected.subList(2 * rank, 8), output(all.get(rank)).lines().toList());
    }
  }

  private List<Process> slow(int count) throws IOException {
    String list = workers(count);
    List<Process> all = new ArrayList<>();
    for (int rank = 0; rank < count; rank++) {
      all.add(worker(rank, list, "slow", folder.resolve("checkpoints").toString()));
    }
    return all;
  }

  private static void awaitStep(BufferedReader reader, int step) throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("step ") && Integer.parseInt(line.substring(5)) >= step) {
        return;
      }
    }
  }

  private static String expected() {
    Network network = Trainings.network();
    Trainings.trainer(network, 4).epochs(8).fit(Trainings.rows());
    return "hash " + Trainings.hash(network);
  }

  @Test
  void aKilledWorkerIsNamedAndTheRestGoesOnToTheSameHash() throws Exception {
    String expected = expected();
    Random random = new Random(5);
    int kills = FULL ? 20 : 1;
    for (int i = 0; i < kills; i++) {
      List<Process> all = slow(3);
      int victim = i == 0 ? 1 : random.nextInt(3);
      awaitStep(all.get(victim).inputReader(), 2 + random.nextInt(4));
      all.get(victim).destroyForcibly();
      for (int rank = 0; rank < 3; rank++) {
        if (rank != victim) {
          String output = output(all.get(rank));
          assertTrue(output.contains("rank " + victim + " closed the connection"), output);
          assertTrue(output.contains(" in step "), output);
          assertEquals(1, all.get(rank).exitValue());
        }
      }
      List<Process> again = slow(3);
      for (Process process : again) {
        assertTrue(output(process).contains(expected), "kill " + i + " of rank " + victim);
      }
      try (var files = Files.list(folder.resolve("checkpoints"))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** As a machine that is gone, whose connections stay open. */
  @Test
  void aWorkerThatHangsIsNamed() throws Exception {
    List<Process> all = slow(3);
    awaitStep(all.get(1).inputReader(), 3);
    int stopped =
        new ProcessBuilder("kill", "-STOP", String.valueOf(all.get(1).pid())).start().waitFor();
    assumeTrue(stopped == 0, "no kill here");
    for (int rank : new int[] {0, 2}) {
      String output = output(all.get(rank));
      assertTrue(
          output.contains("rank 1 was not heard for 5.0 s: its process or machine hangs, in step ")
              || output.contains("rank 1 took nothing for 5.0 s, in step "),
          output);
    }
  }
}
