package io.lanewise.gate;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where forks come from: one side of a comparison. */
interface Source {
  /** Returns what can be run by itself; a run may be of several cases. */
  List<String> subjects() throws IOException, InterruptedException;

  /** Runs a fork and returns what it measured, by case; without what this side does not have. */
  Map<String, Fork> run(String subject) throws IOException, InterruptedException;

  /** Returns about what a fork takes on a core of its own; NaN if nobody knows. */
  double seconds();

  /** Returns how a case is judged, once it was run. */
  Rules rules(String name);

  /** Returns what a run allocates exactly, and where; null if there is no better than its forks. */
  Fork.Bytes allocation(String name) throws IOException, InterruptedException;

  /** Returns how it runs, for people. */
  String describe();
}
