package io.lanewise.bench.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.bench.gate.ForkRunner.Fork;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class GateVerdictTest {
  private static final GateCase PRODUCT = GateCases.named("matmul 64x64x64 NN");
  private static final double[][] BEFORE = {{0.80}, {0.81}, {0.79}, {0.80}};

  private static GateVerdict verdict(double bytes, double... medians) {
    List<Fork> forks =
        DoubleStream.of(medians)
            .mapToObj(m -> new Fork(new double[] {m, m * 1.02, m * 0.98}, 150, bytes, true))
            .toList();
    return GateVerdict.of(PRODUCT, forks, BEFORE, GateVerdict.TOLERANCE);
  }

  @Test
  void theSameFiguresPass() {
    assertEquals(GateVerdict.Kind.PASSED, verdict(0, 0.80, 0.80, 0.81).kind());
  }

  @Test
  void aTenthSlowerFailsAndSaysWhatAndByHowMuch() {
    GateVerdict verdict = verdict(0, 0.727, 0.73, 0.724);
    assertEquals(GateVerdict.Kind.SLOWER, verdict.kind());
    assertTrue(verdict.fails() && verdict.suspect());
    assertEquals(
        "matmul 64x64x64 NN: 72.7% of peak, baseline 80.0% of peak, -9.1% (",
        verdict.reason().substring(0, verdict.reason().indexOf('(') + 1));
  }

  @Test
  void oneSlowForkIsNoLossButTwoLooksAreTaken() {
    GateVerdict verdict = verdict(0, 0.80, 0.80, 0.65);
    assertEquals(GateVerdict.Kind.UNDECIDED, verdict.kind());
    assertFalse(verdict.fails());
    assertTrue(verdict.suspect());
  }

  @Test
  void oneByteFails() {
    GateVerdict verdict = verdict(1, 0.80, 0.80, 0.80);
    assertEquals(GateVerdict.Kind.ALLOCATES, verdict.kind());
    assertTrue(verdict.fails());
    assertFalse(verdict.suspect(), "a second look does not undo an allocation");
  }

  @Test
  void moreThanThePeakIsNotBelieved() {
    assertEquals(GateVerdict.Kind.IMPOSSIBLE, verdict(0, 1.2, 1.2, 1.2).kind());
  }

  @Test
  void aFasterKernelIsNamed() {
    assertEquals(GateVerdict.Kind.FASTER, verdict(0, 0.90, 0.91, 0.90).kind());
  }

  @Test
  void aCaseThatTheBaselineLacksIsNotPassed() {
    List<Fork> forks = List.of(new Fork(new double[] {0.8}, 150, 0, true));
    GateVerdict verdict = GateVerdict.of(PRODUCT, forks, null, GateVerdict.TOLERANCE);
    assertEquals(GateVerdict.Kind.NO_BASELINE, verdict.kind());
  }

  @Test
  void forksThatAreFasterAreNoReasonToLookAgain() {
    assertEquals(GateVerdict.Kind.PASSED, verdict(0, 0.80, 0.95, 0.80).kind());
  }

  @Test
  void aBaselineLeavesOutWhatANeighbourDisturbed() {
    double[] forks = {0.50, 0.71, 0.72, 0.69, 0.47, 0.71, 0.90};
    assertArrayEquals(new double[] {0.71, 0.72, 0.69, 0.71, 0.90}, Gate.undisturbed(forks));
  }
}
