package io.lanewise.gate;

import io.lanewise.gate.Verdict.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run of the gate found, for people and for programs.
 *
 * @param how what was compared with what, in words
 * @param machine where
 * @param verdicts one a case; none if there was nothing to compare with
 */
public record GateReport(String how, Map<String, Object> machine, List<Verdict> verdicts) {
  static GateReport nothing(String why) {
    return new GateReport(why, Map.of(), List.of());
  }

  /**
   * Returns the exit code: 0 if nothing became slower and nothing allocates more; 1 if something
   * did; 2 if there was nothing to compare with; 3 if it is undecided.
   */
  public int exit() {
    if (verdicts.stream().anyMatch(Verdict::fails)) {
      return 1;
    }
    boolean compared = verdicts.stream().anyMatch(v -> v.kind() != Kind.NEW);
    if (!compared || verdicts.stream().anyMatch(Verdict::unknown)) {
      return how.isEmpty() ? 0 : 2;
    }
    return verdicts.stream().anyMatch(Verdict::undecided) ? 3 : 0;
  }

  /** Returns the counts, in a sentence. */
  public String summary() {
    int all = verdicts.size();
    long failed = verdicts.stream().filter(Verdict::fails).count();
    long undecided = verdicts.stream().filter(v -> v.undecided() && !v.fails()).count();
    long unknown = verdicts.stream().filter(Verdict::unknown).count();
    long fresh = verdicts.stream().filter(v -> v.kind() == Kind.NEW).count();
    long passed = all - failed - undecided - unknown - fresh;
    if (all == 0) {
      return how;
    }
    if (passed == all) {
      return "passed: " + all + " cases, none slower, none allocates more than it may";
    }
    return passed
        + " of "
        + all
        + " cases passed"
        + count(failed, "failed")
        + count(undecided, "undecided: repeat it where less else runs")
        + count(unknown, "without a baseline: --update-baseline adds them")
        + count(fresh, "new");
  }

  private static String count(long count, String what) {
    return count == 0 ? "" : ", " + count + " " + what;
  }

  /** Returns the table and what did not pass. */
  public String text() {
    StringBuilder out = new StringBuilder("\n");
    verdicts.forEach(v -> out.append(v.line()).append('\n'));
    out.append('\n');
    verdicts.stream()
        .filter(v -> v.kind() == Kind.NEW && v.failure() != null)
        .forEach(v -> out.append("NEW ").append(v.reason()).append('\n'));
    verdicts.stream()
        .filter(Verdict::fails)
        .forEach(v -> out.append("FAILED ").append(v.reason()).append('\n'));
    verdicts.stream()
        .filter(v -> v.undecided() && !v.fails())
        .forEach(v -> out.append("UNDECIDED ").append(v.reason()).append('\n'));
    return out.append(summary()).append('\n').toString();
  }

  /** Returns it as JSON. */
  public String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("gate", "1");
    json.put("date", Host.now());
    json.put("how", how);
    json.put("machine", machine);
    json.put("exit", (long) exit());
    json.put("summary", summary());
    json.put("verdicts", verdicts.stream().map(GateReport::json).toList());
    return Json.write(json);
  }

  private static Map<String, Object> json(Verdict v) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", v.name());
    json.put("verdict", v.kind().name().toLowerCase(Locale.ROOT));
    json.put("fails", v.fails());
    json.put("figure", v.figure());
    json.put("shown", v.shown());
    json.put("before", v.before());
    json.put("shownBefore", v.shownBefore());
    if (v.change() != null) {
      json.put("change", v.change().estimate());
      json.put("low", v.change().low());
      json.put("high", v.change().high());
    }
    json.put("bytes", v.bytes());
    json.put("allowed", v.allowed());
    if (v.site() != null) {
      json.put("site", v.site());
    }
    if (v.failure() != null) {
      json.put("failure", v.failure());
    }
    json.put("reason", v.reason());
    return json;
  }

  /** Returns it as a comment for a pull request: what did not pass first, the rest to unfold. */
  public String markdown() {
    String mark = exit() == 0 ? "✅" : exit() == 1 ? "❌" : "❔";
    StringBuilder out = new StringBuilder("### " + mark + " " + cell(summary()) + "\n\n");
    List<Verdict> first = verdicts.stream().filter(v -> v.fails() || v.undecided()).toList();
    if (!first.isEmpty()) {
      first.forEach(v -> out.append("- ").append(cell(v.reason())).append('\n'));
      out.append('\n');
    }
    out.append("<details><summary>").append(verdicts.size()).append(" cases, ");
    out.append(cell(how)).append("</summary>\n\n");
    out.append(
        "| case | now | before | speed | bytes a run | |\n| --- | --- | --- | --- | --- | --- |\n");
    for (Verdict v : verdicts) {
      String bytes = Double.isNaN(v.bytes()) ? "" : Verdict.number(v.bytes());
      out.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %s |\n",
              cell(v.name()),
              cell(v.shown()),
              cell(v.shownBefore()),
              v.interval(),
              bytes,
              v.kind().words()));
    }
    return out.append("\n</details>\n").toString();
  }

  /** A bar would end the cell, an angle open a tag. */
  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ");
  }

  /** Returns it as JUnit's XML, which build servers show; undecided is skipped. */
  public String junit() {
    long failed = verdicts.stream().filter(Verdict::fails).count();
    long skipped = verdicts.stream().filter(v -> skipped(v) && !v.fails()).count();
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append(
        String.format(
            Locale.ROOT,
            "<testsuite name=\"gate\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\">\n",
            verdicts.size(),
            failed,
            skipped));
    for (Verdict v : verdicts) {
      out.append("  <testcase classname=\"gate\" name=\"").append(xml(v.name())).append("\">\n");
      if (v.fails() || skipped(v)) {
        out.append(v.fails() ? "    <failure" : "    <skipped");
        out.append(" message=\"").append(xml(v.reason())).append("\"/>\n");
      }
      out.append("    <system-out>").append(xml(v.line())).append("</system-out>\n");
      out.append("  </testcase>\n");
    }
    return out.append("</testsuite>\n").toString();
  }

  private static boolean skipped(Verdict v) {
    return v.undecided() || v.unknown() || v.kind() == Kind.NEW;
  }

  private static String xml(String text) {
    return text.replaceAll("[\\x00-\\x1f]", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Writes the JSON into a folder of runs, under their dates. */
  public Path keep(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(Host.now().replace(":", "") + ".gate.json");
    return Files.writeString(file, json());
  }
}
