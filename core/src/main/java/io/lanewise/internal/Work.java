package io.lanewise.internal;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import java.util.concurrent.atomic.DoubleAdder;

/** The work of this JVM for which nobody named the kernels: many short jobs are a long one. */
public final class Work {
  private static final DoubleAdder TOTAL = new DoubleAdder();

  private Work() {}

  /**
   * Returns the kernels for the next piece of it.
   *
   * @param operations see {@link KernelLookup#forWork}
   */
  public static Kernels kernels(double operations) {
    TOTAL.add(operations);
    return KernelLookup.forWork(TOTAL.sum());
  }
}
