package io.lanewise.gate;

/**
 * A piece of work that is timed. What it returns depends on all of it, or the JIT leaves out what
 * nobody can see. A lambda that returns an {@code int}, a {@code long} or a {@code float} is one.
 */
@FunctionalInterface
public interface Work {
  /** Does it once. */
  double run() throws Exception;

  /** Makes a piece of work and what it works on, in the process that measures it. */
  @FunctionalInterface
  interface Preparation {
    /** Returns the work. */
    Work prepare() throws Exception;
  }
}
