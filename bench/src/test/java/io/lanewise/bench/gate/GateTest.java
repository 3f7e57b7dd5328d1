package io.lanewise.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.Machine;
import io.lanewise.bench.gate.ForkRunner.Fork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate says of forks that a test makes up. */
class GateTest {
  private static final double[] BEFORE = {0.80, 0.81, 0.79, 0.80};

  @TempDir Path folder;
  private Path file;
  private final List<String> asked = new ArrayList<>();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void aBaselineOfThisMachine() throws IOException {
    file = folder.resolve("baseline.json");
    Baseline.read(file).update(file, Machine.here(), Map.of("sgd", BEFORE));
  }

  private static Fork fork(double figure) {
    return new Fork(new double[] {figure, figure}, 100, 0, true);
  }

  private static Fork cold() {
    return new Fork(new double[] {0.3}, 100, 28_672, false);
  }

  /** Forks by their number, from 0. */
  private Gate gate(String filter, IntFunction<Fork> forks) {
    Gate.Forks runner =
        new Gate.Forks() {
          @Override
          public Fork run(String name) {
            asked.add(name);
            return forks.apply(asked.size() - 1);
          }

          @Override
          public String describe() {
            return "made up";
          }
        };
    return new Gate(Pattern.compile(filter), 3, file, null, new PrintStream(printed), runner);
  }

  private void assertPrinted(String... parts) {
    Arrays.stream(parts).forEach(p -> assertTrue(printed.toString().contains(p), this::text));
  }

  private String text() {
    return printed.toString();
  }

  @Test
  void theSameFiguresPass() throws Exception {
    assertEquals(0, gate("^sgd$", i -> fork(0.8)).check(true));
    assertPrinted("passed: 1 kernels, none slower, none allocates");
    assertEquals(3, asked.size());
  }

  @Test
  void aSlowerKernelFails() throws Exception {
    assertEquals(1, gate("^sgd$", i -> fork(0.7)).check(false));
    assertPrinted("FAILED sgd: ", "0 of 1 kernels passed, 1 failed");
  }

  @Test
  void whatIsUndecidedIsNeitherPassedNorSilent() throws Exception {
    IntFunction<Fork> noisy = i -> fork(i % 2 == 0 ? 0.8 : 0.6);
    assertEquals(3, gate("^sgd$", noisy).check(false));
    assertPrinted(
        "undecided: the machine is too noisy",
        "UNDECIDED sgd: the machine is too noisy to tell: ",
        "0 of 1 kernels passed, 1 undecided");
    assertTrue(!text().contains("none slower"), this::text);
  }

  @Test
  void strictFailsWhatIsUndecided() throws Exception {
    IntFunction<Fork> noisy = i -> fork(i % 2 == 0 ? 0.8 : 0.6);
    assertEquals(1, gate("^sgd$", noisy).check(true));
    assertPrinted("FAILED sgd: the machine is too noisy to tell: ");
  }

  @Test
  void aForkThatWasNotWarmIsTakenAgain() throws Exception {
    assertEquals(0, gate("^sgd$", i -> i == 0 ? cold() : fork(0.8)).check(false));
    assertPrinted("not warmed up, taken again: sgd");
    assertEquals(4, asked.size());
  }

  /** Its figures and its bytes are those of the interpreter. */
  @Test
  void whatIsNeverWarmIsUndecidedAndNotSlow() throws Exception {
    assertEquals(3, gate("^sgd$", i -> cold()).check(false));
    assertEquals(3 * 3, asked.size());
    assertPrinted("undecided: not warmed up", "UNDECIDED sgd: not warmed up in most forks");
    assertTrue(!text().contains("ALLOCATES"), this::text);
  }

  @Test
  void whatIsNeverWarmLeavesTheBaselineAsItWas() throws Exception {
    String before = Files.readString(file);
    assertEquals(3, gate("^sgd$", i -> cold()).updateBaseline());
    assertEquals(before, Files.readString(file));
    assertPrinted("not warmed up, so left as it was: sgd");
  }

  @Test
  void aSubsetThatWasMeasuredHereLeavesTheRestToAnotherProcessor() throws Exception {
    Machine here = Machine.here();
    Machine other =
        new Machine(
            here.date(),
            "other",
            2,
            "",
            "",
            "",
            here.lanes(),
            "",
            List.of(),
            Map.of(),
            Map.of(),
            "");
    Path both = folder.resolve("both.json");
    Baseline.read(both).update(both, other, Map.of("sgd", BEFORE, "update ADAM", BEFORE));
    Baseline.read(both).update(both, here, Map.of("sgd", BEFORE));
    file = both;
    // A loss of an eighth: too much of one's own, not of another's.
    assertEquals(1, gate("^sgd$|^update ADAM$", i -> fork(0.7)).check(false));
    assertPrinted(
        "1 of 2 kernels: baseline of",
        "a loss of more than 5% fails",
        ", from another processor (other, ); a loss of more than 30% fails",
        "FAILED sgd: ",
        "1 of 2 kernels passed, 1 failed");
  }

  @Test
  void whatNobodyMeasuredHasNoBaseline() throws Exception {
    assertEquals(2, gate("^sgd$|^update ADAM$", i -> fork(0.8)).check(false));
    assertPrinted("no baseline", "1 of 2 kernels passed, 1 without a baseline");
  }

  @Test
  void theListRunsNothing() {
    assertEquals(0, gate("^sgd$", i -> fork(0.8)).list());
    assertEquals(List.of(), asked);
    assertPrinted("sgd", "1 kernels, 3 rounds: about 0.1 minutes");
  }
}
