package io.lanewise.nn;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.nn.Layer.Dropout;

/** Drops in training what the same words drop in dy; outside it y is x, where x is. */
final class DropoutPass extends LayerPass {
  private final Kernels kernels;
  private final Dropout layer;
  // The counters that decide which units it drops.
  private long seed;
  private long step;
  private int firstRow;
  private final DropoutMask forward;
  private final DropoutMask backward;
  private final Matrix dropped;

  /**
   * @param maxBatch 0 where there will be no training
   */
  DropoutPass(Kernels kernels, Dropout layer, Matrix x, Matrix dy, int maxBatch) {
    super(x, new Matrix(), dy);
    this.kernels = kernels;
    this.layer = layer;
    forward = layer.alpha() ? DropoutMask.alpha(layer.rate()) : DropoutMask.plain(layer.rate());
    backward = forward.backward();
    dropped = new Matrix(maxBatch, layer.n());
  }

  @Override
  void masks(long seed, long step, int firstRow) {
    this.seed = seed;
    this.step = step;
    this.firstRow = firstRow;
  }

  @Override
  void begin(int m) {
    if (dy != null) {
      dy.setRows(m);
    }
  }

  @Override
  void forward(boolean training) {
    if (training) {
      y.set(dropped.setRows(x.rows()));
      drop(forward, x, y);
    } else {
      y.set(x);
    }
  }

  @Override
  void backward() {
    drop(backward, dy, dy);
  }

  private void drop(DropoutMask mask, Matrix x, Matrix y) {
    long stream = DropoutMask.stream(step, layer.index());
    kernels.dropout(mask, seed, stream, firstRow, x, y);
  }
}
