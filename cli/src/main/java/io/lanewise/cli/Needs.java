package io.lanewise.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;

/** Options of a training that would do nothing without others: refused, not ignored. */
final class Needs {
  /** An option, and those of which it needs one: NAME, or NAME=VALUE. */
  private record Need(String option, List<String> others) {}

  private static final List<Need> NEEDS =
      List.of(
          need("--validation-labels", "--validation"),
          need("--validation-x", "--validation"),
          need("--validation-y", "--validation"),
          need("--unknown-category", "--category"),
          need("--monitor", "--patience"),
          need("--min-delta", "--patience"),
          need("--every", "--checkpoint"),
          need("--keep", "--checkpoint"),
          need("--resume", "--checkpoint"),
          need("--workers", "--rank"),
          need("--rank", "--workers"),
          need("--secret-file", "--workers"),
          need("--peer-timeout", "--workers"),
          need("--tls-key-store", "--workers"),
          need("--tls-trust-store", "--tls-key-store"),
          need("--tls-password-file", "--tls-key-store"),
          need("--momentum", "--optimizer=momentum", "--optimizer=nesterov", "--optimizer=rmsprop"),
          need("--no-decay-bias", "--weight-decay", "--l1", "--optimizer=adamw"));

  private Needs() {}

  private static Need need(String option, String... others) {
    return new Need(option, List.of(others));
  }

  static void require(ParseResult given) {
    for (Need need : NEEDS) {
      boolean met = need.others.stream().anyMatch(other -> isGiven(given, other));
      if (given.hasMatchedOption(need.option) && !met) {
        throw new UsageException(
            need.option
                + " needs "
                + need.others.stream()
                    .map(other -> other.replace('=', ' '))
                    .collect(Collectors.joining(" or ")));
      }
    }
  }

  private static boolean isGiven(ParseResult given, String other) {
    String[] parts = other.split("=", 2);
    Object value = given.matchedOptionValue(parts[0], null);
    boolean matched = given.hasMatchedOption(parts[0]);
    return matched && (parts.length == 1 || parts[1].equalsIgnoreCase(String.valueOf(value)));
  }
}
