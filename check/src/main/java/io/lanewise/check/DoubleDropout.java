package io.lanewise.check;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Layer.Dropout;
import java.util.Arrays;

/** Dropout in double, of the units that the kernels drop. */
final class DoubleDropout {
  private static final double LIMIT = -1.0507009873554805 * 1.6732632423543772;

  private final Dropout layer;
  private final boolean[] kept;
  private final double scale;
  private final double shift;
  private final double dropped;

  DoubleDropout(Dropout layer, int m, long seed, long step, int firstRow) {
    this.layer = layer;
    kept = kept(m, seed, DropoutMask.stream(step, layer.index()), firstRow);
    double p = layer.rate();
    // With q = 1 - p: variance q + p LIMIT^2 - (p LIMIT)^2 and mean p LIMIT, before a x + b.
    scale = layer.alpha() ? 1 / Math.sqrt((1 - p) * (1 + p * LIMIT * LIMIT)) : 1 / (1 - p);
    shift = layer.alpha() ? -scale * p * LIMIT : 0;
    dropped = layer.alpha() ? scale * LIMIT + shift : 0;
  }

  private boolean[] kept(int m, long seed, long stream, int firstRow) {
    int n = layer.n();
    float[] x = new float[m * n];
    Arrays.fill(x, 1f);
    Matrix rows = new Matrix(x, m, n);
    DropoutMask mask = DropoutMask.plain(layer.rate());
    ScalarKernels.INSTANCE.dropout(mask, seed, stream, firstRow, rows, rows);
    boolean[] result = new boolean[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = x[i] != 0;
    }
    return result;
  }

  void forward(double[] x, double[] y) {
    for (int i = 0; i < kept.length; i++) {
      y[i] = kept[i] ? scale * x[i] + shift : dropped;
    }
  }

  /** dx += dy scale where x was kept. */
  void backward(double[] dy, double[] dx) {
    for (int i = 0; i < kept.length; i++) {
      dx[i] += kept[i] ? scale * dy[i] : 0;
    }
  }
}
