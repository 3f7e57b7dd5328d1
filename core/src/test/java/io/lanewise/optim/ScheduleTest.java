package io.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.metrics.Figure;
import io.lanewise.optim.Schedule.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rates are those of PyTorch's schedulers, which {@code make_trajectories.py} has written. */
class ScheduleTest {
  private static final double BASE = 0.5;
  private static final Map<String, double[]> EXPECTED = new HashMap<>();

  static {
    for (String line : TrajectoryTest.lines("schedules.csv")) {
      String[] fields = line.split(",");
      double[] values = new double[fields.length - 1];
      for (int i = 0; i < values.length; i++) {
        values[i] = Double.parseDouble(fields[i + 1].replace("nan", "NaN"));
      }
      EXPECTED.put(fields[0], values);
    }
  }

  /** A schedule by the clock that it is given. */
  interface Make {
    Schedule on(Clock clock);
  }

  private static final Map<String, Make> STATELESS =
      Map.ofEntries(
          Map.entry("step", c -> Schedule.step(c, 4, 0.3)),
          Map.entry("multiStep", c -> Schedule.multiStep(c, 0.5, 3, 7, 7, 12)),
          Map.entry("exponential", c -> Schedule.exponential(c, 0.9)),
          Map.entry("cosine", c -> Schedule.cosine(c, 15, 0.01)),
          Map.entry("restarts", c -> Schedule.cosineWarmRestarts(c, 5, 1, 0.02)),
          Map.entry("restarts+longer", c -> Schedule.cosineWarmRestarts(c, 3, 2, 0)),
          Map.entry("warmUp", c -> Schedule.warmUp(c, 5, 1.0 / 3, Schedule.constant())),
          Map.entry(
              "warmUp+exponential", c -> Schedule.warmUp(c, 5, 0.1, Schedule.exponential(c, 0.9))),
          Map.entry("warmUp+step", c -> Schedule.warmUp(c, 5, 0.1, Schedule.step(c, 4, 0.3))),
          Map.entry("oneCycle", c -> Schedule.oneCycle(c, 40)),
          Map.entry("oneCycle+options", c -> Schedule.oneCycle(c, 33, 0.41, 10, 100)));

  private static final Map<String, Supplier<ReduceOnPlateau>> PLATEAUS =
      Map.ofEntries(
          Map.entry("plateau", ReduceOnPlateau::new),
          Map.entry("plateau+patience", () -> new ReduceOnPlateau(0.5, 2)),
          Map.entry("plateau+cooldown", () -> new ReduceOnPlateau(0.5, 1).cooldown(3)),
          Map.entry("plateau+threshold", () -> new ReduceOnPlateau(0.3, 1).threshold(0.1)),
          Map.entry("plateau+absolute", () -> new ReduceOnPlateau(0.3, 0).absoluteThreshold(0.3)),
          Map.entry("plateau+minimum", () -> new ReduceOnPlateau(0.5, 0).minimum(0.03)),
          Map.entry("plateau+more", () -> new ReduceOnPlateau(0.5, 1).monitor(Figure.ACCURACY)),
          Map.entry(
              "plateau+more+absolute",
              () -> new ReduceOnPlateau(0.5, 1).monitor(Figure.ACCURACY).absoluteThreshold(0.2)),
          Map.entry("plateau+tiny", () -> new ReduceOnPlateau(0.01, 0)));

  static Stream<String> stateless() {
    return STATELESS.keySet().stream().sorted();
  }

  static Stream<String> plateaus() {
    return PLATEAUS.keySet().stream().sorted();
  }

  private static void assertClose(double expected, double actual, String message) {
    assertEquals(expected, actual, 1e-13 * BASE, message);
  }

  @Test
  void allThatPyTorchWroteIsCompared() {
    assertEquals(EXPECTED.size(), STATELESS.size() + PLATEAUS.size() + 1);
  }

  @ParameterizedTest
  @MethodSource("stateless")
  void theRateIsPyTorchs(String name) {
    double[] expected = EXPECTED.get(name);
    Schedule bySteps = STATELESS.get(name).on(Clock.STEPS);
    Schedule byEpochs = STATELESS.get(name).on(Clock.EPOCHS);
    // Backwards, as they have no state.
    for (int t = expected.length - 1; t >= 0; t--) {
      assertClose(expected[t], bySteps.rate(BASE, t, 1000), name + " at step " + t);
      assertClose(expected[t], byEpochs.rate(BASE, 1000, t), name + " in epoch " + t);
      assertClose(2 * expected[t], bySteps.rate(2 * BASE, t, 0), 0, name);
    }
    assertEquals(Map.of(), bySteps.scalars());
  }

  /** A minimum is no multiple of the base. */
  private static void assertClose(double expected, double actual, double least, String name) {
    if (!name.equals("cosine") && !name.equals("restarts")) {
      assertClose(expected, actual, name);
    }
  }

  /** Of any length at any time, that of the last step there is included. */
  @Test
  void everyScheduleOfAnySizeHasARate() {
    long[] lengths = {2, 61, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE};
    for (Clock clock : Clock.values()) {
      for (long length : lengths) {
        for (int multiplier : new int[] {1, 2, 3, 1 << 20, 1 << 30, Integer.MAX_VALUE}) {
          assertRates(Schedule.cosineWarmRestarts(clock, length, multiplier, 0));
          assertRates(Schedule.cosineWarmRestarts(clock, length - 1, multiplier, 0));
        }
        assertRates(Schedule.step(clock, length, 1e-300));
        assertRates(Schedule.multiStep(clock, 0.1, 1, length, length));
        assertRates(Schedule.cosine(clock, length, 0));
        assertRates(Schedule.oneCycle(clock, Math.max(4, length)));
        assertRates(Schedule.oneCycle(clock, length, Math.nextDown(1.0), 1, Double.MAX_VALUE));
        for (Clock other : Clock.values()) {
          Schedule then = Schedule.cosine(other, length, 0);
          assertRates(Schedule.warmUp(clock, length, Double.MIN_VALUE, then));
          assertRates(Schedule.warmUp(clock, length, 1, new ReduceOnPlateau(0.5, 0)));
        }
      }
    }
  }

  private static void assertRates(Schedule schedule) {
    long last = Long.MAX_VALUE;
    for (long step : new long[] {0, 1, 60, Integer.MAX_VALUE, last / 3, last - 1, last}) {
      double rate = schedule.rate(BASE, step, (int) Math.min(step, Integer.MAX_VALUE));
      assertTrue(rate >= 0 && rate <= BASE, schedule + " at " + step + ": " + rate);
    }
  }

  /** The second cosine is 3 000 000 000 long, the third longer than time. */
  @Test
  void restartsGoOnWhereTheirLengthIsBeyondALong() {
    Schedule schedule = Schedule.cosineWarmRestarts(Clock.STEPS, 2, 1_500_000_000, 0);
    assertEquals(BASE, schedule.rate(BASE, 2, 0));
    assertClose(BASE / 2, schedule.rate(BASE, 2 + 1_500_000_000L, 0), "3e9 long");
    assertEquals(BASE, schedule.rate(BASE, 2 + 3_000_000_000L, 0));
    long third = 2 + 3_000_000_000L + 2_250_000_000_000_000_000L;
    assertClose(BASE / 2, schedule.rate(BASE, third, 0), "4.5e18 long");
    Schedule last = Schedule.cosineWarmRestarts(Clock.STEPS, 1L << 62, Integer.MAX_VALUE, 0);
    assertEquals(BASE, last.rate(BASE, 1L << 62, 0));
    assertClose(BASE / 2, last.rate(BASE, Long.MAX_VALUE, 0), "half of all time");
  }

  @ParameterizedTest
  @MethodSource("plateaus")
  void reducesWherePyTorchDoes(String name) {
    double[] expected = EXPECTED.get(name);
    double sign = name.contains("more") ? -1 : 1;
    double[] metrics = EXPECTED.get("metrics");
    Schedule schedule = PLATEAUS.get(name).get();
    for (int t = 0; t < expected.length; t++) {
      // Goes on from a copy after each epoch, as after a restart.
      Schedule restored = PLATEAUS.get(name).get();
      restored.restore(schedule.scalars());
      schedule = restored;
      assertClose(expected[t], schedule.rate(BASE, 10L * t, t), name + " in epoch " + t);
      schedule.observe(sign * metrics[t]);
    }
    assertTrue(Arrays.stream(expected).distinct().count() > 1, name);
  }

  @Test
  void constantIsTheBase() {
    assertEquals(0.3, Schedule.constant().rate(0.3, 1L << 40, 7));
  }

  @Test
  void theCosineAndTheCycleStayAtTheirEnd() {
    assertEquals(0.01, Schedule.cosine(Clock.STEPS, 15, 0.01).rate(BASE, 1000, 0));
    Schedule cycle = Schedule.oneCycle(Clock.STEPS, 40);
    assertEquals(cycle.rate(BASE, 39, 0), cycle.rate(BASE, 4000, 0));
    assertClose(BASE / 25 / 1e4, cycle.rate(BASE, 39, 0), "the end");
  }

  @Test
  void whatFollowsAWarmUpByStepsMayCountEpochs() {
    Schedule schedule = Schedule.warmUp(Clock.STEPS, 100, 0.5, Schedule.step(Clock.EPOCHS, 2, 0.1));
    assertClose(0.5 * BASE, schedule.rate(BASE, 0, 0), "");
    assertClose(0.75 * BASE, schedule.rate(BASE, 50, 3), "");
    assertClose(0.1 * BASE, schedule.rate(BASE, 100, 3), "");
  }

  @Test
  void aWarmUpHasTheStateOfWhatFollows() {
    Schedule schedule = Schedule.warmUp(Clock.EPOCHS, 2, 0.5, new ReduceOnPlateau(0.5, 0));
    for (int epoch = 0; epoch < 2; epoch++) {
      schedule.rate(BASE, 0, epoch);
      // Not looked at: there would be a reduction.
      schedule.observe(Double.NaN);
    }
    assertEquals(BASE, schedule.rate(BASE, 0, 2));
    schedule.observe(Double.NaN);
    assertEquals(BASE / 2, schedule.rate(BASE, 0, 3));
    Schedule other = schedule.begin();
    assertEquals(BASE / 2, other.rate(BASE, 0, 0), "begins anew");
    assertEquals(BASE, other.rate(BASE, 0, 3), "begins anew");
    other.restore(schedule.scalars());
    assertEquals(BASE / 2, other.rate(BASE, 0, 3));
  }

  @Test
  void allSayWhatTheyAre() {
    assertEquals("constant", Schedule.constant().toString());
    for (Make make : STATELESS.values()) {
      String text = make.on(Clock.EPOCHS).toString();
      assertTrue(text.matches("[a-z].*epochs?.*"), text);
    }
    assertEquals("times 0.1 after 10 epochs without improvement", new ReduceOnPlateau().toString());
    assertEquals(
        "times 0.1 after 10 epochs without improvement of accuracy",
        new ReduceOnPlateau().monitor(Figure.ACCURACY).toString());
  }

  @Test
  void aBadArgumentIsNamed() {
    Clock c = Clock.STEPS;
    Schedule k = Schedule.constant();
    for (Clock none : new Clock[] {null}) {
      for (Make make : STATELESS.values()) {
        assertThrows(NullPointerException.class, () -> make.on(none));
      }
    }
    assertThrows(NullPointerException.class, () -> Schedule.warmUp(c, 1, 1, null));
    assertThrows(NullPointerException.class, () -> Schedule.multiStep(c, 1, (long[]) null));
    refused("every", () -> Schedule.step(c, 0, 0.1));
    for (double bad : new double[] {0, -0.1, 1.1, Double.NaN}) {
      refused("factor", () -> Schedule.step(c, 1, bad));
      refused("factor", () -> Schedule.exponential(c, bad));
      refused("factor", () -> Schedule.multiStep(c, bad, 1));
      refused("factor", () -> new ReduceOnPlateau(bad, 1));
      refused("start", () -> Schedule.warmUp(c, 1, bad, k));
    }
    refused("factor", () -> new ReduceOnPlateau(1, 1));
    refused("milestones", () -> Schedule.multiStep(c, 0.5, 0));
    refused("milestones", () -> Schedule.multiStep(c, 0.5, 3, 2));
    refused("length", () -> Schedule.cosine(c, 0, 0));
    refused("length", () -> Schedule.warmUp(c, 0, 1, k));
    refused("length", () -> Schedule.oneCycle(c, 1));
    refused("first", () -> Schedule.cosineWarmRestarts(c, 0, 1, 0));
    refused("multiplier", () -> Schedule.cosineWarmRestarts(c, 1, 0, 0));
    refused("patience", () -> new ReduceOnPlateau(0.1, -1));
    refused("cooldown", () -> new ReduceOnPlateau().cooldown(-1));
    for (double bad : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused("minimum", () -> Schedule.cosine(c, 1, bad));
      refused("minimum", () -> Schedule.cosineWarmRestarts(c, 1, 1, bad));
      refused("minimum", () -> new ReduceOnPlateau().minimum(bad));
      refused("threshold", () -> new ReduceOnPlateau().threshold(bad));
      refused("threshold", () -> new ReduceOnPlateau().absoluteThreshold(bad));
    }
    for (double bad : new double[] {1, 0.1, -1, Double.NaN}) {
      refused("rise", () -> Schedule.oneCycle(c, 10, bad, 25, 1e4));
    }
    for (double bad : new double[] {0.9, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused("divisor", () -> Schedule.oneCycle(c, 10, 0.3, bad, 1e4));
      refused("finalDivisor", () -> Schedule.oneCycle(c, 10, 0.3, 25, bad));
    }
    Schedule step = Schedule.step(c, 1, 0.5);
    refused("step", () -> step.rate(1, -1, 0));
    refused("epoch", () -> step.rate(1, 0, -1));
  }

  private static void refused(String name, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.startsWith(name + " must be"), message);
  }

  @Test
  void aDamagedStateIsRefusedAndChangesNothing() {
    ReduceOnPlateau schedule = new ReduceOnPlateau();
    schedule.rate(BASE, 0, 0);
    schedule.observe(3);
    Map<String, String> good = schedule.scalars();
    for (String key : good.keySet()) {
      for (String bad : List.of("", "x", "-1e400")) {
        Map<String, String> damaged = new HashMap<>(good);
        damaged.put(key, bad);
        // The best figure may be any number.
        if (!(List.of("best", "least").contains(key) && bad.startsWith("-"))) {
          refused(key, () -> schedule.restore(damaged));
        }
      }
      Map<String, String> lacking = new HashMap<>(good);
      lacking.remove(key);
      refused(key, () -> schedule.restore(lacking));
    }
    assertThrows(NullPointerException.class, () -> schedule.restore(null));
    assertEquals(good, schedule.scalars());
  }
}
