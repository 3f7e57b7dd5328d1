package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of others in front of ours on the class path. */
class ForeignKernelsTest {
  /** A service only here. */
  public static final class Acme implements KernelProvider {
    @Override
    public String name() {
      return "acme";
    }

    @Override
    public String unusable() {
      return null;
    }

    @Override
    public Kernels kernels() {
      return ScalarKernels.INSTANCE;
    }
  }

  @TempDir Path folder;

  @BeforeEach
  void inFront() throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("io.lanewise.kernel.KernelProvider"),
        "com.example.Gone\n" + Acme.class.getName() + "\n");
  }

  private Cli run(String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "jvm.config"));
    command.add("-cp");
    command.add(folder + File.pathSeparator + System.getProperty("java.class.path"));
    command.add("io.lanewise.cli.Main");
    command.addAll(List.of(args));
    Path errors = folder.resolve("err.txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = Files.readString(errors).replaceAll("WARNING: .*\\R", "");
    return new Cli(process.waitFor(), out, err);
  }

  @Test
  void infoSaysWhatIsThereAndWhatIsTaken() throws Exception {
    Cli info = run("info");
    assertEquals(0, info.code(), info.err());
    List<String> lines = info.out().lines().toList();
    assertTrue(lines.contains("found    acme: usable, by name only: --kernels acme"), info.out());
    assertTrue(lines.contains("found    simd: usable, priority 100"), info.out());
    assertTrue(info.out().contains("kernels  simd"), info.out());
    assertTrue(info.out().matches("(?s).*broken   .*com\\.example\\.Gone.*"), info.out());
  }

  @Test
  void diffTakesThemByNameAndNamesThoseThereAre() throws Exception {
    assertEquals(0, run("diff", "--second", "acme").code());
    Cli unknown = Cli.run("diff", "--second", "acme");
    assertEquals(2, unknown.code(), unknown.err());
    assertTrue(unknown.err().contains("there are only scalar, simd"), unknown.err());
  }
}
