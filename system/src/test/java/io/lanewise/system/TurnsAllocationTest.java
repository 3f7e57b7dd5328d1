package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * In one JVM that turns between networks on the scalar kernels and on the vectors, a step and a
 * prediction of either allocate nothing: what C2 saw of the one kind boxes no vector of the other.
 */
class TurnsAllocationTest {
  private static final int BATCH = 32;
  private static final List<Kernels> BOTH =
      List.of(KernelLookup.named("simd"), ScalarKernels.INSTANCE);
  private static final List<Activation> HIDDEN =
      List.of(Activation.RELU, Activation.TANH, Activation.GELU, Activation.leakyRelu(0.1f));

  @Test
  void neitherKindAllocatesWhereTheyTakeTurns() {
    List<Runnable> all = new ArrayList<>();
    for (Activation hidden : HIDDEN) {
      for (Kernels kernels : BOTH) {
        Runnable step = step(hidden, 16 + 9 * all.size(), kernels);
        all.add(step);
        assertEquals(0, AllocationTest.leastBytes(step), kernels + ", network " + all.size());
      }
    }
    Runnable eachAfterTheOther = () -> all.forEach(Runnable::run);
    assertEquals(0, AllocationTest.leastBytes(eachAfterTheOther), "all, one after the other");
    Collections.reverse(all);
    for (Runnable step : all) {
      assertEquals(0, AllocationTest.leastBytes(step), "network " + all.indexOf(step) + " again");
    }
  }

  private static Runnable step(Activation hidden, int nIn, Kernels kernels) {
    Network network =
        Network.builder(nIn).dense(nIn + 7, hidden).dense(10, Activation.SOFTMAX).seed(1).build();
    Workspace workspace = new Workspace(network, kernels, BATCH);
    Predictor.Session session = new Predictor(network, kernels, BATCH).session();
    Optimizer.Stepper adam = new Adam(1e-3).begin(network.tensors());
    float[] x = new float[BATCH * nIn];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 7 - 3f;
    }
    int[] labels = new int[BATCH];
    float[] y = new float[BATCH * 10];
    return () -> {
      workspace.gradient(BATCH, x, 0, nIn, labels, 0);
      adam.step(kernels, network.parameters(), workspace.gradients());
      session.predict(BATCH, x, 0, nIn, y, 0, 10);
      session.predict(1, x, 0, nIn, y, 0, 10);
    };
  }
}
