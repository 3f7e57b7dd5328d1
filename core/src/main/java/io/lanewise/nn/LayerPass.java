package io.lanewise.nn;

import io.lanewise.kernel.Fusion;

/**
 * A batch's way through one layer, forward and backward, and the buffers of it. The gradient of its
 * output is put into dy from outside; backward turns dy into what is to be handed on, in place.
 *
 * <p>A layer that makes as many values as it takes shares dy with the layer before it, so that
 * nothing is left to be handed on; the others write into the dy of the layer before.
 */
abstract class LayerPass {
  final Values x;
  final Values y;
  final float[] dy;
  // Whether who writes dy has multiplied it by the derivative of this layer's activation.
  boolean derivativeDone;

  LayerPass(Values x, Values y, float[] dy) {
    this.x = x;
    this.y = y;
    this.dy = dy;
  }

  /** Writes y from x; {@code training} as in a gradient, otherwise as in a prediction. */
  abstract void forward(int m, boolean training);

  /** Turns dy into what is handed on, and may make the gradients of the parameters on the way. */
  abstract void backward(int m);

  /** Fills the dy of the layer before; nothing where it is the same. */
  void handOn(int m) {}

  /**
   * Makes those gradients of parameters that backward has not made. It is called after handOn,
   * which reads the parameters themselves: they are still in the caches from forward.
   */
  void parameterGradients(int m) {}

  /** Writes the gradient of x, (m, nIn), after backward. */
  void inputGradient(int m, float[] dx, int dxOff, int lddx) {
    int n = y.ld;
    for (int i = 0; i < m; i++) {
      System.arraycopy(dy, i * n, dx, dxOff + i * lddx, n);
    }
  }

  /** Moves the running statistics towards those of the last forward in training, of m rows. */
  void updateStatistics(int m) {}

  /** Returns what the product that writes dy is fused with: it takes the derivative over. */
  Fusion takeDerivative() {
    return Fusion.NONE;
  }
}
