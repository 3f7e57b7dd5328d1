package io.lanewise.simd;

import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;

/** Offers the Vector API kernels; loads, and says what is missing, in a JVM without the module. */
public final class SimdProvider implements KernelProvider {
  private static final String VECTORS = "jdk.incubator.vector";

  /** For ServiceLoader. */
  public SimdProvider() {}

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public String unusable() {
    if (!isThere() && !mayLoad()) {
      return "add --add-modules " + VECTORS + " to the java command line";
    }
    // Not through Lanes: its constants already need a good value.
    String lanes = System.getProperty("lanewise.lanes");
    return lanes == null || lanes.equals("4") || lanes.equals("8") || lanes.equals("16")
        ? null
        : "-Dlanewise.lanes must be 4, 8 or 16, got " + lanes;
  }

  @Override
  public int priority() {
    return 100;
  }

  /** On the module path our own layer has the module; on the class path the boot layer must. */
  private static boolean isThere() {
    Module own = SimdProvider.class.getModule();
    ModuleLayer layer = own.isNamed() ? own.getLayer() : ModuleLayer.boot();
    return layer.findModule(VECTORS).isPresent();
  }

  /**
   * Whether the JVM was started so that it may read the module when vectors are first needed. The
   * launcher does so: with a module that incubates the JDK keeps no module in its archives, and a
   * short job that takes the scalar kernels would wait for them all.
   */
  private static boolean mayLoad() {
    Module own = SimdProvider.class.getModule();
    return Object.class.getModule().isExported("jdk.internal.module", own);
  }

  @Override
  public Kernels kernels() {
    if (!isThere()) {
      try {
        Class.forName("jdk.internal.module.Modules")
            .getMethod("loadModule", String.class)
            .invoke(null, VECTORS);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("no module " + VECTORS, e);
      }
    }
    return SimdKernels.INSTANCE;
  }
}
