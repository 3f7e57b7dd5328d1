package io.lanewise.simd;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix of integers for products of integers, in lanes of 16 bits: twice as many as of floats.
 *
 * <p>The rows of a panel are cut into groups whose sums fit 16 bits whatever the integers of A,
 * which are at most 128: no column of a group has more than 255 in all. Of the sum of each group t
 * two chains go on: one of t, which wraps, and one of t / 256, rounded down, which does not. What
 * the second lacks is less than 256 a group, so less than 2^16 in all, and the first knows it.
 */
final class Integers extends PackedMatrix {
  private static final VectorSpecies<Short> SHORT = Lanes.FLOAT.withLanes(short.class);
  private static final int V = Lanes.LENGTH;
  private static final int W = 2 * V;
  private static final int ROWS = 4;
  private static final int PANEL = 2 * W;

  /** The largest sum in a column of a group. */
  private static final int LARGEST = 255;

  /** The most groups of which the second chain fits 16 bits. */
  private static final int MOST_GROUPS = 255;

  /** With fewer rows in a group than these the ends of the groups cost more than is gained. */
  private static final int FEWEST = 3;

  /** So many integers of A lie ready at a time, 256 KiB. */
  private static final int BLOCK = 1 << 16;

  // A panel has all rows of its columns, and at most as many groups: where they begin, and k.
  private final short[] elements;
  private final int[] starts;

  private Integers(Kernels packer, int k, int n, short[] elements, int[] starts) {
    super(packer, k, n, new float[0], 1);
    this.elements = elements;
    this.starts = starts;
  }

  @Override
  public PackedMatrix withTurnsOfItsOwn() {
    return this;
  }

  /** Packs integers; as floats where nothing would be gained. */
  static PackedMatrix pack(Kernels packer, Matrix b) {
    int k = b.rows();
    int n = b.columns();
    int panels = (n + PANEL - 1) / PANEL;
    if (!Lanes.isNative() || V < 16 || k == 0 || n < PANEL) {
      return Products.pack(packer, b);
    }
    short[] elements = new short[Math.multiplyExact(panels * PANEL, k)];
    int[] starts = new int[panels * (k + 1)];
    int[] sums = new int[PANEL];
    for (int panel = 0; panel < panels; panel++) {
      int first = panel * PANEL;
      int columns = Math.min(PANEL, n - first);
      int group = panel * (k + 1);
      Arrays.fill(sums, 0);
      for (int p = 0; p < k; p++) {
        int to = (first * k) + p * PANEL;
        int from = b.at(p) + first;
        if (!row(columns, b.array(), from, elements, to, sums)) {
          starts[++group] = p;
          Arrays.fill(sums, 0);
          if (!row(columns, b.array(), from, elements, to, sums)) {
            return Products.pack(packer, b);
          }
        }
      }
      starts[++group] = k;
      if ((group - panel * (k + 1)) * FEWEST > k) {
        return Products.pack(packer, b);
      }
    }
    return new Integers(packer, k, n, elements, starts);
  }

  /** Returns whether the row is of integers, and the group may have it. */
  private static boolean row(int n, float[] x, int xOff, short[] y, int yOff, int[] sums) {
    boolean fits = true;
    for (int j = 0; j < n; j++) {
      int value = (int) x[xOff + j];
      // An int of the sums has a column and the one that is a vector of floats behind it.
      y[yOff + place(j)] = (short) value;
      sums[j] += Math.min(Math.abs(value), LARGEST + 1);
      fits &= value == x[xOff + j] && sums[j] <= LARGEST;
    }
    return fits;
  }

  /** The place of a column in its row of a panel. */
  private static int place(int j) {
    return j / W * W + j % V * 2 + j / V % 2;
  }

  /** See {@link Kernels#doUnpack}. */
  void unpack(int p, int column, int columns, float[] to) {
    for (int i = 0; i < columns; i++) {
      int j = (column + i) % PANEL;
      to[i] = elements[(column + i - j) * k() + p * PANEL + place(j)];
    }
  }

  /** C = A B, B from that column on. */
  void product(Matrix a, int from, Matrix c) {
    int k = k();
    int m = c.rows();
    int block = Math.max(ROWS, BLOCK / k / ROWS * ROWS);
    Scratch scratch = Scratch.take();
    int[] x = scratch.pairs(Math.min(block, (m + ROWS - 1) / ROWS * ROWS) * k);
    for (int i = 0; i < m; i += block) {
      int rows = Math.min(block, m - i);
      for (int r = 0; r < rows; r++) {
        twice(k, a.array(), a.at(i + r), x, r * k);
      }
      for (int first = from / PANEL * PANEL; first < from + c.columns(); first += PANEL) {
        panel(first, x, rows, scratch, first - from, i, c);
      }
    }
    scratch.give();
  }

  /** Each integer as two of 16 bits, which one broadcast copies to all lanes. */
  private static void twice(int n, float[] x, int xOff, int[] y, int yOff) {
    for (int j = 0; j < n; j++) {
      int v = (int) x[xOff + j];
      y[yOff + j] = v & 0xffff | v << 16;
    }
  }

  private void panel(int first, int[] x, int rows, Scratch scratch, int column, int row, Matrix c) {
    int[] sums = scratch.halves;
    float[] edge = scratch.edge;
    int k = k();
    int all = first / PANEL * (k + 1);
    int last;
    for (int group = all; starts[group] < k; group = last) {
      last = group + 1;
      while (starts[last] < k && last - group < MOST_GROUPS) {
        last++;
      }
      for (int r = 0; r < rows; r += ROWS) {
        tile(group, last, starts, x, r * k, k, elements, first * k, sums);
        int to = c.at(row + r) + column;
        if (rows - r >= ROWS && column >= 0 && column + PANEL <= c.columns() && group == all) {
          join(sums, c.array(), to, c.ld());
        } else {
          join(sums, edge, 0, PANEL);
          for (int i = 0; i < Math.min(ROWS, rows - r); i++) {
            for (int j = Math.max(0, -column); j < Math.min(PANEL, c.columns() - column); j++) {
              float before = group == all ? 0f : c.array()[to + i * c.ld() + j];
              c.array()[to + i * c.ld() + j] = before + edge[i * PANEL + j];
            }
          }
        }
      }
    }
  }

  /** Four rows of A by a panel: the two sums of each. */
  private static void tile(
      int group, int last, int[] starts, int[] x, int x0, int ld, short[] b, int bOff, int[] sums) {
    int x1 = x0 + ld;
    int x2 = x1 + ld;
    int x3 = x2 + ld;
    ShortVector eight = ShortVector.broadcast(SHORT, (short) 8);
    ShortVector zero = ShortVector.zero(SHORT);
    ShortVector s00 = zero;
    ShortVector s01 = zero;
    ShortVector s10 = zero;
    ShortVector s11 = zero;
    ShortVector s20 = zero;
    ShortVector s21 = zero;
    ShortVector s30 = zero;
    ShortVector s31 = zero;
    ShortVector h00 = zero;
    ShortVector h01 = zero;
    ShortVector h10 = zero;
    ShortVector h11 = zero;
    ShortVector h20 = zero;
    ShortVector h21 = zero;
    ShortVector h30 = zero;
    ShortVector h31 = zero;
    int p = starts[group];
    int at = bOff + p * PANEL;
    for (; group < last; group++) {
      int end = starts[group + 1];
      ShortVector t00 = zero;
      ShortVector t01 = zero;
      ShortVector t10 = zero;
      ShortVector t11 = zero;
      ShortVector t20 = zero;
      ShortVector t21 = zero;
      ShortVector t30 = zero;
      ShortVector t31 = zero;
      for (; p < end; p++) {
        ShortVector b0 = ShortVector.fromArray(SHORT, b, at);
        ShortVector b1 = ShortVector.fromArray(SHORT, b, at + W);
        ShortVector a = all(x, x0 + p);
        t00 = t00.add(b0.mul(a));
        t01 = t01.add(b1.mul(a));
        a = all(x, x1 + p);
        t10 = t10.add(b0.mul(a));
        t11 = t11.add(b1.mul(a));
        a = all(x, x2 + p);
        t20 = t20.add(b0.mul(a));
        t21 = t21.add(b1.mul(a));
        a = all(x, x3 + p);
        t30 = t30.add(b0.mul(a));
        t31 = t31.add(b1.mul(a));
        at += PANEL;
      }
      s00 = s00.add(t00);
      s01 = s01.add(t01);
      s10 = s10.add(t10);
      s11 = s11.add(t11);
      s20 = s20.add(t20);
      s21 = s21.add(t21);
      s30 = s30.add(t30);
      s31 = s31.add(t31);
      h00 = h00.add(t00.lanewise(VectorOperators.ASHR, eight));
      h01 = h01.add(t01.lanewise(VectorOperators.ASHR, eight));
      h10 = h10.add(t10.lanewise(VectorOperators.ASHR, eight));
      h11 = h11.add(t11.lanewise(VectorOperators.ASHR, eight));
      h20 = h20.add(t20.lanewise(VectorOperators.ASHR, eight));
      h21 = h21.add(t21.lanewise(VectorOperators.ASHR, eight));
      h30 = h30.add(t30.lanewise(VectorOperators.ASHR, eight));
      h31 = h31.add(t31.lanewise(VectorOperators.ASHR, eight));
    }
    s00.reinterpretAsInts().intoArray(sums, 0);
    s01.reinterpretAsInts().intoArray(sums, V);
    s10.reinterpretAsInts().intoArray(sums, 2 * V);
    s11.reinterpretAsInts().intoArray(sums, 3 * V);
    s20.reinterpretAsInts().intoArray(sums, 4 * V);
    s21.reinterpretAsInts().intoArray(sums, 5 * V);
    s30.reinterpretAsInts().intoArray(sums, 6 * V);
    s31.reinterpretAsInts().intoArray(sums, 7 * V);
    h00.reinterpretAsInts().intoArray(sums, 8 * V);
    h01.reinterpretAsInts().intoArray(sums, 9 * V);
    h10.reinterpretAsInts().intoArray(sums, 10 * V);
    h11.reinterpretAsInts().intoArray(sums, 11 * V);
    h20.reinterpretAsInts().intoArray(sums, 12 * V);
    h21.reinterpretAsInts().intoArray(sums, 13 * V);
    h30.reinterpretAsInts().intoArray(sums, 14 * V);
    h31.reinterpretAsInts().intoArray(sums, 15 * V);
  }

  private static ShortVector all(int[] x, int i) {
    return IntVector.broadcast(Lanes.INT, x[i]).reinterpretAsShorts();
  }

  /** Puts the two sums of each element of a tile together. */
  private static void join(int[] sums, float[] to, int off, int ld) {
    for (int i = 0; i < 2 * ROWS; i++) {
      int at = off + i / 2 * ld + i % 2 * W;
      IntVector low = IntVector.fromArray(Lanes.INT, sums, i * V);
      IntVector both = IntVector.fromArray(Lanes.INT, sums, (2 * ROWS + i) * Lanes.LENGTH);
      IntVector high = both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 8);
      high.add(low.sub(high).and(0xffff))
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .intoArray(to, at);
      high = both.lanewise(VectorOperators.ASHR, 16).lanewise(VectorOperators.LSHL, 8);
      low = low.lanewise(VectorOperators.LSHR, 16);
      high.add(low.sub(high).and(0xffff))
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .intoArray(to, at + V);
    }
  }
}
