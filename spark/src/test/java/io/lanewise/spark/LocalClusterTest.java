package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors that are processes, one of which is killed, with {@code -Dlanewise.long=true}: three
 * JVMs with all of Spark. That a worker is lost and the fit goes on from its checkpoints, {@code
 * FitTest} and the tests of the cluster see in every build.
 */
@Timeout(600)
@EnabledIfSystemProperty(named = "lanewise.long", matches = "true")
class LocalClusterTest {
  @TempDir private Path folder;

  @Test
  void aFitWhoseExecutorIsKilledHasTheHashOfOneProcess() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.local(folder)) {
      Process driver = cluster.driver("faults", Map.of(), "faults", folder.toString(), "1");
      BufferedReader said = driver.inputReader();
      String alone = said.readLine();
      assertTrue(alone.startsWith("alone "), () -> cluster.tail("faults"));
      assertEquals("fit 0", said.readLine());
      Path checkpoints = folder.resolve("checkpoints0");
      while (!StandaloneCluster.hasCheckpoints(checkpoints)) {
        assertTrue(driver.isAlive(), () -> cluster.tail("faults"));
        Thread.sleep(50);
      }
      cluster.executors().get(0).destroyForcibly();
      assertEquals(alone.replace("alone", "hash 0"), said.readLine(), () -> cluster.tail("faults"));
      assertTrue(
          cluster.log("faults").contains("from the last checkpoint"), () -> cluster.tail("faults"));
    }
  }
}
