package io.lanewise.kernel;

import java.util.Objects;
import java.util.ServiceLoader;

/**
 * Finds the kernels. Automatic: the first usable provider, or scalar, which is always there, with a
 * warning that names the cure. Forced by name, or by {@code -Dlanewise.kernels=NAME}: those, or an
 * error.
 */
public final class KernelLookup {
  private static final System.Logger LOG = System.getLogger("io.lanewise");

  private KernelLookup() {}

  private static final class Best {
    static final Kernels KERNELS = find(System.getProperty("lanewise.kernels"));
  }

  /**
   * Returns the kernels of this JVM: those that {@code -Dlanewise.kernels} names, else the best
   * found. The same instance at each call.
   *
   * @throws IllegalStateException if the property names kernels that are not there or not usable
   */
  public static Kernels best() {
    return Best.KERNELS;
  }

  /**
   * Returns the kernels of that name.
   *
   * @param name "scalar", "simd", or the name of another provider
   * @throws IllegalStateException if they are not there or not usable in this JVM
   */
  public static Kernels named(String name) {
    return find(Objects.requireNonNull(name, "name"));
  }

  private static Kernels find(String name) {
    if (name != null && name.equals(ScalarKernels.NAME)) {
      return ScalarKernels.INSTANCE;
    }
    String why = "lanewise-simd is not on the module path or class path";
    ServiceLoader<KernelProvider> loader =
        ServiceLoader.load(KernelProvider.class, KernelLookup.class.getClassLoader());
    for (KernelProvider provider : loader) {
      if (name != null && !name.equals(provider.name())) {
        continue;
      }
      String unusable = provider.unusable();
      if (unusable == null) {
        Kernels kernels = provider.kernels();
        LOG.log(System.Logger.Level.DEBUG, "kernels: {0}", kernels.describe());
        return kernels;
      }
      why = provider.name() + ": " + unusable;
    }
    if (name != null) {
      throw new IllegalStateException("kernels \"" + name + "\" were asked for: " + why);
    }
    LOG.log(System.Logger.Level.WARNING, "using the slow scalar kernels: {0}", why);
    return ScalarKernels.INSTANCE;
  }
}
