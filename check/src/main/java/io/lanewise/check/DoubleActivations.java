package io.lanewise.check;

import io.lanewise.kernel.Activation;

/** The elementwise activations and their derivatives in double, both as functions of z. */
final class DoubleActivations {
  private static final double SELU_LAMBDA = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBIC = 0.044715;

  private DoubleActivations() {}

  /** The slope that was meant: 0.01, as PyTorch in double has it, and not the float next to it. */
  private static double slope(Activation f) {
    return Double.parseDouble(Float.toString(f.parameter()));
  }

  static double apply(Activation f, double z) {
    return switch (f.kind()) {
      case IDENTITY -> z;
      case RELU -> z <= 0 ? 0 : z;
      case LEAKY_RELU -> z <= 0 ? slope(f) * z : z;
      case ELU -> z <= 0 ? slope(f) * StrictMath.expm1(z) : z;
      case SELU -> SELU_LAMBDA * (z <= 0 ? SELU_ALPHA * StrictMath.expm1(z) : z);
      case SIGMOID -> sigmoid(z);
      case TANH -> StrictMath.tanh(z);
      case SOFTPLUS -> softplus(z);
      case SILU -> z * sigmoid(z);
      case GELU -> z * normal(z);
      case GELU_TANH -> z / 2 * (1 + StrictMath.tanh(geluArgument(z)));
      case HARD_SIGMOID -> Math.clamp(f.parameter() * z + 0.5, 0, 1);
      case HARD_SWISH -> z < -3 ? -0.0 : z > 3 ? z : z * (z + 3) / 6;
      case SOFTSIGN -> Double.isInfinite(z) ? Math.signum(z) : z / (1 + Math.abs(z));
      case CLIPPED_RELU -> z <= 0 ? 0 : z >= f.parameter() ? f.parameter() : z;
      case MISH -> z < -800 ? -0.0 : z * StrictMath.tanh(softplus(z));
      case SOFTMAX, LOG_SOFTMAX -> throw new IllegalArgumentException(f + " is not elementwise");
    };
  }

  static double derivative(Activation f, double z) {
    return switch (f.kind()) {
      case IDENTITY -> 1;
      case RELU -> z <= 0 ? 0 : Double.isNaN(z) ? z : 1;
      case LEAKY_RELU -> z <= 0 ? slope(f) : Double.isNaN(z) ? z : 1;
      case ELU -> z <= 0 ? slope(f) * StrictMath.exp(z) : Double.isNaN(z) ? z : 1;
      case SELU ->
          SELU_LAMBDA * (z <= 0 ? SELU_ALPHA * StrictMath.exp(z) : Double.isNaN(z) ? z : 1);
      case SIGMOID -> sigmoid(z) * sigmoid(-z);
      case TANH -> 1 - StrictMath.tanh(z) * StrictMath.tanh(z);
      case SOFTPLUS -> sigmoid(z);
      case SILU -> sigmoid(z) + z * sigmoid(z) * sigmoid(-z);
      case GELU -> normal(z) + z * StrictMath.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
      case GELU_TANH -> {
        double t = StrictMath.tanh(geluArgument(z));
        double slope = SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * z * z);
        yield (1 + t) / 2 + z / 2 * (1 - t * t) * slope;
      }
      case HARD_SIGMOID ->
          Math.abs(f.parameter() * z) >= 0.5 ? 0 : Double.isNaN(z) ? z : f.parameter();
      case HARD_SWISH -> z < -3 ? 0 : z > 3 ? 1 : (z + 1.5) / 3;
      case SOFTSIGN -> 1 / ((1 + Math.abs(z)) * (1 + Math.abs(z)));
      case CLIPPED_RELU -> z <= 0 || z >= f.parameter() ? 0 : Double.isNaN(z) ? z : 1;
      case MISH -> {
        double c = Math.clamp(z, -700, 100);
        double t = StrictMath.tanh(softplus(c));
        yield t + c * (1 - t * t) * sigmoid(c);
      }
      case SOFTMAX, LOG_SOFTMAX -> throw new IllegalArgumentException(f + " is not elementwise");
    };
  }

  /** Never e^z of a positive z: that overflows. */
  static double sigmoid(double z) {
    double e = StrictMath.exp(-Math.abs(z));
    return (z < 0 ? e : 1) / (1 + e);
  }

  static double softplus(double z) {
    return Math.max(z, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
  }

  /** The distribution function of the standard normal. */
  private static double normal(double z) {
    return DoubleMath.erfc(-z * SQRT_HALF) / 2;
  }

  private static double geluArgument(double z) {
    return SQRT_2_OVER_PI * (z + GELU_CUBIC * z * z * z);
  }
}
