package io.lanewise.cli;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What computes, and on how many threads; the results are the same bits. */
final class KernelOptions {
  /** As much as the scalar kernels do in the seconds that vectors take to be compiled. */
  private static final double SHORT_WORK = 2e11;

  /** An output of a layer with or without ReLU, in operations of a product that take as long. */
  private static final double CHEAP_WORK = 100;

  /** Likewise of exp and its kin, dropout and the norms, which have no vectors there. */
  private static final double FUNCTION_WORK = 1000;

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
  private int threads;

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

  /**
   * Those that end a job first. The vectors' loops are many, and slow until C2 has compiled them;
   * the scalar ones are few, and reach half of that speed.
   *
   * @param work in floating-point operations, see {@link #work}
   */
  Kernels kernels(double work) {
    return isShort(work) ? ScalarKernels.INSTANCE : kernels();
  }

  /** Says which these are, and why where it is not the choice of the lookup. */
  String describe(double work) {
    return isShort(work)
        ? "scalar: the job ends before vectors are compiled (--kernels simd takes them)"
        : kernels().describe();
  }

  private boolean isShort(double work) {
    boolean chosen = !kernels.equals("auto") || System.getProperty("lanewise.kernels") != null;
    return !chosen && work < SHORT_WORK && onlyOurs();
  }

  /** The work of taking so many rows forwards, and in a training backwards too. */
  static double work(Network network, double rows, boolean training) {
    double functions = 0;
    for (Layer layer : network.layers()) {
      functions += layer.nOut() * (isCheap(layer) ? CHEAP_WORK : FUNCTION_WORK);
    }
    double products = 2.0 * network.parameters().length;
    return rows * (training ? 3 * products + 2 * functions : products + functions);
  }

  private static boolean isCheap(Layer layer) {
    Activation.Kind kind = layer.activation().kind();
    return layer.hasWeights()
        && (kind == Activation.Kind.IDENTITY
            || kind == Activation.Kind.RELU
            || kind == Activation.Kind.LEAKY_RELU);
  }

  /** Whether there are no kernels of somebody else, which would be taken where they rank higher. */
  private static boolean onlyOurs() {
    try {
      return ServiceLoader.load(KernelProvider.class, KernelLookup.class.getClassLoader()).stream()
          .allMatch(p -> p.type().getName().equals("io.lanewise.simd.SimdProvider"));
    } catch (ServiceConfigurationError e) {
      return false;
    }
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
