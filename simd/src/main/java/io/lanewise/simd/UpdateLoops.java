package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.SQRT;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Update;
import io.lanewise.kernel.Update.Rule;
import jdk.incubator.vector.FloatVector;

/**
 * The rules of {@link Update} on whole vectors, a loop each; the formulas are there. The scalar
 * kernels do what is less than a vector. Clipping by value and the penalty of absolute values,
 * which are rare, are done to a block of gradients in L1 before the rule runs over it, so that each
 * rule has one loop and all of it is one pass over memory.
 */
final class UpdateLoops {
  /** The gradients of a block: with the parameters and states to them they fit in L1. */
  private static final int SOME = 2048;

  /** Elements at a time where there is no block. */
  private static final int MANY = 1 << 14;

  private UpdateLoops() {}

  static void update(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    Scratch scratch = Scratch.take();
    int n = p.columns();
    int whole = FLOAT.loopBound(n);
    boolean plain = u.limit == Float.POSITIVE_INFINITY && u.l1 == 0f;
    // From the end on: the next forward pass begins with the first parameters, so they stay in L2.
    int step = plain ? MANY : SOME;
    for (int i = (whole - 1) / step * step; i >= 0 && whole > 0; i -= step) {
      int size = Math.min(step, whole - i);
      Matrix ps = scratch.columns(0, p, i, size);
      Matrix gs = scratch.columns(1, g, i, size);
      Matrix first = scratch.columns(2, s1, i, size);
      Matrix second = scratch.columns(3, s2, i, size);
      if (plain) {
        rule(u, u.gradientScale, ps, gs, first, second);
      } else {
        rule(u, 1f, ps, clipped(u, ps, gs, scratch), first, second);
      }
    }
    if (whole < n) {
      Matrix ps = scratch.columns(0, p, whole, n - whole);
      Matrix gs = scratch.columns(1, g, whole, n - whole);
      Matrix first = scratch.columns(2, s1, whole, n - whole);
      Matrix second = scratch.columns(3, s2, whole, n - whole);
      ScalarKernels.INSTANCE.update(u, ps, gs, first, second);
    }
    scratch.give();
  }

  /** Of whole vectors whose gradients are clipped and have their penalty, but not their scale. */
  private static void rule(Update u, float scale, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    Rule rule = u.rule();
    // Not a switch: javac makes a class for one over an enum of another class.
    if (rule == Rule.SGD) {
      sgd(u, scale, p, g);
    } else if (rule == Rule.MOMENTUM) {
      momentum(u, scale, p, g, s1);
    } else if (rule == Rule.NESTEROV) {
      nesterov(u, scale, p, g, s1);
    } else if (rule == Rule.RMSPROP) {
      rmsProp(u, scale, p, g, s1);
    } else if (rule == Rule.RMSPROP_MOMENTUM) {
      rmsPropMomentum(u, scale, p, g, s1, s2);
    } else if (rule == Rule.ADAGRAD) {
      adagrad(u, scale, p, g, s1);
    } else if (rule == Rule.ADAM) {
      adam(u, scale, p, g, s1, s2);
    } else if (rule == Rule.LION) {
      lion(u, scale, p, g, s1);
    } else {
      throw new AssertionError(rule);
    }
  }

  /** Some gradients in the scratch block, scaled, clipped and with their penalty. */
  private static Matrix clipped(Update u, Matrix p, Matrix g, Scratch scratch) {
    float[] block = scratch.block(SOME);
    clip(u.gradientScale, u.limit, g.columns(), g.array(), g.off(), block);
    if (u.l1 != 0f) {
      penalize(u.l1, p.columns(), p.array(), p.off(), block);
    }
    return scratch.row(1, block, 0, g.columns());
  }

  /** block = scale g, within the limits. */
  private static void clip(
      float scale, float limit, int length, float[] g, int gOff, float[] block) {
    FloatVector most = broadcast(FLOAT, limit);
    FloatVector least = broadcast(FLOAT, -limit);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector v = fromArray(FLOAT, g, gOff + i).mul(scale);
      // The upper limit last: it comes first in the formula.
      v.blend(least, v.compare(LT, least)).blend(most, v.compare(GT, most)).intoArray(block, i);
    }
  }

  /** block = block + l1 sign(p). */
  private static void penalize(float l1, int length, float[] p, int pOff, float[] block) {
    FloatVector plus = broadcast(FLOAT, l1);
    FloatVector minus = broadcast(FLOAT, -l1);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      FloatVector term = zero.blend(minus, vp.compare(LT, zero)).blend(plus, vp.compare(GT, zero));
      fromArray(FLOAT, block, i).add(term).intoArray(block, i);
    }
  }

  private static void sgd(Update u, float scale, Matrix p, Matrix g) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = decay.fma(vp, load(g, i).mul(factor));
      step.fma(vg, vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void momentum(Update u, float scale, Matrix p, Matrix g, Matrix s1) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay);
    FloatVector momentum = broadcast(FLOAT, u.momentum);
    FloatVector weight = broadcast(FLOAT, u.weight1);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = decay.fma(vp, load(g, i).mul(factor));
      FloatVector velocity = normal(momentum.fma(load(s1, i), vg.mul(weight)));
      velocity.intoArray(s1.array(), s1.off() + i);
      step.fma(velocity, vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void nesterov(Update u, float scale, Matrix p, Matrix g, Matrix s1) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay);
    FloatVector momentum = broadcast(FLOAT, u.momentum);
    FloatVector weight = broadcast(FLOAT, u.weight1);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = decay.fma(vp, load(g, i).mul(factor));
      FloatVector velocity = normal(momentum.fma(load(s1, i), vg.mul(weight)));
      velocity.intoArray(s1.array(), s1.off() + i);
      step.fma(momentum.fma(velocity, vg), vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void rmsProp(Update u, float scale, Matrix p, Matrix g, Matrix s1) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay);
    FloatVector beta = broadcast(FLOAT, u.beta2);
    FloatVector weight = broadcast(FLOAT, u.weight2);
    FloatVector tiny = broadcast(FLOAT, u.epsilon);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = decay.fma(vp, load(g, i).mul(factor));
      FloatVector square = normal(weight.fma(vg.mul(vg), load(s1, i).mul(beta)));
      square.intoArray(s1.array(), s1.off() + i);
      step.fma(vg.div(square.lanewise(SQRT).add(tiny)), vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void rmsPropMomentum(
      Update u, float scale, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay);
    FloatVector beta = broadcast(FLOAT, u.beta2);
    FloatVector weight = broadcast(FLOAT, u.weight2);
    FloatVector tiny = broadcast(FLOAT, u.epsilon);
    FloatVector momentum = broadcast(FLOAT, u.momentum);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = decay.fma(vp, load(g, i).mul(factor));
      FloatVector square = normal(weight.fma(vg.mul(vg), load(s1, i).mul(beta)));
      FloatVector direction = vg.div(square.lanewise(SQRT).add(tiny));
      FloatVector velocity = normal(momentum.fma(load(s2, i), direction));
      square.intoArray(s1.array(), s1.off() + i);
      velocity.intoArray(s2.array(), s2.off() + i);
      step.fma(velocity, vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void adagrad(Update u, float scale, Matrix p, Matrix g, Matrix s1) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector decay = broadcast(FLOAT, u.weightDecay);
    FloatVector tiny = broadcast(FLOAT, u.epsilon);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = decay.fma(vp, load(g, i).mul(factor));
      FloatVector square = vg.fma(vg, load(s1, i));
      square.intoArray(s1.array(), s1.off() + i);
      step.fma(vg.div(square.lanewise(SQRT).add(tiny)), vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void adam(Update u, float scale, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector coupled = broadcast(FLOAT, u.weightDecay);
    FloatVector weight1 = broadcast(FLOAT, u.weight1);
    FloatVector weight2 = broadcast(FLOAT, u.weight2);
    FloatVector beta2 = broadcast(FLOAT, u.beta2);
    FloatVector rootScale = broadcast(FLOAT, u.rootScale);
    FloatVector tiny = broadcast(FLOAT, u.epsilon);
    FloatVector decay = broadcast(FLOAT, u.decay);
    FloatVector step = broadcast(FLOAT, u.step);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = coupled.fma(vp, load(g, i).mul(factor));
      FloatVector mean = load(s1, i);
      mean = normal(weight1.fma(vg.sub(mean), mean));
      mean.intoArray(s1.array(), s1.off() + i);
      FloatVector square = normal(weight2.fma(vg.mul(vg), load(s2, i).mul(beta2)));
      square.intoArray(s2.array(), s2.off() + i);
      FloatVector direction = mean.div(square.lanewise(SQRT).fma(rootScale, tiny));
      step.fma(decay.fma(vp, direction), vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static void lion(Update u, float scale, Matrix p, Matrix g, Matrix s1) {
    int length = p.columns();
    FloatVector factor = broadcast(FLOAT, scale);
    FloatVector coupled = broadcast(FLOAT, u.weightDecay);
    FloatVector weight1 = broadcast(FLOAT, u.weight1);
    FloatVector weight2 = broadcast(FLOAT, u.weight2);
    FloatVector decay = broadcast(FLOAT, u.decay);
    FloatVector step = broadcast(FLOAT, u.step);
    FloatVector zero = FloatVector.zero(FLOAT);
    FloatVector one = broadcast(FLOAT, 1f);
    FloatVector minusOne = broadcast(FLOAT, -1f);
    for (int i = 0; i < length; i += LENGTH) {
      FloatVector vp = load(p, i);
      FloatVector vg = coupled.fma(vp, load(g, i).mul(factor));
      FloatVector mean = load(s1, i);
      FloatVector difference = vg.sub(mean);
      FloatVector c = weight1.fma(difference, mean);
      normal(weight2.fma(difference, mean)).intoArray(s1.array(), s1.off() + i);
      FloatVector sign = c.blend(one, c.compare(GT, zero)).blend(minusOne, c.compare(LT, zero));
      step.fma(decay.fma(vp, sign), vp).intoArray(p.array(), p.off() + i);
    }
  }

  private static FloatVector load(Matrix x, int i) {
    return fromArray(FLOAT, x.array(), x.off() + i);
  }

  private static FloatVector normal(FloatVector x) {
    return x.blend(0f, x.abs().compare(LT, Float.MIN_NORMAL));
  }
}
