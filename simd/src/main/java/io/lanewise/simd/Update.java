package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.SQRT;

import io.lanewise.kernel.ScalarKernels;
import jdk.incubator.vector.FloatVector;

/** The optimizers' updates of flat parameters; the scalar kernels do what is less than a vector. */
final class Update {
  private Update() {}

  static void sgd(int length, float[] p, int pOff, float[] g, int gOff, float learningRate) {
    FloatVector rate = FloatVector.broadcast(FLOAT, -learningRate);
    int whole = FLOAT.loopBound(length);
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector vp = fromArray(FLOAT, p, pOff + i);
      rate.fma(fromArray(FLOAT, g, gOff + i), vp).intoArray(p, pOff + i);
    }
    ScalarKernels.INSTANCE.sgd(length - whole, p, pOff + whole, g, gOff + whole, learningRate);
  }

  static void adam(
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] m1,
      int m1Off,
      float[] m2,
      int m2Off,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float stepSize,
      float rootScale,
      float epsilon) {
    FloatVector beta = FloatVector.broadcast(FLOAT, oneMinusBeta1);
    FloatVector betaSquares = FloatVector.broadcast(FLOAT, oneMinusBeta2);
    FloatVector step = FloatVector.broadcast(FLOAT, -stepSize);
    FloatVector scale = FloatVector.broadcast(FLOAT, rootScale);
    FloatVector tiny = FloatVector.broadcast(FLOAT, epsilon);
    int whole = FLOAT.loopBound(length);
    for (int i = 0; i < whole; i += LENGTH) {
      FloatVector vg = fromArray(FLOAT, g, gOff + i);
      FloatVector v1 = fromArray(FLOAT, m1, m1Off + i);
      FloatVector v2 = fromArray(FLOAT, m2, m2Off + i);
      v1 = beta.fma(vg.sub(v1), v1);
      v2 = betaSquares.fma(vg.mul(vg), v2.mul(beta2));
      v1.intoArray(m1, m1Off + i);
      v2.intoArray(m2, m2Off + i);
      FloatVector update = v1.div(v2.lanewise(SQRT).fma(scale, tiny));
      step.fma(update, fromArray(FLOAT, p, pOff + i)).intoArray(p, pOff + i);
    }
    ScalarKernels.INSTANCE.adam(
        length - whole,
        p,
        pOff + whole,
        g,
        gOff + whole,
        m1,
        m1Off + whole,
        m2,
        m2Off + whole,
        oneMinusBeta1,
        beta2,
        oneMinusBeta2,
        stepSize,
        rootScale,
        epsilon);
  }
}
