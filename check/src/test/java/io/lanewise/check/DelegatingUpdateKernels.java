package io.lanewise.check;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Update;
import io.lanewise.kernel.UpdateKernels;

/** The scalar updates, for tests that override one operation with a bug. */
class DelegatingUpdateKernels extends UpdateKernels {
  private static final UpdateKernels TO = ScalarKernels.INSTANCE.updates();

  @Override
  protected void doUpdate(
      Update update,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    TO.update(update, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
  }

  @Override
  protected float doBlockSumOfSquares(int length, float[] g, int gOff) {
    return (float) TO.sumOfSquares(length, g, gOff);
  }
}
