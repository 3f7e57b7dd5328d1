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
        "step:a | wanted a whole number, got \"a\"",
        "step:3:x | wanted a number, got \"x\"",
        "step:0 | every",
        "cosine:1:2:3 | cosine takes 0 to 2 values",
        "'cosine,step:3' | only warmup has another schedule after it",
        "multistep:3:2s:0.1 | either all in steps or none",
        "multistep:0.1 | multistep takes 2 or more values"
      })
  void whatIsNoneIsNamed(String text, String part) {
    var e = assertThrows(IllegalArgumentException.class, () -> parse(text));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void timesAreShort() {
    assertEquals("12s", Progress.time(12.4));
    assertEquals("3m 20s", Progress.time(200));
    assertEquals("2h 05m", Progress.time(7500));
    assertEquals("0s", Progress.time(Double.NaN));
  }
}
