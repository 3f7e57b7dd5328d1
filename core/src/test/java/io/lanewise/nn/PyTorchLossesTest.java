package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Loss.Reduction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every loss, option and reduction against PyTorch's values and gradients in double, which {@code
 * make_losses.py} wrote. The network is the identity, so that the loss sees exactly the x it is
 * given.
 *
 * <p>The losses of rows are sums of 3 terms, none negative but one of the binary cross-entropy,
 * which is at most 4 here; each has a function within 3 u and fewer than 8 roundings. A gradient is
 * a difference of two numbers that are at most the largest weight, 7, with as many roundings before
 * the scale and the weight of the row. The file has 9 digits, 1/120 u.
 */
class PyTorchLossesTest {
  private static final double U = 0x1p-24;
  private static final int M = 5;
  private static final int N = 3;

  private static final Map<String, float[]> VALUES = new HashMap<>();
  private static final List<String> CASES = read();

  private static List<String> read() {
    InputStream in = PyTorchLossesTest.class.getResourceAsStream("losses.txt");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> all = lines.lines().toList();
      for (String line : all.subList(0, 11)) {
        String[] words = line.split(" ");
        VALUES.put(words[0], floats(words, 1));
      }
      return all.subList(11, all.size());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] floats(String[] words, int from) {
    float[] values = new float[words.length - from];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(words[from + i]);
    }
    return values;
  }

  static Stream<String> cases() {
    return CASES.stream();
  }

  @Test
  void theFileIsWhole() {
    assertEquals(160, CASES.size());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isPyTorchsValueAndGradient(String line) {
    String[] words = line.split(" ");
    Network network = network(words);
    float[] sample = words[3].equals("sample") ? VALUES.get("sample") : null;
    Targets targets = targets(words[2]).weighted(sample);
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, M);
    double value = workspace.gradient(M, VALUES.get("z"), 0, N, targets, 0);
    double exact = Double.parseDouble(words[5]);
    double divisor = workspace.divisor(M, targets, 0);
    assertEquals(exact, value, 16 * U * (exact + 4 / divisor), "value");
    float[] gradient = workspace.deltas(network.layers().size() - 1);
    double rowWeight = sample == null ? 1 : 3;
    for (int i = 0; i < M * N; i++) {
      double wanted = Double.parseDouble(words[6 + i]);
      assertEquals(wanted, gradient[i], 16 * U * 7 * rowWeight / divisor, "gradient " + i);
    }
    assertEquals(value, workspace.loss(M, VALUES.get("z"), 0, N, targets, 0), "the loss alone");
  }

  private static Targets targets(String name) {
    float[] values = VALUES.get(name);
    if (values.length == M * N) {
      return Targets.ofRows(values, N);
    }
    int[] labels = new int[M];
    Arrays.setAll(labels, i -> (int) values[i]);
    return Targets.ofLabels(labels);
  }

  private static Network network(String[] words) {
    Loss.Options options = Loss.Options.DEFAULT;
    for (String option : words[1].split("\\+")) {
      options =
          switch (option) {
            case "class" -> options.classWeights(VALUES.get("class_weights"));
            case "positive" -> options.positiveWeights(VALUES.get("positive"));
            case "smoothing" -> options.labelSmoothing(VALUES.get("smoothing")[0]);
            case "delta" -> options.huberDelta(VALUES.get("delta")[0]);
            default -> options;
          };
    }
    Network network =
        Network.builder(N)
            .dense(N, Activation.IDENTITY)
            .loss(Loss.valueOf(words[0]))
            .lossOptions(options)
            .reduction(Reduction.valueOf(words[4]))
            .zeros()
            .build();
    for (int j = 0; j < N; j++) {
      network.parameters()[j * N + j] = 1f;
    }
    return network;
  }

  /** Where nothing counts, PyTorch's mean is 0/0; here nothing is lost. */
  @Test
  void ofIgnoredRowsAloneTheLossIsZero() {
    for (Reduction reduction : Reduction.values()) {
      Network network = network(new String[] {"CROSS_ENTROPY", "-", "", "", reduction.name()});
      Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, M);
      int[] labels = new int[M];
      Arrays.fill(labels, Loss.Options.IGNORED_INDEX);
      float[] x = VALUES.get("z").clone();
      x[0] = Float.NaN;
      assertEquals(0, workspace.gradient(M, x, 0, N, Targets.ofLabels(labels), 0));
      float[] dz = workspace.deltas(network.layers().size() - 1);
      assertTrue(Arrays.equals(new float[M * N], Arrays.copyOf(dz, M * N)));
    }
  }
}
