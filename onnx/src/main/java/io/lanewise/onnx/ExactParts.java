package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A matrix of integers, cut and packed so that products with it are exact in floats. A float holds
 * every integer up to 2^24. The first operand is at most 255 away from its zero point, so a sum of
 * terms is no larger than 255 times the sum of the sizes in a column: in any order of its
 * additions, with a fused multiply-add as without. Rows are one part as long as that is so.
 *
 * @param n its columns
 * @param sums of each column
 * @param ends the rows at which the parts end
 */
record ExactParts(int n, int[] sums, int[] ends, PackedMatrix[] parts) {
  private static final float LARGEST = (float) (1 << 24) / 255;

  /** Packs k rows of n integers, none larger than 255, by {@link Kernels#pack} or its like. */
  static ExactParts of(Function<Matrix, PackedMatrix> pack, float[] b, int k, int n) {
    int[] ends = ends(b, 0, k, n);
    PackedMatrix[] parts = new PackedMatrix[ends.length];
    int from = 0;
    for (int i = 0; i < parts.length; i++) {
      Matrix part = new Matrix();
      part.set(b, from * n, n, ends[i] - from, n);
      parts[i] = pack.apply(part);
      from = ends[i];
    }
    int[] sums = new int[n];
    for (int i = 0; i < k * n; i++) {
      sums[i % n] += (int) b[i];
    }
    return new ExactParts(n, sums, ends, parts);
  }

  /** Returns the rows at which the parts end. */
  static int[] ends(float[] b, int at, int k, int n) {
    int[] ends = new int[k];
    int count = 0;
    float[] sums = new float[n];
    for (int p = 0; p < k; p++) {
      if (!adds(b, at + p * n, sums)) {
        ends[count++] = p;
        Arrays.fill(sums, 0);
        adds(b, at + p * n, sums);
      }
    }
    if (k > 0) {
      ends[count++] = k;
    }
    return Arrays.copyOf(ends, count);
  }

  private static boolean adds(float[] b, int at, float[] sums) {
    float most = 0;
    for (int j = 0; j < sums.length; j++) {
      sums[j] += Math.abs(b[at + j]);
      most = Math.max(most, sums[j]);
    }
    return most <= LARGEST;
  }

  /** The rows of all parts. */
  int k() {
    return ends[ends.length - 1];
  }

  /** The row at which part i begins. */
  int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }
}
