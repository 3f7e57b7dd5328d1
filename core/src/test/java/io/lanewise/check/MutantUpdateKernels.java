package io.lanewise.check;

import io.lanewise.kernel.Update;

/** Updates with one fault, or with none. */
final class MutantUpdateKernels extends DelegatingUpdateKernels {
  private final Fault fault;

  MutantUpdateKernels(Fault fault) {
    this.fault = fault;
  }

  private boolean has(Fault planted) {
    return fault == planted;
  }

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
      case ADAM -> adam(u, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
      default -> super.doUpdate(u, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
    }
  }

  private float gradient(Update u, float g, float p) {
    float scaled = u.gradientScale() * g;
    float limit = u.limit();
    float clipped = scaled > limit ? limit : scaled < -limit ? -limit : scaled;
    if (u.l1() != 0f) {
      clipped += p > 0f ? u.l1() : p < 0f ? -u.l1() : 0f;
    }
    return Math.fma(u.weightDecay(), p, clipped);
  }

  private void sgd(Update u, int length, float[] p, int pOff, float[] g, int gOff) {
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float step = has(Fault.SGD_SIGN) ? u.rate() : -u.rate();
      p[pOff + i] = has(Fault.SGD_WITHOUT_FMA) ? pi + step * gi : Math.fma(step, gi, pi);
    }
  }

  private void adam(
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
    float weight2 = has(Fault.ADAM_BETA_FOR_ONE_MINUS) ? 1f - u.beta2() : u.weight2();
    for (int i = 0; i < length; i++) {
      float pi = p[pOff + i];
      float gi = gradient(u, g[gOff + i], pi);
      float old = s1[s1Off + i];
      float mean = Math.fma(u.weight1(), gi - old, old);
      float square = Math.fma(weight2, gi * gi, u.beta2() * s2[s2Off + i]);
      s1[s1Off + i] = mean;
      s2[s2Off + i] = square;
      boolean inRoot = has(Fault.ADAM_EPSILON_IN_ROOT);
      float root = (float) Math.sqrt(inRoot ? square + u.epsilon() : square);
      float used = has(Fault.ADAM_OLD_MOMENT) ? old : mean;
      float direction = used / Math.fma(root, u.rootScale(), u.epsilon());
      p[pOff + i] = Math.fma(-u.rate(), Math.fma(u.decay(), pi, direction), pi);
    }
  }
}
