package io.lanewise.nn;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.nn.Layer.ResidualAdd;

/** y = the block's output + what the block took. */
final class ResidualAddPass extends LayerPass {
  private final Kernels kernels;
  private final Matrix skip;
  private final Matrix dx;

  /**
   * @param skip the output of the layer before the block
   * @param before the block's last layer
   */
  ResidualAddPass(
      Kernels kernels, ResidualAdd layer, Matrix skip, Matrix dy, LayerPass before, int maxBatch) {
    super(before.y, new Matrix(maxBatch, layer.n()), dy);
    this.kernels = kernels;
    this.skip = skip;
    dx = before.dy;
  }

  @Override
  void forward(boolean training) {
    kernels.add(x, skip, y);
  }

  @Override
  void backward() {}

  /** A copy: dy itself is kept for the skip, whose gradient it is added to later. */
  @Override
  void handOn() {
    System.arraycopy(dy.array(), 0, dx.array(), 0, dy.rows() * dy.columns());
  }

  /** dx = dx + dy: the skip's share, added to that of the layers between. */
  void addTo(Matrix dx) {
    kernels.add(dx, dy, dx);
  }
}
