package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelDiffTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  private static final int M = 3;
  private static final float[] X = new float[M * 4];
  private static final int[] LABELS = {1, 0, 1};

  static {
    RandomStream random = new RandomStream(5, RandomStream.Purpose.DATA);
    for (int i = 0; i < X.length; i++) {
      X[i] = (float) random.nextGaussian();
    }
  }

  private static Network network() {
    return Network.builder(4)
        .dense(5, Activation.TANH)
        .dense(2, Activation.SOFTMAX)
        .seed(9)
        .build();
  }

  @Test
  void scalarIsIdenticalToItselfAndEverythingIsCompared() {
    KernelDiff.Report report =
        KernelDiff.run(network(), X, M, LABELS, SCALAR, new DelegatingKernels());
    assertTrue(report.identical());
    int parameters = 4 * 5 + 5 + 5 * 2 + 2;
    int forward = M * 5 + M * 2 + 1;
    int backward = M * 5 + M * 2 + parameters + M * 4;
    assertEquals(
        forward + backward + 2 * Update.Rule.values().length * parameters + 2 * M * 2,
        report.compared());
    assertEquals(
        "scalar and planted: identical, " + report.compared() + " values compared",
        report.toString().lines().findFirst().orElseThrow());
  }

  /** Its ReLU follows a product and is part of it. */
  @Test
  void whatWasNeverCalledIsSaid() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doActivate(Activation f, Matrix z, Matrix a) {
            throw new AssertionError("never called");
          }
        };
    Network network =
        Network.builder(4).dense(32, Activation.RELU).dense(2, Activation.SOFTMAX).build();
    KernelCalls calls = KernelDiff.run(network, X, M, LABELS, SCALAR, planted).calls();
    assertTrue(
        calls.missed().containsAll(List.of("activate", "add", "dropout", "map")), calls + "");
    assertFalse(calls.missed().contains("matmulPacked"), calls::toString);
    assertEquals(List.of("activate"), calls.ownMissed());
    assertTrue(
        calls.toString().contains("WARNING: the activate of planted itself was never called"),
        calls::toString);
    KernelCalls.Call relu =
        calls.calls().stream()
            .filter(c -> c.operation().equals("matmul NN, then relu"))
            .findFirst()
            .orElseThrow();
    // Of the step and of the prediction.
    assertEquals(2, relu.count());
    assertEquals(List.of("3x32x4"), relu.sizes());
    assertFalse(relu.tail(), "32 columns leave none");
    assertTrue(calls.withoutTail().contains("matmul NN, then relu"));
    assertTrue(calls.withoutTail().contains("matmulPacked, then relu"));
    assertFalse(calls.withoutTail().contains("crossEntropy"));
  }

  /** A count is no other way to compute. */
  @Test
  void allKindsOfLayersAreCountedAndIdentical() {
    Network network =
        Network.builder(4)
            .batchNorm()
            .dense(5, Activation.GELU)
            .layerNorm()
            .dropout(0.3)
            .dense(2, Activation.SOFTMAX)
            .build();
    KernelDiff.Report report =
        KernelDiff.run(network, X, M, LABELS, SCALAR, new DelegatingKernels());
    assertTrue(report.identical(), report::toString);
    List<String> called = report.calls().calls().stream().map(KernelCalls.Call::operation).toList();
    for (String operation :
        List.of("batchNormBackward", "layerNorm", "layerNormBackward", "dropout", "normalize")) {
      assertTrue(called.contains(operation), report::toString);
    }
  }

  @Test
  void theWorstStandsBesideTheFirst() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            super.doColumnSums(x, sums);
            if (x.columns() == 5) {
              sums.put(0, 1, Math.nextDown(sums.get(0, 1)));
              sums.put(0, 3, 100f);
            }
          }
        };
    KernelDiff.Report report = KernelDiff.run(network(), X, M, LABELS, SCALAR, planted);
    KernelDiff.Report.Tensor bias =
        report.tensors().stream().filter(t -> t.name().equals("0.dbias")).findFirst().orElseThrow();
    assertEquals(2, bias.different());
    assertEquals(1, bias.difference().column());
    assertEquals(3, bias.worst().column());
    assertEquals(100, bias.worst().second());
  }

  /** A loss is a double, and its distance would be read as that of floats. */
  @Test
  void theUlpsOfTheLossAreNamed() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doCrossEntropy(
              Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
            super.doCrossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
            rowLoss.put(0, 0, Math.nextUp(rowLoss.get(0, 0)));
          }
        };
    KernelDiff.Report report = KernelDiff.run(network(), X, M, LABELS, SCALAR, planted);
    assertEquals("loss", report.firstDifference().orElseThrow().tensor());
    assertTrue(report.firstDifference().orElseThrow().toString().endsWith(" ulp of doubles"));
  }

  @Test
  void findsOneUlpInTheForwardPassAtItsPlace() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doMatmul(
              Transpose form,
              Matrix a,
              Matrix b,
              Matrix c,
              Epilogue epilogue,
              Matrix bias,
              Matrix saved) {
            super.doMatmul(form, a, b, c, epilogue, bias, saved);
            if (form == Transpose.NN && a.columns() == 5) {
              c.put(2, 1, Math.nextUp(c.get(2, 1)));
            }
          }
        };
    KernelDiff.Report report = KernelDiff.run(network(), X, M, LABELS, SCALAR, planted);
    assertFalse(report.identical());
    KernelDiff.Report.Difference first = report.firstDifference().orElseThrow();
    assertEquals("2.output", first.tensor());
    assertEquals(1, first.layer());
    assertEquals(2, first.row());
    assertEquals(1, first.column());
    assertEquals(1, first.ulps());
    assertEquals((float) first.second(), Math.nextUp((float) first.first()));
    assertTrue(
        report.toString().startsWith("scalar and planted: DIFFERENT, first at 2.output[2,1]: "),
        report::toString);
  }

  @Test
  void findsOneUlpInTheBackwardPassAndNothingBeforeIt() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            super.doColumnSums(x, sums);
            float sum = sums.get(0, 1);
            sums.put(0, 1, x.columns() == 5 ? Math.nextDown(sum) : sum);
          }
        };
    KernelDiff.Report report = KernelDiff.run(network(), X, M, LABELS, SCALAR, planted);
    KernelDiff.Report.Difference first = report.firstDifference().orElseThrow();
    assertEquals("0.dbias", first.tensor());
    assertEquals(0, first.row());
    assertEquals(1, first.column());
    assertEquals(1, first.ulps());
    for (KernelDiff.Report.Difference later :
        report.differences().subList(1, report.differences().size())) {
      String rule = later.tensor().replaceFirst("[12]\\.0\\.bias$", "");
      assertDoesNotThrow(() -> Names.parse(Update.Rule.class, rule), later.tensor());
    }
  }

  @Test
  void findsADifferentOptimizer() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doUpdate(Update u, Matrix p, Matrix g, Matrix s1, Matrix s2) {
            int last = p.columns() - 1;
            float before = p.get(0, last);
            super.doUpdate(u, p, g, s1, s2);
            p.put(0, last, before);
          }
        };
    KernelDiff.Report report = KernelDiff.run(network(), X, M, LABELS, SCALAR, planted);
    KernelDiff.Report.Difference first = report.firstDifference().orElseThrow();
    assertEquals("sgd1.2.bias", first.tensor());
    assertEquals(1, first.column());
  }

  @Test
  void nansAreEqualAndAreTheOnlyEqualOfANan() {
    float[] x = X.clone();
    x[4] = Float.NaN;
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            Arrays.fill(sums.array(), sums.off(), sums.off() + sums.columns(), 1f);
          }
        };
    assertTrue(KernelDiff.run(network(), x, M, LABELS, SCALAR, SCALAR).identical());
    KernelDiff.Report report = KernelDiff.run(network(), x, M, LABELS, SCALAR, planted);
    KernelDiff.Report.Difference first = report.firstDifference().orElseThrow();
    assertEquals("2.dbias", first.tensor());
    assertTrue(Double.isNaN(first.first()));
    assertEquals(Ulps.NAN, first.ulps());
  }

  @Test
  void zerosOfBothSignsDiffer() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            super.doColumnSums(x, sums);
            for (int j = 0; j < sums.columns(); j++) {
              sums.put(0, j, sums.get(0, j) == 0f ? -0f : sums.get(0, j));
            }
          }
        };
    Network network =
        Network.builder(4).dense(5, Activation.RELU).dense(2, Activation.SOFTMAX).build();
    network.parameters()[((Dense) network.layers().get(0)).biasOff() + 3] = -100f;
    KernelDiff.Report report = KernelDiff.run(network, X, M, LABELS, SCALAR, planted);
    KernelDiff.Report.Difference first = report.firstDifference().orElseThrow();
    assertEquals("0.dbias", first.tensor());
    assertEquals(3, first.column());
    assertEquals("0.dbias[0,3]: 0.0 and -0.0, 1 ulp", first.toString());
  }

  @Test
  void targetsWorkToo() {
    float[] y = {0, 1, 1, 0, 0.5f, 0.5f};
    assertTrue(KernelDiff.run(network(), X, M, y, SCALAR, new DelegatingKernels()).identical());
  }
}
