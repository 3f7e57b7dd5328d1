package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.gate.Bootstrap.Interval;
import io.lanewise.gate.Verdict.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class GateReportTest {
  private static Verdict verdict(String name, Kind kind) {
    Interval change = new Interval(0.89, 0.9, 0.91);
    return new Verdict(
        name,
        kind,
        0.9,
        "0.9 of x",
        1,
        "1 of x",
        change,
        16,
        0,
        "int[] at A.<init>:1",
        null,
        false);
  }

  private static GateReport report(Kind... kinds) {
    List<Verdict> verdicts =
        java.util.stream.IntStream.range(0, kinds.length)
            .mapToObj(i -> verdict("case <" + i + "> | \"x\"", kinds[i]))
            .toList();
    return new GateReport("made up", Map.of("cpu", "A"), verdicts);
  }

  @Test
  void theExitCodeSaysTheWorst() {
    assertEquals(0, report(Kind.PASSED, Kind.FASTER, Kind.NEW).exit());
    assertEquals(1, report(Kind.PASSED, Kind.SLOWER, Kind.UNDECIDED).exit());
    assertEquals(1, report(Kind.ALLOCATES, Kind.NO_BASELINE).exit());
    assertEquals(2, report(Kind.PASSED, Kind.NO_BASELINE, Kind.UNDECIDED).exit());
    assertEquals(2, report(Kind.NEW).exit());
    assertEquals(3, report(Kind.PASSED, Kind.UNDECIDED).exit());
    assertEquals(3, report(Kind.FEW).exit());
  }

  @Test
  void jsonHasTheVerdicts() {
    Map<?, ?> json = (Map<?, ?>) Json.parse(report(Kind.SLOWER, Kind.PASSED).json());
    assertEquals(1L, json.get("exit"));
    Map<?, ?> first = (Map<?, ?>) ((List<?>) json.get("verdicts")).get(0);
    assertEquals("slower", first.get("verdict"));
    assertEquals(0.9, first.get("change"));
    assertEquals(true, first.get("fails"));
  }

  @Test
  void markdownKeepsItsTable() {
    String text = report(Kind.SLOWER, Kind.UNDECIDED, Kind.PASSED).markdown();
    List<String> rows = text.lines().filter(line -> line.startsWith("| ")).toList();
    assertEquals(5, rows.size(), text);
    rows.forEach(row -> assertEquals(7, row.split("(?<!\\\\)\\|", -1).length - 1, row));
    assertTrue(text.startsWith("### ❌ 1 of 3 cases passed, 1 failed, 1 undecided"), text);
    assertTrue(text.contains("case &lt;0> \\| \"x\""), text);
  }

  @Test
  void junitIsXmlWithAFailureAndASkip() throws Exception {
    String text = report(Kind.SLOWER, Kind.UNDECIDED, Kind.PASSED).junit();
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    assertEquals("3", suite.getAttribute("tests"));
    assertEquals("1", suite.getAttribute("failures"));
    assertEquals("1", suite.getAttribute("skipped"));
    assertEquals(1, suite.getElementsByTagName("failure").getLength());
    assertEquals(
        "case <0> | \"x\"",
        ((Element) suite.getElementsByTagName("testcase").item(0)).getAttribute("name"));
  }

  @Test
  void anAllocationSaysWhereItIs() {
    assertEquals(
        "x: allocates 16 bytes a run, must be 0: int[] at A.<init>:1",
        verdict("x", Kind.ALLOCATES).reason());
  }
}
