/**
 * The kernels on the Vector API. Nothing here is called: core finds them through {@link
 * java.util.ServiceLoader}, and {@code KernelLookup.best()} takes them where they are usable. On
 * the class path that needs {@code --add-modules=jdk.incubator.vector}; on the module path this
 * module requires it.
 */
module io.lanewise.simd {
  requires io.lanewise.core;
  requires jdk.incubator.vector;

  provides io.lanewise.kernel.KernelProvider with
      io.lanewise.simd.SimdProvider;
}
