package io.lanewise.bench.report;

import io.lanewise.bench.run.Result;
import io.lanewise.bench.run.Run;
import io.lanewise.bench.run.Score;
import io.lanewise.gate.Bootstrap;
import io.lanewise.plot.Html;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Whether something else had the machine while it was measured, as its FMA peak tells. */
final class Disturbance {
  // A quiet machine repeats its peak within some percent.
  private static final double FAR_BELOW = 0.8;

  private Disturbance() {}

  /** Returns a banner if the last run's peak is far below the machine's best; else nothing. */
  static String banner(List<Run> runs) {
    Run last = runs.get(runs.size() - 1);
    double peak = peaks(last).length == 0 ? Double.NaN : Bootstrap.median(forks(last));
    List<Run> here =
        runs.stream()
            .filter(r -> r == last || HistoryTable.sameMachine(r.machine(), last.machine()))
            .toList();
    double best = here.stream().flatMapToDouble(r -> DoubleStream.of(peaks(r))).max().orElse(0);
    if (!(peak < FAR_BELOW * best)) {
      return "";
    }
    return "<p class=\"banner\"><b>This run was disturbed:</b> its FMA peak, "
        + Html.number(peak)
        + " GFLOP/s, is "
        + Html.percent(peak / best)
        + " of the best fork that this machine had, "
        + Html.number(best)
        + ". Something else had the processor, or its clock was low: fractions of the peak mean"
        + " something, and rates are too low. Measure again on a quiet machine.</p>\n";
  }

  private static double[][] forks(Run run) {
    return run.results().stream()
        .filter(r -> r.name().equals("FmaPeak.fma"))
        .map(Result::secondaryMetrics)
        .filter(metrics -> metrics.containsKey("flops"))
        .map(metrics -> metrics.get("flops"))
        .map(Score::forks)
        .findFirst()
        .orElse(new double[0][]);
  }

  /** The median of each fork. */
  private static double[] peaks(Run run) {
    return Arrays.stream(forks(run))
        .mapToDouble(fork -> Bootstrap.median(new double[][] {fork}))
        .toArray();
  }
}
