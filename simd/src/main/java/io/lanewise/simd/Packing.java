package io.lanewise.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a block of an operand into panels, in the order in which a tile reads it:
 *
 * <pre>
 *   A, mr = 4: one panel for 4 rows        B, nr = 8: one panel for 8 columns
 *
 *        p0 p1 p2                                 j0 j1 .. j7
 *   i0    0  4  8                            p0    0  1 ..  7
 *   i1    1  5  9                            p1    8  9 .. 15
 *   i2    2  6 10                            p2   16 17 .. 23
 *   i3    3  7 11
 * </pre>
 *
 * <p>Both are the same thing, "width" neighbours for each p; what differs is whether the neighbours
 * or the p lie side by side in the operand. Past the operand's edge a panel holds zeros: the tile
 * computes with them, and nobody reads what comes out.
 *
 * <p>Only vectors of the one species of {@link Lanes} are used. A second species, though right for
 * four rows at a time, spoils the profile of the Vector API's own methods, and C2 then guesses the
 * wrong class in the tiles and boxes their accumulators (measured with ten columns: 3% of the peak
 * instead of 42%).
 */
final class Packing {
  private static final VectorSpecies<Float> LANES = Lanes.FLOAT;
  private static final int W = Lanes.LENGTH;

  /** Floats that a panel needs behind its end. */
  static final int SLACK = W;

  // How many p are transposed at once.
  private static final int STEP = Math.max(8, W);

  // Of lane l: the lane l - d or l + d, and whether bit d of l is set.
  private static final VectorShuffle<Float> UP_1 = shuffle(-1);
  private static final VectorShuffle<Float> UP_2 = shuffle(-2);
  private static final VectorShuffle<Float> UP_4 = shuffle(-4);
  private static final VectorShuffle<Float> DOWN_1 = shuffle(1);
  private static final VectorShuffle<Float> DOWN_2 = shuffle(2);
  private static final VectorShuffle<Float> DOWN_4 = shuffle(4);
  private static final VectorMask<Float> BIT_1 = VectorMask.fromLong(LANES, 0xAAAA);
  private static final VectorMask<Float> BIT_2 = VectorMask.fromLong(LANES, 0xCCCC);
  private static final VectorMask<Float> BIT_4 = VectorMask.fromLong(LANES, 0xF0F0);
  private static final VectorMask<Float> BIT_8 = VectorMask.fromLong(LANES, 0xFF00);
  private static final VectorMask<Float> LOW = VectorMask.fromLong(LANES, 0x00FF);

  private Packing() {}

  private static VectorShuffle<Float> shuffle(int distance) {
    return VectorShuffle.iota(LANES, Math.floorMod(distance, W), 1, true);
  }

  /**
   * Packs one panel whose neighbours lie side by side: out[p width + w] = x[off + p ld + w]. May
   * write up to {@link #SLACK} floats behind the panel.
   *
   * @param edge how many neighbours there are, at most width; the others are 0
   */
  static void rows(
      float[] x, int off, int ld, int k, int edge, int width, float[] out, int outOff) {
    for (int w = 0; w < width; w += W) {
      if (w + W <= edge) {
        vectors(x, off + w, ld, k, width, out, outOff + w);
      } else {
        partVectors(x, off + w, ld, k, LANES.indexInRange(w, edge), width, out, outOff + w);
      }
    }
  }

  private static void vectors(
      float[] x, int off, int ld, int k, int width, float[] out, int outOff) {
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(LANES, x, off + p * ld).intoArray(out, outOff + p * width);
    }
  }

  /** Stores whole vectors: what they write too much, the next p or the next panel overwrites. */
  private static void partVectors(
      float[] x,
      int off,
      int ld,
      int k,
      VectorMask<Float> some,
      int width,
      float[] out,
      int outOff) {
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(LANES, x, off + p * ld, some).intoArray(out, outOff + p * width);
    }
  }

  /**
   * Packs one panel whose p lie side by side: out[p width + w] = x[off + w ld + p].
   *
   * @param edge how many neighbours there are, at most width; the others are 0
   */
  static void columns(
      float[] x, int off, int ld, int k, int edge, int width, float[] out, int outOff) {
    int whole = W >= 8 && width >= 8 ? edge / 8 * 8 : 0;
    // Some p of every row at a time: their lines stay in L1 while the panel is written in order.
    int p = 0;
    for (; p + STEP <= k; p += STEP) {
      for (int w = 0; w < whole; w += 8) {
        transpose8(x, off + w * ld + p, ld, width, out, outOff + p * width + w);
      }
      elements(x, off + p, ld, STEP, whole, edge, width, out, outOff + p * width);
    }
    elements(x, off + p, ld, k - p, 0, edge, width, out, outOff + p * width);
  }

  /** One by one: the neighbours from w0 on. */
  private static void elements(
      float[] x, int off, int ld, int k, int w0, int edge, int width, float[] out, int outOff) {
    if (w0 == width) {
      return;
    }
    for (int p = 0; p < k; p++) {
      for (int w = w0; w < edge; w++) {
        out[outOff + p * width + w] = x[off + w * ld + p];
      }
      for (int w = edge; w < width; w++) {
        out[outOff + p * width + w] = 0f;
      }
    }
  }

  /**
   * Eight rows by W columns of x: afterwards vector q holds, group g of 8 lanes, column 8 g + q.
   */
  private static void transpose8(float[] x, int off, int ld, int width, float[] out, int outOff) {
    FloatVector r0 = FloatVector.fromArray(LANES, x, off);
    FloatVector r1 = FloatVector.fromArray(LANES, x, off + ld);
    FloatVector r2 = FloatVector.fromArray(LANES, x, off + 2 * ld);
    FloatVector r3 = FloatVector.fromArray(LANES, x, off + 3 * ld);
    FloatVector r4 = FloatVector.fromArray(LANES, x, off + 4 * ld);
    FloatVector r5 = FloatVector.fromArray(LANES, x, off + 5 * ld);
    FloatVector r6 = FloatVector.fromArray(LANES, x, off + 6 * ld);
    FloatVector r7 = FloatVector.fromArray(LANES, x, off + 7 * ld);
    FloatVector s0 = r0.blend(r1.rearrange(UP_1), BIT_1);
    FloatVector s1 = r0.rearrange(DOWN_1).blend(r1, BIT_1);
    FloatVector s2 = r2.blend(r3.rearrange(UP_1), BIT_1);
    FloatVector s3 = r2.rearrange(DOWN_1).blend(r3, BIT_1);
    FloatVector s4 = r4.blend(r5.rearrange(UP_1), BIT_1);
    FloatVector s5 = r4.rearrange(DOWN_1).blend(r5, BIT_1);
    FloatVector s6 = r6.blend(r7.rearrange(UP_1), BIT_1);
    FloatVector s7 = r6.rearrange(DOWN_1).blend(r7, BIT_1);
    FloatVector t0 = s0.blend(s2.rearrange(UP_2), BIT_2);
    FloatVector t2 = s0.rearrange(DOWN_2).blend(s2, BIT_2);
    FloatVector t1 = s1.blend(s3.rearrange(UP_2), BIT_2);
    FloatVector t3 = s1.rearrange(DOWN_2).blend(s3, BIT_2);
    FloatVector t4 = s4.blend(s6.rearrange(UP_2), BIT_2);
    FloatVector t6 = s4.rearrange(DOWN_2).blend(s6, BIT_2);
    FloatVector t5 = s5.blend(s7.rearrange(UP_2), BIT_2);
    FloatVector t7 = s5.rearrange(DOWN_2).blend(s7, BIT_2);
    FloatVector u0 = t0.blend(t4.rearrange(UP_4), BIT_4);
    FloatVector u4 = t0.rearrange(DOWN_4).blend(t4, BIT_4);
    FloatVector u1 = t1.blend(t5.rearrange(UP_4), BIT_4);
    FloatVector u5 = t1.rearrange(DOWN_4).blend(t5, BIT_4);
    FloatVector u2 = t2.blend(t6.rearrange(UP_4), BIT_4);
    FloatVector u6 = t2.rearrange(DOWN_4).blend(t6, BIT_4);
    FloatVector u3 = t3.blend(t7.rearrange(UP_4), BIT_4);
    FloatVector u7 = t3.rearrange(DOWN_4).blend(t7, BIT_4);
    if (W == 8) {
      u0.intoArray(out, outOff);
      u1.intoArray(out, outOff + width);
      u2.intoArray(out, outOff + 2 * width);
      u3.intoArray(out, outOff + 3 * width);
      u4.intoArray(out, outOff + 4 * width);
      u5.intoArray(out, outOff + 5 * width);
      u6.intoArray(out, outOff + 6 * width);
      u7.intoArray(out, outOff + 7 * width);
      return;
    }
    int high = outOff + 8 * width - 8;
    u0.intoArray(out, outOff, LOW);
    u0.intoArray(out, high, BIT_8);
    u1.intoArray(out, outOff + width, LOW);
    u1.intoArray(out, high + width, BIT_8);
    u2.intoArray(out, outOff + 2 * width, LOW);
    u2.intoArray(out, high + 2 * width, BIT_8);
    u3.intoArray(out, outOff + 3 * width, LOW);
    u3.intoArray(out, high + 3 * width, BIT_8);
    u4.intoArray(out, outOff + 4 * width, LOW);
    u4.intoArray(out, high + 4 * width, BIT_8);
    u5.intoArray(out, outOff + 5 * width, LOW);
    u5.intoArray(out, high + 5 * width, BIT_8);
    u6.intoArray(out, outOff + 6 * width, LOW);
    u6.intoArray(out, high + 6 * width, BIT_8);
    u7.intoArray(out, outOff + 7 * width, LOW);
    u7.intoArray(out, high + 7 * width, BIT_8);
  }
}
