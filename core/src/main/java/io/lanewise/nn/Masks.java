package io.lanewise.nn;

/** The counters that decide which units dropout drops. */
final class Masks {
  long seed;
  long step;
  int firstRow;

  void set(long seed, long step, int firstRow) {
    this.seed = seed;
    this.step = step;
    this.firstRow = firstRow;
  }
}
