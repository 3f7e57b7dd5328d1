package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A compiled encoder allocates nothing once C2 has compiled what it runs: the least of several
 * rounds is compared, because a compilation or a class that is loaded late may fall into one.
 */
final class CompiledAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int[][] SIZES = {{1, 16}, {1, 7}, {4, 16}, {2, 33}};
  // Whole vectors, as in every encoder: C2 may box those of a masked rest.
  private static final int WIDTH = 96;
  private static final int WARM_UP = 3_000;
  private static final int RUNS = 20;
  private static final int ROUNDS = 300;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRunOfKnownShapesAllocatesNothing(boolean quantized) throws IOException {
    OnnxModel model =
        quantized ? Encoder.quantized(WIDTH, 2 * WIDTH) : Encoder.model(WIDTH, 2 * WIDTH);
    CompiledModel compiled = model.compile();
    List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    List<Map<String, OnnxTensor>> results = new ArrayList<>();
    for (int[] size : SIZES) {
      long[] words = new long[size[0] * size[1]];
      long[] mask = new long[words.length];
      for (int i = 0; i < words.length; i++) {
        words[i] = i % Encoder.WORDS;
      }
      Arrays.fill(mask, 0, words.length - 2, 1);
      inputs.add(Encoder.inputs(words, mask, size[0], size[1]));
      float[] y = new float[words.length * WIDTH];
      results.add(Map.of("y", OnnxTensor.of(y, size[0], size[1], WIDTH)));
    }
    run(compiled, inputs, results, WARM_UP);
    long least = Long.MAX_VALUE;
    for (int round = 0; least > 0 && round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      run(compiled, inputs, results, RUNS);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least, "bytes in " + RUNS + " runs of each of the sizes");
  }

  private static void run(
      CompiledModel compiled,
      List<Map<String, OnnxTensor>> inputs,
      List<Map<String, OnnxTensor>> results,
      int times)
      throws IOException {
    for (int i = 0; i < times; i++) {
      for (int size = 0; size < SIZES.length; size++) {
        compiled.run(inputs.get(size), results.get(size));
      }
    }
  }
}
