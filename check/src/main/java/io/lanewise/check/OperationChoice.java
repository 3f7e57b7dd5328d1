package io.lanewise.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The operations that are judged, of all that a battery has. */
final class OperationChoice {
  // Empty for all.
  private final Set<String> only = new LinkedHashSet<>();
  private final Set<String> without = new LinkedHashSet<>();

  /** Judges this one too, and none that was not named. */
  void add(String name) {
    only.add(name);
  }

  /** Judges these alone. */
  void only(Set<String> all, String... names) {
    only.clear();
    only.addAll(known(all, names));
  }

  /** Leaves these out. */
  void without(Set<String> all, String... names) {
    without.addAll(known(all, names));
  }

  boolean wants(String name) {
    return (only.isEmpty() || only.contains(name)) && !without.contains(name);
  }

  /** The operations of these names, or whose first word one is; throws if there is none. */
  private static List<String> known(Set<String> all, String... names) {
    List<String> found = new ArrayList<>();
    for (String name : names) {
      List<String> some =
          all.stream().filter(n -> n.equals(name) || n.startsWith(name + " ")).toList();
      if (some.isEmpty()) {
        throw new IllegalArgumentException(
            "names: there is no \"" + name + "\", only " + String.join(", ", all));
      }
      found.addAll(some);
    }
    return found;
  }

  /** Those that are judged alone. */
  @Override
  public String toString() {
    return only.toString();
  }
}
