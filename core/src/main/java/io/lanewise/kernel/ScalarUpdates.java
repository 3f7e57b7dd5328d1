package io.lanewise.kernel;

import io.lanewise.kernel.Update.Rule;

/** The executable specification of the optimizers: {@link Update}'s formulas as loops. */
final class ScalarUpdates {
  private ScalarUpdates() {}

  /**
   * C2 makes vectors of a loop only where all arrays have the same index, from 0, so that it sees
   * that none overlaps another one. What begins elsewhere is copied, block by block. The states
   * that the rule does not have are not read.
   */
  static void run(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    if ((p.off() | g.off() | off(s1) | off(s2)) == 0) {
      block(u, p.columns(), p.array(), g.array(), array(s1), array(s2));
      return;
    }
    PlainProduct scratch = PlainProduct.take();
    float[] ps = scratch.row(0);
    float[] gs = scratch.row(1);
    float[] first = scratch.row(2);
    float[] second = scratch.row(3);
    for (int i = 0; i < p.columns(); i += ps.length) {
      int n = Math.min(p.columns() - i, ps.length);
      System.arraycopy(p.array(), p.off() + i, ps, 0, n);
      System.arraycopy(g.array(), g.off() + i, gs, 0, n);
      if (s1 != null) {
        System.arraycopy(s1.array(), s1.off() + i, first, 0, n);
      }
      if (s2 != null) {
        System.arraycopy(s2.array(), s2.off() + i, second, 0, n);
      }
      block(u, n, ps, gs, first, second);
      System.arraycopy(ps, 0, p.array(), p.off() + i, n);
      if (s1 != null) {
        System.arraycopy(first, 0, s1.array(), s1.off() + i, n);
      }
      if (s2 != null) {
        System.arraycopy(second, 0, s2.array(), s2.off() + i, n);
      }
    }
    scratch.give();
  }

  private static int off(Matrix row) {
    return row == null ? 0 : row.off();
  }

  private static float[] array(Matrix row) {
    return row == null ? null : row.array();
  }

  private static void block(Update u, int n, float[] p, float[] g, float[] s1, float[] s2) {
    Rule rule = u.rule();
    // Not a switch: javac makes a class for one over an enum of another class.
    if (rule == Rule.SGD) {
      sgd(u, n, p, g);
    } else if (rule == Rule.MOMENTUM) {
      momentum(u, n, p, g, s1);
    } else if (rule == Rule.NESTEROV) {
      nesterov(u, n, p, g, s1);
    } else if (rule == Rule.RMSPROP) {
      rmsProp(u, n, p, g, s1);
    } else if (rule == Rule.RMSPROP_MOMENTUM) {
      rmsPropMomentum(u, n, p, g, s1, s2);
    } else if (rule == Rule.ADAGRAD) {
      adagrad(u, n, p, g, s1);
    } else if (rule == Rule.ADAM) {
      adam(u, n, p, g, s1, s2);
    } else if (rule == Rule.LION) {
      lion(u, n, p, g, s1);
    } else {
      throw new AssertionError(rule);
    }
  }

  /**
   * What every rule begins with. Limits and a penalty that are none are out of the JIT's loop, and
   * without a choice for each element, of which C2 makes no vectors.
   */
  static float gradient(Update u, float g, float p) {
    float scaled = u.gradientScale * g;
    float limit = u.limit;
    if (limit != Float.POSITIVE_INFINITY) {
      scaled = Math.max(Math.min(scaled, limit), -limit);
    }
    if (u.l1 != 0f) {
      scaled += Math.fma(Math.signum(p), u.l1, 0f);
    }
    return Math.fma(u.weightDecay, p, scaled);
  }

  private static void sgd(Update u, int n, float[] p, float[] g) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      p[i] = Math.fma(u.step, gradient(u, g[i], pi), pi);
    }
  }

  private static void momentum(Update u, int n, float[] p, float[] g, float[] s1) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float velocity = normal(Math.fma(u.momentum, s1[i], u.weight1 * gi));
      s1[i] = velocity;
      p[i] = Math.fma(u.step, velocity, pi);
    }
  }

  private static void nesterov(Update u, int n, float[] p, float[] g, float[] s1) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float velocity = normal(Math.fma(u.momentum, s1[i], u.weight1 * gi));
      s1[i] = velocity;
      p[i] = Math.fma(u.step, Math.fma(u.momentum, velocity, gi), pi);
    }
  }

  private static void rmsProp(Update u, int n, float[] p, float[] g, float[] s1) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * s1[i]));
      s1[i] = square;
      p[i] = Math.fma(u.step, gi / (root(square) + u.epsilon), pi);
    }
  }

  private static void rmsPropMomentum(
      Update u, int n, float[] p, float[] g, float[] s1, float[] s2) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * s1[i]));
      float direction = gi / (root(square) + u.epsilon);
      float velocity = normal(Math.fma(u.momentum, s2[i], direction));
      s1[i] = square;
      s2[i] = velocity;
      p[i] = Math.fma(u.step, velocity, pi);
    }
  }

  private static void adagrad(Update u, int n, float[] p, float[] g, float[] s1) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float square = Math.fma(gi, gi, s1[i]);
      s1[i] = square;
      p[i] = Math.fma(u.step, gi / (root(square) + u.epsilon), pi);
    }
  }

  private static void adam(Update u, int n, float[] p, float[] g, float[] s1, float[] s2) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float mean = normal(Math.fma(u.weight1, gi - s1[i], s1[i]));
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * s2[i]));
      s1[i] = mean;
      s2[i] = square;
      float direction = mean / Math.fma(root(square), u.rootScale, u.epsilon);
      p[i] = Math.fma(u.step, Math.fma(u.decay, pi, direction), pi);
    }
  }

  private static void lion(Update u, int n, float[] p, float[] g, float[] s1) {
    for (int i = 0; i < n; i++) {
      float pi = p[i];
      float gi = gradient(u, g[i], pi);
      float mean = s1[i];
      float direction = Math.signum(Math.fma(u.weight1, gi - mean, mean));
      s1[i] = normal(Math.fma(u.weight2, gi - mean, mean));
      p[i] = Math.fma(u.step, Math.fma(u.decay, pi, direction), pi);
    }
  }

  /**
   * 0 for x below the normal floats, else x. By a factor of 1 or 0, from the sign of what it has
   * above them, since C2 makes no vectors of a choice.
   */
  static float normal(float x) {
    float side = Math.signum(Math.fma(Math.abs(x), 0x1p126f, -0x1.fffffep-1f));
    return Math.fma(x, Math.fma(side, 0.5f, 0.5f), 0f);
  }

  /** Rounding the root of a float from double to float gives the float's own: 53 >= 2 24 + 2. */
  private static float root(float x) {
    return (float) Math.sqrt(x);
  }
}
