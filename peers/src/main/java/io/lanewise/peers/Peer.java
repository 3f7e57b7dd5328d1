package io.lanewise.peers;

/** A library that we compare with, or Lanewise itself. */
public interface Peer {
  /** Returns the library's version and its number of threads, for people. */
  String version();

  /**
   * Makes the task ready to be run any number of times.
   *
   * @return the task's work, or null if the library does not do such tasks
   */
  Work prepare(Task task);
}
