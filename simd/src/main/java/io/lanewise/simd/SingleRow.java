package io.lanewise.simd;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * A single row of A by panels of B: the stream of B sets the pace, so rows of B whose element of A
 * is zero, as behind ReLU or with one-hot inputs, are left out.
 *
 * <p>A zero times a finite number is a zero, which added to a chain changes at most the sign of a
 * zero, and that changes nothing of what is added later but the sign of a zero again. So without
 * them a chain ends in the same bits unless it ends in zero: there, and in what follows, {@link
 * Pairs} takes the row whole.
 */
final class SingleRow {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  // Shorter rows go without vectors, which take long until they are compiled, and warm-up has many.
  private static final int SHORT = 160;

  // The elements that count, and which row of B is theirs: integers, but moved about as floats, so
  // that C2 has no further methods of the Vector API to compile.
  private float[] values = {};
  private float[] rows = {};
  private float[] all = {};
  private int count = -1;
  private final Scratch scratch;

  SingleRow(Scratch scratch) {
    this.scratch = scratch;
  }

  /** Takes the row, where that pays: B has n columns and is finite. */
  void set(int k, int n, float[] a, int aOff) {
    int size = k * n;
    // Narrow vectors have no instruction to pack what is left, and read B as it lies.
    if (size < Blocking.SPARSE || W < 16) {
      return;
    }
    // With room for a whole vector past the last.
    if (rows.length < k + W) {
      values = scratch.atLeast(values, k + W);
      all = scratch.atLeast(all, k + W);
      for (int p = 0; p < k; p++) {
        all[p] = Float.intBitsToFloat(p);
      }
      rows = scratch.atLeast(rows, k + W);
    }
    int taken = 0;
    int p = 0;
    for (; k >= SHORT && p <= k - W; p += W) {
      FloatVector v = FloatVector.fromArray(LANES, a, aOff + p);
      VectorMask<Float> some = v.compare(NE, 0f);
      v.compress(some).intoArray(values, taken);
      FloatVector.fromArray(LANES, all, p).compress(some).intoArray(rows, taken);
      taken += some.trueCount();
    }
    for (; p < k; p++) {
      float v = a[aOff + p];
      values[taken] = v;
      rows[taken] = all[p];
      taken += v != 0f ? 1 : 0;
    }
    count = taken;
    // By its index an element takes half as long again, which a stream from L3 hides.
    if (count > (size < Blocking.STREAM ? k / 8 * 5 : k / 8 * 7)) {
      clear();
    }
  }

  void clear() {
    count = -1;
  }

  boolean isSet() {
    return count >= 0;
  }

  /**
   * C[v] = start[v] + sum over p of a[p] B[p, v], for the columns of a panel, all of them in C; or
   * returns false, writes nothing and gives the row up.
   */
  boolean tile(
      int k, int width, float[] b, int bOff, float[] start, int startOff, float[] c, int cOff) {
    if (k < 0) {
      return true;
    }
    // Three vectors, the same two or three times in narrower panels.
    int second = Math.min(W, width - W);
    int third = width - W;
    FloatVector c0 = FloatVector.fromArray(LANES, start, startOff);
    FloatVector c1 = FloatVector.fromArray(LANES, start, startOff + second);
    FloatVector c2 = FloatVector.fromArray(LANES, start, startOff + third);
    for (int i = 0; i < count; i++) {
      FloatVector v = FloatVector.broadcast(LANES, values[i]);
      int row = bOff + Float.floatToRawIntBits(rows[i]) * width;
      c0 = v.fma(FloatVector.fromArray(LANES, b, row), c0);
      c1 = v.fma(FloatVector.fromArray(LANES, b, row + second), c1);
      c2 = v.fma(FloatVector.fromArray(LANES, b, row + third), c2);
    }
    VectorMask<Float> zero = c0.compare(EQ, 0f).or(c1.compare(EQ, 0f)).or(c2.compare(EQ, 0f));
    if (zero.anyTrue()) {
      clear();
      return false;
    }
    c0.intoArray(c, cOff);
    c1.intoArray(c, cOff + second);
    c2.intoArray(c, cOff + third);
    return true;
  }
}
