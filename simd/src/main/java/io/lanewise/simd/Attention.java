package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.Epilogue.Start;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Kernels.Heads;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One head of attention, some queries at a time, so that their scores stay in the cache. A row of
 * scores is a whole number of the virtual lanes: what is past the last key is masked by -infinity,
 * and a 0 that is added to a lane changes no bit.
 */
final class Attention {
  /** Most queries at once: so often are the panels of the keys and the values read. */
  private static final int MOST_QUERIES = 128;

  /** So many scores are in L2 with those panels. */
  private static final int SCORES = 1 << 16;

  /** So many go through the passes of softmax together: they stay in L1. */
  private static final int BLOCK = 4096;

  private final Scratch scratch;
  private final Matrix q = new Matrix();
  private final Matrix k = new Matrix();
  private final Matrix v = new Matrix();
  private final Matrix s = new Matrix();
  private final Matrix y = new Matrix();
  private float[] scores = {};
  private float[] mask = {};

  Attention(Scratch scratch) {
    this.scratch = scratch;
  }

  /** See {@link io.lanewise.kernel.Kernels#attention}: head h of all texts. */
  void head(Heads all, int h, Matrix qs, Matrix ks, Matrix vs, Matrix masks, Matrix ys) {
    int texts = all.texts();
    int heads = all.heads();
    int text = h / heads;
    int head = h % heads;
    int queries = qs.rows() / texts;
    int keys = ks.rows() / texts;
    int d = qs.columns() / heads;
    int n = ys.columns() / heads;
    int ld = (keys + VIRTUAL - 1) / VIRTUAL * VIRTUAL;
    int most = Math.clamp(SCORES / ld, Blocking.MR, MOST_QUERIES);
    scores = scratch.atLeast(scores, Blocking.LINE_START + most * ld);
    mask = scratch.atLeast(mask, ld);
    Arrays.fill(mask, 0, keys, 0f);
    Arrays.fill(mask, keys, ld, Float.NEGATIVE_INFINITY);
    k.part(ks, text * keys, keys, head * d, d);
    v.part(vs, text * keys, keys, head * n, n);
    for (int i = 0; i < queries; i += most) {
      int m = Math.min(most, queries - i);
      int row = text * queries + i;
      q.part(qs, row, m, head * d, d);
      y.part(ys, row, m, head * n, n);
      s.set(scores, Blocking.LINE_START, ld, m, keys);
      Products.chains(scratch, Transpose.NT, q, k, s, Start.ZERO, null);
      exponentials(ld, masks, masks != null && masks.rows() == texts ? text : -1, row, all.scale());
      Products.chains(scratch, Transpose.NN, s, v, y, Start.ZERO, null);
      quotients(y, scratch.sums);
    }
  }

  /**
   * The scores become exponentials, and their sums those of the scratch.
   *
   * @param text the row of the masks for all queries; negative where each query has its own
   * @param row the first query among all
   */
  private void exponentials(int ld, Matrix masks, int text, int row, float scale) {
    int m = s.rows();
    int keys = s.columns();
    int rows = Math.max(1, BLOCK / ld);
    for (int i = 0; i < m; i += rows) {
      int end = Math.min(m, i + rows);
      for (int r = i; r < end; r++) {
        if (masks != null) {
          System.arraycopy(masks.array(), masks.at(text < 0 ? row + r : text), mask, 0, keys);
        }
        int at = s.at(r);
        Arrays.fill(scores, at + keys, at + ld, 0f);
        masked(ld, scores, at, scale, mask);
        less(ld, scores, at, Reductions.max(ld, scores, at));
      }
      int at = s.at(i);
      Pass.of(Function.EXP).run((end - i) * ld, scores, at, scores, at);
      for (int r = i; r < end; r++) {
        scratch.sums[r] = Reductions.sum(ld, scores, s.at(r), scratch.lanes);
      }
    }
  }

  private static void masked(int n, float[] x, int row, float scale, float[] mask) {
    FloatVector by = FloatVector.broadcast(FLOAT, scale);
    for (int j = 0; j < n; j += LENGTH) {
      fromArray(FLOAT, x, row + j).fma(by, fromArray(FLOAT, mask, j)).intoArray(x, row + j);
    }
  }

  private static void less(int n, float[] x, int row, float max) {
    for (int j = 0; j < n; j += LENGTH) {
      fromArray(FLOAT, x, row + j).sub(max).intoArray(x, row + j);
    }
  }

  private static void quotients(Matrix ys, float[] sums) {
    float[] y = ys.array();
    int yOff = ys.off();
    int ld = ys.ld();
    int m = ys.rows();
    int n = ys.columns();
    int whole = FLOAT.loopBound(n);
    VectorMask<Float> rest = FLOAT.indexInRange(whole, n);
    for (int i = 0; i < m; i++) {
      int row = yOff + i * ld;
      float sum = sums[i];
      int j = 0;
      for (; j < whole; j += LENGTH) {
        fromArray(FLOAT, y, row + j).add(0f).div(sum).intoArray(y, row + j);
      }
      if (j < n) {
        fromArray(FLOAT, y, row + j, rest).add(0f).div(sum).intoArray(y, row + j, rest);
      }
    }
  }
}
