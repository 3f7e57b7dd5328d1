package io.lanewise.gate;

import java.util.List;

/**
 * What one fork measured of a case.
 *
 * @param figures one a slice, or an iteration; more is better
 * @param bytes what a run allocated; null if nobody looked
 * @param warm whether all was compiled before; else the rest says nothing
 * @param failure why it measured nothing, first in a line and then with what it printed; null if it
 *     measured
 */
record Fork(double[] figures, Bytes bytes, boolean warm, String failure) {
  Fork(double[] figures, Bytes bytes, boolean warm) {
    this(figures, bytes, warm, null);
  }

  static Fork failed(String failure) {
    return new Fork(new double[0], null, false, failure);
  }

  /**
   * What a run allocates.
   *
   * @param low and high, what it may be as well: where runs differ, or where others allocate too
   * @param site what is allocated where, for people; null if nobody looked
   */
  record Bytes(double low, double median, double high, String site) {
    static Bytes of(double bytes) {
      return new Bytes(bytes, bytes, bytes, null);
    }

    /** Of several forks; null of none. */
    static Bytes of(List<Bytes> forks) {
      return forks.isEmpty()
          ? null
          : new Bytes(
              forks.stream().mapToDouble(Bytes::low).min().orElseThrow(),
              Bootstrap.median(forks.stream().mapToDouble(Bytes::median).toArray()),
              forks.stream().mapToDouble(Bytes::high).max().orElseThrow(),
              null);
    }
  }
}
