package io.lanewise.nn;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.nn.Layer.Normalization;
import java.util.Arrays;

/** y = (x - shift) scale; dx = dy scale. */
final class NormalizationPass extends LayerPass {
  private final Kernels kernels;
  private final Matrix shift;
  private final Matrix scale;
  private final Matrix zeros;
  // What adds nothing, not even to -0.
  private final Matrix negativeZeros;

  NormalizationPass(
      Kernels kernels, Network network, Normalization layer, Matrix x, Matrix dy, int maxBatch) {
    super(x, new Matrix(maxBatch, layer.n()), dy);
    this.kernels = kernels;
    shift = Matrix.row(network.state(), layer.shiftOff(), layer.n());
    scale = Matrix.row(network.state(), layer.scaleOff(), layer.n());
    zeros = new Matrix(1, layer.n());
    negativeZeros = new Matrix(1, layer.n());
    Arrays.fill(negativeZeros.array(), -0f);
  }

  @Override
  void forward(boolean training) {
    kernels.normalize(x, shift, scale, negativeZeros, y);
  }

  @Override
  void backward() {
    kernels.normalize(dy, zeros, scale, negativeZeros, dy);
  }
}
