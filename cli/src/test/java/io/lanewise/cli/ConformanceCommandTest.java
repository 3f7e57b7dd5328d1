package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.ForwardingKernels;
import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
  /** Sums of columns that start from 1; found through the class path of the option alone. */
  public static final class Faulty implements KernelProvider {
    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public String unusable() {
      return null;
    }

    @Override
    public Kernels kernels() {
      return new ForwardingKernels(ScalarKernels.INSTANCE) {
        @Override
        public String name() {
          return "faulty";
        }

        @Override
        protected void doColumnSums(Matrix x, Matrix sums) {
          super.doColumnSums(x, sums);
          sums.put(0, 0, sums.get(0, 0) + 1f);
        }
      };
    }
  }

  @TempDir Path folder;
  private Path jar;

  @BeforeEach
  void makeTheJar() throws Exception {
    jar = folder.resolve("mine.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/services/io.lanewise.kernel.KernelProvider"));
      out.write(("com.example.Gone\n" + Faulty.class.getName() + "\n").getBytes("UTF-8"));
    }
  }

  private Cli conformance(Object... options) {
    Object[] args = new Object[options.length + 1];
    args[0] = "conformance";
    System.arraycopy(options, 0, args, 1, options.length);
    return Cli.run(args);
  }

  @Test
  void simdConforms() {
    Cli simd = conformance("--kernels", "simd", "--quick", "--operation", "add,softmax");
    assertEquals(0, simd.code(), simd.err());
    assertTrue(simd.out().contains("passed bit for bit: "), simd.out());
    assertTrue(simd.out().contains("not seen: other operations: matmul, "), simd.out());
  }

  @Test
  void aFaultInAJarIsFoundAndRepeated() {
    Cli found = conformance("--classpath", jar, "--kernels", "faulty", "--quick");
    assertEquals(1, found.code(), found.err());
    assertTrue(found.out().startsWith("faulty on scalar\nDIFFERENT: columnSums "), found.out());
    Matcher repeat = Pattern.compile("same command with --repeat (\\d+)\n").matcher(found.out());
    assertTrue(repeat.find(), found.out());
    Cli again =
        conformance(
            "--classpath", jar, "--kernels", "faulty", "--quick", "--repeat", repeat.group(1));
    assertEquals(1, again.code(), again.err());
    assertTrue(again.out().contains("of 1 call of 1 operation,"), again.out());
    Cli without =
        conformance(
            "--classpath",
            folder + "/*",
            "--kernels",
            "faulty",
            "--quick",
            "--without",
            "columnSums");
    assertEquals(0, without.code(), without.err());
  }

  @Test
  void diffTakesThemFromTheJar() {
    Cli diff = Cli.run("diff", "--classpath", jar, "--second", "faulty");
    assertEquals(1, diff.code(), diff.err());
    assertTrue(diff.out().contains("scalar and faulty: DIFFERENT"), diff.out());
    Cli both = Cli.run("diff", "--classpath", jar, "--first", "faulty", "--second", "faulty");
    assertEquals(0, both.code(), both.err());
  }

  private static void refused(Cli cli, String wanted) {
    assertEquals(2, cli.code(), cli.out());
    assertTrue(cli.err().contains(wanted), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  @Test
  void whatIsNotThereIsNamed() {
    refused(
        conformance("--classpath", jar, "--kernels", "acme"),
        "--kernels: no kernels \"acme\" in --classpath "
            + jar
            + ": there are only scalar, simd, faulty");
    refused(conformance("--classpath", jar, "--kernels", "acme"), "com.example.Gone");
    refused(
        Cli.run("diff", "--classpath", jar, "--second", "acme"), "--second: no kernels \"acme\"");
    refused(
        conformance("--classpath", jar + File.pathSeparator + "gone.jar", "--kernels", "faulty"),
        "--classpath: there is no \"gone.jar\"");
    refused(conformance("--kernels", "acme"), "there are only scalar, simd");
    refused(conformance("--quick"), "--kernels");
    refused(
        conformance("--kernels", "simd", "--operation", "relu"),
        "--operation: there is no \"relu\", only matmul, ");
    refused(conformance("--kernels", "simd", "--maximum", "7"), "--maximum must be 100 to");
    refused(conformance("--kernels", "simd", "--ulps", "0"), "--ulps");
    refused(
        conformance("--kernels", "simd", "--quick", "--repeat", "999999999"),
        "--repeat: quick() has calls 1 to ");
    refused(conformance("--kernels", "simd", "--quick", "--maximum", "700"), "one of them");
  }
}
