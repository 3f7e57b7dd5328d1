package io.lanewise.gate;

import static io.lanewise.gate.Forks.cold;
import static io.lanewise.gate.Forks.fork;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate says of forks that a test makes up. */
class CheckTest {
  private static final double[] BEFORE = {0.80, 0.81, 0.79, 0.80};
  private static final Map<String, Object> HERE = Map.of("cpu", "A", "caches", "48K", "lanes", 16L);

  @TempDir Path folder;
  private Path file;
  private Forks forks;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void aBaselineOfThisMachine() throws IOException {
    file = folder.resolve("baseline.json");
    update(file, HERE, Map.of("sgd", BEFORE));
  }

  private static void update(Path file, Map<String, Object> machine, Map<String, double[]> cases)
      throws IOException {
    Baseline.read(file).update(file, machine, cases, Map.of(), Set.of("sgd", "adam"));
  }

  private Check check(String filter, boolean strict, IntFunction<Fork> make) throws Exception {
    forks = new Forks(make, "sgd", "adam");
    GatePlan plan = new GatePlan(Pattern.compile(filter), 3, null, strict);
    return new Check(forks, plan, new PrintStream(printed));
  }

  private int exit(String filter, boolean strict, IntFunction<Fork> make) throws Exception {
    return check(filter, strict, make).against(file, HERE).exit();
  }

  private void assertPrinted(String... parts) {
    Arrays.stream(parts).forEach(p -> assertTrue(text().contains(p), this::text));
  }

  private String text() {
    return printed.toString();
  }

  @Test
  void theSameFiguresPass() throws Exception {
    assertEquals(0, exit("sgd", true, i -> fork(0.8)));
    assertPrinted("passed: 1 cases, none slower, none allocates");
    assertEquals(3, forks.asked.size());
  }

  @Test
  void aSlowerCaseFails() throws Exception {
    assertEquals(1, exit("sgd", false, i -> fork(0.7)));
    assertPrinted("FAILED sgd: ", "0 of 1 cases passed, 1 failed");
  }

  @Test
  void whatIsUndecidedIsNeitherPassedNorSilent() throws Exception {
    assertEquals(3, exit("sgd", false, i -> fork(i % 2 == 0 ? 0.8 : 0.6)));
    assertPrinted(
        "undecided: the machine is too noisy",
        "UNDECIDED sgd: the machine is too noisy to tell: ",
        "0 of 1 cases passed, 1 undecided");
    assertFalse(text().contains("none slower"), this::text);
  }

  @Test
  void strictFailsWhatIsUndecided() throws Exception {
    assertEquals(1, exit("sgd", true, i -> fork(i % 2 == 0 ? 0.8 : 0.6)));
    assertPrinted("FAILED sgd: the machine is too noisy to tell: ");
  }

  @Test
  void aForkThatWasNotWarmIsTakenAgain() throws Exception {
    assertEquals(0, exit("sgd", false, i -> i == 0 ? cold() : fork(0.8)));
    assertPrinted("not warmed up, taken again: sgd");
    assertEquals(4, forks.asked.size());
  }

  /** Its figures and its bytes are those of the interpreter. */
  @Test
  void whatIsNeverWarmIsUndecidedAndNotSlow() throws Exception {
    assertEquals(3, exit("sgd", false, i -> cold()));
    assertEquals(3 * 3, forks.asked.size());
    assertPrinted("undecided: not warmed up", "UNDECIDED sgd: not warmed up in most forks");
    assertFalse(text().contains("ALLOCATES"), this::text);
  }

  @Test
  void whatIsNeverWarmLeavesTheBaselineAsItWas() throws Exception {
    String before = Files.readString(file);
    assertEquals(3, check("sgd", false, i -> cold()).updateBaseline(file, HERE));
    assertEquals(before, Files.readString(file));
    assertPrinted("not warmed up, so left as it was: sgd");
  }

  @Test
  void aSubsetThatWasMeasuredHereLeavesTheRestToAnotherProcessor() throws Exception {
    file = folder.resolve("both.json");
    Map<String, Object> other = Map.of("cpu", "other", "caches", "", "lanes", 16L);
    update(file, other, Map.of("sgd", BEFORE, "adam", BEFORE));
    update(file, HERE, Map.of("sgd", BEFORE));
    // A loss of an eighth: too much of one's own, not of another's.
    assertEquals(1, exit("", false, i -> fork(0.7)));
    assertPrinted(
        "1 of 2 cases: baseline of",
        "a loss of more than 5% fails",
        ", from another processor (other, , 16 lanes); a loss of more than 30% fails",
        "FAILED sgd: ",
        "1 of 2 cases passed, 1 failed");
  }

  @Test
  void whatNobodyMeasuredHasNoBaseline() throws Exception {
    assertEquals(2, exit("", false, i -> fork(0.8)));
    assertPrinted("no baseline", "1 of 2 cases passed, 1 without a baseline");
  }

  @Test
  void withoutABaselineTheCheckSaysSoBeforeItMeasures() throws Exception {
    file = folder.resolve("none.json");
    assertEquals(2, exit("", false, i -> fork(0.8)));
    assertTrue(text().startsWith("no baseline of these 2 cases for A, 48K, 16 lanes in "), text());
    assertEquals(List.of(), forks.asked);
  }

  @Test
  void theListRunsNothing() throws Exception {
    check("sgd", false, i -> fork(0.8)).list();
    assertEquals(List.of(), forks.asked);
    assertPrinted("sgd", "1 cases, 3 rounds: about 0.1 minutes");
  }

  @Test
  void aFilterThatFindsNothingIsAnError() {
    assertThrows(
        IllegalArgumentException.class, () -> check("nothing like it", false, i -> fork(1)));
  }

  private int sides(Forks base, Rules rules, IntFunction<Fork> make) throws Exception {
    Check check = check("sgd", false, make);
    forks.rules = rules;
    return check.against(base).exit();
  }

  @Test
  void twoSidesAlternateAndTheSamePass() throws Exception {
    Forks base = new Forks(i -> fork(0.8), "sgd");
    assertEquals(0, sides(base, Rules.of(f -> ""), i -> fork(0.8)));
    assertEquals(List.of("sgd", "sgd", "sgd"), base.asked);
    assertEquals(base.asked, forks.asked);
  }

  @Test
  void ofTwoSidesSevenPercentAreSeen() throws Exception {
    Forks base = new Forks(i -> fork(0.8 + 0.008 * (i % 3)), "sgd");
    assertEquals(1, sides(base, Rules.of(f -> ""), i -> fork((0.8 + 0.008 * (i % 3)) / 1.07)));
    assertPrinted("a loss of more than 3% fails", "SLOWER");
  }

  @Test
  void whatTheBaseDoesNotHaveIsNewAndNothingElseIsNothingToCompare() throws Exception {
    assertEquals(2, sides(new Forks(i -> null, "sgd"), Rules.of(f -> ""), i -> fork(0.8)));
    assertPrinted("new");
  }

  @Test
  void whatThrowsIsFailedOnceAndTheOthersAreMeasured() throws Exception {
    Check check = check("", false, i -> i == 0 ? Fork.failed("boom\n\tat A.b") : fork(0.8));
    Forks base = new Forks(i -> fork(0.8), "sgd", "adam");
    assertEquals(1, check.against(base).exit());
    assertPrinted(
        "sgd: boom\n\tat A.b", "FAILED sgd: does not run: boom\n1 of 2 cases passed, 1 failed");
    // It is not run again.
    assertEquals(List.of("sgd", "adam", "adam", "adam"), forks.asked);
  }

  @Test
  void whatThrowsInTheBaseAloneIsNewAndSaysWhy() throws Exception {
    Forks base = new Forks(i -> Fork.failed("boom"), "sgd");
    assertEquals(2, sides(base, Rules.of(f -> "0.8"), i -> fork(0.8)));
    assertPrinted("NEW sgd: 0.8, nothing to compare with, since the base does not run: boom");
  }

  @Test
  void whatThrowsAgainstABaselineFailsAndIsLeftOutOfANewOne() throws Exception {
    assertEquals(1, exit("sgd", false, i -> Fork.failed("boom")));
    assertPrinted("FAILED sgd: does not run: boom");
    assertEquals(1, check("sgd", false, i -> Fork.failed("boom")).updateBaseline(file, HERE));
    assertPrinted("does not run, so left as it was: sgd: boom");
  }

  @Test
  void whatTheHeadHasNoMoreIsNamed() throws Exception {
    Forks base = new Forks(i -> fork(0.8), "sgd", "gone");
    Check check = check("sgd|gone", false, i -> fork(0.8));
    assertEquals(0, check.against(base).exit());
    assertPrinted("only in the base: gone");
  }

  @Test
  void moreBytesThanTheBaseFailWithTheSiteAndAsManyPass() throws Exception {
    Forks base = new Forks(i -> fork(0.8, 64), "sgd");
    base.exact = Fork.Bytes.of(24);
    Check check = check("sgd", false, i -> fork(0.8, 64));
    forks.rules = Rules.of(f -> "");
    forks.exact = new Fork.Bytes(40, 40, 40, "byte[] at A.b:1");
    assertEquals(1, check.against(base).exit());
    assertPrinted("FAILED sgd: allocates 40 bytes a run, may be 24: byte[] at A.b:1");
    forks.exact = Fork.Bytes.of(24);
    assertEquals(0, check.against(base).exit());
  }

  @Test
  void aBaselineKeepsTheBytesThatAreALimit() throws Exception {
    Check check = check("sgd", false, i -> fork(0.8, 64));
    forks.rules = Rules.of(f -> "");
    forks.exact = Fork.Bytes.of(24);
    assertEquals(0, check.updateBaseline(file, HERE));
    Baseline.Entry entry = Baseline.read(file).of(HERE, "sgd").orElseThrow();
    assertEquals(Fork.Bytes.of(24), entry.allocated("sgd"));
    forks.exact = Fork.Bytes.of(40);
    assertEquals(1, check.against(file, HERE).exit());
    assertPrinted("allocates 40 bytes a run, may be 24");
  }

  @Test
  void aBaselineLeavesOutWhatANeighbourDisturbed() {
    double[] ofForks = {0.50, 0.71, 0.72, 0.69, 0.47, 0.71, 0.90};
    assertArrayEquals(new double[] {0.71, 0.72, 0.69, 0.71, 0.90}, Check.undisturbed(ofForks));
  }
}
