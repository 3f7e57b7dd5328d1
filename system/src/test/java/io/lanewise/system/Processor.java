package io.lanewise.system;

import io.lanewise.check.KernelConformance;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;

/**
 * What this processor computes, line by line, to be compared with what another has computed: the
 * hashes of small trainings and that of every operation. Exits with 1 where SIMD and scalar kernels
 * differ.
 */
final class Processor {
  private Processor() {}

  public static void main(String[] args) throws Exception {
    Kernels simd = KernelLookup.named("simd");
    System.err.println(simd.describe());
    System.out.println("golden " + GoldenHashTest.hash(simd, 64, 1));
    for (Recipe recipe : Recipe.values()) {
      System.out.println(recipe + " " + recipe.hash(simd, Recipe.Size.SMALL));
    }
    KernelConformance.Result result = KernelConformance.quick(simd);
    System.out.println("operations " + result.sha256());
    if (!result.identical()) {
      System.err.println(result);
      System.exit(1);
    }
  }
}
