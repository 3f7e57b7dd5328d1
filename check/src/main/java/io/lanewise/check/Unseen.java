package io.lanewise.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a {@link Conformance} cannot see, and what would, for its report. */
final class Unseen {
  private static final int SHOWN = 6;

  private Unseen() {}

  /**
   * Returns a line for each.
   *
   * @param names of all operations of the battery
   * @param hasArrays whether the candidate sees arrays at all
   */
  static List<String> lines(
      ConformanceReport report, Settings settings, Set<String> names, boolean hasArrays) {
    List<String> lines = new ArrayList<>();
    if (hasArrays) {
      lines.add(
          String.format(
              Locale.ROOT,
              "what is wrong only in rows of more than %,d elements: .maximum(n) goes on to n",
              report.reach()));
    } else {
      lines.add(
          "tails, offsets, lengths, and what is written outside: a function of one float has no"
              + " arrays; one on arrays has");
    }
    if (settings.finite()) {
      lines.add(
          "what becomes of NaN, infinities, and the largest and smallest numbers: without .finiteOnly() they are drawn");
    }
    if (settings.apart()) {
      lines.add("what goes wrong in place: without .apart() half of the calls are");
    }
    if (settings.ulps() > 0) {
      lines.add("errors of elementwise operations that are allowed: .bits() finds them");
    }
    if (settings.rounding() > 0) {
      lines.add("another order of summation, and errors as small as its: .bits() finds them");
    }
    List<String> others =
        names.stream()
            .filter(n -> report.operations().stream().noneMatch(o -> o.name().equals(n)))
            .toList();
    if (!others.isEmpty()) {
      String some = String.join(", ", others.subList(0, Math.min(SHOWN, others.size())));
      lines.add(
          "other operations: "
              + some
              + (others.size() > SHOWN ? " and " + (others.size() - SHOWN) + " more" : "")
              + ": Conformance.of(kernels) has all");
    }
    return lines;
  }
}
