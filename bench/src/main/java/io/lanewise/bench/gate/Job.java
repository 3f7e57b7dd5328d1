package io.lanewise.bench.gate;

/** A piece of work that is timed; what it returns depends on all of it. */
interface Job {
  float run();
}
