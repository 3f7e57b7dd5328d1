package io.lanewise.gate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A source, and what it measured by case. */
final class Side {
  final Source source;
  final Map<String, List<Fork>> forks = new LinkedHashMap<>();
  final Map<String, Fork.Bytes> exact = new LinkedHashMap<>();

  Side(Source source) {
    this.source = source;
  }

  List<Fork> of(String name) {
    return forks.getOrDefault(name, List.of());
  }

  double[][] warm(String name) {
    return of(name).stream().filter(Fork::warm).map(Fork::figures).toArray(double[][]::new);
  }

  /** In a line why a fork of it failed; null if none did. */
  String failure(String name) {
    return of(name).stream()
        .map(Fork::failure)
        .filter(Objects::nonNull)
        .findFirst()
        .flatMap(failure -> failure.lines().findFirst())
        .orElse(null);
  }

  /** Exact, or what its forks say; null if they say nothing. */
  Fork.Bytes bytes(String name) {
    if (exact.containsKey(name)) {
      return exact.get(name);
    }
    return Fork.Bytes.of(
        of(name).stream().filter(f -> f.warm() && f.bytes() != null).map(Fork::bytes).toList());
  }
}
