package io.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;

class LossOptionsTest {
  private static final Loss.Options NONE = Loss.Options.DEFAULT;

  private static void message(
      Class<? extends Exception> type, String part, org.junit.jupiter.api.function.Executable e) {
    String message = assertThrows(type, e).getMessage();
    assertTrue(message.contains(part), message);
  }

  private static void illegal(String part, org.junit.jupiter.api.function.Executable e) {
    message(IllegalArgumentException.class, part, e);
  }

  @Test
  void namesABadValue() {
    float inf = Float.POSITIVE_INFINITY;
    illegal("classWeights[1] must be finite and >= 0, got -1", () -> NONE.classWeights(1, -1f));
    illegal("classWeights[0]", () -> NONE.classWeights(Float.NaN));
    illegal("classWeights[0]", () -> NONE.classWeights(inf));
    illegal("classWeights must not all be 0", () -> NONE.classWeights(0, 0));
    illegal("positiveWeights[2]", () -> NONE.positiveWeights(1, 0, Float.NaN));
    illegal("positiveWeights must not all be 0", () -> NONE.positiveWeights(0));
    illegal("labelSmoothing must be in [0, 1], got 1.5", () -> NONE.labelSmoothing(1.5f));
    illegal("labelSmoothing", () -> NONE.labelSmoothing(-0.1f));
    illegal("labelSmoothing", () -> NONE.labelSmoothing(Float.NaN));
    illegal("huberDelta must be finite and > 0, got 0.0", () -> NONE.huberDelta(0));
    illegal("huberDelta", () -> NONE.huberDelta(Float.NaN));
    illegal("huberDelta", () -> NONE.huberDelta(inf));
    message(NullPointerException.class, "classWeights", () -> NONE.classWeights((float[]) null));
    message(
        NullPointerException.class, "positiveWeights", () -> NONE.positiveWeights((float[]) null));
  }

  private static Network build(Activation output, Loss loss, Loss.Options options) {
    return Network.builder(2).dense(3, output).loss(loss).lossOptions(options).build();
  }

  private static void refused(String part, Activation output, Loss loss, Loss.Options options) {
    message(IllegalStateException.class, part, () -> build(output, loss, options));
  }

  @Test
  void whatMeansNothingForTheLossIsRefusedAtBuild() {
    Loss.Options classes = NONE.classWeights(1, 2, 3);
    Loss.Options positive = NONE.positiveWeights(1, 2, 3);
    Loss.Options smoothing = NONE.labelSmoothing(0.1f);
    Loss.Options delta = NONE.huberDelta(2);
    for (Loss loss : Loss.values()) {
      if (loss != Loss.CROSS_ENTROPY) {
        refused(
            "classWeights is for cross-entropy, the loss is " + Names.of(loss),
            Activation.IDENTITY,
            loss,
            classes);
      }
      if (loss != Loss.BINARY_CROSS_ENTROPY) {
        refused("positiveWeights is for", Activation.IDENTITY, loss, positive);
      }
      if (!loss.ofProbabilities()) {
        refused("labelSmoothing is for", Activation.IDENTITY, loss, smoothing);
      }
      if (loss != Loss.HUBER) {
        refused("huberDelta is for huber", Activation.IDENTITY, loss, delta);
      }
    }
    refused(
        "classWeights must have one for each of 3 outputs, got 2",
        Activation.SOFTMAX,
        Loss.CROSS_ENTROPY,
        NONE.classWeights(1, 2));
    refused(
        "positiveWeights must have one for each of 3 outputs, got 1",
        Activation.SIGMOID,
        Loss.BINARY_CROSS_ENTROPY,
        NONE.positiveWeights(1));
    refused("softmax", Activation.SOFTMAX, Loss.BINARY_CROSS_ENTROPY, positive);
    message(NullPointerException.class, "options", () -> Network.builder(2).lossOptions(null));
  }

  @Test
  void isAValue() {
    Loss.Options options =
        NONE.classWeights(1, 2)
            .labelSmoothing(0.1f)
            .ignoredIndex(7)
            .huberDelta(2)
            .positiveWeights(3);
    assertEquals(
        NONE.positiveWeights(3)
            .huberDelta(2)
            .ignoredIndex(7)
            .labelSmoothing(0.1f)
            .classWeights(1, 2),
        options);
    assertNotEquals(NONE, options);
    assertNotEquals(options.ignoredIndex(8), options);
    assertEquals(NONE, NONE.classWeights(1, 2).classWeights(new float[0]));
    float[] weights = {1, 2};
    Loss.Options kept = NONE.classWeights(weights);
    weights[0] = 9;
    kept.classWeights()[1] = 9;
    assertArrayEquals(new float[] {1, 2}, kept.classWeights());
    Network network = build(Activation.SOFTMAX, Loss.CROSS_ENTROPY, NONE.classWeights(1, 2, 3));
    assertEquals(NONE.classWeights(1, 2, 3), network.copy().lossOptions());
  }

  @Test
  void namesABadTarget() {
    illegal("ldy", () -> Targets.ofRows(new float[6], 0));
    message(NullPointerException.class, "y", () -> Targets.ofRows(null, 3));
    message(NullPointerException.class, "labels", () -> Targets.ofLabels(null));
    Targets labels = Targets.ofLabels(new int[] {0, 1, 2, 3});
    illegal("weights must have one for each of 4 rows, got 3", () -> labels.weighted(new float[3]));
    Network network = build(Activation.SOFTMAX, Loss.CROSS_ENTROPY, NONE);
    Workspace workspace = new Workspace(network, ScalarKernels.INSTANCE, 4);
    float[] x = new float[8];
    illegal("labels[3]", () -> workspace.gradient(2, x, 0, 2, labels, 2));
    illegal("labels[3]", () -> workspace.loss(2, x, 0, 2, labels, 2));
    illegal("labels[3]", () -> workspace.divisor(4, labels, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> workspace.gradient(3, x, 0, 2, labels, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> workspace.divisor(5, labels, 0));
    message(
        NullPointerException.class,
        "targets",
        () -> workspace.gradient(2, x, 0, 2, (Targets) null, 0));
    message(NullPointerException.class, "targets", () -> workspace.divisor(2, null, 0));
    for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      Targets weighted = labels.weighted(new float[] {1, bad, 1, 1});
      illegal("weights[1] must be finite", () -> workspace.gradient(2, x, 0, 2, weighted, 0));
      illegal("weights[1] must be finite", () -> workspace.divisor(2, weighted, 0));
    }
    Targets narrow = Targets.ofRows(new float[8], 2);
    illegal("ldy", () -> workspace.loss(2, x, 0, 2, narrow, 0));
    illegal("divisor", () -> workspace.divideBy(-1));
    illegal("divisor", () -> workspace.divideBy(Double.NaN));
  }
}
