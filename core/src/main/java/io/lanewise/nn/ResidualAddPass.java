package io.lanewise.nn;

import io.lanewise.kernel.LayerKernels;

/** y = the block's output + what the block took. */
final class ResidualAddPass extends LayerPass {
  private final LayerKernels kernels;
  private final int n;
  private final Values skip;
  private final float[] dx;

  /**
   * @param skip the output of the layer before the block
   * @param before the block's last layer
   */
  ResidualAddPass(
      LayerKernels kernels,
      ResidualAdd layer,
      Values skip,
      float[] dy,
      LayerPass before,
      int maxBatch) {
    super(before.y, new Values(), dy);
    this.kernels = kernels;
    this.skip = skip;
    n = layer.n();
    dx = before.dy;
    y.set(new float[Math.multiplyExact(maxBatch, n)], 0, n);
  }

  @Override
  void forward(int m, boolean training) {
    kernels.add(m, n, x.array, x.off, x.ld, skip.array, skip.off, skip.ld, y.array, 0, n);
  }

  @Override
  void backward(int m) {}

  /** A copy: dy itself is kept for the skip, whose gradient it is added to later. */
  @Override
  void handOn(int m) {
    System.arraycopy(dy, 0, dx, 0, m * n);
  }

  /** dx = dx + dy: the skip's share, added to that of the layers between. */
  void addTo(int m, float[] dx, int dxOff, int lddx) {
    kernels.add(m, n, dx, dxOff, lddx, dy, 0, n, dx, dxOff, lddx);
  }
}
