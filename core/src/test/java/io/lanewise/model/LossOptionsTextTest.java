package io.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossOptionsTextTest {
  @Test
  void whatIsWrittenIsRead() {
    Loss.Options none = Loss.Options.DEFAULT;
    assertEquals("", LossOptionsText.format(none));
    assertEquals(none, LossOptionsText.parse("", 3));
    Loss.Options all =
        none.classWeights(1, 0.1f, 3e-38f)
            .positiveWeights(2.5f, 0, 1e20f)
            .labelSmoothing(0.1f)
            .huberDelta(1e30f)
            .ignoredIndex(Integer.MIN_VALUE);
    assertEquals(all, LossOptionsText.parse(LossOptionsText.format(all), 3));
    assertEquals(
        "class-weights=1.0,2.0 label-smoothing=0.1",
        LossOptionsText.format(none.labelSmoothing(0.1f).classWeights(1, 2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "class-weights",
        "class-weights=",
        "class-weights=1,,2",
        "class-weights=-1",
        "class-weights=NaN",
        "class-weights=0",
        "positive-weights=Infinity",
        "label-smoothing=2",
        "label-smoothing=1 ",
        "huber-delta=0",
        "huber-delta=x",
        "ignored-index=1.5",
        "ignored-index=99999999999",
        "colour=red",
        "class-weights=1,1",
        "label-smoothing=0.1 label-smoothing=0.1",
        "label-smoothing=0.1  huber-delta=1",
        "label-smoothing=0.1 "
      })
  void whatIsNoOptionIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> LossOptionsText.parse(text, 1));
  }

  @Test
  void aModelKeepsThemAndAForgedOneIsNamed(@TempDir Path folder) throws IOException {
    Loss.Options options = Loss.Options.DEFAULT.classWeights(1, 2, 3).ignoredIndex(-1);
    Network network =
        Network.builder(2).dense(3, Activation.SOFTMAX).lossOptions(options).seed(1).build();
    Path file = folder.resolve("model.safetensors");
    new Model(network, Map.of()).save(file);
    assertEquals(options, Model.load(file).network().lossOptions());
    String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    // Of another length than the outputs, or no number: the checksum is of the tensors too.
    assertTrue(text.contains("class-weights=1.0,2.0,3.0"));
    Files.writeString(
        file,
        text.replace("class-weights=1.0,2.0,3.0", "class-weights=1.0,2.0e30"),
        java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThrows(ModelFormatException.class, () -> Model.load(file));
  }
}
