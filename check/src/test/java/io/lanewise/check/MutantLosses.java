package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.ScalarKernels;

/** Faults of single losses: another function than the one asked for, or another gradient. */
final class MutantLosses {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;

  private MutantLosses() {}

  /** The function that is computed instead. */
  static LossFunction instead(Fault fault, LossFunction loss) {
    float[] weights = loss.positiveWeights();
    if (fault == Fault.HUBER_DELTA_IGNORED
        || fault == Fault.POSITIVE_WEIGHTS_IGNORED && weights != null) {
      return LossFunction.of(loss.kernel());
    }
    if (fault == Fault.POSITIVE_WEIGHTS_IN_REVERSE && weights != null) {
      float[] reversed = new float[weights.length];
      for (int j = 0; j < weights.length; j++) {
        reversed[j] = weights[weights.length - 1 - j];
      }
      return LossFunction.weightedBinary(reversed);
    }
    return loss;
  }

  /** The factor of the gradients. */
  static float scale(Fault fault, LossFunction loss, float scale) {
    boolean halved =
        fault == Fault.SQUARED_ERROR_WITHOUT_TWO && loss.kernel() == LossKernel.SQUARED_ERROR;
    return halved ? scale / 2 : scale;
  }

  /** Whether gradients are spoiled, which needs the logits that they may overwrite. */
  static boolean spoils(Fault fault, LossFunction loss) {
    return switch (fault) {
      case SIGN_OF_ZERO_IS_ONE -> loss.kernel() == LossKernel.ABSOLUTE_ERROR;
      case HUBER_GRADIENT_NOT_LIMITED, HUBER_GRADIENT_OF_NAN_LIMITED ->
          loss.kernel() == LossKernel.HUBER;
      case TARGETS_TAKEN_TO_SUM_TO_ONE -> loss.kernel() == LossKernel.SOFTMAX_CROSS_ENTROPY;
      default -> false;
    };
  }

  /** The spoiled gradients of a row, of the right ones. */
  static void spoil(
      Fault fault,
      LossFunction loss,
      int n,
      float[] z,
      int zOff,
      float[] y,
      int yOff,
      float scale,
      float[] dz,
      int dzOff) {
    float[] p = new float[n];
    SCALAR.softmax(1, n, z, zOff, n, p, 0, n);
    for (int j = 0; j < n; j++) {
      float d = z[zOff + j] - y[yOff + j];
      switch (fault) {
        case SIGN_OF_ZERO_IS_ONE -> dz[dzOff + j] = d == 0f ? scale : dz[dzOff + j];
        case HUBER_GRADIENT_NOT_LIMITED -> dz[dzOff + j] = d * scale;
        case HUBER_GRADIENT_OF_NAN_LIMITED ->
            dz[dzOff + j] = Float.isNaN(d) ? loss.delta() * scale : dz[dzOff + j];
        default -> dz[dzOff + j] = (p[j] - y[yOff + j]) * scale;
      }
    }
  }
}
