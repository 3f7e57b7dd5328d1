package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/**
 * The memory that what a file describes may take: a few bytes of a hostile file can stand for many
 * of ours. Charged before anything is allocated.
 */
final class Budget {
  private final String what;
  private long left;

  /**
   * Makes a budget.
   *
   * @param what what it is for, as it stands in the error
   * @param bytes how much
   */
  Budget(String what, long bytes) {
    this.what = what;
    this.left = bytes;
  }

  /**
   * What a file of that many bytes may make of itself while it is read: twice its size for its
   * numbers, and for its nodes and names, of which each is some bytes there, 32 times its size up
   * to 32 MiB. That is enough for a network of 2,048 layers of 16 values.
   */
  static Budget ofFile(long size) {
    long small = Math.min(32 * size, 32 << 20);
    return new Budget(
        "the file asks for more memory than its size allows", 2 * size + small + (3 << 18));
  }

  /** What a run may allocate. */
  static Budget ofRun(long bytes) {
    return new Budget(
        "the run needs more memory than its limit of "
            + bytes
            + " bytes: run fewer rows at once, or give a larger limit to run",
        bytes);
  }

  /** Adds to what may be taken, for a file that came to it. */
  void allow(long bytes) {
    left += bytes;
  }

  void charge(long bytes) throws ModelFormatException {
    left -= bytes;
    if (left < 0) {
      throw new ModelFormatException(what);
    }
  }
}
