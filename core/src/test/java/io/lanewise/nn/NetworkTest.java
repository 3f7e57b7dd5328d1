package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NetworkTest {
  @Test
  void parametersLieLayerByLayerWeightsBeforeBias() {
    Network network =
        Network.builder(5).dense(4, Activation.RELU).dense(3, Activation.SOFTMAX).build();
    assertEquals(5 * 4 + 4 + 4 * 3 + 3, network.parameters().length);
    assertEquals(
        List.of(new Dense(0, 5, 4, Activation.RELU, 0), new Dense(1, 4, 3, Activation.SOFTMAX, 24)),
        network.layers());
    assertEquals(20, ((Dense) network.layers().getFirst()).biasOff());
    assertEquals(36, ((Dense) network.outputLayer()).biasOff());
    assertEquals(12 + 3, network.outputLayer().parameterCount());
    assertEquals(5, network.nIn());
    assertEquals(3, network.nOut());
  }

  @Test
  void theSeedDecidesTheParameters() {
    assertArrayEquals(seeded(1).parameters(), seeded(1).parameters());
    assertTrue(seeded(1).parameters()[0] != seeded(2).parameters()[0]);
    Network copy = seeded(1).copy();
    assertArrayEquals(seeded(1).parameters(), copy.parameters());
    Network original = seeded(1);
    original.copy().parameters()[0] = 99;
    assertTrue(original.parameters()[0] != 99);
  }

  private static Network seeded(long seed) {
    return Network.builder(5).dense(4, Activation.TANH).seed(seed).build();
  }

  @Test
  void theOutputChoosesTheLoss() {
    assertEquals(Loss.CROSS_ENTROPY, of(Activation.SOFTMAX).loss());
    assertEquals(Loss.BINARY_CROSS_ENTROPY, of(Activation.SIGMOID).loss());
    assertEquals(Loss.MEAN_SQUARED_ERROR, of(Activation.IDENTITY).loss());
    assertEquals(Reduction.MEAN_OVER_BATCH, of(Activation.IDENTITY).reduction());
  }

  private static Network of(Activation output) {
    return Network.builder(2).dense(3, output).build();
  }

  @Test
  void refusesWhatIsNoNetwork() {
    assertThrows(IllegalArgumentException.class, () -> Network.builder(0));
    assertThrows(IllegalStateException.class, () -> Network.builder(1).build());
    assertThrows(
        IllegalArgumentException.class, () -> Network.builder(1).dense(0, Activation.RELU));
    assertThrows(NullPointerException.class, () -> Network.builder(1).dense(1, null));
    assertThrows(
        IllegalStateException.class,
        () -> Network.builder(1).dense(1, Activation.SIGMOID).loss(Loss.CROSS_ENTROPY).build());
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Network.builder(1 << 16).dense(1 << 16, Activation.RELU));
    assertTrue(e.getMessage().contains("too many parameters"), e.getMessage());
  }

  @Test
  void theSummaryHasALineForEachLayer() {
    Network network =
        Network.builder(64)
            .dense(1200)
            .batchNorm()
            .activation(Activation.RELU)
            .residual(block -> block.dense(8, Activation.TANH).dropout(0.5).dense(1200))
            .dense(10, Activation.SOFTMAX)
            .build();
    String wanted =
        """
        module  layer                    in    out  parameters  state
        0       Dense                    64  1,200      78,000      0
        1       BatchNorm             1,200  1,200       2,400  2,400
        2       ActivationLayer relu  1,200  1,200           0      0
        3.0     Dense tanh            1,200      8       9,608      0
        3.2     Dropout                   8      8           0      0
        3.3     Dense                     8  1,200      10,800      0
        3       ResidualAdd           1,200  1,200           0      0
        4       Dense softmax         1,200     10      12,010      0
        112,818 parameters, 2,400 of state, 460,872 bytes
        """;
    assertEquals(wanted, network.summary());
    assertEquals(
        "Network[64 to 10, 8 layers, 112818 parameters, CROSS_ENTROPY]", network.toString());
  }

  @Test
  void aLayerElsewhereIsTheSameButForItsPlace() {
    List<Layer> layers =
        List.of(
            new Dense(3, 5, 4, Activation.RELU, 7),
            new ActivationLayer(3, 4, Activation.TANH),
            new BatchNorm(3, 4, 0.2f, 1e-3f, 7, 9),
            new LayerNorm(3, 4, 1e-3f, 7),
            new Dropout(3, 4, 0.3f, true),
            new Normalization(3, 4, 9),
            new ResidualAdd(3, 4, 1));
    for (Layer layer : layers) {
      Layer moved = layer.at(5, 70, 90);
      assertEquals(5, moved.index());
      assertEquals(layer, moved.at(3, 7, 9));
      // Without a gap, and from where it was put.
      int parameterOff = 70;
      int stateOff = 90;
      for (Tensor tensor : moved.tensors()) {
        assertEquals(5, tensor.layer());
        assertEquals(tensor.isParameter() ? parameterOff : stateOff, tensor.off());
        parameterOff += tensor.isParameter() ? tensor.count() : 0;
        stateOff += tensor.isParameter() ? 0 : tensor.count();
      }
      assertEquals(70 + moved.parameterCount(), parameterOff);
      assertEquals(90 + moved.stateCount(), stateOff);
    }
  }

  @Test
  void aLayerRefusesAShapeThatIsNone() {
    assertRefused("nIn must be >= 1, got 0", () -> new Dense(0, 0, 4, Activation.RELU, 0));
    assertRefused("nOut must be >= 1, got -1", () -> new Dense(0, 4, -1, Activation.RELU, 0));
    assertRefused("too many parameters", () -> new Dense(0, 1 << 16, 1 << 15, Activation.RELU, 0));
    assertRefused("too many parameters", () -> new LayerNorm(0, 1 << 30, 1e-5f, 0));
    assertRefused("too much state", () -> new Normalization(0, 4, Integer.MAX_VALUE - 15));
    assertRefused("at most 2048 layers", () -> new Dropout(2048, 4, 0.5f, false));
    assertRefused("rate must be in [0, 1), got 1.0", () -> new Dropout(0, 4, 1, false));
    assertRefused("epsilon must be > 0", () -> new LayerNorm(0, 4, Float.NaN, 0));
    assertRefused("momentum must be in (0, 1]", () -> new BatchNorm(0, 4, 0, 1e-5f, 0, 0));
    assertRefused("from must be -1 to 1, got 2", () -> new ResidualAdd(3, 4, 2));
  }

  private static void assertRefused(String part, Executable layer) {
    String message = assertThrows(IllegalArgumentException.class, layer).getMessage();
    assertTrue(message.contains(part), message);
  }
}
