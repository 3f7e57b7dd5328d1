package io.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void versionsOfTheLibrariesComeFromTheirJars() {
    String path =
        "/m2/openblas-0.3.31-1.5.13.jar:/m2/openblas-0.3.31-1.5.13-linux-x86_64.jar:/m2/x/classes"
            + ":/m2/pytorch-2.10.0-1.5.13.jar:/m2/pytorch-jni-2.7.1-0.36.0.jar:/m2/ojalgo-56.1.1.jar"
            + ":/m2/mkl-2025.3-1.5.13-linux-x86_64-redist.jar:/m2/gson-2.13.2.jar";
    Map<String, String> wanted =
        Map.of(
            "JMH",
            "1.37",
            "openblas",
            "0.3.31",
            "pytorch",
            "2.10.0",
            "pytorch-jni",
            "2.7.1",
            "ojalgo",
            "56.1.1",
            "mkl",
            "2025.3");
    assertEquals(wanted, Machine.versions(path));
  }
}
