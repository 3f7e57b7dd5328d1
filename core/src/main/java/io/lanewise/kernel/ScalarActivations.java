package io.lanewise.kernel;

import static io.lanewise.math.FloatMath.negative;

import io.lanewise.math.FloatMath;

/** The activations of one float, and the derivatives from the saved value. */
final class ScalarActivations {
  private static final float SIXTH = 1f / 6;
  private static final float THIRD = 1f / 3;

  private ScalarActivations() {}

  static float apply(Activation f, float z) {
    return switch (f.kind()) {
      case IDENTITY -> z;
      case RELU -> z <= 0f ? 0f : z;
      case LEAKY_RELU -> z <= 0f ? f.parameter() * z : z;
      case ELU -> z <= 0f ? f.parameter() * FloatMath.expm1(z) : z;
      case SELU -> FloatMath.selu(z);
      case SIGMOID -> FloatMath.sigmoid(z);
      case TANH -> FloatMath.tanh(z);
      case SOFTPLUS -> FloatMath.softplus(z);
      case SILU -> FloatMath.silu(z);
      case GELU -> FloatMath.gelu(z);
      case GELU_TANH -> FloatMath.geluTanh(z);
      case HARD_SIGMOID -> clipped(Math.fma(f.parameter(), z, 0.5f), 1f);
      case HARD_SWISH -> {
        float c = z < -3f ? -3f : z;
        yield z > 3f ? z : (c + 3f) * SIXTH * c;
      }
      case SOFTSIGN -> {
        // Beyond, 1 + |c| is |c|; infinities would give NaN.
        float low = z < -0x1p30f ? -0x1p30f : z;
        float c = low > 0x1p30f ? 0x1p30f : low;
        yield c / (1f + Math.abs(c));
      }
      case CLIPPED_RELU -> clipped(z, f.parameter());
      case MISH -> FloatMath.mish(z);
      case SOFTMAX, LOG_SOFTMAX -> throw new IllegalArgumentException(f + " is not elementwise");
    };
  }

  /** f'(z), from a = f(z), or from z where {@link Activation#savesInput()}; NaN gives NaN. */
  static float derivative(Activation f, float saved) {
    return switch (f.kind()) {
      case IDENTITY -> 1f;
      case RELU -> saved <= 0f ? 0f : orNaN(1f, saved);
      case LEAKY_RELU -> saved <= 0f ? f.parameter() : orNaN(1f, saved);
      case ELU -> saved <= 0f ? saved + f.parameter() : orNaN(1f, saved);
      case SELU ->
          saved <= 0f ? saved + FloatMath.SELU_LAMBDA_ALPHA : orNaN(FloatMath.SELU_LAMBDA, saved);
      case SIGMOID -> saved * (1f - saved);
      case TANH -> Math.fma(negative(saved), saved, 1f);
      // sigma(z) = 1 - e^-a
      case SOFTPLUS -> -FloatMath.expm1(-saved);
      case SILU -> FloatMath.siluDerivative(saved);
      case GELU -> FloatMath.geluDerivative(saved);
      case GELU_TANH -> FloatMath.geluTanhDerivative(saved);
      case HARD_SIGMOID -> saved <= 0f || saved >= 1f ? 0f : orNaN(f.parameter(), saved);
      case HARD_SWISH -> {
        float inside = (saved + 1.5f) * THIRD;
        yield saved < -3f ? 0f : saved > 3f ? 1f : inside;
      }
      case SOFTSIGN -> {
        float r = 1f / (1f + Math.abs(saved));
        yield r * r;
      }
      case CLIPPED_RELU -> saved <= 0f || saved >= f.parameter() ? 0f : orNaN(1f, saved);
      case MISH -> FloatMath.mishDerivative(saved);
      case SOFTMAX, LOG_SOFTMAX -> throw new IllegalArgumentException(f + " is not elementwise");
    };
  }

  /** x, at least +0 and at most the limit. */
  private static float clipped(float x, float limit) {
    float low = x <= 0f ? 0f : x;
    return low >= limit ? limit : low;
  }

  private static float orNaN(float y, float x) {
    return Float.isNaN(x) ? x : y;
  }
}
