package io.lanewise.simd;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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

  // Of lane l of two vectors end to end: single lanes, pairs, fours and halves of both, of the
  // first half or the last.
  private static final IntVector FIRST_1 = both(0, 1);
  private static final IntVector LAST_1 = both(W / 2, 1);
  private static final IntVector FIRST_2 = both(0, 2);
  private static final IntVector LAST_2 = both(W / 2, 2);
  private static final IntVector FIRST_4 = both(0, 4);
  private static final IntVector LAST_4 = both(W / 2, 4);
  private static final IntVector FIRST_HALF = both(0, W / 2);
  private static final IntVector LAST_HALF = both(W / 2, W / 2);

  private Packing() {}

  private static VectorShuffle<Float> shuffle(int distance) {
    return VectorShuffle.iota(LANES, Math.floorMod(distance, W), 1, true);
  }

  /**
   * Packs a whole b (k, n): its panels one after another, each with all of k, so that a block of k
   * is a part of each. The last may be narrower.
   */
  static float[] panels(Matrix b) {
    int k = b.rows();
    int n = b.columns();
    int length = Math.multiplyExact(k, Scratch.wholeVectors(n));
    float[] panels = new float[Math.addExact(Blocking.LINE_START, length)];
    int width;
    for (int j = 0; j < n; j += width) {
      width = Blocking.width(n - j);
      int columns = Math.min(width, n - j);
      // Done once, so before anything is compiled: a vector would be an object then.
      for (int p = 0; p < k; p++) {
        int to = Blocking.LINE_START + j * k + p * width;
        System.arraycopy(b.array(), b.at(p) + j, panels, to, columns);
      }
    }
    return panels;
  }

  /** Copies columns of a row of {@link #panels}. */
  static void unpack(PackedMatrix b, int p, int column, int columns, float[] to, int toOff) {
    int end = column + columns;
    int width;
    for (int j = 0; j < end; j += width) {
      width = Blocking.width(b.n() - j);
      int first = Math.max(j, column);
      int panel = Blocking.LINE_START + j * b.k() + p * width;
      if (first < j + width) {
        int some = Math.min(j + width, end) - first;
        int at = toOff + first - column;
        System.arraycopy(b.elements(), panel + first - j, to, at, some);
      }
    }
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
        partVectors(x, off + w, ld, k, Math.max(0, edge - w), width, out, outOff + w);
      }
    }
  }

  /** One vector of each of k rows. */
  static void vectors(float[] x, int off, int ld, int k, int width, float[] out, int outOff) {
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(LANES, x, off + p * ld).intoArray(out, outOff + p * width);
    }
  }

  /** Stores whole vectors: what they write too much, the next p or the next panel overwrites. */
  private static void partVectors(
      float[] x, int off, int ld, int k, int edge, int width, float[] out, int outOff) {
    // Made here: a mask that is handed over is an object, unless C2 inlines.
    VectorMask<Float> some = LANES.indexInRange(0, edge);
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(LANES, x, off + p * ld, some).intoArray(out, outOff + p * width);
    }
  }

  /** As {@link #rows}, two whole panels of half a vector each; the second follows the first. */
  static void twoPanels(float[] x, int off, int ld, int k, float[] out, int outOff) {
    int half = W / 2;
    int second = outOff + half * k;
    for (int p = 0; p < k - 1; p += 2) {
      IntVector u = FloatVector.fromArray(LANES, x, off + p * ld).reinterpretAsInts();
      IntVector v = FloatVector.fromArray(LANES, x, off + p * ld + ld).reinterpretAsInts();
      FIRST_HALF.selectFrom(u, v).reinterpretAsFloats().intoArray(out, outOff + half * p);
      LAST_HALF.selectFrom(u, v).reinterpretAsFloats().intoArray(out, second + half * p);
    }
    if (k % 2 == 1) {
      int last = off + (k - 1) * ld;
      System.arraycopy(x, last, out, second - half, half);
      System.arraycopy(x, last + half, out, second + half * (k - 1), half);
    }
  }

  /**
   * Packs one panel whose p lie side by side: out[p width + w] = x[off + w ld + p].
   *
   * @param edge how many neighbours there are, at most width; the others are 0
   */
  static void columns(
      float[] x, int off, int ld, int k, int edge, int width, float[] out, int outOff) {
    int wholeK = 0;
    if (W == 16 && width >= 16) {
      wholeK = k / 8 * 8;
      sixteens(x, off, ld, wholeK, edge, width, out, outOff);
    } else if (W == 16 && width == 8 && edge == 8) {
      wholeK = k / W * W;
      interleave8(x, off, ld, wholeK, out, outOff);
    } else if (W == 8 && width >= 8) {
      wholeK = k / W * W;
      eights(x, off, ld, wholeK, edge, width, out, outOff);
    }
    elements(x, off + wholeK, ld, k - wholeK, 0, edge, width, out, outOff + wholeK * width);
  }

  /** With 8 lanes, eight rows at a time; k is a multiple of 8. */
  private static void eights(
      float[] x, int off, int ld, int k, int edge, int width, float[] out, int outOff) {
    int whole = edge / 8 * 8;
    // Some p of every row at a time: their lines stay in L1 while the panel is written in order.
    for (int p = 0; p < k; p += 8) {
      for (int w = 0; w < whole; w += 8) {
        transpose8(x, off + w * ld + p, ld, width, out, outOff + p * width + w);
      }
      elements(x, off + p, ld, 8, whole, edge, width, out, outOff + p * width);
    }
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
    u0.intoArray(out, outOff);
    u1.intoArray(out, outOff + width);
    u2.intoArray(out, outOff + 2 * width);
    u3.intoArray(out, outOff + 3 * width);
    u4.intoArray(out, outOff + 4 * width);
    u5.intoArray(out, outOff + 5 * width);
    u6.intoArray(out, outOff + 6 * width);
    u7.intoArray(out, outOff + 7 * width);
  }

  private static IntVector both(int from, int group) {
    int[] index = new int[W];
    for (int l = 0; l < W; l++) {
      int of = from + l / (2 * group) * group + l % group;
      index[l] = l / group % 2 * W + of;
    }
    return IntVector.fromArray(Lanes.INT, index, 0);
  }

  /** Eight rows of k columns, a multiple of W, side by side: out[8 p + r] = x[off + r ld + p]. */
  private static void interleave8(float[] x, int off, int ld, int k, float[] out, int outOff) {
    int o1 = off + ld;
    int o2 = o1 + ld;
    int o3 = o2 + ld;
    int o4 = o3 + ld;
    int o5 = o4 + ld;
    int o6 = o5 + ld;
    int o7 = o6 + ld;
    for (int p = 0; p < k; p += W) {
      IntVector r0 = FloatVector.fromArray(LANES, x, off + p).reinterpretAsInts();
      IntVector r1 = FloatVector.fromArray(LANES, x, o1 + p).reinterpretAsInts();
      IntVector r2 = FloatVector.fromArray(LANES, x, o2 + p).reinterpretAsInts();
      IntVector r3 = FloatVector.fromArray(LANES, x, o3 + p).reinterpretAsInts();
      IntVector r4 = FloatVector.fromArray(LANES, x, o4 + p).reinterpretAsInts();
      IntVector r5 = FloatVector.fromArray(LANES, x, o5 + p).reinterpretAsInts();
      IntVector r6 = FloatVector.fromArray(LANES, x, o6 + p).reinterpretAsInts();
      IntVector r7 = FloatVector.fromArray(LANES, x, o7 + p).reinterpretAsInts();
      IntVector s0 = FIRST_1.selectFrom(r0, r1);
      IntVector s1 = LAST_1.selectFrom(r0, r1);
      IntVector s2 = FIRST_1.selectFrom(r2, r3);
      IntVector s3 = LAST_1.selectFrom(r2, r3);
      IntVector s4 = FIRST_1.selectFrom(r4, r5);
      IntVector s5 = LAST_1.selectFrom(r4, r5);
      IntVector s6 = FIRST_1.selectFrom(r6, r7);
      IntVector s7 = LAST_1.selectFrom(r6, r7);
      IntVector t0 = FIRST_2.selectFrom(s0, s2);
      IntVector t1 = LAST_2.selectFrom(s0, s2);
      IntVector t2 = FIRST_2.selectFrom(s1, s3);
      IntVector t3 = LAST_2.selectFrom(s1, s3);
      IntVector t4 = FIRST_2.selectFrom(s4, s6);
      IntVector t5 = LAST_2.selectFrom(s4, s6);
      IntVector t6 = FIRST_2.selectFrom(s5, s7);
      IntVector t7 = LAST_2.selectFrom(s5, s7);
      FIRST_4.selectFrom(t0, t4).reinterpretAsFloats().intoArray(out, outOff + 8 * p);
      LAST_4.selectFrom(t0, t4).reinterpretAsFloats().intoArray(out, outOff + 8 * p + W);
      FIRST_4.selectFrom(t1, t5).reinterpretAsFloats().intoArray(out, outOff + 8 * p + 2 * W);
      LAST_4.selectFrom(t1, t5).reinterpretAsFloats().intoArray(out, outOff + 8 * p + 3 * W);
      FIRST_4.selectFrom(t2, t6).reinterpretAsFloats().intoArray(out, outOff + 8 * p + 4 * W);
      LAST_4.selectFrom(t2, t6).reinterpretAsFloats().intoArray(out, outOff + 8 * p + 5 * W);
      FIRST_4.selectFrom(t3, t7).reinterpretAsFloats().intoArray(out, outOff + 8 * p + 6 * W);
      LAST_4.selectFrom(t3, t7).reinterpretAsFloats().intoArray(out, outOff + 8 * p + 7 * W);
    }
  }

  /** Sixteen rows at a time; k is a multiple of 8. */
  private static void sixteens(
      float[] x, int off, int ld, int k, int edge, int width, float[] out, int outOff) {
    int whole = edge / W * W;
    for (int w = 0; w < whole; w += W) {
      transpose16(x, off + w * ld, ld, k, width, out, outOff + w);
    }
    elements(x, off, ld, k, whole, edge, width, out, outOff);
  }

  /** Sixteen rows of k columns, as {@link Gemv} draws it. */
  private static void transpose16(
      float[] x, int off, int ld, int k, int width, float[] out, int outOff) {
    int upper = 8 * ld - 8;
    for (int p = 0; p < k; p += 8) {
      int to = outOff + p * width;
      int at = off + p;
      FloatVector r0 = FloatVector.fromArray(LANES, x, at);
      FloatVector r1 = FloatVector.fromArray(LANES, x, at + ld);
      FloatVector r2 = FloatVector.fromArray(LANES, x, at + 2 * ld);
      FloatVector r3 = FloatVector.fromArray(LANES, x, at + 3 * ld);
      FloatVector r4 = FloatVector.fromArray(LANES, x, at + 4 * ld);
      FloatVector r5 = FloatVector.fromArray(LANES, x, at + 5 * ld);
      FloatVector r6 = FloatVector.fromArray(LANES, x, at + 6 * ld);
      FloatVector r7 = FloatVector.fromArray(LANES, x, at + 7 * ld);
      IntVector i0 =
          r0.blend(FloatVector.fromArray(LANES, x, at + upper), Gemv.UPPER_8).reinterpretAsInts();
      IntVector i1 =
          r1.blend(FloatVector.fromArray(LANES, x, at + upper + ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector i2 =
          r2.blend(FloatVector.fromArray(LANES, x, at + upper + 2 * ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector i3 =
          r3.blend(FloatVector.fromArray(LANES, x, at + upper + 3 * ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector i4 =
          r4.blend(FloatVector.fromArray(LANES, x, at + upper + 4 * ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector i5 =
          r5.blend(FloatVector.fromArray(LANES, x, at + upper + 5 * ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector i6 =
          r6.blend(FloatVector.fromArray(LANES, x, at + upper + 6 * ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector i7 =
          r7.blend(FloatVector.fromArray(LANES, x, at + upper + 7 * ld), Gemv.UPPER_8)
              .reinterpretAsInts();
      IntVector s0 = Gemv.EVEN_1.selectFrom(i0, i1);
      IntVector s1 = Gemv.ODD_1.selectFrom(i0, i1);
      IntVector s2 = Gemv.EVEN_1.selectFrom(i2, i3);
      IntVector s3 = Gemv.ODD_1.selectFrom(i2, i3);
      IntVector s4 = Gemv.EVEN_1.selectFrom(i4, i5);
      IntVector s5 = Gemv.ODD_1.selectFrom(i4, i5);
      IntVector s6 = Gemv.EVEN_1.selectFrom(i6, i7);
      IntVector s7 = Gemv.ODD_1.selectFrom(i6, i7);
      IntVector t0 = Gemv.EVEN_2.selectFrom(s0, s2);
      IntVector t2 = Gemv.ODD_2.selectFrom(s0, s2);
      IntVector t1 = Gemv.EVEN_2.selectFrom(s1, s3);
      IntVector t3 = Gemv.ODD_2.selectFrom(s1, s3);
      IntVector t4 = Gemv.EVEN_2.selectFrom(s4, s6);
      IntVector t6 = Gemv.ODD_2.selectFrom(s4, s6);
      IntVector t5 = Gemv.EVEN_2.selectFrom(s5, s7);
      IntVector t7 = Gemv.ODD_2.selectFrom(s5, s7);
      Gemv.EVEN_4.selectFrom(t0, t4).reinterpretAsFloats().intoArray(out, to + 0 * width);
      Gemv.EVEN_4.selectFrom(t1, t5).reinterpretAsFloats().intoArray(out, to + 1 * width);
      Gemv.EVEN_4.selectFrom(t2, t6).reinterpretAsFloats().intoArray(out, to + 2 * width);
      Gemv.EVEN_4.selectFrom(t3, t7).reinterpretAsFloats().intoArray(out, to + 3 * width);
      Gemv.ODD_4.selectFrom(t0, t4).reinterpretAsFloats().intoArray(out, to + 4 * width);
      Gemv.ODD_4.selectFrom(t1, t5).reinterpretAsFloats().intoArray(out, to + 5 * width);
      Gemv.ODD_4.selectFrom(t2, t6).reinterpretAsFloats().intoArray(out, to + 6 * width);
      Gemv.ODD_4.selectFrom(t3, t7).reinterpretAsFloats().intoArray(out, to + 7 * width);
    }
  }
}
