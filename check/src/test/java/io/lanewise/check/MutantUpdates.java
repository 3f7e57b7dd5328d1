package io.lanewise.check;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Update;

/** Updates with one fault, or with none. */
class MutantUpdates extends DelegatingKernels {
  final Fault fault;

  // The states of one element.
  private float s1;
  private float s2;

  MutantUpdates(Fault fault) {
    this.fault = fault;
  }

  boolean has(Fault planted) {
    return fault == planted;
  }

  @Override
  protected void doUpdate(Update u, Matrix p, Matrix g, Matrix first, Matrix second) {
    int n = p.columns();
    int end = has(Fault.UPDATE_TAIL_DROPPED) && n > 16 ? n - n % 16 : n;
    for (int j = 0; j < end; j++) {
      s1 = first == null ? 0f : first.get(0, j);
      s2 = second == null ? 0f : second.get(0, j);
      float pj = p.get(0, j);
      float step = step(u, gradient(u, g.get(0, j), pj), pj);
      float rate = has(Fault.SGD_SIGN) && u.rule() == Update.Rule.SGD ? -u.step : u.step;
      boolean apart = has(Fault.SGD_WITHOUT_FMA) && u.rule() == Update.Rule.SGD;
      p.put(0, j, apart ? pj + rate * step : Math.fma(rate, step, pj));
      if (first != null) {
        first.put(0, j, s1);
      }
      if (second != null) {
        second.put(0, j, s2);
      }
    }
    if (has(Fault.UPDATE_SPOILS_THE_GRADIENTS)) {
      g.put(0, 0, g.get(0, 0) * u.gradientScale);
    }
  }

  private float gradient(Update u, float g, float p) {
    float d = has(Fault.GRADIENT_NOT_SCALED) ? g : u.gradientScale * g;
    float limit = u.limit;
    if (has(Fault.CLIPPED_BEFORE_SCALED)) {
      return Math.fma(u.weightDecay, p, penalized(u, u.gradientScale * clip(g, limit), p));
    }
    if (has(Fault.CLIPPED_LAST)) {
      return clip(Math.fma(u.weightDecay, p, penalized(u, d, p)), limit);
    }
    float clipped = penalized(u, clip(d, limit), p);
    return has(Fault.DECAY_WITHOUT_FMA)
        ? u.weightDecay * p + clipped
        : Math.fma(u.weightDecay, p, clipped);
  }

  private float clip(float d, float limit) {
    if (has(Fault.CLIPPING_LOSES_NAN)) {
      return d > -limit ? (d < limit ? d : limit) : -limit;
    }
    if (has(Fault.CLIPPED_ABOVE_ONLY)) {
      return d > limit ? limit : d;
    }
    return d > limit ? limit : d < -limit ? -limit : d;
  }

  private float penalized(Update u, float d, float p) {
    if (u.l1 == 0f) {
      return d;
    }
    float ofZero = has(Fault.L1_PUSHES_ZERO) ? u.l1 : 0f;
    return d + (p > 0f ? u.l1 : p < 0f ? -u.l1 : ofZero);
  }

  /** What is multiplied with the rate; changes the states. */
  private float step(Update u, float g, float p) {
    return switch (u.rule()) {
      case SGD -> g;
      case MOMENTUM -> {
        s1 = velocity(u, g);
        yield s1;
      }
      case NESTEROV -> {
        float old = s1;
        s1 = velocity(u, g);
        yield Math.fma(u.momentum, has(Fault.NESTEROV_OLD_VELOCITY) ? old : s1, g);
      }
      case RMSPROP -> {
        s1 = normal(Math.fma(u.weight2, g * g, u.beta2 * s1));
        yield g / root(u, s1);
      }
      case RMSPROP_MOMENTUM -> {
        s1 = normal(Math.fma(u.weight2, g * g, u.beta2 * s1));
        float direction = g / root(u, s1);
        float added = has(Fault.RMSPROP_RATE_IN_VELOCITY) ? -u.step * direction : direction;
        s2 = normal(Math.fma(u.momentum, s2, added));
        yield s2;
      }
      case ADAGRAD -> {
        s1 = has(Fault.ADAGRAD_WITHOUT_FMA) ? s1 + g * g : Math.fma(g, g, s1);
        yield g / root(u, s1);
      }
      case ADAM -> adam(u, g, p);
      case LION -> lion(u, g, p);
    };
  }

  private float velocity(Update u, float g) {
    return normal(Math.fma(u.momentum, s1, has(Fault.DAMPENING_FORGOTTEN) ? g : u.weight1 * g));
  }

  private float normal(float x) {
    boolean fades = has(Fault.STATES_FADE_TO_SUBNORMALS);
    return !fades && Math.abs(x) < Float.MIN_NORMAL ? 0f : x;
  }

  private float root(Update u, float square) {
    return has(Fault.EPSILON_IN_ROOT)
        ? (float) Math.sqrt(square + u.epsilon)
        : (float) Math.sqrt(square) + u.epsilon;
  }

  private float adam(Update u, float g, float p) {
    float old = s1;
    float weight2 = has(Fault.ADAM_BETA_FOR_ONE_MINUS) ? 1f - u.beta2 : u.weight2;
    s1 = normal(Math.fma(u.weight1, g - old, old));
    s2 = normal(Math.fma(weight2, g * g, u.beta2 * s2));
    boolean inRoot = has(Fault.ADAM_EPSILON_IN_ROOT);
    float root = (float) Math.sqrt(inRoot ? s2 + u.epsilon : s2);
    float mean = has(Fault.ADAM_OLD_MOMENT) ? old : s1;
    float scale = has(Fault.ADAM_ROOT_NOT_CORRECTED) ? 1f : u.rootScale;
    float direction = mean / Math.fma(root, scale, u.epsilon);
    return has(Fault.DECOUPLED_DECAY_FORGOTTEN) ? direction : Math.fma(u.decay, p, direction);
  }

  private float lion(Update u, float g, float p) {
    float old = s1;
    s1 = normal(Math.fma(u.weight2, g - old, old));
    float from = has(Fault.LION_MOMENT_FIRST) ? s1 : old;
    float c = Math.fma(u.weight1, g - from, from);
    float sign = has(Fault.LION_NEVER_STANDS) && c == 0f ? 1f : Math.signum(c);
    return has(Fault.DECOUPLED_DECAY_FORGOTTEN) ? sign : Math.fma(u.decay, p, sign);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    float[] lanes = new float[16];
    int width = has(Fault.SQUARES_IN_ONE_CHAIN) ? 1 : 16;
    for (int i = 0; i < length; i++) {
      float x = g[gOff + i];
      lanes[i % width] =
          has(Fault.SQUARES_WITHOUT_FMA)
              ? lanes[i % width] + x * x
              : Math.fma(x, x, lanes[i % width]);
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return has(Fault.SQUARES_OVERFLOW) ? Math.min(lanes[0], Float.MAX_VALUE) : lanes[0];
  }
}
