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
import io.lanewise.kernel.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;

/**
 * Dropout: the words of a row by Philox in lanes, then the choice.
 *
 * <p>A lane of longs holds one word of one block, in its low half, since a product of two words has
 * 64 bits. What is above it is left there: only the low halves are multiplied. The blocks of a
 * vector are every second one, those of its partner the others, so that the two make a vector of
 * ints whose lanes are in order.
 */
final class Dropping {
  private static final long WORD = 0xFFFFFFFFL;
  private static final LongVector EVEN = LongVector.zero(LONG).addIndex(2);

  private Dropping() {}

  static void dropout(
      DropoutMask mask,
      int n,
      long seed,
      long stream,
      int row,
      float[] x,
      int xRow,
      float[] y,
      int yRow,
      int[] words) {
    for (int j = 0; j < n; j += words.length) {
      int some = Math.min(words.length, n - j);
      for (int group = 0; group < some; group += 4 * VIRTUAL) {
        for (int first = 0; first < VIRTUAL; first += LENGTH) {
          words((j + group) / 4 + first, row, stream, seed, words, group + first);
        }
      }
      choose(some, words, mask, x, xRow + j, y, yRow + j);
    }
  }

  /** The words of as many blocks as a vector has ints, each word 16 ints after the last one. */
  private static void words(int block, int row, long stream, long seed, int[] words, int at) {
    LongVector a0 = EVEN.add(block);
    LongVector b0 = a0.add(1);
    LongVector a1 = LongVector.broadcast(LONG, row);
    LongVector b1 = a1;
    LongVector a2 = LongVector.broadcast(LONG, stream);
    LongVector b2 = a2;
    LongVector a3 = LongVector.broadcast(LONG, stream >>> 32 | 0x80000000L);
    LongVector b3 = a3;
    long key0 = seed;
    long key1 = seed >>> 32;
    for (int round = 0; round < Philox.ROUNDS; round++) {
      LongVector pa0 = a0.and(WORD).mul(Philox.MULTIPLIER_0 & WORD);
      LongVector pb0 = b0.and(WORD).mul(Philox.MULTIPLIER_0 & WORD);
      LongVector pa2 = a2.and(WORD).mul(Philox.MULTIPLIER_1 & WORD);
      LongVector pb2 = b2.and(WORD).mul(Philox.MULTIPLIER_1 & WORD);
      LongVector k0 = LongVector.broadcast(LONG, key0);
      LongVector k1 = LongVector.broadcast(LONG, key1);
      a0 = pa2.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
      b0 = pb2.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
      a2 = pa0.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
      b2 = pb0.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
      a1 = pa2;
      b1 = pb2;
      a3 = pa0;
      b3 = pb0;
      key0 += Philox.WEYL_0;
      key1 += Philox.WEYL_1;
    }
    merge(a0, b0).intoArray(words, at);
    merge(a1, b1).intoArray(words, at + VIRTUAL);
    merge(a2, b2).intoArray(words, at + 2 * VIRTUAL);
    merge(a3, b3).intoArray(words, at + 3 * VIRTUAL);
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
