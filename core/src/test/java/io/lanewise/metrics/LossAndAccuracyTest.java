package io.lanewise.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import org.junit.jupiter.api.Test;

class LossAndAccuracyTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;

  /** The logits are the inputs. */
  private static Network identity(Activation output, Reduction reduction) {
    Network network = Network.builder(2).dense(2, output).reduction(reduction).zeros().build();
    network.parameters()[0] = 1;
    network.parameters()[3] = 1;
    return network;
  }

  @Test
  void countsClassesByActualAndPredicted() {
    float[] x = {2, 1, 0, 1, 5, 5, 1, 3};
    Dataset data = Dataset.ofLabels(x, 2, new int[] {0, 0, 1, 1}, 2);
    Evaluation metrics =
        Evaluation.of(identity(Activation.SOFTMAX, Reduction.MEAN_OVER_BATCH), data, SCALAR);
    // Row 2 is a tie, which the first class wins.
    for (int i = 0; i < 4; i++) {
      assertEquals(1, metrics.confusion().count(i / 2, i % 2));
    }
    assertEquals(0.5, metrics.accuracy());
    double loss =
        Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(1)) + Math.log(2) + Math.log1p(Math.exp(-2));
    assertEquals(loss / 4, metrics.loss(), 1e-6);
  }

  /** 600 rows take three batches of unequal size. */
  @Test
  void theLossIsTheMeanOverRowsWhateverTheBatchAndReduction() {
    float[] x = new float[600 * 2];
    for (int i = 0; i < 600; i++) {
      x[2 * i] = i % 7;
    }
    Dataset data = Dataset.ofTargets(x, 2, new float[600 * 2], 2);
    double sum = 0;
    for (int i = 0; i < 600; i++) {
      sum += (i % 7) * (i % 7);
    }
    Network mean = identity(Activation.IDENTITY, Reduction.MEAN_OVER_BATCH);
    Network elements = identity(Activation.IDENTITY, Reduction.MEAN_OVER_ELEMENTS);
    Network total = identity(Activation.IDENTITY, Reduction.SUM);
    assertEquals(sum / 600, Evaluation.of(mean, data, SCALAR).loss(), 1e-9);
    assertEquals(sum / 1200, Evaluation.of(elements, data, SCALAR).loss(), 1e-9);
    assertEquals(sum / 600, Evaluation.of(total, data, SCALAR).loss(), 1e-9);
    assertNull(Evaluation.of(mean, data, SCALAR).confusion());
    assertTrue(Double.isNaN(Evaluation.of(mean, data, SCALAR).accuracy()));
  }

  @Test
  void aSingleOutputIsPositiveBeyondItsThreshold() {
    Network logit = Network.builder(1).dense(1, Activation.SIGMOID).build();
    assertEquals(1, Evaluation.predictedClass(logit, new float[] {0, 0.1f}, 1));
    assertEquals(0, Evaluation.predictedClass(logit, new float[] {0, -0.1f}, 1));
    Network target =
        Network.builder(1).dense(1, Activation.IDENTITY).loss(Loss.MEAN_SQUARED_ERROR).build();
    assertEquals(0, Evaluation.predictedClass(target, new float[] {0.4f}, 0));
    assertEquals(1, Evaluation.predictedClass(target, new float[] {0.6f}, 0));
  }

  @Test
  void refusesDataOfAnotherWidth() {
    Network network = identity(Activation.SOFTMAX, Reduction.MEAN_OVER_BATCH);
    Dataset three = Dataset.ofLabels(new float[2], 2, new int[1], 3);
    var e =
        assertThrows(IllegalArgumentException.class, () -> Evaluation.of(network, three, SCALAR));
    assertEquals("data has 3 classes, the network has 2 outputs", e.getMessage());
    Dataset none = Dataset.ofLabels(new float[0], 2, new int[0], 2);
    assertThrows(IllegalArgumentException.class, () -> Evaluation.of(network, none, SCALAR));
  }
}
