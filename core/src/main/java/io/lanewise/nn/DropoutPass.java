package io.lanewise.nn;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.LayerKernels;

/** Drops in training what the same words drop in dy; outside it y is x, where x is. */
final class DropoutPass extends LayerPass {
  private final LayerKernels kernels;
  private final Dropout layer;
  private final Masks masks;
  private final DropoutMask forward;
  private final DropoutMask backward;
  private final float[] dropped;

  DropoutPass(
      LayerKernels kernels, Dropout layer, Masks masks, Values x, float[] dy, int maxBatch) {
    super(x, new Values(), dy);
    this.kernels = kernels;
    this.layer = layer;
    this.masks = masks;
    forward = layer.alpha() ? DropoutMask.alpha(layer.rate()) : DropoutMask.plain(layer.rate());
    backward = forward.backward();
    dropped = new float[Math.multiplyExact(maxBatch, layer.n())];
    y.set(dropped, 0, layer.n());
  }

  @Override
  void forward(int m, boolean training) {
    if (training) {
      drop(forward, m, x.array, x.off, x.ld, dropped);
      y.set(dropped, 0, layer.n());
    } else {
      y.set(x.array, x.off, x.ld);
    }
  }

  @Override
  void backward(int m) {
    drop(backward, m, dy, 0, layer.n(), dy);
  }

  private void drop(DropoutMask mask, int m, float[] x, int xOff, int ldx, float[] y) {
    int n = layer.n();
    long stream = LayerKernels.stream(masks.step, layer.index());
    kernels.dropout(mask, m, n, masks.seed, stream, masks.firstRow, x, xOff, ldx, y, 0, n);
  }
}
