package io.lanewise.check;

import io.lanewise.check.KernelConformance.Difference;
import io.lanewise.check.KernelConformance.Operation;
import io.lanewise.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/** What a {@link Trial} found about one operation. */
final class Tally {
  private final String name;
  private long calls;
  private long different;
  private long largest;
  private @Nullable Difference first;
  private @Nullable Difference worst;

  Tally(String name) {
    this.name = name;
  }

  void count(Matrix[] windows) {
    calls++;
    for (Matrix w : windows) {
      largest = w == null ? largest : Math.max(largest, (long) w.rows() * w.columns());
    }
  }

  void add(Found found) {
    Difference one = found.first();
    if (one == null) {
      return;
    }
    different++;
    first = first == null ? one : first;
    Difference most = found.worst();
    worst = worst == null || most.ulps() > worst.ulps() ? most : worst;
  }

  Operation operation() {
    return new Operation(name, calls, different, largest, first, worst);
  }
}
