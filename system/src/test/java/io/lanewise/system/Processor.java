package io.lanewise.system;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.cli.Commands;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this processor computes, line by line, to be compared with what another has computed: the
 * hashes of small trainings and that of every operation; then the commands of a file. Exits with 1
 * where SIMD and scalar kernels differ.
 */
final class Processor {
  private Processor() {}

  /** {@code Processor HASHES COMMANDS}: the file that it writes, and the one that it runs. */
  public static void main(String[] args) throws Exception {
    Kernels simd = KernelLookup.named("simd");
    System.err.println(simd.describe());
    StringBuilder lines = new StringBuilder("golden " + GoldenHashTest.hash(simd, 64, 1) + "\n");
    for (Recipe recipe : Recipe.values()) {
      lines.append(recipe + " " + recipe.hash(simd, Recipe.Size.SMALL) + "\n");
    }
    ConformanceReport result = Conformance.of(simd).quick().run();
    lines.append("operations " + result.sha256() + "\n");
    Files.writeString(Path.of(args[0]), lines);
    if (!result.passed()) {
      System.err.println(result);
      System.exit(1);
    }
    Commands.main(new String[] {args[1]});
  }
}
