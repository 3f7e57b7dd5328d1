package io.lanewise.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** A source whose forks a test makes up, by their number from 0. */
final class Forks implements Source {
  final List<String> asked = new ArrayList<>();
  private final IntFunction<Fork> make;
  private final List<String> names;
  Rules rules = Rules.of(figure -> String.format(java.util.Locale.ROOT, "%.3f", figure)).limit(0);
  Fork.Bytes exact;

  Forks(IntFunction<Fork> make, String... names) {
    this.make = make;
    this.names = List.of(names);
  }

  static Fork fork(double figure) {
    return fork(figure, 0);
  }

  static Fork fork(double figure, double bytes) {
    return new Fork(new double[] {figure, figure}, Fork.Bytes.of(bytes), true);
  }

  static Fork cold() {
    return new Fork(new double[] {0.3}, Fork.Bytes.of(28_672), false);
  }

  @Override
  public List<String> subjects() {
    return names;
  }

  @Override
  public Map<String, Fork> run(String subject) {
    asked.add(subject);
    Fork fork = make.apply(asked.size() - 1);
    return fork == null ? Map.of() : Map.of(subject, fork);
  }

  @Override
  public double seconds() {
    return 2.5;
  }

  @Override
  public Rules rules(String name) {
    return rules;
  }

  @Override
  public Fork.Bytes allocation(String name) {
    return exact;
  }

  @Override
  public String describe() {
    return "made up";
  }
}
