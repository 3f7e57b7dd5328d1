package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Prints the figures of docs/spark.md; no other run wants them. */
@EnabledIfSystemProperty(named = "lanewise.figures", matches = "true")
class FiguresTest {
  @TempDir private Path folder;

  @Test
  void besideTheirPerceptron() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.local(folder)) {
      Process driver = cluster.driver("figures", MlpcJob.class, Map.of());
      Map<Long, String> memory = new TreeMap<>();
      Thread watch =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    while (driver.isAlive()) {
                      note(memory, driver.toHandle(), "driver");
                      cluster.executors().forEach(e -> note(memory, e, "executor"));
                    }
                  });
      BufferedReader said = driver.inputReader();
      said.lines().forEach(System.out::println);
      assertEquals(0, driver.waitFor(), () -> cluster.tail("figures"));
      watch.join();
      memory.values().forEach(System.out::println);
    }
  }

  /** The most memory that a process had, as Linux tells it. */
  private static void note(Map<Long, String> memory, ProcessHandle process, String what) {
    try {
      Thread.sleep(100);
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          memory.put(process.pid(), what + ": most memory " + line.substring(6).strip());
        }
      }
    } catch (IOException e) {
      // It has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
