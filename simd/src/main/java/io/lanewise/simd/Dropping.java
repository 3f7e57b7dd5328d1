package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.INT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.LONG;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Matrix;
import io.lanewise.math.RandomStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;

/**
 * Dropout: the words of a row by Philox in lanes, then the choice.
 *
 * <p>A lane of longs holds one word of one block, in its low half, since a product of two words has
 * 64 bits. What is above it is left there: only the low halves are multiplied. The blocks of a
 * vector are every second one, those of the next vector the others, so that the two make a vector
 * of ints whose lanes are in order.
 *
 * <p>Counters lie in an array between the rounds, the four words of a vector one after another: a
 * product is used twice, and C2 boxes it where it is carried round a loop. Five rounds are about
 * what C2 inlines in one method.
 */
final class Dropping {
  /** Words of one pass, a multiple of what sixteen blocks have. */
  static final int WORDS = 512;

  /** The longs of their counters: a word is one. */
  static final int COUNTERS = WORDS;

  private static final int GROUP = 4 * VIRTUAL;
  private static final int HALF = LONG.length();
  private static final long WORD = 0xFFFFFFFFL;
  private static final LongVector EVEN = LongVector.zero(LONG).addIndex(2);

  private Dropping() {}

  static void dropout(DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    Scratch scratch = Scratch.take();
    int n = x.columns();
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < n; j += WORDS) {
        int some = Math.min(WORDS, n - j);
        words(some, j / 4, firstRow + i, seed, stream, scratch);
        choose(some, scratch.words, mask, x.array(), x.at(i) + j, y.array(), y.at(i) + j);
      }
    }
    scratch.give();
  }

  /** Into the scratch those of a row, from those of {@code block} on. */
  private static void words(int n, int block, int row, long seed, long stream, Scratch scratch) {
    long[] counters = scratch.counters;
    int longs = (n + GROUP - 1) / GROUP * GROUP;
    count(longs, block, row, stream, counters);
    fiveRounds(longs, seed, seed >>> 32, counters);
    long key0 = seed + 5L * RandomStream.WEYL_0;
    fiveRounds(longs, key0, (seed >>> 32) + 5L * RandomStream.WEYL_1, counters);
    merge(longs, counters, scratch.words);
  }

  private static void count(int longs, int block, int row, long stream, long[] counters) {
    LongVector c1 = LongVector.broadcast(LONG, row);
    LongVector c2 = LongVector.broadcast(LONG, stream);
    LongVector c3 = LongVector.broadcast(LONG, stream >>> 32 | 0x80000000L);
    for (int at = 0; at < longs; at += 8 * HALF) {
      LongVector c0 = EVEN.add(block + at / 4);
      store(c0, c1, c2, c3, counters, at);
      store(c0.add(1), c1, c2, c3, counters, at + 4 * HALF);
    }
  }

  private static void store(
      LongVector c0, LongVector c1, LongVector c2, LongVector c3, long[] counters, int at) {
    c0.intoArray(counters, at);
    c1.intoArray(counters, at + HALF);
    c2.intoArray(counters, at + 2 * HALF);
    c3.intoArray(counters, at + 3 * HALF);
  }

  private static void fiveRounds(int longs, long key0, long key1, long[] counters) {
    // Masked, although they are words: C2 takes its 32-bit product where it sees masks on both.
    LongVector m0 = LongVector.broadcast(LONG, RandomStream.MULTIPLIER_0 & WORD).and(WORD);
    LongVector m1 = LongVector.broadcast(LONG, RandomStream.MULTIPLIER_1 & WORD).and(WORD);
    for (int at = 0; at < longs; at += 4 * HALF) {
      LongVector c0 = LongVector.fromArray(LONG, counters, at);
      LongVector c1 = LongVector.fromArray(LONG, counters, at + HALF);
      LongVector c2 = LongVector.fromArray(LONG, counters, at + 2 * HALF);
      LongVector c3 = LongVector.fromArray(LONG, counters, at + 3 * HALF);
      LongVector p0 = c0.and(WORD).mul(m0);
      LongVector p2 = c2.and(WORD).mul(m1);
      c0 = p2.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, key0);
      c2 = p0.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, key1);
      LongVector q0 = c0.and(WORD).mul(m0);
      LongVector q2 = c2.and(WORD).mul(m1);
      c0 = q2.lanewise(LSHR, 32).lanewise(XOR, p2).lanewise(XOR, key0 + RandomStream.WEYL_0);
      c2 = q0.lanewise(LSHR, 32).lanewise(XOR, p0).lanewise(XOR, key1 + RandomStream.WEYL_1);
      p0 = c0.and(WORD).mul(m0);
      p2 = c2.and(WORD).mul(m1);
      c0 = p2.lanewise(LSHR, 32).lanewise(XOR, q2).lanewise(XOR, key0 + 2L * RandomStream.WEYL_0);
      c2 = p0.lanewise(LSHR, 32).lanewise(XOR, q0).lanewise(XOR, key1 + 2L * RandomStream.WEYL_1);
      q0 = c0.and(WORD).mul(m0);
      q2 = c2.and(WORD).mul(m1);
      c0 = q2.lanewise(LSHR, 32).lanewise(XOR, p2).lanewise(XOR, key0 + 3L * RandomStream.WEYL_0);
      c2 = q0.lanewise(LSHR, 32).lanewise(XOR, p0).lanewise(XOR, key1 + 3L * RandomStream.WEYL_1);
      p0 = c0.and(WORD).mul(m0);
      p2 = c2.and(WORD).mul(m1);
      c0 = p2.lanewise(LSHR, 32).lanewise(XOR, q2).lanewise(XOR, key0 + 4L * RandomStream.WEYL_0);
      c2 = p0.lanewise(LSHR, 32).lanewise(XOR, q0).lanewise(XOR, key1 + 4L * RandomStream.WEYL_1);
      // Not by the method above: so late in this one, C2 would call it, and box.
      c0.intoArray(counters, at);
      p2.intoArray(counters, at + HALF);
      c2.intoArray(counters, at + 2 * HALF);
      p0.intoArray(counters, at + 3 * HALF);
    }
  }

  private static void merge(int longs, long[] counters, int[] words) {
    for (int at = 0; at < longs; at += 8 * HALF) {
      int word = at / GROUP * GROUP + at % GROUP / 4;
      for (int w = 0; w < 4; w++) {
        LongVector even = LongVector.fromArray(LONG, counters, at + w * HALF);
        LongVector odd = LongVector.fromArray(LONG, counters, at + (4 + w) * HALF);
        merge(even, odd).intoArray(words, word + w * VIRTUAL);
      }
    }
  }

  private static IntVector merge(LongVector even, LongVector odd) {
    return even.and(WORD).or(odd.lanewise(LSHL, 32)).reinterpretAsInts();
  }

  private static void choose(
      int n, int[] words, DropoutMask mask, float[] x, int xOff, float[] y, int yOff) {
    FloatVector scale = FloatVector.broadcast(FLOAT, mask.scale());
    FloatVector shift = FloatVector.broadcast(FLOAT, mask.shift());
    FloatVector dropped = FloatVector.broadcast(FLOAT, mask.dropped());
    int threshold = mask.threshold();
    int whole = FLOAT.loopBound(n);
    for (int j = 0; j < whole; j += LENGTH) {
      VectorMask<Float> kept =
          IntVector.fromArray(INT, words, j).compare(GE, threshold).cast(FLOAT);
      FloatVector v = fromArray(FLOAT, x, xOff + j).fma(scale, shift);
      dropped.blend(v, kept).intoArray(y, yOff + j);
    }
    if (whole < n) {
      VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
      VectorMask<Float> kept =
          IntVector.fromArray(INT, words, whole).compare(GE, threshold).cast(FLOAT);
      FloatVector v = fromArray(FLOAT, x, xOff + whole, rest).fma(scale, shift);
      dropped.blend(v, kept).intoArray(y, yOff + whole, rest);
    }
  }
}
