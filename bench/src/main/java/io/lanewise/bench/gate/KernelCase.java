package io.lanewise.bench.gate;

import io.lanewise.gate.Gate;
import io.lanewise.gate.GateCase;
import io.lanewise.gate.Ruler;
import io.lanewise.gate.Work;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import java.util.Locale;
import java.util.function.Function;

/**
 * A kernel as a case of the gate. Its figure is (amount / time) of the kernel over (amount / time)
 * of the reference; it allocates nothing.
 */
final class KernelCase {
  private KernelCase() {}

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

  /**
   * Returns the case.
   *
   * @param name what it is called in the baseline
   * @param reference what it is held against
   * @param unit of the figure
   * @param amount what a run does, in the unit of the reference; elements for a function, whose
   *     multiply-adds are ours to choose
   * @param bytes what it goes over
   * @param make makes the work, with kernels
   */
  static GateCase of(
      String name,
      Yardstick reference,
      Unit unit,
      double amount,
      int bytes,
      Function<Kernels, Work> make) {
    GateCase made =
        Gate.prepared(name, () -> make.apply(KernelLookup.named(KernelLookup.best().name())))
            .against(Ruler.prepared(reference.toString(), () -> reference.work(bytes)))
            .figure(amount / reference.amount(bytes), figure -> unit.format(figure, reference))
            .allocating(0);
    return unit == Unit.FRACTION && reference == Yardstick.PEAK ? made.atMost(1.02) : made;
  }
}
