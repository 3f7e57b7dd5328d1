package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
  // As short as it can be, where no later compilation is looked for.
  private static final int WARM_UP = Boolean.getBoolean("lanewise.long") ? 3_000 : 100;
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
    assertNothing(() -> run(compiled, inputs, results));
  }

  /** Masks, places and heads of 8 numbers, as PyTorch exports them. */
  @ParameterizedTest
  @ValueSource(strings = {"encoder-11.onnx", "encoder-20.onnx"})
  void norOfAnExport(String name) throws IOException {
    CompiledModel compiled;
    try (InputStream in = CompiledAllocationTest.class.getResourceAsStream(name)) {
      compiled = OnnxModel.parse(in.readAllBytes()).compile();
    }
    List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    List<Map<String, OnnxTensor>> results = new ArrayList<>();
    for (int[] size : SIZES) {
      long[] words = new long[size[0] * size[1]];
      long[] mask = new long[words.length];
      Arrays.fill(mask, 0, words.length - 2, 1);
      inputs.add(
          Map.of(
              "input_ids", OnnxTensor.of(words, size),
              "attention_mask", OnnxTensor.of(mask, size),
              "token_type_ids", OnnxTensor.of(new long[words.length], size)));
      results.add(compiled.run(inputs.getLast()));
    }
    assertNothing(() -> run(compiled, inputs, results));
  }

  @Test
  void norDoesTheAttentionOfTheKernels() throws IOException {
    Kernels kernels = KernelLookup.named("simd");
    Kernels.Heads heads = new Kernels.Heads(2, 3, 0.25f);
    Matrix x = new Matrix(2 * 17, WIDTH);
    Matrix y = new Matrix(2 * 17, WIDTH);
    Matrix mask = new Matrix(2, 17);
    assertNothing(() -> kernels.attention(heads, x, x, x, mask, y));
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void assertNothing(Work work) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    long least = Long.MAX_VALUE;
    for (int round = 0; least > 0 && round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        work.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least, "bytes in " + RUNS + " runs");
  }

  private static void run(
      CompiledModel compiled,
      List<Map<String, OnnxTensor>> inputs,
      List<Map<String, OnnxTensor>> results)
      throws IOException {
    for (int size = 0; size < SIZES.length; size++) {
      compiled.run(inputs.get(size), results.get(size));
    }
  }
}
