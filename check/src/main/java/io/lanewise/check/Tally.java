package io.lanewise.check;

import io.lanewise.check.ConformanceReport.Difference;
import io.lanewise.check.ConformanceReport.Operation;
import io.lanewise.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/** What a {@link Trial} found about one operation. */
final class Tally {
  private final String name;
  private final double allowed;
  private final String unit;
  private long calls;
  private long different;
  private int longest;
  private @Nullable Difference first;
  private @Nullable Difference worst;

  /**
   * @param allowed the largest error that passes
   * @param unit of the errors
   */
  Tally(String name, double allowed, String unit) {
    this.name = name;
    this.allowed = allowed;
    this.unit = unit;
  }

  void count(Matrix[] windows) {
    calls++;
    for (Matrix w : windows) {
      longest = w == null ? longest : Math.max(longest, Math.max(w.rows(), w.columns()));
    }
  }

  void add(Found found) {
    different += found.first() == null ? 0 : 1;
    first = first == null ? found.first() : first;
    Difference most = found.worst();
    worst = worst == null || most != null && most.error() > worst.error() ? most : worst;
  }

  Operation operation() {
    return new Operation(name, calls, different, longest, allowed, unit, first, worst);
  }
}
