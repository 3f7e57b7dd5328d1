package io.lanewise.bench.gate;

import io.lanewise.kernel.Kernels;
import java.util.Locale;
import java.util.function.Function;

/**
 * One kernel of the gate. Its figure is (amount / time) of the kernel over (amount / time) of the
 * reference.
 *
 * @param name what it is called in the baseline
 * @param reference what it is held against
 * @param unit of the figure
 * @param amount what a run does, in the unit of the reference; elements for a function, whose
 *     multiply-adds are ours to choose
 * @param bytes what it goes over
 * @param make makes the work, with kernels
 */
record GateCase(
    String name,
    Yardstick reference,
    Unit unit,
    double amount,
    int bytes,
    Function<Kernels, Job> make) {
  /** How a figure is read. */
  enum Unit {
    FRACTION(100, "%"),
    ELEMENTS(1000, " elements/kFLOP"),
    RUNS(1e6, " runs/MFLOP");

    private final double factor;
    private final String suffix;

    Unit(double factor, String suffix) {
      this.factor = factor;
      this.suffix = suffix;
    }

    /** Returns the figure for people. */
    String format(double figure, Yardstick reference) {
      String number = String.format(Locale.ROOT, "%.3g", figure * factor);
      return number + suffix + (this == FRACTION ? " of " + reference : "");
    }
  }
}
