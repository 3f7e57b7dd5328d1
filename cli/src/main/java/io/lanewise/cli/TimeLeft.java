package io.lanewise.cli;

/**
 * How long a run will still take, by how fast it was of late. Its first seconds, in which the JVM
 * compiles, say nothing of the rest.
 */
final class TimeLeft {
  private static final double WARM_UP = 3;
  private static final double LEAST = 2;

  private long begin;
  private long beginDone;
  // Two marks, so that there is always one that is at least half of the time away.
  private long older;
  private long olderDone;
  private long newer;
  private long newerDone;
  private boolean warm;

  /** Begins, also anew. */
  void start(long nanos, long done) {
    begin = nanos;
    beginDone = done;
    warm = false;
  }

  /** Takes note of how much is done. */
  void at(long nanos, long done) {
    if (!warm && seconds(begin, nanos) >= WARM_UP) {
      warm = true;
      older = nanos;
      olderDone = done;
      newer = nanos;
      newerDone = done;
    } else if (warm && nanos - begin >= 2 * (newer - begin)) {
      older = newer;
      olderDone = newerDone;
      newer = nanos;
      newerDone = done;
    }
  }

  /** How much a second, of late; NaN before anything is done. */
  double rate(long nanos, long done) {
    double seconds = warm ? seconds(older, nanos) : seconds(begin, nanos);
    return seconds > 0 ? (done - (warm ? olderDone : beginDone)) / seconds : Double.NaN;
  }

  /** The seconds that the rest will take; NaN as long as that is not known. */
  double seconds(long nanos, long done, long all) {
    double rate = rate(nanos, done);
    return warm && seconds(older, nanos) >= LEAST && rate > 0 ? (all - done) / rate : Double.NaN;
  }

  double elapsed(long nanos) {
    return seconds(begin, nanos);
  }

  private static double seconds(long from, long to) {
    return (to - from) * 1e-9;
  }
}
