package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.train.Training.NonFiniteException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finite data make finite networks, whatever the size of a feature. */
class LargeNormsTest {
  private static Dataset data(int rows, float... large) {
    SplittableRandom random = new SplittableRandom(5);
    float[] x = new float[3 * rows];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 2;
      x[3 * i] = (float) random.nextDouble() + labels[i];
      x[3 * i + 1] = (float) random.nextDouble();
      x[3 * i + 2] = (float) random.nextDouble();
    }
    for (int i = 0; i < large.length; i++) {
      x[3 * 7 * (i + 1) + 1] = large[i];
    }
    return Dataset.ofLabels(x, 3, labels, 2);
  }

  private static void assertFinite(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      assertTrue(Float.isFinite(values[i]), what + " " + i + " is " + values[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3 batchnorm 8:relu 2:softmax, 1e20, 1e20",
    "3 batchnorm 8:relu 2:softmax, 1e20, -1e20",
    "3 batchnorm 8:relu 2:softmax, 3e38, -3e38",
    "3 batchnorm 8:relu 2:softmax, 3.4028235e38, 3.4028235e38",
    "3 layernorm 8:relu 2:softmax, 1e20, -1e20",
    "3 layernorm 8:relu 2:softmax, 3e38, -3e38",
    "3 16:relu batchnorm 8 batchnorm relu 2:softmax, 1e20, -1e20",
    "3 16:relu layernorm 8 batchnorm relu 2:softmax, 1e20, -1e20",
    "3 16 batchnorm relu 8 layernorm relu 2:softmax, 1e30, -1e30",
  })
  void aTrainingWithOneLargeFeatureIsFinite(String layers, float first, float second) {
    Dataset data = data(64, first, second);
    Network network = Architecture.parse(layers).seed(1).build();
    History history =
        new Trainer(network)
            .kernels(ScalarKernels.INSTANCE)
            .optimizer(new Adam(0.01))
            .epochs(30)
            .batchSize(16)
            .validation(data)
            .fit(data);
    assertFinite("parameter", network.parameters());
    assertFinite("state", network.state());
    assertFinite("prediction", network.predict(data.features(), data.rows()));
    History.Epoch last = history.epochs().getLast();
    assertTrue(last.loss() < history.epochs().getFirst().loss(), history::toCsv);
    assertTrue(Double.isFinite(last.validationLoss()), history::toCsv);
    // The others learn it from the first feature, which a dense layer mixes with the large one.
    if (!layers.startsWith("3 16")) {
      Evaluation evaluation = Evaluation.of(network, data);
      assertTrue(evaluation.accuracy() > 0.85, evaluation::toString);
    }
  }

  /** The mean of the batch is right, and its variance the largest that a float can be. */
  @Test
  void theRunningVarianceIsTheLargestFloat() {
    Network network = Architecture.parse("1 batchnorm:1:1e-5 2:softmax").seed(1).build();
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, 4);
    float[] x = {0, 1e20f, 0, -2e20f};
    workspace.gradient(4, x, 0, 1, new int[] {0, 1, 0, 1}, 0);
    double rstd = 1 / Math.sqrt((1e40 + 4e40 - 4 * Math.pow(0.25e20, 2)) / 4);
    float[] y = workspace.outputs(0).clone();
    for (int i = 0; i < 4; i++) {
      assertEquals((x[i] + 0.25e20) * rstd, y[i], 1e-6, "row " + i);
    }
    assertFinite("gradient", workspace.gradients());
    workspace.updateStatistics();
    BatchNorm layer = (BatchNorm) network.layers().getFirst();
    // As if the batch was so much smaller.
    double smaller = Math.sqrt(Float.MAX_VALUE * 3.0 / 4) * rstd;
    assertEquals(-0.25e20 * smaller, network.state()[layer.meanOff()], 1e13);
    assertEquals(Float.MAX_VALUE, network.state()[layer.varianceOff()]);
    workspace.forward(4, x, 0, 1);
    double deviation = Math.sqrt(Float.MAX_VALUE);
    assertEquals((1e20 + 0.25e20 * smaller) / deviation, workspace.outputs(0)[1], 1e-5);
    // The others are where they are in a batch, but for the unbiased variance.
    assertEquals(y[0] * Math.sqrt(3 / 4.0), workspace.outputs(0)[0], 1e-6);
  }

  @Test
  void aConstantColumnIsZeroWhateverItsSize() {
    Network network = Architecture.parse("1 batchnorm:0.5:1e-5 2:softmax").seed(1).build();
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, 3);
    float[] x = new float[3];
    for (float value : new float[] {-1e38f, Float.MAX_VALUE, Float.MAX_VALUE}) {
      Arrays.fill(x, value);
      workspace.gradient(3, x, 0, 1, new int[] {0, 1, 0}, 0);
      assertEquals(0, workspace.outputs(0)[0], 0f);
      assertFinite("gradient", workspace.gradients());
      workspace.updateStatistics();
    }
    BatchNorm layer = (BatchNorm) network.layers().getFirst();
    // Half of the way, but from -5e37 on only half of the largest float.
    double mean = 0.75 * Float.MAX_VALUE - 0.25e38;
    assertEquals(mean, network.state()[layer.meanOff()], 1e32);
  }

  @Test
  void stateThatIsNotFiniteIsNamed() {
    Network network = Architecture.parse("3 4 batchnorm relu 2:softmax").seed(1).build();
    Arrays.fill(network.state(), 4, 8, Float.POSITIVE_INFINITY);
    Trainer trainer = new Trainer(network).kernels(ScalarKernels.INSTANCE).epochs(2);
    var e = assertThrows(NonFiniteException.class, () -> trainer.fit(data(16)));
    assertTrue(e.getMessage().startsWith("the state is not finite in epoch 1"), e.getMessage());
    assertTrue(e.place().contains("of layer 1 (BatchNorm)"), e.place());
  }
}
