package io.lanewise.cli;

import io.lanewise.check.KernelDiff;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares two kernels bit for bit. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "Runs a network through two kernels and compares the bits; exit code 1 if any" + " differ.",
    footer = {
      "",
      "Examples:",
      "  lanewise diff --layers 300,100 --rows 256",
      "  lanewise diff --model iris.safetensors --data iris.csv \\",
      "      --first scalar --second simd",
      "  lanewise diff --classpath mine.jar --second acme"
    })
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--first",
      paramLabel = "NAME",
      defaultValue = "scalar",
      description =
          "The first kernels: simd, scalar, another that lanewise info finds, or auto."
              + " Default: scalar.")
  private String first;

  @Option(
      names = "--second",
      paramLabel = "NAME",
      defaultValue = "simd",
      description = "The second ones, likewise. Default: simd.")
  private String second;

  @Mixin private ClassPath classPath;
  @Mixin private CheckOptions checkOptions;

  @Override
  public Integer call() throws IOException {
    Kernels one = classPath.kernels("--first", first);
    Kernels two = classPath.kernels("--second", second);
    CheckOptions.Subject subject = checkOptions.load();
    Dataset data = subject.data();
    KernelDiff.Report report =
        data.hasLabels()
            ? KernelDiff.run(
                subject.network(), data.features(), data.rows(), data.labels(), one, two)
            : KernelDiff.run(
                subject.network(), data.features(), data.rows(), data.targets(), one, two);
    PrintWriter out = spec.commandLine().getOut();
    out.println(Text.describe(subject.network()) + "; " + data.rows() + " rows");
    out.print(report);
    out.flush();
    return report.identical() ? 0 : 1;
  }
}
