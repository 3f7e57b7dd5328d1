package io.lanewise.cli;

import io.lanewise.check.Conformance;
import io.lanewise.check.ConformanceReport;
import io.lanewise.kernel.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Holds kernels to the scalar ones, operation by operation. */
@Command(
    name = "conformance",
    mixinStandardHelpOptions = true,
    description = {
      "Calls every operation of some kernels, in many shapes, and compares the bits with those of"
          + " the scalar kernels.",
      "Exit code 0 if all are the same, or as near as you allow; 1 if any differs."
    },
    footer = {
      "",
      "Examples:",
      "  lanewise conformance --kernels simd --quick",
      "  lanewise conformance --classpath mine.jar --kernels acme",
      "  lanewise conformance --classpath mine.jar --kernels acme \\",
      "      --operation activate,softmax --ulps 2 --rounding 1"
    })
final class ConformanceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ClassPath classPath;

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      required = true,
      description = "The kernels: simd, or the name of another provider.")
  private String kernels;

  @Option(
      names = "--operation",
      paramLabel = "NAME",
      split = ",",
      description =
          "These alone, such as \"activate relu\", or activate for all of them. Default: all.")
  private String[] operations;

  @Option(
      names = "--without",
      paramLabel = "NAME",
      split = ",",
      description = "Leave these out, likewise.")
  private String[] without;

  @Option(
      names = "--quick",
      description = "Rows of up to 67 elements: a second in place of a minute. Default: false.")
  private boolean quick;

  @Option(
      names = "--maximum",
      paramLabel = "N",
      description = "The longest rows, 100 to 10,000,000. Default: 65603.")
  private Integer maximum;

  @Option(
      names = "--ulps",
      paramLabel = "N",
      description =
          "How far elementwise operations may be off, in units in the last place. Default: the"
              + " bits.")
  private Double ulps;

  @Option(
      names = "--rounding",
      paramLabel = "FACTOR",
      description =
          "How far sums may be off, in rounding errors: 1 lets every order of summation pass."
              + " Default: the bits.")
  private Double rounding;

  @Option(
      names = "--finite-only",
      description = "No NaN, no infinity, no number near the ends of the range. Default: false.")
  private boolean finiteOnly;

  @Option(names = "--apart", description = "Never work in place. Default: false.")
  private boolean apart;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of shapes and inputs. Default: 20260401.")
  private Long seed;

  @Option(
      names = "--repeat",
      paramLabel = "CALL",
      description = "Make that call alone; the other options as they were.")
  private Long repeat;

  @Override
  public Integer call() throws IOException {
    Kernels judged = classPath.kernels("--kernels", kernels);
    Conformance conformance = conformance(judged);
    ConformanceReport report =
        repeat == null
            ? conformance.run()
            : Named.option("--repeat", () -> conformance.repeat(repeat));
    PrintWriter out = spec.commandLine().getOut();
    out.println(judged.describe());
    out.print(report);
    report.operations().stream()
        .map(ConformanceReport.Operation::first)
        .filter(Objects::nonNull)
        .mapToLong(ConformanceReport.Difference::call)
        .min()
        .ifPresent(first -> out.println("to repeat it: the same command with --repeat " + first));
    out.flush();
    return report.passed() ? 0 : 1;
  }

  private Conformance conformance(Kernels judged) {
    Conformance conformance = Conformance.of(judged);
    if (quick && maximum != null) {
      throw new UsageException("--quick and --maximum: one of them");
    }
    if (quick) {
      conformance.quick();
    }
    if (maximum != null) {
      Named.option("--maximum", () -> conformance.maximum(maximum));
    }
    if (ulps != null) {
      Named.option("--ulps", () -> conformance.ulps(ulps));
    }
    if (rounding != null) {
      Named.option("--rounding", () -> conformance.rounding(rounding));
    }
    if (finiteOnly) {
      conformance.finiteOnly();
    }
    if (apart) {
      conformance.apart();
    }
    if (seed != null) {
      conformance.seed(seed);
    }
    if (operations != null) {
      Named.option("--operation", () -> conformance.only(operations));
    }
    if (without != null) {
      Named.option("--without", () -> conformance.without(without));
    }
    return conformance;
  }
}
