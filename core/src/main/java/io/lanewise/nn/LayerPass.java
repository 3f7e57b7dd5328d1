package io.lanewise.nn;

import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Matrix;

/**
 * A batch's way through one layer, forward and backward, and the buffers of it. The gradient of its
 * output is put into dy from outside; backward turns dy into what is to be handed on, in place.
 *
 * <p>A layer that makes as many values as it takes shares dy with the layer before it, so that
 * nothing is left to be handed on; the others write into the dy of the layer before.
 */
abstract class LayerPass {
  // Windows on the rows of the batch at hand.
  final Matrix x;
  final Matrix y;
  final Matrix dy;
  // Whether who writes dy has multiplied it by the derivative of this layer's activation.
  boolean derivativeDone;

  /**
   * @param dy null where there will be no backward
   */
  LayerPass(Matrix x, Matrix y, Matrix dy) {
    this.x = x;
    this.y = y;
    this.dy = dy;
  }

  /** See {@link Workspace#masks}; for one that draws. */
  void masks(long seed, long step, int firstRow) {}

  /** Takes a batch of so many rows. */
  void begin(int m) {
    y.setRows(m);
    if (dy != null) {
      dy.setRows(m);
    }
  }

  /** Writes y from x; {@code training} as in a gradient, otherwise as in a prediction. */
  abstract void forward(boolean training);

  /** Turns dy into what is handed on, and may make the gradients of the parameters on the way. */
  abstract void backward();

  /** Fills the dy of the layer before; nothing where it is the same. */
  void handOn() {}

  /**
   * Makes those gradients of parameters that backward has not made. It is called after handOn,
   * which reads the parameters themselves: they are still in the caches from forward.
   */
  void parameterGradients() {}

  /** Writes the gradient of x, (m, nIn), after backward. */
  void inputGradient(Matrix dx) {
    for (int i = 0; i < dx.rows(); i++) {
      System.arraycopy(dy.array(), dy.at(i), dx.array(), dx.at(i), dx.columns());
    }
  }

  /** Writes the statistics of the last forward in training, laid out as the network's state. */
  void statistics(float[] batch) {}

  /** Moves those running statistics that are in [from, to) of the state towards a batch's. */
  void updateStatistics(float[] batch, int from, int to) {}

  /** Returns what the product that writes dy ends in: it takes the derivative over. */
  Epilogue takeDerivative() {
    return Epilogue.NONE;
  }

  /** Returns what a derivative that was taken is computed from; null where none can be. */
  Matrix saved() {
    return null;
  }
}
