package io.lanewise.kernel;

/** The executable specification of {@link UpdateKernels}: {@link Update}'s formulas as loops. */
final class ScalarUpdateKernels extends UpdateKernels {
  static final ScalarUpdateKernels INSTANCE = new ScalarUpdateKernels();

  private ScalarUpdateKernels() {}

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
    switch (u.rule()) {
      case SGD -> sgd(u, length, p, pOff, g, gOff);
      case MOMENTUM -> momentum(u, length, p, pOff, g, gOff, s1, s1Off);
      case NESTEROV -> nesterov(u, length, p, pOff, g, gOff, s1, s1Off);
      case RMSPROP -> rmsProp(u, length, p, pOff, g, gOff, s1, s1Off);
      case RMSPROP_MOMENTUM -> rmsPropMomentum(u, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
      case ADAGRAD -> adagrad(u, length, p, pOff, g, gOff, s1, s1Off);
      case ADAM -> adam(u, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
      case LION -> lion(u, length, p, pOff, g, gOff, s1, s1Off);
    }
  }

  /** What every rule begins with. Limits and a penalty that are none are out of the JIT's loop. */
  private static float gradient(Update u, float g, float p) {
    float scaled = u.gradientScale() * g;
    float limit = u.limit();
    if (limit != Float.POSITIVE_INFINITY) {
      scaled = scaled > limit ? limit : scaled < -limit ? -limit : scaled;
    }
    if (u.l1() != 0f) {
      scaled += p > 0f ? u.l1() : p < 0f ? -u.l1() : 0f;
    }
    return Math.fma(u.weightDecay(), p, scaled);
  }

  private static void sgd(Update u, int length, float[] p, int pOff, float[] g, int gOff) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      p[pOff + i] = Math.fma(-u.rate(), gradient(u, g[gOff + i], pi), pi);
    }
  }

  private static void momentum(
      Update u, int length, float[] p, int pOff, float[] g, int gOff, float[] s1, int s1Off) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float velocity = normal(Math.fma(u.momentum(), s1[s1Off + i], u.weight1() * gi));
      s1[s1Off + i] = velocity;
      p[pOff + i] = Math.fma(-u.rate(), velocity, pi);
    }
  }

  private static void nesterov(
      Update u, int length, float[] p, int pOff, float[] g, int gOff, float[] s1, int s1Off) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float velocity = normal(Math.fma(u.momentum(), s1[s1Off + i], u.weight1() * gi));
      s1[s1Off + i] = velocity;
      p[pOff + i] = Math.fma(-u.rate(), Math.fma(u.momentum(), velocity, gi), pi);
    }
  }

  private static void rmsProp(
      Update u, int length, float[] p, int pOff, float[] g, int gOff, float[] s1, int s1Off) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float square = normal(Math.fma(u.weight2(), gi * gi, u.beta2() * s1[s1Off + i]));
      s1[s1Off + i] = square;
      p[pOff + i] = Math.fma(-u.rate(), gi / (root(square) + u.epsilon()), pi);
    }
  }

  private static void rmsPropMomentum(
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
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float square = normal(Math.fma(u.weight2(), gi * gi, u.beta2() * s1[s1Off + i]));
      float direction = gi / (root(square) + u.epsilon());
      float velocity = normal(Math.fma(u.momentum(), s2[s2Off + i], direction));
      s1[s1Off + i] = square;
      s2[s2Off + i] = velocity;
      p[pOff + i] = Math.fma(-u.rate(), velocity, pi);
    }
  }

  private static void adagrad(
      Update u, int length, float[] p, int pOff, float[] g, int gOff, float[] s1, int s1Off) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float square = Math.fma(gi, gi, s1[s1Off + i]);
      s1[s1Off + i] = square;
      p[pOff + i] = Math.fma(-u.rate(), gi / (root(square) + u.epsilon()), pi);
    }
  }

  private static void adam(
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
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float mean = normal(Math.fma(u.weight1(), gi - s1[s1Off + i], s1[s1Off + i]));
      float square = normal(Math.fma(u.weight2(), gi * gi, u.beta2() * s2[s2Off + i]));
      s1[s1Off + i] = mean;
      s2[s2Off + i] = square;
      float direction = mean / Math.fma(root(square), u.rootScale(), u.epsilon());
      p[pOff + i] = Math.fma(-u.rate(), Math.fma(u.decay(), pi, direction), pi);
    }
  }

  private static void lion(
      Update u, int length, float[] p, int pOff, float[] g, int gOff, float[] s1, int s1Off) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float mean = s1[s1Off + i];
      float direction = sign(Math.fma(u.weight1(), gi - mean, mean));
      s1[s1Off + i] = normal(Math.fma(u.weight2(), gi - mean, mean));
      p[pOff + i] = Math.fma(-u.rate(), Math.fma(u.decay(), pi, direction), pi);
    }
  }

  private static float normal(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? 0f : x;
  }

  /** As Math.signum, but without a branch on the sign, which no processor foresees. */
  private static float sign(float c) {
    return c == 0f || Float.isNaN(c) ? c : Math.copySign(1f, c);
  }

  /** Rounding the root of a float from double to float gives the float's own: 53 >= 2 24 + 2. */
  private static float root(float x) {
    return (float) Math.sqrt(x);
  }

  @Override
  protected float doBlockSumOfSquares(int length, float[] g, int gOff) {
    return ScalarRows.dot(g, gOff, g, gOff, length, new float[ScalarRows.LANES]);
  }
}
