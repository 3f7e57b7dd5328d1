package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldingTest {
  private static final int M = 6;

  @ParameterizedTest
  @CsvSource({
    "5 8 batchnorm relu 3:softmax, 5 8:relu 3:softmax",
    "5 8 dropout:0.5 batchnorm 3, 5 8 3",
    "5 dropout:0.1 8 batchnorm batchnorm gelu dropout:0.2 3:softmax, 5 8:gelu 3:softmax",
    "5 8:relu batchnorm 3, 5 8:relu batchnorm 3",
    "5 batchnorm 8 batchnorm tanh 3, 5 batchnorm 8:tanh 3",
    "5 8 [ batchnorm relu 8 batchnorm ] 3, 5 8 [ batchnorm relu 8 ] 3",
    "5 8 dropout:0.5 [ batchnorm 8 ] 3, 5 8 [ batchnorm 8 ] 3",
    "5 8 [ dropout:0.2 relu 8 ] alphadropout:0.1 3, 5 8 [ relu 8 ] 3",
    "5 8 [ [ 8 dropout:0.2 ] batchnorm 8 ] relu 3, 5 8 [ [ 8 ] batchnorm 8 ] relu 3",
    "5 normalization 8 layernorm relu 3 dropout:0.5, 5 normalization 8 layernorm relu 3"
  })
  void leavesOutWhatInferenceDoesNotNeed(String layers, String folded) {
    Network network = Architecture.parse(layers).loss(Loss.MEAN_SQUARED_ERROR).build();
    Network result = network.folded();
    assertEquals(folded, Architecture.format(result));
    assertEquals(network.loss(), result.loss());
    assertEquals(network.reduction(), result.reduction());
    assertNotSame(network.parameters(), result.parameters());
  }

  /**
   * One element is a chain of k + 1 terms, then a difference, and a product that is added to beta,
   * whose factor has three roundings; folded, a chain of k + 1 terms with one rounding each before.
   * So the two differ by at most gamma(2 k + 10) times the terms' absolute values.
   */
  @Test
  void aFoldedElementIsWithinTheRoundingOfItsTerms() {
    SplittableRandom random = new SplittableRandom(1);
    for (int nIn : new int[] {1, 3, 20, 300}) {
      Network network = Network.builder(nIn).dense(7).batchNorm().build();
      RandomLayers.unusual(network);
      float[] x = floats(random, M * nIn);
      float[] y = network.predict(x, M, ScalarKernels.INSTANCE);
      float[] folded = network.folded().predict(x, M, ScalarKernels.INSTANCE);
      double u = 0x1p-24 * (2 * nIn + 10);
      for (int i = 0; i < y.length; i++) {
        double bound = u / (1 - u) * terms(network, x, i / 7, i % 7);
        assertEquals(y[i], folded[i], bound, "nIn " + nIn + ", element " + i);
      }
    }
  }

  private static double terms(Network network, float[] x, int i, int j) {
    Dense dense = (Dense) network.layers().get(0);
    BatchNorm norm = (BatchNorm) network.layers().get(1);
    float[] p = network.parameters();
    float[] state = network.state();
    double scale =
        Math.abs(p[norm.gammaOff() + j])
            / Math.sqrt(state[norm.varianceOff() + j] + (double) norm.epsilon());
    double sum = Math.abs(p[dense.biasOff() + j]) + Math.abs(state[norm.meanOff() + j]);
    for (int k = 0; k < dense.nIn(); k++) {
      sum += Math.abs(x[i * dense.nIn() + k] * p[dense.weightOff() + k * 7 + j]);
    }
    return sum * scale + Math.abs(p[norm.betaOff() + j]);
  }

  /** Against the double reference of the whole, so that neither is the other's measure. */
  @Test
  void anyNetworkGivesTheSameOutputs() {
    SplittableRandom random = new SplittableRandom(2);
    int fewer = 0;
    for (int run = 0; run < 200; run++) {
      String text = RandomLayers.text(random);
      Network network = Architecture.parse(text).loss(Loss.MEAN_SQUARED_ERROR).seed(run).build();
      RandomLayers.unusual(network);
      float[] x = floats(random, M * network.nIn());
      Network folded = network.folded();
      fewer += folded.layers().size() < network.layers().size() ? 1 : 0;
      float[] y = folded.predict(x, M, ScalarKernels.INSTANCE);
      Reference reference = Reference.of(network);
      reference.training(false);
      reference.batch(x, M, new float[y.length]);
      reference.loss();
      double[] wanted = reference.outputs(network.layers().size() - 1);
      for (int i = 0; i < y.length; i++) {
        assertEquals(wanted[i], y[i], 2e-5 * Math.max(1, Math.abs(wanted[i])), text);
      }
    }
    assertTrue(fewer > 50, "folded " + fewer);
  }

  private static float[] floats(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
