package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.SQRT;

import io.lanewise.kernel.Update;
import jdk.incubator.vector.FloatVector;

/** The rules of {@link Update} on whole vectors, a loop each; the formulas are there. */
final class UpdateLoops {
  private UpdateLoops() {}

  /** block = scale g, within the limits. */
  static void clip(float scale, float limit, int length, float[] g, int gOff, float[] block) {
    FloatVector most = broadcast(FLOAT, limit);
    FloatVector least = broadcast(FLOAT, -limit);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, g, gOff + i).mul(scale);
      // The upper limit last: it comes first in the formula.
      v.blend(least, v.compare(LT, least)).blend(most, v.compare(GT, most)).intoArray(block, i);
    }
  }

  /** block = block + l1 sign(p). */
  static void penalize(float l1, int length, float[] p, int pOff, float[] block) {
    FloatVector plus = broadcast(FLOAT, l1);
    FloatVector minus = broadcast(FLOAT, -l1);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector term = zero.blend(minus, vp.compare(LT, zero)).blend(plus, vp.compare(GT, zero));
      fromArray(FLOAT, block, i).add(term).intoArray(block, i);
    }
  }

  static void sgd(Update u, float scale, int length, float[] p, int pOff, float[] g, int gOff) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = decay.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      rate.fma(vg, vp).intoArray(p, pOff + i);
    }
  }

  static void momentum(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay());
    FloatVector momentum = broadcast(FLOAT, u.momentum());
    FloatVector weight = broadcast(FLOAT, u.weight1());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = decay.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector velocity = normal(momentum.fma(fromArray(FLOAT, s1, s1Off + i), vg.mul(weight)));
      velocity.intoArray(s1, s1Off + i);
      rate.fma(velocity, vp).intoArray(p, pOff + i);
    }
  }

  static void nesterov(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay());
    FloatVector momentum = broadcast(FLOAT, u.momentum());
    FloatVector weight = broadcast(FLOAT, u.weight1());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = decay.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector velocity = normal(momentum.fma(fromArray(FLOAT, s1, s1Off + i), vg.mul(weight)));
      velocity.intoArray(s1, s1Off + i);
      rate.fma(momentum.fma(velocity, vg), vp).intoArray(p, pOff + i);
    }
  }

  static void rmsProp(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay());
    FloatVector beta = broadcast(FLOAT, u.beta2());
    FloatVector weight = broadcast(FLOAT, u.weight2());
    FloatVector tiny = broadcast(FLOAT, u.epsilon());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = decay.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector square =
          normal(weight.fma(vg.mul(vg), fromArray(FLOAT, s1, s1Off + i).mul(beta)));
      square.intoArray(s1, s1Off + i);
      rate.fma(vg.div(square.lanewise(SQRT).add(tiny)), vp).intoArray(p, pOff + i);
    }
  }

  static void rmsPropMomentum(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay());
    FloatVector beta = broadcast(FLOAT, u.beta2());
    FloatVector weight = broadcast(FLOAT, u.weight2());
    FloatVector tiny = broadcast(FLOAT, u.epsilon());
    FloatVector momentum = broadcast(FLOAT, u.momentum());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = decay.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector square =
          normal(weight.fma(vg.mul(vg), fromArray(FLOAT, s1, s1Off + i).mul(beta)));
      FloatVector direction = vg.div(square.lanewise(SQRT).add(tiny));
      FloatVector velocity = normal(momentum.fma(fromArray(FLOAT, s2, s2Off + i), direction));
      square.intoArray(s1, s1Off + i);
      velocity.intoArray(s2, s2Off + i);
      rate.fma(velocity, vp).intoArray(p, pOff + i);
    }
  }

  static void adagrad(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay());
    FloatVector tiny = broadcast(FLOAT, u.epsilon());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = decay.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector square = vg.fma(vg, fromArray(FLOAT, s1, s1Off + i));
      square.intoArray(s1, s1Off + i);
      rate.fma(vg.div(square.lanewise(SQRT).add(tiny)), vp).intoArray(p, pOff + i);
    }
  }

  static void adam(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector coupled = broadcast(FLOAT, u.weightDecay());
    FloatVector weight1 = broadcast(FLOAT, u.weight1());
    FloatVector weight2 = broadcast(FLOAT, u.weight2());
    FloatVector beta2 = broadcast(FLOAT, u.beta2());
    FloatVector rootScale = broadcast(FLOAT, u.rootScale());
    FloatVector tiny = broadcast(FLOAT, u.epsilon());
    FloatVector decay = broadcast(FLOAT, u.decay());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = coupled.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector mean = fromArray(FLOAT, s1, s1Off + i);
      mean = normal(weight1.fma(vg.sub(mean), mean));
      mean.intoArray(s1, s1Off + i);
      FloatVector square =
          normal(weight2.fma(vg.mul(vg), fromArray(FLOAT, s2, s2Off + i).mul(beta2)));
      square.intoArray(s2, s2Off + i);
      FloatVector direction = mean.div(square.lanewise(SQRT).fma(rootScale, tiny));
      rate.fma(decay.fma(vp, direction), vp).intoArray(p, pOff + i);
    }
  }

  static void lion(
      Update u,
      float scale,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off) {
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector coupled = broadcast(FLOAT, u.weightDecay());
    FloatVector weight1 = broadcast(FLOAT, u.weight1());
    FloatVector weight2 = broadcast(FLOAT, u.weight2());
    FloatVector decay = broadcast(FLOAT, u.decay());
    FloatVector rate = broadcast(FLOAT, -u.rate());
    FloatVector zero = FloatVector.zero(FLOAT);
    FloatVector one = broadcast(FLOAT, 1f);
    FloatVector minusOne = broadcast(FLOAT, -1f);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector vg = coupled.fma(vp, fromArray(FLOAT, g, gOff + i).mul(factor));
      FloatVector mean = fromArray(FLOAT, s1, s1Off + i);
      FloatVector difference = vg.sub(mean);
      FloatVector c = weight1.fma(difference, mean);
      normal(weight2.fma(difference, mean)).intoArray(s1, s1Off + i);
      FloatVector sign = c.blend(one, c.compare(GT, zero)).blend(minusOne, c.compare(LT, zero));
      rate.fma(decay.fma(vp, sign), vp).intoArray(p, pOff + i);
    }
  }

  private static FloatVector normal(FloatVector x) {
    return x.blend(0f, x.abs().compare(LT, Float.MIN_NORMAL));
  }
}
