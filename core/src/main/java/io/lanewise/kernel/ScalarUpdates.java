package io.lanewise.kernel;

/** The executable specification of the optimizers: {@link Update}'s formulas as loops. */
final class ScalarUpdates {
  private final Update u;
  private final int n;
  private final float[] p;
  private final int pOff;
  private final float[] g;
  private final int gOff;
  private final float[] s1;
  private final int s1Off;
  private final float[] s2;
  private final int s2Off;

  /** The states that the rule does not have are null. */
  ScalarUpdates(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    this.u = u;
    n = p.columns();
    this.p = p.array();
    pOff = p.off();
    this.g = g.array();
    gOff = g.off();
    this.s1 = s1 == null ? null : s1.array();
    s1Off = s1 == null ? 0 : s1.off();
    this.s2 = s2 == null ? null : s2.array();
    s2Off = s2 == null ? 0 : s2.off();
  }

  void run() {
    switch (u.rule()) {
      case SGD -> sgd();
      case MOMENTUM -> momentum();
      case NESTEROV -> nesterov();
      case RMSPROP -> rmsProp();
      case RMSPROP_MOMENTUM -> rmsPropMomentum();
      case ADAGRAD -> adagrad();
      case ADAM -> adam();
      case LION -> lion();
      default -> throw new AssertionError(u.rule());
    }
  }

  /** What every rule begins with. Limits and a penalty that are none are out of the JIT's loop. */
  private float gradient(float g, float p) {
    float scaled = u.gradientScale * g;
    float limit = u.limit;
    if (limit != Float.POSITIVE_INFINITY) {
      scaled = scaled > limit ? limit : scaled < -limit ? -limit : scaled;
    }
    if (u.l1 != 0f) {
      scaled += p > 0f ? u.l1 : p < 0f ? -u.l1 : 0f;
    }
    return Math.fma(u.weightDecay, p, scaled);
  }

  void sgd() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      p[pOff + i] = Math.fma(-u.rate, gradient(g[gOff + i], pi), pi);
    }
  }

  void momentum() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float velocity = normal(Math.fma(u.momentum, s1[s1Off + i], u.weight1 * gi));
      s1[s1Off + i] = velocity;
      p[pOff + i] = Math.fma(-u.rate, velocity, pi);
    }
  }

  void nesterov() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float velocity = normal(Math.fma(u.momentum, s1[s1Off + i], u.weight1 * gi));
      s1[s1Off + i] = velocity;
      p[pOff + i] = Math.fma(-u.rate, Math.fma(u.momentum, velocity, gi), pi);
    }
  }

  void rmsProp() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * s1[s1Off + i]));
      s1[s1Off + i] = square;
      p[pOff + i] = Math.fma(-u.rate, gi / (root(square) + u.epsilon), pi);
    }
  }

  void rmsPropMomentum() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * s1[s1Off + i]));
      float direction = gi / (root(square) + u.epsilon);
      float velocity = normal(Math.fma(u.momentum, s2[s2Off + i], direction));
      s1[s1Off + i] = square;
      s2[s2Off + i] = velocity;
      p[pOff + i] = Math.fma(-u.rate, velocity, pi);
    }
  }

  void adagrad() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float square = Math.fma(gi, gi, s1[s1Off + i]);
      s1[s1Off + i] = square;
      p[pOff + i] = Math.fma(-u.rate, gi / (root(square) + u.epsilon), pi);
    }
  }

  void adam() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float mean = normal(Math.fma(u.weight1, gi - s1[s1Off + i], s1[s1Off + i]));
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * s2[s2Off + i]));
      s1[s1Off + i] = mean;
      s2[s2Off + i] = square;
      float direction = mean / Math.fma(root(square), u.rootScale, u.epsilon);
      p[pOff + i] = Math.fma(-u.rate, Math.fma(u.decay, pi, direction), pi);
    }
  }

  void lion() {
    for (int i = 0; i < n; i++) {
      float pi = p[pOff + i];
      float gi = gradient(g[gOff + i], pi);
      float mean = s1[s1Off + i];
      float direction = sign(Math.fma(u.weight1, gi - mean, mean));
      s1[s1Off + i] = normal(Math.fma(u.weight2, gi - mean, mean));
      p[pOff + i] = Math.fma(-u.rate, Math.fma(u.decay, pi, direction), pi);
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
}
