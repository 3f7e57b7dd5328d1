package io.lanewise.nn;

import io.lanewise.kernel.LayerKernels;
import java.util.Arrays;

/** y = (x - shift) scale; dx = dy scale. */
final class NormalizationPass extends LayerPass {
  private final LayerKernels kernels;
  private final Normalization layer;
  private final float[] state;
  private final float[] zeros;
  private final float[] negativeZeros;

  NormalizationPass(
      LayerKernels kernels,
      Network network,
      Normalization layer,
      Values x,
      float[] dy,
      int maxBatch) {
    super(x, new Values(), dy);
    this.kernels = kernels;
    this.layer = layer;
    state = network.state();
    zeros = new float[layer.n()];
    // What adds nothing, not even to -0.
    negativeZeros = new float[layer.n()];
    Arrays.fill(negativeZeros, -0f);
    y.set(new float[Math.multiplyExact(maxBatch, layer.n())], 0, layer.n());
  }

  @Override
  void forward(int m, boolean training) {
    scale(m, x.array, x.off, x.ld, state, layer.shiftOff(), y.array);
  }

  @Override
  void backward(int m) {
    scale(m, dy, 0, layer.n(), zeros, 0, dy);
  }

  private void scale(int m, float[] x, int xOff, int ldx, float[] shift, int shiftOff, float[] y) {
    int n = layer.n();
    kernels.normalize(
        m, n, x, xOff, ldx, shift, shiftOff, state, layer.scaleOff(), negativeZeros, 0, y, 0, n);
  }
}
