package io.lanewise.kernel;

import io.lanewise.kernel.Update.Rule;

/** The executable specification of the optimizers: {@link Update}'s formulas as loops. */
final class ScalarUpdates {
  private ScalarUpdates() {}

  /** The states that the rule does not have are not read. */
  static void run(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    Rule rule = u.rule();
    // Not a switch: javac makes a class for one over an enum of another class.
    if (rule == Rule.SGD) {
      sgd(u, p, g);
    } else if (rule == Rule.MOMENTUM) {
      momentum(u, p, g, s1);
    } else if (rule == Rule.NESTEROV) {
      nesterov(u, p, g, s1);
    } else if (rule == Rule.RMSPROP) {
      rmsProp(u, p, g, s1);
    } else if (rule == Rule.RMSPROP_MOMENTUM) {
      rmsPropMomentum(u, p, g, s1, s2);
    } else if (rule == Rule.ADAGRAD) {
      adagrad(u, p, g, s1);
    } else if (rule == Rule.ADAM) {
      adam(u, p, g, s1, s2);
    } else if (rule == Rule.LION) {
      lion(u, p, g, s1);
    } else {
      throw new AssertionError(rule);
    }
  }

  /** Element i of a row. */
  private static float get(Matrix row, int i) {
    return row.array()[row.off() + i];
  }

  private static void set(Matrix row, int i, float value) {
    row.array()[row.off() + i] = value;
  }

  /** What every rule begins with. Limits and a penalty that are none are out of the JIT's loop. */
  private static float gradient(Update u, float g, float p) {
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

  private static void sgd(Update u, Matrix p, Matrix g) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      set(p, i, Math.fma(u.step, gradient(u, get(g, i), pi), pi));
    }
  }

  private static void momentum(Update u, Matrix p, Matrix g, Matrix s1) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float velocity = normal(Math.fma(u.momentum, get(s1, i), u.weight1 * gi));
      set(s1, i, velocity);
      set(p, i, Math.fma(u.step, velocity, pi));
    }
  }

  private static void nesterov(Update u, Matrix p, Matrix g, Matrix s1) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float velocity = normal(Math.fma(u.momentum, get(s1, i), u.weight1 * gi));
      set(s1, i, velocity);
      set(p, i, Math.fma(u.step, Math.fma(u.momentum, velocity, gi), pi));
    }
  }

  private static void rmsProp(Update u, Matrix p, Matrix g, Matrix s1) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * get(s1, i)));
      set(s1, i, square);
      set(p, i, Math.fma(u.step, gi / (root(square) + u.epsilon), pi));
    }
  }

  private static void rmsPropMomentum(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * get(s1, i)));
      float direction = gi / (root(square) + u.epsilon);
      float velocity = normal(Math.fma(u.momentum, get(s2, i), direction));
      set(s1, i, square);
      set(s2, i, velocity);
      set(p, i, Math.fma(u.step, velocity, pi));
    }
  }

  private static void adagrad(Update u, Matrix p, Matrix g, Matrix s1) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float square = Math.fma(gi, gi, get(s1, i));
      set(s1, i, square);
      set(p, i, Math.fma(u.step, gi / (root(square) + u.epsilon), pi));
    }
  }

  private static void adam(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float mean = normal(Math.fma(u.weight1, gi - get(s1, i), get(s1, i)));
      float square = normal(Math.fma(u.weight2, gi * gi, u.beta2 * get(s2, i)));
      set(s1, i, mean);
      set(s2, i, square);
      float direction = mean / Math.fma(root(square), u.rootScale, u.epsilon);
      set(p, i, Math.fma(u.step, Math.fma(u.decay, pi, direction), pi));
    }
  }

  private static void lion(Update u, Matrix p, Matrix g, Matrix s1) {
    for (int i = 0; i < p.columns(); i++) {
      float pi = get(p, i);
      float gi = gradient(u, get(g, i), pi);
      float mean = get(s1, i);
      float direction = sign(Math.fma(u.weight1, gi - mean, mean));
      set(s1, i, normal(Math.fma(u.weight2, gi - mean, mean)));
      set(p, i, Math.fma(u.step, Math.fma(u.decay, pi, direction), pi));
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
