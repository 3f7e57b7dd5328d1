package io.lanewise.kernel;

/** What of the activations of one float takes more than a line. */
final class ScalarActivations {
  private static final float SIXTH = 1f / 6;
  private static final float THIRD = 1f / 3;

  private ScalarActivations() {}

  static float hardSwish(float z) {
    float c = z < -3f ? -3f : z;
    return z > 3f ? z : (c + 3f) * SIXTH * c;
  }

  static float hardSwishDerivative(float z) {
    float inside = (z + 1.5f) * THIRD;
    return z < -3f ? 0f : z > 3f ? 1f : inside;
  }

  static float softsign(float z) {
    // Beyond, 1 + |c| is |c|; infinities would give NaN.
    float low = z < -0x1p30f ? -0x1p30f : z;
    float c = low > 0x1p30f ? 0x1p30f : low;
    return c / (1f + Math.abs(c));
  }

  static float softsignDerivative(float z) {
    float r = 1f / (1f + Math.abs(z));
    return r * r;
  }

  /** x, at least +0 and at most the limit. */
  static float clipped(float x, float limit) {
    float low = x <= 0f ? 0f : x;
    return low >= limit ? limit : low;
  }

  static float orNaN(float y, float x) {
    return Float.isNaN(x) ? x : y;
  }
}
