package io.lanewise.simd;

import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;

/** Offers the Vector API kernels; loads, and says what is missing, in a JVM without the module. */
public final class SimdProvider implements KernelProvider {
  /** For ServiceLoader. */
  public SimdProvider() {}

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public String unusable() {
    // On the module path our own layer has it; on the class path the boot layer must.
    Module own = SimdProvider.class.getModule();
    ModuleLayer layer = own.isNamed() ? own.getLayer() : ModuleLayer.boot();
    if (layer.findModule("jdk.incubator.vector").isEmpty()) {
      return "add --add-modules jdk.incubator.vector to the java command line";
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

  @Override
  public Kernels kernels() {
    return SimdKernels.INSTANCE;
  }
}
