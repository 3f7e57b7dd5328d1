package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.optim.ReduceOnPlateau;
import io.lanewise.optim.Schedule;
import io.lanewise.optim.Schedule.Clock;

/**
 * The schedules as text: {@code cosine:100}, {@code step:30:0.1}, {@code warmup:5,cosine}. Lengths
 * are epochs, or with an s steps. What bends (warm-up, cosine, one cycle) goes by steps, so that it
 * bends within epochs too; what falls at once goes by epochs, unless its length is in steps.
 */
final class ScheduleText {
  private static final double FACTOR = 0.1;
  private static final double START = 0.01;
  private static final int PATIENCE = 10;
  // It rises for 0.3 of them, which must be more than one.
  private static final int SHORTEST_CYCLE = 4;

  private final long stepsPerEpoch;
  private final int epochs;
  // What warm-ups have taken.
  private long stepsBefore;

  ScheduleText(long stepsPerEpoch, int epochs) {
    this.stepsPerEpoch = stepsPerEpoch;
    this.epochs = epochs;
  }

  /**
   * Reads one.
   *
   * @throws UsageException if it is none, with the option and the part of it as they are written
   */
  Schedule parse(String text) {
    int comma = text.indexOf(',');
    String part = comma < 0 ? text : text.substring(0, comma);
    String[] parts = part.trim().split(":", -1);
    String option = "--schedule " + part;
    if (parts[0].equals("warmup")) {
      long length = Named.option(option, () -> warmUpSteps(parts));
      stepsBefore += length;
      Schedule then = comma < 0 ? Schedule.constant() : parse(text.substring(comma + 1));
      return Named.option(
          option, () -> Schedule.warmUp(Clock.STEPS, length, number(parts, 2, START), then));
    }
    if (comma >= 0) {
      throw new UsageException(
          "--schedule: only warmup has another schedule after it: \"" + text + "\"");
    }
    return Named.option(option, () -> alone(parts));
  }

  private long warmUpSteps(String[] parts) {
    values(parts, 1, 2, null);
    return steps(parts, 1);
  }

  private Schedule alone(String[] parts) {
    return switch (parts[0]) {
      case "constant" -> values(parts, 0, 0, Schedule.constant());
      case "step" -> step(parts);
      case "multistep" -> multiStep(parts);
      case "exponential" -> {
        values(parts, 1, 1, null);
        yield Schedule.exponential(Clock.EPOCHS, number(parts, 1, 0));
      }
      case "cosine" -> {
        values(parts, 0, 2, null);
        yield Schedule.cosine(Clock.STEPS, stepsOrRest(parts), number(parts, 2, 0));
      }
      case "restarts" -> {
        values(parts, 1, 3, null);
        int multiplier = (int) whole(parts.length > 2 ? parts[2] : "1");
        yield Schedule.cosineWarmRestarts(
            Clock.STEPS, steps(parts, 1), multiplier, number(parts, 3, 0));
      }
      case "onecycle" -> {
        values(parts, 0, 1, null);
        yield oneCycle(stepsOrRest(parts), parts.length > 1);
      }
      case "plateau" -> plateau(parts);
      default ->
          throw new IllegalArgumentException(
              "\""
                  + parts[0]
                  + "\" is none of constant, step, multistep, exponential, cosine, restarts,"
                  + " onecycle, plateau, warmup");
    };
  }

  private static Schedule oneCycle(long length, boolean given) {
    if (length < SHORTEST_CYCLE) {
      throw new IllegalArgumentException(
          "a cycle of "
              + length
              + (length == 1 ? " step" : " steps")
              + " is too short, wanted "
              + SHORTEST_CYCLE
              + " or more: "
              + (given ? "another length, such as 4s" : "more --epochs or a smaller --batch-size"));
    }
    return Schedule.oneCycle(Clock.STEPS, length);
  }

  private static Schedule plateau(String[] parts) {
    int named = 1;
    while (named < parts.length && named < 3 && parts[named].matches("[^a-z=]*[0-9][^=]*")) {
      named++;
    }
    double factor = named > 1 ? number(parts, 1, FACTOR) : FACTOR;
    int patience = named > 2 ? (int) whole(parts[2]) : PATIENCE;
    ReduceOnPlateau plateau = new ReduceOnPlateau(factor, patience);
    for (int i = named; i < parts.length; i++) {
      int equal = parts[i].indexOf('=');
      String value = parts[i].substring(equal + 1);
      String[] one = {parts[i], value};
      switch (equal < 0 ? parts[i] : parts[i].substring(0, equal)) {
        case "monitor" -> plateau.monitor(Figure.parse(value));
        case "threshold" -> plateau.threshold(number(one, 1, 0));
        case "delta" -> plateau.absoluteThreshold(number(one, 1, 0));
        case "cooldown" -> plateau.cooldown((int) whole(value));
        case "minimum" -> plateau.minimum(number(one, 1, 0));
        case "best" -> plateau.restoreBest(true);
        default ->
            throw new IllegalArgumentException(
                "\""
                    + parts[i]
                    + "\" is none of monitor=FIGURE, threshold=F, delta=F, cooldown=N, minimum=F,"
                    + " best");
      }
    }
    return plateau;
  }

  /** The length that is given, or all that is left of the training. */
  private long stepsOrRest(String[] parts) {
    if (parts.length > 1) {
      return steps(parts, 1);
    }
    long rest = stepsPerEpoch * epochs - stepsBefore;
    if (rest < 1) {
      throw new IllegalArgumentException(
          "the training has "
              + stepsPerEpoch * epochs
              + " steps and the warm-up takes "
              + stepsBefore
              + ", which leaves none: a shorter warmup, more --epochs, or a length");
    }
    return rest;
  }

  private Schedule step(String[] parts) {
    values(parts, 1, 2, null);
    boolean inSteps = parts[1].endsWith("s");
    long every = inSteps ? steps(parts, 1) : whole(parts[1]);
    return Schedule.step(inSteps ? Clock.STEPS : Clock.EPOCHS, every, number(parts, 2, FACTOR));
  }

  private Schedule multiStep(String[] parts) {
    values(parts, 2, Integer.MAX_VALUE, null);
    int last = parts.length - 1;
    boolean inSteps = parts[1].endsWith("s");
    long[] at = new long[last - 1];
    for (int i = 1; i < last; i++) {
      if (parts[i].endsWith("s") != inSteps) {
        throw new IllegalArgumentException("multistep takes either all in steps or none");
      }
      at[i - 1] = inSteps ? steps(parts, i) : whole(parts[i]);
    }
    return Schedule.multiStep(inSteps ? Clock.STEPS : Clock.EPOCHS, number(parts, last, 0), at);
  }

  /** Throws unless there are so many values after the name. */
  private static Schedule values(String[] parts, int least, int most, Schedule result) {
    int given = parts.length - 1;
    if (given < least || given > most) {
      String wanted =
          least == most
              ? "" + least
              : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw new IllegalArgumentException(
          parts[0] + " takes " + wanted + (wanted.equals("1") ? " value" : " values"));
    }
    return result;
  }

  /** A length in steps. */
  private long steps(String[] parts, int index) {
    String text = parts[index];
    return text.endsWith("s")
        ? whole(text.substring(0, text.length() - 1))
        : Math.multiplyExact(whole(text), stepsPerEpoch);
  }

  private static long whole(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "wanted a whole number of at most 9 digits, got \"" + text + "\"");
    }
    return Long.parseLong(text);
  }

  private static double number(String[] parts, int index, double byDefault) {
    if (index >= parts.length) {
      return byDefault;
    }
    try {
      return Double.parseDouble(parts[index]);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("wanted a number, got \"" + parts[index] + "\"");
    }
  }
}
