package io.lanewise.gate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Eight independent chains, which cover a latency of four cycles on two ports. The step of the loop
 * is not a constant: C2 would unroll it and put the steps of a chain one behind the other.
 */
final class FmaChains implements Work {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int STEPS = 2000;

  private final float[] operands = {0.5f, 1f};

  FmaChains() {}

  @Override
  public double run() {
    FloatVector x = FloatVector.broadcast(F, operands[0]);
    FloatVector y = FloatVector.broadcast(F, operands[1]);
    FloatVector c0 = FloatVector.broadcast(F, 0f);
    FloatVector c1 = FloatVector.broadcast(F, 1f);
    FloatVector c2 = FloatVector.broadcast(F, 2f);
    FloatVector c3 = FloatVector.broadcast(F, 3f);
    FloatVector c4 = FloatVector.broadcast(F, 4f);
    FloatVector c5 = FloatVector.broadcast(F, 5f);
    FloatVector c6 = FloatVector.broadcast(F, 6f);
    FloatVector c7 = FloatVector.broadcast(F, 7f);
    int step = (int) operands[1];
    for (int i = 0; i < STEPS; i += step) {
      c0 = x.fma(y, c0);
      c1 = x.fma(y, c1);
      c2 = x.fma(y, c2);
      c3 = x.fma(y, c3);
      c4 = x.fma(y, c4);
      c5 = x.fma(y, c5);
      c6 = x.fma(y, c6);
      c7 = x.fma(y, c7);
    }
    FloatVector low = c0.add(c1).add(c2.add(c3));
    FloatVector high = c4.add(c5).add(c6.add(c7));
    return low.add(high).reduceLanes(VectorOperators.ADD);
  }
}
