package io.lanewise.bench.report;

import io.lanewise.gate.Json;
import io.lanewise.plot.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How the cases of the gate did in the checks that were kept, on the machine of the last. */
final class GateHistory {
  private GateHistory() {}

  /**
   * Returns the table; of fewer than two checks nothing.
   *
   * @param files the checks, oldest first
   * @throws IOException if one cannot be read, or is none
   */
  static String of(List<Path> files) throws IOException {
    List<Map<?, ?>> checks = new ArrayList<>();
    for (Path file : files) {
      checks.add(read(file));
    }
    if (!checks.isEmpty()) {
      Map<?, ?> last = machine(checks.get(checks.size() - 1));
      checks.removeIf(check -> !same(machine(check), last));
    }
    if (checks.size() < 2) {
      return "";
    }
    Map<String, List<Map<?, ?>>> byCase = new LinkedHashMap<>();
    for (Map<?, ?> check : checks) {
      for (Object verdict : (List<?>) check.get("verdicts")) {
        Map<?, ?> v = (Map<?, ?>) verdict;
        if (v.get("figure") instanceof Number) {
          byCase.computeIfAbsent(v.get("name").toString(), name -> new ArrayList<>()).add(v);
        }
      }
    }
    List<List<String>> rows = new ArrayList<>();
    byCase.forEach((name, verdicts) -> rows.add(row(name, verdicts)));
    return "<h3>The gate</h3>\n<p>"
        + checks.size()
        + " checks, from "
        + Html.escape(checks.get(0).get("date").toString())
        + " to "
        + Html.escape(checks.get(checks.size() - 1).get("date").toString())
        + ". Each line goes from 0 to its largest figure.</p>\n"
        + Html.table(List.of("", "check by check", "now", "since the first", ""), rows);
  }

  private static List<String> row(String name, List<Map<?, ?>> verdicts) {
    List<Double> figures =
        verdicts.stream().map(v -> ((Number) v.get("figure")).doubleValue()).toList();
    Map<?, ?> last = verdicts.get(verdicts.size() - 1);
    double change = figures.get(figures.size() - 1) / figures.get(0) - 1;
    return List.of(
        Html.escape(name),
        figures.size() > 1 ? HistoryTable.line(name, figures) : "",
        Html.escape(last.get("shown").toString()),
        String.format(Locale.ROOT, "%+.1f%%", 100 * change),
        Html.escape(last.get("verdict").toString()));
  }

  private static Map<?, ?> read(Path file) throws IOException {
    try {
      Map<?, ?> check = (Map<?, ?>) Json.parse(Files.readString(file));
      Objects.requireNonNull(check.get("date"));
      for (Object verdict : (List<?>) check.get("verdicts")) {
        for (String key : List.of("name", "shown", "verdict")) {
          Objects.requireNonNull(((Map<?, ?>) verdict).get(key));
        }
      }
      return check;
    } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
      throw new IOException(file + ": not a check that the gate kept", e);
    }
  }

  private static Map<?, ?> machine(Map<?, ?> check) {
    return check.get("machine") instanceof Map<?, ?> machine ? machine : Map.of();
  }

  private static boolean same(Map<?, ?> a, Map<?, ?> b) {
    return List.of("cpu", "caches", "lanes").stream()
        .allMatch(key -> Objects.equals(a.get(key), b.get(key)));
  }
}
