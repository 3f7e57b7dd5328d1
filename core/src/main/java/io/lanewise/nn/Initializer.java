package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.math.RandomStream;

/**
 * Distributions of the initial weights. {@code N(0, s)} has standard deviation s; {@code U(a)} is
 * uniform in [-a, a). Biases start from 0.
 */
public enum Initializer {
  /** N(0, sqrt(2 / nIn)) (He et al. 2015), for ReLU and its kin. */
  HE_NORMAL,
  /** U(sqrt(6 / nIn)), the variance of {@link #HE_NORMAL}. */
  HE_UNIFORM,
  /** N(0, sqrt(2 / (nIn + nOut))), the variance of {@link #XAVIER_UNIFORM}. */
  XAVIER_NORMAL,
  /** U(sqrt(6 / (nIn + nOut))) (Glorot and Bengio 2010), for sigmoid, tanh, softmax. */
  XAVIER_UNIFORM,
  /** N(0, sqrt(1 / nIn)) (LeCun et al. 1998), for SELU. */
  LECUN_NORMAL,
  /** U(sqrt(3 / nIn)), the variance of {@link #LECUN_NORMAL}. */
  LECUN_UNIFORM;

  /** Returns the one that suits the activation: He for ReLU's kin, LeCun for SELU, else Xavier. */
  public static Initializer of(Activation activation) {
    Activation.Weights weights = activation.kind().weights();
    if (weights == Activation.Weights.HE) {
      return HE_NORMAL;
    }
    return weights == Activation.Weights.LECUN ? LECUN_NORMAL : XAVIER_UNIFORM;
  }

  /** Returns the standard deviation of the weights of a layer (nIn, nOut). */
  public double deviation(int nIn, int nOut) {
    return switch (this) {
      case HE_NORMAL, HE_UNIFORM -> Math.sqrt(2.0 / nIn);
      case XAVIER_NORMAL, XAVIER_UNIFORM -> Math.sqrt(2.0 / ((double) nIn + nOut));
      case LECUN_NORMAL, LECUN_UNIFORM -> Math.sqrt(1.0 / nIn);
    };
  }

  /** Fills the weights of one layer, row-major (nIn, nOut), from the stream. */
  void fill(float[] w, int wOff, int nIn, int nOut, RandomStream random) {
    double deviation = deviation(nIn, nOut);
    // A uniform variable in [-a, a) has the deviation a / sqrt 3.
    double limit = Math.sqrt(3) * deviation;
    boolean normal = this == HE_NORMAL || this == XAVIER_NORMAL || this == LECUN_NORMAL;
    for (int i = 0; i < nIn * nOut; i++) {
      w[wOff + i] =
          (float)
              (normal ? deviation * random.nextGaussian() : limit * (2 * random.nextDouble() - 1));
    }
  }
}
