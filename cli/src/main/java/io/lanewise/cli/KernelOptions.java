package io.lanewise.cli;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What computes, and on how many threads; the results are the same bits. */
final class KernelOptions {
  /** The launcher's flags make the scalar kernels so much faster than an embedder has them. */
  private static final double FASTER = 1.7;

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, simd, scalar or another that lanewise info finds: the same bits. Default: auto,"
              + " scalar for a job that ends before vectors are compiled, else simd.")
  private String kernels;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      converter = ThreadCount.class,
      description = "Threads, or \"all\": the same bits. Default: 1.")
  private Integer threads = 0;

  Threads openThreads() {
    return new Threads(threads);
  }

  /** How many threads, in words. */
  String threads() {
    return threads + (threads == 1 ? " thread" : " threads");
  }

  Kernels kernels() {
    return kernels("--kernels", kernels);
  }

  /** Those that end a job first, unless some were named: see {@link KernelLookup#forWork}. */
  Kernels kernels(double work) {
    return kernels.equals("auto")
        ? Named.option("-Dlanewise.kernels", () -> KernelLookup.forWork(work / FASTER))
        : kernels();
  }

  /** Says which these are, and why where it is not the choice of the lookup. */
  String describe(double work) {
    Kernels taken = kernels(work);
    boolean chosen = !kernels.equals("auto") || System.getProperty("lanewise.kernels") != null;
    return !chosen && work / FASTER < KernelLookup.SHORT_WORK && taken == ScalarKernels.INSTANCE
        ? "scalar: the job ends before vectors are compiled (--kernels simd takes them)"
        : taken.describe();
  }

  /** Those of that name, which the option has got. */
  static Kernels kernels(String option, String name) {
    return name.equals("auto")
        ? Named.option("-Dlanewise.kernels", KernelLookup::best)
        : Named.option(option, () -> KernelLookup.named(name));
  }

  /** A number, or all that the JVM may use. */
  static final class ThreadCount implements ITypeConverter<Integer> {
    private static final int MOST = 1024;

    @Override
    public Integer convert(String value) {
      if (value.equals("all")) {
        return Runtime.getRuntime().availableProcessors();
      }
      try {
        int count = Integer.parseInt(value);
        if (count >= 1 && count <= MOST) {
          return count;
        }
      } catch (NumberFormatException e) {
        // Says the same as a number out of range.
      }
      throw new TypeConversionException("wanted 1.." + MOST + " or all, got \"" + value + "\"");
    }
  }
}
