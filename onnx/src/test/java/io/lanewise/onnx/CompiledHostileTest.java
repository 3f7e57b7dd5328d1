package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A graph with a few bytes changed is refused when it is compiled where a run refuses it. */
final class CompiledHostileTest {
  private static final boolean LONG = Boolean.getBoolean("lanewise.long");
  private static final int FILES = LONG ? 1_500 : 400;
  private static final long LIMIT = 64 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"encoder-11", "encoder-q"})
  void aChangedGraphIsRefusedOrRunsAsARunDoes(String name) throws IOException {
    byte[] file;
    try (InputStream in = CompiledHostileTest.class.getResourceAsStream(name + ".onnx")) {
      file = in.readAllBytes();
    }
    Random random = new Random(11);
    int same = 0;
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] changed = file.clone();
      for (int j = 0; j < 3; j++) {
        changed[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
      }
      OnnxModel model;
      try {
        model = OnnxModel.parse(changed);
      } catch (ModelFormatException e) {
        continue;
      }
      Map<String, OnnxTensor> inputs = new HashMap<>();
      for (OnnxModel.ValueInfo input : model.inputs()) {
        inputs.put(input.name(), OnnxTensor.of(new long[] {1, 1, 0, 1, 0, 1}, 2, 3));
      }
      String wanted = outcome(() -> model.run(inputs, KernelLookup.named("simd"), LIMIT));
      String got = outcome(() -> model.compile(KernelLookup.named("simd"), LIMIT).run(inputs));
      assertEquals(wanted, got, "file " + i);
      same += wanted.equals("refused") ? 0 : 1;
      refused += wanted.equals("refused") ? 1 : 0;
    }
    // Too few of one graph are refused to be among the first hundreds.
    boolean some = same > FILES / 15 && (refused > 2 || !LONG);
    assertTrue(some, same + " ran, " + refused + " were refused");
  }

  private interface Run {
    Map<String, OnnxTensor> outputs() throws ModelFormatException;
  }

  private static String outcome(Run run) {
    try {
      return run.outputs().toString();
    } catch (ModelFormatException | IllegalArgumentException e) {
      return "refused";
    }
  }
}
