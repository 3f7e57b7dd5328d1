package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
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
      return LossFunction.of(loss.kind());
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
        fault == Fault.SQUARED_ERROR_WITHOUT_TWO && loss.kind() == LossFunction.Kind.SQUARED_ERROR;
    return halved ? scale / 2 : scale;
  }

  /** Whether gradients are spoiled, which needs the logits that they may overwrite. */
  static boolean spoils(Fault fault, LossFunction loss) {
    return switch (fault) {
      case SIGN_OF_ZERO_IS_ONE -> loss.kind() == LossFunction.Kind.ABSOLUTE_ERROR;
      case HUBER_GRADIENT_NOT_LIMITED, HUBER_GRADIENT_OF_NAN_LIMITED ->
          loss.kind() == LossFunction.Kind.HUBER;
      case TARGETS_TAKEN_TO_SUM_TO_ONE -> loss.kind() == LossFunction.Kind.SOFTMAX_CROSS_ENTROPY;
      default -> false;
    };
  }

  /** Spoils the right gradients. */
  static void spoil(Fault fault, LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz) {
    Matrix p = new Matrix(z.rows(), z.columns());
    SCALAR.softmax(z, p);
    for (int i = 0; i < z.rows(); i++) {
      for (int j = 0; j < z.columns(); j++) {
        float d = z.get(i, j) - y.get(i, j);
        float right = dz.get(i, j);
        float wrong =
            switch (fault) {
              case SIGN_OF_ZERO_IS_ONE -> d == 0f ? scale : right;
              case HUBER_GRADIENT_NOT_LIMITED -> d * scale;
              case HUBER_GRADIENT_OF_NAN_LIMITED ->
                  Float.isNaN(d) ? loss.parameter() * scale : right;
              default -> (p.get(i, j) - y.get(i, j)) * scale;
            };
        dz.put(i, j, wrong);
      }
    }
  }
}
