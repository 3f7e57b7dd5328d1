package io.lanewise.gate;

import io.lanewise.gate.Verdict.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two results of JMH that are there: what one can say without measuring more. */
record JmhComparison(JmhFile base, JmhFile head, GatePlan plan) {
  /** Returns the verdicts; with the name of a benchmark in both, as ratios to that. */
  GateReport report(String ruler) {
    List<double[][]> above = new ArrayList<>();
    List<double[][]> below = new ArrayList<>();
    String rulerKey = null;
    if (ruler != null) {
      rulerKey = find(ruler, head);
      above.add(base.entries().get(find(ruler, base)).figures());
      below.add(head.entries().get(rulerKey).figures());
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (Map.Entry<String, JmhFile.Entry> entry : head.entries().entrySet()) {
      if (!entry.getKey().equals(rulerKey)) {
        verdicts.add(verdict(entry.getKey(), entry.getValue(), above, below));
      }
    }
    String how = "two results of JMH" + (ruler == null ? "" : ", over " + rulerKey);
    List<String> gone =
        base.entries().keySet().stream().filter(k -> !head.entries().containsKey(k)).toList();
    return new GateReport(
        gone.isEmpty() ? how : how + "; only in the base: " + String.join("; ", gone),
        Map.of(),
        verdicts);
  }

  private static String find(String ruler, JmhFile file) {
    List<String> found =
        file.entries().keySet().stream()
            .filter(key -> key.equals(ruler) || key.matches(".*\\b\\Q" + ruler + "\\E\\b.*"))
            .toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "--ruler "
              + ruler
              + ": must be one benchmark of "
              + file.file()
              + ", found "
              + (found.isEmpty() ? "none; there are " + file.entries().keySet() : found));
    }
    return found.get(0);
  }

  private Verdict verdict(
      String name, JmhFile.Entry now, List<double[][]> above, List<double[][]> below) {
    JmhFile.Entry before = base.entries().get(name);
    // Other units of one mode are another figure: a time in us is not one in ns.
    boolean same = before != null && before.unit().equals(now.unit());
    if (before != null && !same) {
      throw new IllegalArgumentException(
          name + ": " + before.unit() + " in the base and " + now.unit() + " in the head");
    }
    Bootstrap.Interval change = null;
    int fewest = 0;
    if (same) {
      List<double[][]> tops = new ArrayList<>(above);
      List<double[][]> bottoms = new ArrayList<>(below);
      tops.add(now.figures());
      bottoms.add(before.figures());
      change = Student.ratio(tops, bottoms);
      fewest = Math.min(least(tops), least(bottoms));
    }
    Verdict.Sides sides =
        new Verdict.Sides(
            Bootstrap.median(now.figures()),
            now.forks().size(),
            0,
            same ? Bootstrap.median(before.figures()) : Double.NaN,
            change,
            fewest);
    return Verdict.of(
        name,
        now.rules(),
        sides,
        bytes(now),
        same ? bytes(before) : null,
        Kind.NEW,
        plan.tolerance() == null ? Verdict.TOLERANCE : plan.tolerance(),
        plan.strict());
  }

  private static int least(List<double[][]> all) {
    return all.stream().mapToInt(forks -> forks.length).min().orElseThrow();
  }

  /** By all forks; null if JMH had no {@code -prof gc}. */
  private static Fork.Bytes bytes(JmhFile.Entry entry) {
    List<Fork.Bytes> all = entry.forks().stream().map(Fork::bytes).filter(b -> b != null).toList();
    return Fork.Bytes.of(all);
  }
}
