package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Update;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The table of bugs by door in the page for code of others: each is found by every door that can
 * see it, and a door that cannot says so.
 */
class PlantedBugsTest {
  private static final Path PAGE = Path.of("..", "docs", "your-kernels.md");

  // What a report says of what it cannot see.
  private static final String LONG = "what is wrong only in rows of more than";
  private static final String NAN = "what becomes of NaN";
  private static final String ORDER = "another order of summation";
  private static final String ARRAYS = "tails, offsets, lengths";

  /** A way to have code judged, by the head of its column. */
  private enum Door {
    OF(
        "`of`",
        bug ->
            Conformance.of(bug.kernels()).only("activate relu", "matmul").battery("beyond(6000)")),
    REPLACING(
        "`replacing`",
        bug -> Conformance.of(ScalarKernels.INSTANCE).replacing(Activation.RELU, bug::reluOn)),
    FLOAT("`function` of a float", bug -> Conformance.function(Activation.RELU, bug::reluOf)),
    FUNCTION("`function`", bug -> Conformance.function(Activation.RELU, bug::relu)),
    NATIVE(
        "`function` in native memory", bug -> Conformance.function(Activation.RELU, bug::reluIn)),
    PRODUCT("`product`", bug -> Conformance.product(bug::product)),
    ROWS("`rows`", bug -> Conformance.rows(Activation.SOFTMAX, bug::softmax)),
    UPDATE("`update`", bug -> Conformance.update(Update.Rule.ADAM, bug::adam)),
    QUICK("`.quick()`", bug -> Conformance.product(bug::product).quick()),
    FINITE("`.finiteOnly()`", bug -> Conformance.product(bug::product).finiteOnly()),
    ULPS("`.ulps(4)`", bug -> Conformance.function(Activation.RELU, bug::relu).ulps(4)),
    ROUNDING("`.rounding(1)`", bug -> Conformance.product(bug::product).rounding(1));

    private final String head;
    private final Function<Planted, Conformance> made;

    Door(String head, Function<Planted, Conformance> made) {
      this.head = head;
      this.made = made;
    }
  }

  /** The cells of a line of the page's table, without the first. */
  private static List<String> line(String first) throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(l -> l.startsWith("| " + first + " |"))
        .map(l -> List.of(l.substring(2).split(" \\| ?")))
        .map(cells -> cells.subList(1, cells.size()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line \"" + first + "\" in " + PAGE));
  }

  @Test
  void theDoorsAreTheColumns() throws IOException {
    assertEquals(Stream.of(Door.values()).map(d -> d.head).toList(), line("bug"));
  }

  @ParameterizedTest
  @EnumSource(Door.class)
  void rightCodePasses(Door door) {
    ConformanceReport report = door.made.apply(Planted.NONE).run();
    assertTrue(report.passed(), report::toString);
    assertTrue(report.calls() > 9, report::toString);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyDoorDoesWhatThePageSays(Planted bug) throws IOException {
    List<String> cells = line(bug.text());
    for (Door door : Door.values()) {
      String cell = cells.get(door.ordinal());
      if (cell.equals("-")) {
        // Such code has no sum.
        assertTrue(bug == Planted.ORDER || bug == Planted.LAST_TERM, () -> bug + " by " + door);
        continue;
      }
      ConformanceReport report = door.made.apply(bug).runUntilDifferent();
      assertEquals(cell, report.passed() ? "no" : "found", () -> bug + " by " + door + report);
      if (report.passed()) {
        assertTrue(
            report.unseen().stream().anyMatch(l -> reasons(bug).stream().anyMatch(l::startsWith)),
            () -> bug + " by " + door + ": " + report.unseen());
      }
    }
  }

  private static List<String> reasons(Planted bug) {
    return switch (bug) {
      case NONE -> List.of();
      case TAIL, BESIDE -> List.of(ARRAYS);
      case NAN -> List.of(NAN);
      case LAST_TERM, ORDER -> List.of(ORDER);
      case LONG_1200, LONG_5000 -> List.of(LONG, ARRAYS);
    };
  }

  @Test
  void aCallThatFailsIsRepeatedAlone() {
    Conformance judged = Conformance.function(Activation.RELU, Planted.TAIL::relu);
    ConformanceReport report = judged.run();
    ConformanceReport.Difference first = report.operations().get(0).first();
    assertTrue(
        report
            .difference()
            .endsWith(
                "to repeat it: Conformance.function(Activation.RELU, f).repeat("
                    + first.call()
                    + ")"),
        report::difference);
    ConformanceReport again = judged.repeat(first.call());
    assertEquals(1, again.calls());
    assertFalse(again.passed());
    assertEquals(first.toString(), again.operations().get(0).first().toString());
  }
}
