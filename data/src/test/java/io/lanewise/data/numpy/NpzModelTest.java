package io.lanewise.data.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.weights.StateDict;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** torch.npz, and what PyTorch computes with it, were written by make_torch.py of core's tests. */
class NpzModelTest {
  private static final Path CORE = Path.of("../core/src/test/resources/io/lanewise/model");
  private static final Path FILE =
      Path.of("src/test/resources/io/lanewise/data/numpy").resolve("torch.npz");
  private static final String LAYERS = "5 7 batchnorm relu 6 layernorm relu 3:softmax";

  @TempDir Path folder;

  private static Network torch() throws IOException {
    try (StateDict file = StateDict.open(CORE.resolve("torch-f32.safetensors"))) {
      return file.load(LAYERS).network();
    }
  }

  @Test
  void anNpzOfTheStateDictIsTheSame() throws IOException {
    Network network;
    try (StateDict file = StateDict.open(FILE)) {
      Model model = file.load(Activation.RELU, Activation.SOFTMAX);
      network = model.network();
      assertEquals(LAYERS, Architecture.format(network));
      Network same = file.load(LAYERS).network();
      assertArrayEquals(network.parameters(), same.parameters());
    }
    Network twin = torch();
    assertArrayEquals(twin.parameters(), network.parameters());
    assertArrayEquals(twin.state(), network.state());
    try (Safetensors results = Safetensors.open(CORE.resolve("torch-results.safetensors"))) {
      float[] y = network.predict(results.floats("x"), 4);
      // Float arithmetic on five and seven inputs, in another order: some ulps of 1.
      assertArrayEquals(results.floats("F32"), y, 1e-6f);
    }
  }

  @Test
  void whatIsSavedIsLoaded() throws IOException {
    Path file = folder.resolve("net.npz");
    Network network = torch();
    Npz.writer().add(network).save(file);
    try (StateDict npz = StateDict.open(file)) {
      Network read = npz.load(Activation.RELU, Activation.SOFTMAX).network();
      assertArrayEquals(network.parameters(), read.parameters());
      assertArrayEquals(network.state(), read.state());
    }
  }

  @Test
  void anotherArchitectureIsRefused() throws IOException {
    try (StateDict npz = StateDict.open(FILE)) {
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> npz.load("5 7 relu 6 3"));
      assertTrue(e.getMessage().startsWith(FILE.toString()), e.getMessage());
    }
  }
}
