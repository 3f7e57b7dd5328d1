package io.lanewise.simd;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Update;
import io.lanewise.kernel.UpdateKernels;

/**
 * The optimizers' updates in lanes; the scalar kernels do what is less than a vector. Clipping by
 * value and the penalty of absolute values, which are rare, are done to a block of gradients in L1
 * before the rule runs over it, so that each rule has one loop and all of it is one pass over
 * memory.
 */
final class SimdUpdateKernels extends UpdateKernels {
  static final SimdUpdateKernels INSTANCE = new SimdUpdateKernels();

  /** The gradients of a block: with the parameters and states to them they fit in L1. */
  private static final int SOME = 2048;

  /** Elements at a time where there is no block. */
  private static final int MANY = 1 << 14;

  private SimdUpdateKernels() {}

  @Override
  protected void doUpdate(
      Update u,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    int whole = Lanes.FLOAT.loopBound(length);
    boolean plain = u.limit() == Float.POSITIVE_INFINITY && u.l1() == 0f;
    float[] block = plain ? null : Scratch.get().block(SOME);
    // From the end on: the next forward pass begins with the first parameters, so they stay in L2.
    int step = plain ? MANY : SOME;
    for (int i = (whole - 1) / step * step; i >= 0; i -= step) {
      int size = Math.min(step, whole - i);
      if (plain) {
        rule(u, u.gradientScale(), size, p, pOff + i, g, gOff + i, s1, s1Off + i, s2, s2Off + i);
        continue;
      }
      UpdateLoops.clip(u.gradientScale(), u.limit(), size, g, gOff + i, block);
      if (u.l1() != 0f) {
        UpdateLoops.penalize(u.l1(), size, p, pOff + i, block);
      }
      rule(u, 1f, size, p, pOff + i, block, 0, s1, s1Off + i, s2, s2Off + i);
    }
    ScalarKernels.INSTANCE
        .updates()
        .update(
            u,
            length - whole,
            p,
            pOff + whole,
            g,
            gOff + whole,
            s1,
            s1Off + whole,
            s2,
            s2Off + whole);
  }

  /** Of whole vectors whose gradients are clipped and have their penalty, but not their scale. */
  private static void rule(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    switch (u.rule()) {
      case SGD -> UpdateLoops.sgd(u, scale, length, p, pOff, g, gOff);
      case MOMENTUM -> UpdateLoops.momentum(u, scale, length, p, pOff, g, gOff, s1, s1Off);
      case NESTEROV -> UpdateLoops.nesterov(u, scale, length, p, pOff, g, gOff, s1, s1Off);
      case RMSPROP -> UpdateLoops.rmsProp(u, scale, length, p, pOff, g, gOff, s1, s1Off);
      case RMSPROP_MOMENTUM ->
          UpdateLoops.rmsPropMomentum(u, scale, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
      case ADAGRAD -> UpdateLoops.adagrad(u, scale, length, p, pOff, g, gOff, s1, s1Off);
      case ADAM -> UpdateLoops.adam(u, scale, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
      case LION -> UpdateLoops.lion(u, scale, length, p, pOff, g, gOff, s1, s1Off);
    }
  }

  @Override
  protected float doBlockSumOfSquares(int length, float[] g, int gOff) {
    return Rows.dot(length, g, gOff, g, gOff, Scratch.get().lanes);
  }
}
