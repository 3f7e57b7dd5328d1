package io.lanewise.simd;

import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;

/** Somebody else's kernels, by name only: says that it was taken. */
public class AcmeProvider implements KernelProvider {
  @Override
  public String name() {
    return "acme";
  }

  @Override
  public String unusable() {
    return null;
  }

  @Override
  public Kernels kernels() {
    System.out.println("taken: " + getClass().getSimpleName());
    return ScalarKernels.INSTANCE;
  }

  /** Asks to be everybody's. */
  public static final class Eager extends AcmeProvider {
    @Override
    public int priority() {
      return 101;
    }
  }

  /** Of the rank of simd, with a name that comes before it. */
  public static final class Equal extends AcmeProvider {
    @Override
    public int priority() {
      return 100;
    }
  }

  /** Has the name of another. */
  public static final class Impostor extends AcmeProvider {
    @Override
    public String name() {
      return "simd";
    }
  }
}
