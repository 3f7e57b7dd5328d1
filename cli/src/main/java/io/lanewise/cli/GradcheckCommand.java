package io.lanewise.cli;

import io.lanewise.check.GradientCheck;
import io.lanewise.check.GradientCheck.Verdict;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks gradients. */
@Command(
    name = "gradcheck",
    mixinStandardHelpOptions = true,
    description = {
      "Checks gradients: the double reference against central differences, then the float kernels"
          + " against the reference.",
      "Exit code 0 if the reference is Excellent (< 1e-7) and the kernels at least Good (< 1e-5)."
    },
    footer = {
      "",
      "Examples:",
      "  lanewise gradcheck --layers 32,16 --activation gelu",
      "  lanewise gradcheck --model iris.safetensors --data iris.csv --rows 64"
    })
final class GradcheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "512",
      description = "Coordinates of each tensor that are compared. Default: 512.")
  private Integer samples = 0;

  @Mixin private CheckOptions checkOptions;
  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    CheckOptions.Subject subject = checkOptions.load();
    Dataset data = subject.data();
    Kernels kernels = kernelOptions.kernels();
    List<Kernels> all =
        kernels == ScalarKernels.INSTANCE
            ? List.of(kernels)
            : List.of(ScalarKernels.INSTANCE, kernels);
    GradientCheck check =
        Named.option("--samples", () -> GradientCheck.of(subject.network()).samples(samples));
    GradientCheck.Report report =
        data.hasLabels()
            ? check.run(data.features(), data.rows(), data.labels(), all)
            : check.run(data.features(), data.rows(), data.targets(), all);
    PrintWriter out = spec.commandLine().getOut();
    out.println(Text.describe(subject.network()) + "; " + data.rows() + " rows");
    out.print(report);
    out.flush();
    return passes(report) ? 0 : 1;
  }

  /** Good is the best that float's rounding leaves to the kernels. */
  static boolean passes(GradientCheck.Report report) {
    return report.verdict() == Verdict.EXCELLENT && report.worst().compareTo(Verdict.GOOD) <= 0;
  }
}
