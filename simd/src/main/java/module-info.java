/** The Vector API kernels, found by core through ServiceLoader. */
module io.lanewise.simd {
  requires io.lanewise.core;
  requires jdk.incubator.vector;

  provides io.lanewise.kernel.KernelProvider with
      io.lanewise.simd.SimdProvider;
}
