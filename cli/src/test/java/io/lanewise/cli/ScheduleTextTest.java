package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.optim.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTextTest {
  private static final long STEPS = 50;
  private static final int EPOCHS = 10;

  private static Schedule parse(String text) {
    return new ScheduleText(STEPS, EPOCHS).parse(text);
  }

  private static double rate(Schedule schedule, long step) {
    return schedule.rate(1, step, (int) (step / STEPS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "constant | 499 | 1",
        "step:3 | 149 | 1",
        "step:3 | 150 | 0.1",
        "step:3:0.5 | 300 | 0.25",
        "step:100s:0.5 | 99 | 1",
        "step:100s:0.5 | 100 | 0.5",
        "multistep:2:4:0.5 | 99 | 1",
        "multistep:2:4:0.5 | 100 | 0.5",
        "multistep:20s:40s:0.5 | 40 | 0.25",
        "exponential:0.5 | 100 | 0.25",
        "cosine | 0 | 1",
        "cosine | 250 | 0.5",
        "cosine | 500 | 0",
        "cosine:2 | 50 | 0.5",
        "cosine:100s:0.2 | 100 | 0.2",
        "restarts:2 | 100 | 1",
        "restarts:2:2 | 200 | 0.5",
        "restarts:2:1:0.5 | 50 | 0.75",
        "onecycle | 149 | 1",
        "plateau | 100 | 1",
        "plateau:0.5:2 | 100 | 1",
        "warmup:2 | 50 | 0.505",
        "warmup:2 | 100 | 1",
        "warmup:2:0.5 | 0 | 0.5",
        "'warmup:2,cosine' | 100 | 1",
        "'warmup:2,cosine' | 300 | 0.5",
        "'warmup:2,cosine' | 500 | 0"
      })
  void theRateIsThatOfTheSchedule(String text, long step, double expected) {
    assertEquals(expected, rate(parse(text), step), 1e-12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cosin | none of constant, step",
        "step | step takes 1 to 2 values",
        "step:a | wanted a whole number of at most 9 digits, got \"a\"",
        "step:3:x | wanted a number, got \"x\"",
        "step:0 | every",
        "cosine:1:2:3 | cosine takes 0 to 2 values",
        "'cosine,step:3' | only warmup has another schedule after it",
        "multistep:3:2s:0.1 | either all in steps or none",
        "multistep:0.1 | multistep takes 2 or more values"
      })
  void whatIsNoneIsNamed(String text, String part) {
    var e = assertThrows(UsageException.class, () -> parse(text));
    assertTrue(e.getMessage().startsWith("--schedule"), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "onecycle | onecycle: a cycle of 3 steps is too short, wanted 4 or more: more --epochs or a"
            + " smaller --batch-size",
        "'warmup:2,onecycle' | onecycle: a cycle of 1 step is too short, wanted 4 or more: more"
            + " --epochs or a smaller --batch-size",
        "onecycle:3s | onecycle:3s: a cycle of 3 steps is too short, wanted 4 or more: another"
            + " length, such as 4s",
        "'warmup:3,cosine' | cosine: the training has 3 steps and the warm-up takes 3, which leaves"
            + " none: a shorter warmup, more --epochs, or a length",
        "'warmup:999999999,onecycle' | onecycle: the training has 3 steps and the warm-up takes"
            + " 999999999, which leaves none: a shorter warmup, more --epochs, or a length",
        "'warmup:0,cosine' | warmup:0: length must be >= 1, got 0",
        "'warmup:1,step:0' | step:0: every must be >= 1, got 0",
        "warmup:1:NaN | warmup:1:NaN: start must be in (0, 1], got NaN",
        "cosine:5:NaN | cosine:5:NaN: minimum must be finite and >= 0, got NaN",
        "restarts:1:3000000000 | restarts:1:3000000000: wanted a whole number of at most 9 digits,"
            + " got \"3000000000\"",
        "plateau:delta=NaN | plateau:delta=NaN: threshold must be finite and >= 0, got NaN"
      })
  void ofThreeStepsTheOptionAndItsPartAreNamed(String text, String wanted) {
    var e = assertThrows(UsageException.class, () -> new ScheduleText(1, 3).parse(text));
    assertEquals("--schedule " + wanted, e.getMessage());
  }

  @Test
  void extremesOfThreeStepsAreTaken() {
    for (String text :
        new String[] {
          "onecycle:4s",
          "restarts:1s:999999999",
          "restarts:999999999:999999999",
          "warmup:999999999",
          "warmup:999999999,cosine:5",
          "cosine:999999999",
          "step:999999999",
          "plateau:0.5:999999999:cooldown=999999999"
        }) {
      Schedule schedule = new ScheduleText(1, 3).parse(text);
      for (long step : new long[] {0, 1, 2, Integer.MAX_VALUE}) {
        double rate = schedule.rate(1, step, (int) step);
        assertTrue(rate >= 0 && rate <= 1, text + ": " + rate);
      }
    }
  }

  @Test
  void timesAreShort() {
    assertEquals("12s", Progress.time(12.4));
    assertEquals("3m 20s", Progress.time(200));
    assertEquals("2h 05m", Progress.time(7500));
    assertEquals("0s", Progress.time(Double.NaN));
  }
}
