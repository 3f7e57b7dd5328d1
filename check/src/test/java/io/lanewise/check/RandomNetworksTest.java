package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold for any composition of layers. */
class RandomNetworksTest {
  private static final Loss LOSS = Loss.MEAN_SQUARED_ERROR;
  private static final int M = 8;

  @TempDir Path folder;

  @Test
  void anyArchitectureComesBack() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 1000; i++) {
      Network network = Architecture.parse(RandomLayers.text(random)).loss(LOSS).build();
      assertEquals(
          network.layers(),
          Architecture.parse(Architecture.format(network)).loss(LOSS).build().layers());
    }
  }

  @Test
  void randomNetworksComeBackWithTheSameBits() throws IOException {
    int count = Boolean.getBoolean("lanewise.full") ? 10_000 : 300;
    SplittableRandom random = new SplittableRandom(1);
    Loss[] losses = Loss.values();
    Reduction[] reductions = Reduction.values();
    Path file = folder.resolve("model.safetensors");
    for (int i = 0; i < count; i++) {
      Network network =
          Architecture.parse(RandomLayers.text(random))
              .loss(losses[random.nextInt(losses.length)])
              .reduction(reductions[random.nextInt(reductions.length)])
              .build();
      float[] parameters = network.parameters();
      for (int p = 0; p < parameters.length; p++) {
        float value = Float.intBitsToFloat(random.nextInt());
        // Each NaN is worth a line in the log, which a few say.
        parameters[p] = Float.isFinite(value) || i % 100 == 0 ? value : p;
      }
      float[] state = network.state();
      for (int p = 0; p < state.length; p++) {
        float value = Float.intBitsToFloat(random.nextInt());
        state[p] = Float.isFinite(value) ? value : p;
      }
      Map<String, String> metadata = Map.of("note \"" + i, "\u00e4\n\\ \ud83d\ude00" + i);
      new Model(network, metadata).save(file);
      Model loaded = Model.load(file);
      assertEquals(metadata, loaded.metadata());
      assertEquals(network.layers(), loaded.network().layers());
      assertEquals(network.loss(), loaded.network().loss());
      assertEquals(network.reduction(), loaded.network().reduction());
      for (int p = 0; p < parameters.length; p++) {
        assertEquals(
            Float.floatToRawIntBits(parameters[p]),
            Float.floatToRawIntBits(loaded.network().parameters()[p]));
      }
      assertArrayEquals(state, loaded.network().state());
    }
  }

  @Test
  void aRowIsTheSameBitsAloneAndInABatch() {
    SplittableRandom random = new SplittableRandom(4);
    for (int run = 0; run < 100; run++) {
      String text = RandomLayers.text(random);
      Network network = Architecture.parse(text).loss(LOSS).seed(run).build();
      RandomLayers.unusual(network);
      int nIn = network.nIn();
      int nOut = network.nOut();
      float[] x = floats(random, M * nIn);
      float[] batch = network.predict(x, M, ScalarKernels.INSTANCE);
      for (int i = 0; i < M; i++) {
        float[] alone =
            network.predict(
                Arrays.copyOfRange(x, i * nIn, (i + 1) * nIn), 1, ScalarKernels.INSTANCE);
        assertArrayEquals(Arrays.copyOfRange(batch, i * nOut, (i + 1) * nOut), alone, text);
      }
    }
  }

  private static float[] floats(SplittableRandom random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
