package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** A whole tile of scratch, for one that lies over the edge of C. */
final class Edge {
  final float[] tile = new float[Blocking.MR * Blocking.NR];

  /** Takes so many rows and columns of C into a tile of that width. */
  void load(int rows, int columns, float[] c, int cOff, int ldc, int width) {
    copy(rows, columns, c, cOff, ldc, tile, 0, width);
  }

  /** Puts them back. */
  void store(int rows, int columns, float[] c, int cOff, int ldc, int width) {
    copy(rows, columns, tile, 0, width, c, cOff, ldc);
  }

  private static void copy(
      int rows, int columns, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    for (int j = 0; j < columns; j += LENGTH) {
      VectorMask<Float> some = FLOAT.indexInRange(j, columns);
      for (int i = 0; i < rows; i++) {
        FloatVector.fromArray(FLOAT, x, xOff + i * ldx + j, some)
            .intoArray(y, yOff + i * ldy + j, some);
      }
    }
  }
}
