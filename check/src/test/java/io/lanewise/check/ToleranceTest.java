package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What does not promise bits, and is right all the same, passes; what is a little wrong does not.
 */
class ToleranceTest {
  private static ConformanceReport.Operation only(ConformanceReport report) {
    assertEquals(1, report.operations().size(), report::toString);
    return report.operations().get(0);
  }

  @Test
  void theLibrarysExponentialIsWithinTwoUlps() {
    Conformance judged = Conformance.function(Function.EXP, x -> (float) Math.exp(x));
    assertFalse(judged.run().passed());
    ConformanceReport report = judged.ulps(2).run();
    assertTrue(report.passed(), report::toString);
    ConformanceReport.Operation exp = only(report);
    assertEquals(1, exp.worst().ulps());
    assertEquals(1, exp.worst().error());
    assertEquals(null, exp.first());
    assertTrue(
        report.toString().matches("(?s).*map EXP +2 ulp +1 +map EXP of .* 1 ulp\n.*"),
        report::toString);
    float[] half = {0.5f};
    ConformanceReport wrong =
        Conformance.function(Function.EXP, x -> (float) Math.exp(x) * (1f + 4e-7f * half[0]))
            .ulps(2)
            .run();
    assertFalse(wrong.passed());
  }

  /** Sums backwards, with a product and a sum that are rounded apart. */
  private static void backwards(
      int m,
      int n,
      int k,
      float[] a,
      int aOff,
      int lda,
      float[] b,
      int bOff,
      int ldb,
      float[] c,
      int cOff,
      int ldc) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0f;
        for (int p = k - 1; p >= 0; p--) {
          sum += a[aOff + i * lda + p] * b[bOff + p * ldb + j];
        }
        c[cOff + i * ldc + j] = sum;
      }
    }
  }

  /** Units in the last place do not work for it: some elements cancel. */
  @Test
  void aProductInAnotherOrderIsWithinItsRounding() {
    ConformanceReport report = Conformance.product(ToleranceTest::backwards).rounding(1).run();
    assertTrue(report.passed(), report::toString);
    assertTrue(only(report).worst().error() <= 1, report::toString);
    assertTrue(only(report).worst().error() > 0.01, report::toString);
    ConformanceReport bits = Conformance.product(ToleranceTest::backwards).run();
    assertTrue(only(bits).worst().ulps() > 10_000, bits::toString);
  }

  @Test
  void aTermThatIsLeftOutIsFarFromItsRounding() {
    ConformanceReport report = Conformance.product(Planted.LAST_TERM::product).rounding(8).run();
    assertFalse(report.passed());
    assertTrue(only(report).worst().error() > 1_000, report::toString);
  }

  /** Kernels that are right and have no bit of ours where floats may differ. */
  private static final Kernels OTHER =
      new ForwardingKernels(ScalarKernels.INSTANCE) {
        @Override
        protected void doMatmul(
            Transpose form, Matrix a, Matrix b, Matrix c, Epilogue e, Matrix bias, Matrix saved) {
          int k = form.a() ? a.rows() : a.columns();
          for (int i = 0; i < c.rows(); i++) {
            for (int j = 0; j < c.columns(); j++) {
              float sum = 0f;
              for (int p = k - 1; p >= 0 && e.alpha() != 0f; p--) {
                sum +=
                    (form.a() ? a.get(p, i) : a.get(i, p)) * (form.b() ? b.get(j, p) : b.get(p, j));
              }
              float old = c.get(i, j);
              if (e.isScaled()) {
                boolean none = e.alpha() == 0f || k == 0;
                sum = none ? 0f : e.alpha() * sum;
                sum = e.beta() == 0f ? sum : sum + e.beta() * old;
              } else if (e.start() != Epilogue.Start.ZERO) {
                sum += e.start() == Epilogue.Start.BIAS ? bias.get(0, j) : old;
              }
              sum = e.activation().apply(sum);
              float slope =
                  e.derivative() == null ? 1f : e.derivative().derivative(saved.get(i, j));
              c.put(i, j, sum * slope);
            }
          }
        }

        @Override
        protected void doColumnSums(Matrix x, Matrix sums) {
          for (int j = 0; j < x.columns(); j++) {
            float sum = 0f;
            for (int i = x.rows() - 1; i >= 0; i--) {
              sum += x.get(i, j);
            }
            sums.put(0, j, sum);
          }
        }

        @Override
        protected void doSoftmax(Matrix z, Matrix a) {
          for (int i = 0; i < z.rows(); i++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < z.columns(); j++) {
              max = Math.max(max, z.get(i, j));
            }
            float sum = 0f;
            for (int j = 0; j < z.columns(); j++) {
              a.put(i, j, (float) Math.exp((float) (z.get(i, j) - max)));
              sum += a.get(i, j);
            }
            for (int j = 0; j < z.columns(); j++) {
              a.put(i, j, a.get(i, j) * (1f / sum));
            }
          }
        }

        @Override
        protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
          float sum = 0f;
          for (int i = length - 1; i >= 0; i--) {
            sum += g[gOff + i] * g[gOff + i];
          }
          return sum;
        }

        @Override
        protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
          for (int i = 0; i < dz.rows() && f == Activation.TANH; i++) {
            for (int j = 0; j < dz.columns(); j++) {
              float a = saved.get(i, j);
              dz.put(i, j, da.get(i, j) * (1f - a * a));
            }
          }
          if (f != Activation.TANH) {
            super.doActivateBackward(f, saved, da, dz);
          }
        }
      };

  @Test
  void kernelsThatAreRightInAnotherWayPass() {
    Conformance judged = Conformance.of(OTHER).ulps(4).rounding(1.5);
    for (String battery : List.of("beyond(6000)", "matmulRandom(300, 90)", "quick()")) {
      ConformanceReport any = judged.battery(battery).run();
      assertTrue(any.passed(), any::toString);
    }
    ConformanceReport report = judged.finiteOnly().run();
    assertTrue(report.passed(), report::toString);
    List<String> moved =
        report.operations().stream()
            .filter(o -> o.worst() != null)
            .map(ConformanceReport.Operation::name)
            .toList();
    assertTrue(
        moved.containsAll(
            List.of("matmul", "matmulPacked", "columnSums", "sumOfSquares", "softmax")),
        moved::toString);
    assertTrue(report.toString().startsWith("passed: "), report::toString);
  }

  /** Adam as the paper has it, without a fused multiply-add. */
  private static void adam(
      Update u,
      int n,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] m,
      int mOff,
      float[] v,
      int vOff) {
    for (int i = 0; i < n; i++) {
      float d = u.gradientScale * g[gOff + i];
      d = Math.max(-u.limit, Math.min(u.limit, d));
      float w = p[pOff + i];
      d += u.l1 * Math.signum(w);
      d += u.weightDecay * w;
      m[mOff + i] = (1f - u.weight1) * m[mOff + i] + u.weight1 * d;
      v[vOff + i] = u.beta2 * v[vOff + i] + u.weight2 * d * d;
      float root = (float) Math.sqrt(v[vOff + i]) * u.rootScale + u.epsilon;
      p[pOff + i] = w + u.step * (m[mOff + i] / root + u.decay * w);
    }
  }

  @Test
  void adamWithoutMultiplyAddsIsNear() {
    ConformanceReport report =
        Conformance.update(Update.Rule.ADAM, ToleranceTest::adam).finiteOnly().ulps(16).run();
    assertTrue(report.passed(), report::toString);
    assertTrue(only(report).worst().error() > 0.5, report::toString);
  }

  /** A user's ForwardingKernels may be cut over threads as any other. */
  @Test
  void forwardingKernelsWorkOnThreads() {
    Kernels forwarding = new ForwardingKernels(ScalarKernels.INSTANCE) {};
    try (Threads threads = new Threads(3)) {
      ConformanceReport report =
          Conformance.of(threads.kernels(forwarding)).battery("beyond(20000)").run();
      assertTrue(report.passed(), report::toString);
      assertEquals("ToleranceTest$2", forwarding.name());
      assertEquals("ToleranceTest$2 on scalar", forwarding.describe());
    }
  }

  @Test
  void casesAreTheOperations() {
    List<Conformance.Case> cases =
        Conformance.of(Planted.TAIL.kernels()).only("activate").quick().cases().toList();
    assertEquals(ElementBattery.ACTIVATIONS.size(), cases.size());
    for (Conformance.Case c : cases) {
      if (c.name().equals("activate relu")) {
        AssertionError e = assertThrows(AssertionError.class, c::run);
        assertTrue(e.getMessage().startsWith("DIFFERENT: activate relu "), e::getMessage);
      } else {
        c.run();
      }
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    Conformance of = Conformance.of(ScalarKernels.INSTANCE).quick();
    assertThrows(IllegalArgumentException.class, () -> of.only("relu"));
    assertThrows(IllegalArgumentException.class, () -> of.maximum(99));
    assertThrows(IllegalArgumentException.class, () -> of.ulps(0));
    assertThrows(IllegalArgumentException.class, () -> of.rounding(Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> Conformance.function(Activation.SOFTMAX, x -> x));
    assertThrows(
        IllegalArgumentException.class,
        () -> Conformance.rows(Activation.RELU, (m, n, x, xOff, ldx, y, yOff, ldy) -> {}));
    // A parameter that no call has.
    assertThrows(
        IllegalArgumentException.class,
        () -> Conformance.function(Activation.leakyRelu(0.37f), x -> x).run());
  }
}
