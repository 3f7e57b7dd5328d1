package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Fits on a standalone cluster of real processes, with faults and strangers. */
@EnabledIfSystemProperty(named = "lanewise.long", matches = "true")
@Timeout(1800)
class StandaloneTest {
  private static final int KILLS = 20;
  // A range of its own: all of it is tried.
  private static final int FIRST_PORT = 23_710;
  private static final int PORTS = 20;

  @TempDir private Path folder;

  private static List<String> lines(StandaloneCluster cluster, String name, Process driver)
      throws Exception {
    List<String> lines = driver.inputReader().lines().toList();
    assertEquals(0, driver.waitFor(), () -> name + ": " + lines + "\n" + cluster.tail(name));
    return lines;
  }

  /** The hash of one process, which a driver says first. */
  private static String alone(StandaloneCluster cluster, BufferedReader said) throws IOException {
    String line = String.valueOf(said.readLine());
    assertTrue(line.startsWith("alone "), () -> line + cluster.tail("faults"));
    return line.substring("alone ".length());
  }

  private static Map<String, String> byName(List<String> lines) {
    Map<String, String> all = new TreeMap<>();
    for (String line : lines) {
      int at = line.lastIndexOf(' ');
      all.put(line.substring(0, at), line.substring(at + 1));
    }
    return all;
  }

  @Test
  void anyNumberOfWorkersHasTheHashOfOneProcessThoughStrangersConnect() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, Map.of());
        Strangers strangers = new Strangers(FIRST_PORT, PORTS)) {
      String[] job = {"hashes", String.valueOf(FIRST_PORT), folder.toString()};
      Process driver = cluster.driver("hashes", Map.of(), job);
      Map<String, String> hashes = byName(lines(cluster, "hashes", driver));
      for (int shards : new int[] {4, 12}) {
        String alone = hashes.get("alone " + shards);
        for (int workers = 1; workers <= 4; workers++) {
          assertEquals(alone, hashes.get(workers + " " + shards), workers + " of " + shards);
        }
      }
      for (String lie : new String[] {"empty", "skewed", "dealt"}) {
        assertEquals(hashes.get("alone 4"), hashes.get(lie), lie);
      }
      Map<String, String> elsewhere = Map.of("spark.master", "local[1]");
      Process other = cluster.driver("load", elsewhere, "load", folder.toString());
      assertEquals(hashes.get("pipeline"), byName(lines(cluster, "load", other)).get("pipeline"));
      assertTrue(strangers.came() > 0, "nobody came to a door");
      // No port is open beyond a fit.
      for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
        int some = port;
        assertThrows(
            ConnectException.class,
            () -> new Socket(InetAddress.getLoopbackAddress(), some).close());
      }
    }
  }

  @Test
  void executorsThatAreKilledChangeNoBit() throws Exception {
    Random random = new Random(11);
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, Map.of())) {
      Process driver =
          cluster.driver("faults", Map.of(), "faults", folder.toString(), String.valueOf(KILLS));
      BufferedReader said = driver.inputReader();
      String alone = alone(cluster, said);
      int failures = 0;
      int kills = 0;
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.startsWith("fit ")) {
          int fit = Integer.parseInt(line.substring(4));
          if (fit % 4 < 2) {
            // In the training itself, whether it is tried again or not; else at any moment.
            Path checkpoints = folder.resolve("checkpoints" + fit);
            while (!StandaloneCluster.hasCheckpoints(checkpoints)) {
              assertTrue(driver.isAlive(), () -> cluster.tail("faults"));
              Thread.sleep(20);
            }
            Thread.sleep(random.nextInt(900));
          } else {
            Thread.sleep(random.nextInt(2_500));
          }
          List<ProcessHandle> executors = cluster.executors();
          if (!executors.isEmpty()) {
            executors.get(random.nextInt(executors.size())).destroyForcibly();
            kills++;
          }
        } else if (line.startsWith("failed ")) {
          failures++;
          // Or the cluster had not yet put another in its place.
          assertTrue(
              line.contains("resume(true) goes on") || line.contains("the cluster has slots for"),
              line);
        } else {
          assertEquals(alone, line.substring(line.lastIndexOf(' ') + 1), line);
        }
      }
      assertEquals(0, driver.waitFor(), () -> cluster.tail("faults"));
      assertEquals(KILLS, kills);
      assertTrue(failures > 0, "no kill has ended a fit that is not tried again");
      System.out.println("kills " + kills + ", of which " + failures + " ended a fit: resumed");
    }
  }

  /** As a machine that is gone, whose connections stay open. */
  @Test
  void anExecutorThatHangsIsGivenUp() throws Exception {
    Map<String, String> impatient =
        Map.of(
            "spark.network.timeout", "15s",
            "spark.network.timeoutInterval", "5s",
            "spark.executor.heartbeatInterval", "3s");
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, Map.of())) {
      Process driver = cluster.driver("faults", impatient, "hang", folder.toString());
      BufferedReader said = driver.inputReader();
      String alone = alone(cluster, said);
      assertEquals("fit 0", said.readLine());
      Path checkpoints = folder.resolve("hang");
      while (!StandaloneCluster.hasCheckpoints(checkpoints)) {
        Thread.sleep(50);
        assertTrue(driver.isAlive(), () -> cluster.tail("faults"));
      }
      String pid = String.valueOf(cluster.executors().get(0).pid());
      assertEquals(0, new ProcessBuilder("kill", "-STOP", pid).start().waitFor());
      assertEquals("hash 0 " + alone, said.readLine(), () -> cluster.tail("faults"));
    }
  }

  @Test
  void whereSparkEncryptsTheWorkersDoToo() throws Exception {
    Map<String, String> secure =
        Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "of this test",
            "spark.network.crypto.enabled", "true");
    List<String> keytool = new ArrayList<>();
    keytool.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    keytool.addAll(List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=worker"));
    keytool.addAll(List.of("-keystore", folder.resolve("keys").toString()));
    keytool.addAll(List.of("-storepass", "of this test"));
    assertEquals(0, new ProcessBuilder(keytool).inheritIO().start().waitFor());
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, secure)) {
      Process driver = cluster.driver("encrypted", Map.of(), "encrypted", folder.toString());
      List<String> lines = lines(cluster, "encrypted", driver);
      String refused = lines.get(1);
      assertTrue(
          refused.startsWith("refused spark.network.crypto.enabled is true, but what the workers"),
          refused);
      Map<String, String> hashes = byName(lines);
      assertEquals(hashes.get("alone"), hashes.get("tls"));
      assertEquals(hashes.get("alone"), hashes.get("allowed"));
    }
  }
}
