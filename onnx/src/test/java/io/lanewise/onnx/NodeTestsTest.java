package io.lanewise.onnx;

import io.lanewise.kernel.KernelLookup;
import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.Test;

final class NodeTestsTest {
  @Test
  void all() throws Exception {
    String root =
        System.getProperty("lanewise.onnx.nodes", "/usr/share/libonnx-testdata/data/node");
    int pass = 0;
    try (var s = Files.list(Path.of(root))) {
      for (Path p : s.sorted().toList()) {
        String r;
        try {
          r = new NodeTest(p).run(KernelLookup.best());
        } catch (io.lanewise.model.ModelFormatException e) {
          r = "MFE " + e.getMessage().substring(e.getMessage().indexOf(": ") + 2);
        } catch (Throwable e) {
          r = "CRASH " + e;
        }
        if (r == null) pass++;
        System.out.println(p.getFileName() + "\t" + (r == null ? "PASS" : r));
      }
    }
    System.out.println("PASSES " + pass);
  }
}
