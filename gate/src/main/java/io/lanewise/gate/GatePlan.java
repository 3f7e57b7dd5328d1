package io.lanewise.gate;

import java.util.regex.Pattern;

/**
 * How a check is run.
 *
 * @param filter which cases, found in their names
 * @param rounds how many forks of each case, &gt;= 1; a baseline takes three times as many
 * @param tolerance the loss that passes, in (0, 1); null for what noise asks for
 * @param strict whether undecided fails
 */
public record GatePlan(Pattern filter, int rounds, Double tolerance, boolean strict) {
  /** Checks them. */
  public GatePlan {
    Check.given("filter", filter);
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be >= 1, got " + rounds);
    }
    if (tolerance != null && !(tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException("tolerance must be in (0, 1), got " + tolerance);
    }
  }
}
