package io.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
  private static Network parse(String text) {
    return Architecture.parse(text).loss(Loss.MEAN_SQUARED_ERROR).build();
  }

  @Test
  void everyWordIsTheBuildersLayer() {
    Network built =
        Network.builder(6)
            .normalization(new float[6], new float[] {1, 1, 1, 1, 1, 1})
            .dense(8)
            .batchNorm()
            .activation(Activation.RELU)
            .batchNorm(0.5, 0.001)
            .residual(
                block ->
                    block
                        .activation(Activation.LEAKY_RELU)
                        .dense(4, Activation.TANH)
                        .residual(inner -> inner.dense(4))
                        .dense(8))
            .dropout(0.25)
            .alphaDropout(0.1)
            .layerNorm()
            .layerNorm(0.01)
            .dense(3, Activation.SOFTMAX)
            .build();
    String text =
        "6 normalization 8 batchnorm relu batchnorm:0.5:0.001 [ leaky-relu 4:tanh [ 4 ] 8 ]"
            + " dropout:0.25 alphadropout:0.1 layernorm layernorm:0.01 3:softmax";
    assertEquals(text, Architecture.format(built));
    assertEquals(built.layers(), Architecture.parse(text).build().layers());
    assertEquals(
        built.layers(),
        Architecture.parse(text.replace("[ ", "[").replace(" ", " ,\\t").replace("\\t", "\t"))
            .build()
            .layers());
  }

  @Test
  void namesAreThoseOfPyTorchsModules() {
    Network network = parse("6 8 batchnorm relu [ layernorm 4:tanh [ 4 ] 8 ] dropout:0.1 3");
    assertEquals(
        List.of(
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "3.0.weight",
            "3.0.bias",
            "3.1.weight",
            "3.1.bias",
            "3.3.0.weight",
            "3.3.0.bias",
            "3.4.weight",
            "3.4.bias",
            "5.weight",
            "5.bias"),
        NamedTensors.Slot.of(network).stream().map(NamedTensors.Slot::name).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|wanted inputs, then layers",
        "x 3|word 1, \"x\" at character 1: inputs must be a whole number",
        "0 3|word 1, \"0\" at character 1: inputs must be a whole number",
        "5 8:relo|word 2, \"8:relo\" at character 3: \"relo\" is none of identity, relu",
        "5 leaky-relu(x) 3|word 2, \"leaky-relu(x)\" at character 3: \"leaky-relu(x)\": wanted a number",
        "5 8:elu(-1) 3|word 2, \"8:elu(-1)\" at character 3: alpha must be finite and >= 0, got -1.0",
        "5 batchnrm 3|word 2, \"batchnrm\" at character 3: wanted a size such as",
        "5  dropout 3|word 2, \"dropout\" at character 4: wanted 1 values after :, got 0",
        "5 dropout:1 3|word 2, \"dropout:1\" at character 3: rate must be in [0, 1), got 1.0",
        "5 dropout:x 3|\"x\" is not a number",
        "5 batchnorm:0.1 3|word 2, \"batchnorm:0.1\" at character 3: wanted 2 values",
        "5 8:relu:2|wanted 0 to 1 values",
        "5 8 [ relu|word 3, \"[\" at character 5: there is no ] that ends it",
        "5 8 ] relu|word 3, \"]\" at character 5: there is no [ that it could end",
        "5 8 [ 7 ] 3|word 3, \"[\" at character 5: a residual block must make as many values",
        "5 8 [ ] 3|word 3, \"[\" at character 5: a residual block needs a layer",
        "5 [ 5 [ nonsense ] ] 3|word 5, \"nonsense\" at character 9: wanted a size",
        "5 1e3|the size must be a whole number",
        "5 99999999999|the size must be a whole number",
        "5 2147483647|too many parameters",
      })
  void anErrorNamesTheWordAndItsPlace(String text, String message) {
    var e = assertThrows(IllegalArgumentException.class, () -> Architecture.parse(text));
    assertEquals(true, e.getMessage().contains(message), e.getMessage());
    assertEquals(-1, e.getMessage().indexOf('\n'));
  }

  @Test
  void depthAndLengthHaveALimit() {
    String deep = "5 " + "[ ".repeat(33) + "5 " + "] ".repeat(33);
    var e = assertThrows(IllegalArgumentException.class, () -> Architecture.parse(deep));
    assertEquals(true, e.getMessage().contains("at most 32"), e.getMessage());
    Architecture.parse("5 " + "[ ".repeat(32) + "5 " + "] ".repeat(32)).build();
    String hostile = "5 " + "[ ".repeat(1 << 20);
    assertThrows(IllegalArgumentException.class, () -> Architecture.parse(hostile));
    String layers = "1 " + "relu ".repeat(5000) + "1";
    e = assertThrows(IllegalArgumentException.class, () -> Architecture.parse(layers));
    assertEquals(true, e.getMessage().contains("at most 2048"), e.getMessage());
  }
}
