package io.lanewise.cluster;

import java.io.Closeable;
import java.io.IOException;

/** What both ends of a link need. */
final class Links {
  private Links() {}

  /** How many chunks an array is. */
  static int chunks(float[] values) {
    return (values.length + Frame.CHUNK_FLOATS - 1) / Frame.CHUNK_FLOATS;
  }

  /** Closes what may be broken. */
  static void close(Closeable some) {
    try {
      some.close();
    } catch (IOException e) {
      // Nothing more is wanted of it.
    }
  }
}
