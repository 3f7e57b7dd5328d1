package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final double[][] BEFORE = {{0.80}, {0.81}, {0.79}, {0.80}};
  private static final Rules RULES =
      Rules.of(f -> String.format(Locale.ROOT, "%.1f%% of peak", 100 * f)).limit(0).most(1.02);

  private static Verdict verdict(double bytes, double[][] before, double... medians) {
    double[][] forks =
        Arrays.stream(medians)
            .mapToObj(m -> new double[] {m, m * 1.02, m * 0.98})
            .toArray(double[][]::new);
    Verdict.Sides sides =
        new Verdict.Sides(
            Bootstrap.median(forks),
            forks.length,
            0,
            before == null ? Double.NaN : Bootstrap.median(before),
            before == null ? null : Bootstrap.ratio(forks, before, 0.95),
            forks.length);
    return Verdict.of(
        "product",
        RULES,
        sides,
        Fork.Bytes.of(bytes),
        null,
        Verdict.Kind.NO_BASELINE,
        Verdict.TOLERANCE,
        false);
  }

  @Test
  void theSameFiguresPass() {
    Verdict verdict = verdict(0, BEFORE, 0.80, 0.80, 0.81);
    assertEquals(Verdict.Kind.PASSED, verdict.kind());
    verdict.check();
  }

  @Test
  void aTenthSlowerFailsAndSaysWhatAndByHowMuch() {
    Verdict verdict = verdict(0, BEFORE, 0.727, 0.73, 0.724);
    assertEquals(Verdict.Kind.SLOWER, verdict.kind());
    assertTrue(verdict.fails() && verdict.suspect());
    assertEquals(
        "product: 72.7% of peak, before 80.0% of peak, -9.1% (",
        verdict.reason().substring(0, verdict.reason().indexOf('(') + 1));
    assertEquals(verdict.reason(), assertThrows(AssertionError.class, verdict::check).getMessage());
  }

  @Test
  void oneSlowForkIsNoLossButTwoLooksAreTaken() {
    Verdict verdict = verdict(0, BEFORE, 0.80, 0.80, 0.65);
    assertEquals(Verdict.Kind.UNDECIDED, verdict.kind());
    assertFalse(verdict.fails());
    assertTrue(verdict.suspect());
  }

  @Test
  void oneByteFails() {
    Verdict verdict = verdict(1, BEFORE, 0.80, 0.80, 0.80);
    assertEquals(Verdict.Kind.ALLOCATES, verdict.kind());
    assertTrue(verdict.fails());
    assertFalse(verdict.suspect(), "a second look does not undo an allocation");
  }

  @Test
  void moreThanThePeakIsNotBelieved() {
    assertEquals(Verdict.Kind.IMPOSSIBLE, verdict(0, BEFORE, 1.2, 1.2, 1.2).kind());
  }

  @Test
  void aFasterCaseIsNamed() {
    assertEquals(Verdict.Kind.FASTER, verdict(0, BEFORE, 0.90, 0.91, 0.90).kind());
  }

  @Test
  void aCaseThatTheBaselineLacksIsNotPassed() {
    assertEquals(Verdict.Kind.NO_BASELINE, verdict(0, null, 0.8, 0.8, 0.8).kind());
  }

  @Test
  void forksThatAreFasterAreNoReasonToLookAgain() {
    assertEquals(Verdict.Kind.PASSED, verdict(0, BEFORE, 0.80, 0.95, 0.80).kind());
  }

  @Test
  void ofTwoForksNothingIsSaid() {
    Verdict verdict = verdict(0, BEFORE, 0.5, 0.5);
    assertEquals(Verdict.Kind.FEW, verdict.kind());
    assertTrue(verdict.undecided());
  }
}
