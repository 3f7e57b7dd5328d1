package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** ai.onnx.ml's linear models as a dense layer and its activation. */
final class LinearNodes {
  private LinearNodes() {}

  /** A dense layer, and what follows it. */
  record Folded(Step.Linear step, Activation activation) {}

  static Folded regressor(Node node) throws ModelFormatException {
    float[] coefficients = LinearOperators.numbers(node, "coefficients");
    int n = node.attributes().intValue("targets", 1);
    return new Folded(
        linear(node, coefficients, LinearOperators.numbers(node, "intercepts"), n),
        Activation.IDENTITY);
  }

  /**
   * The scores of a classifier. Two classes whose scores are z and -z have one output, the
   * probability of the second, as elsewhere; but only at the end of the graph.
   */
  static Folded classifier(Node node, String value, boolean last) throws ModelFormatException {
    NetworkFolder.require(
        node, node.hasOutput(1) && value.equals(node.outputs()[1]), "its labels are no numbers");
    String transform = node.attributes().text("post_transform", "NONE");
    float[] coefficients = LinearOperators.numbers(node, "coefficients");
    float[] intercepts = LinearOperators.numbers(node, "intercepts");
    boolean one = isOneScore(node);
    if (one || isTwoClasses(node)) {
      NetworkFolder.require(node, last, "it has one score for two classes");
      int half = one ? 0 : coefficients.length / 2;
      return new Folded(
          linear(
              node,
              Arrays.copyOfRange(coefficients, half, coefficients.length),
              Arrays.copyOfRange(intercepts, intercepts.length / 2, intercepts.length),
              1),
          Activation.SIGMOID);
    }
    Activation f =
        switch (transform) {
          case "NONE" -> Activation.IDENTITY;
          case "LOGISTIC" -> Activation.SIGMOID;
          case "SOFTMAX" -> Activation.SOFTMAX;
          default -> throw NetworkFolder.refused(node, "post_transform is " + transform);
        };
    int n = intercepts.length;
    n = n == 0 ? LinearOperators.labels(node.attributes()).count() : n;
    return new Folded(linear(node, coefficients, intercepts, n), f);
  }

  /** Whether the scores of each row are probabilities whose sum is 1. */
  static boolean sumsToOne(Node node) throws ModelFormatException {
    boolean classifier =
        node != null
            && node.domain().equals(GraphParser.ML)
            && node.operator().equals("LinearClassifier");
    return classifier
        && (node.attributes().text("post_transform", "NONE").equals("SOFTMAX")
            || isOneScore(node)
            || isTwoClasses(node));
  }

  /** Whether one row of coefficients tells two classes. */
  private static boolean isOneScore(Node node) throws ModelFormatException {
    return LinearOperators.numbers(node, "intercepts").length == 1
        && LinearOperators.labels(node.attributes()).count() == 2;
  }

  /** Whether there are two rows of coefficients, of which the first is minus the second. */
  private static boolean isTwoClasses(Node node) throws ModelFormatException {
    float[] coefficients = LinearOperators.numbers(node, "coefficients");
    float[] intercepts = LinearOperators.numbers(node, "intercepts");
    boolean logistic = node.attributes().text("post_transform", "NONE").equals("LOGISTIC");
    int half = coefficients.length / 2;
    boolean two =
        logistic
            && coefficients.length % 2 == 0
            && LinearOperators.labels(node.attributes()).count() == 2
            && (intercepts.length == 0
                || (intercepts.length == 2 && intercepts[0] == -intercepts[1]));
    for (int j = 0; two && j < half; j++) {
      two = coefficients[j] == -coefficients[half + j];
    }
    return two;
  }

  private static Step.Linear linear(Node node, float[] w, float[] bias, int n)
      throws ModelFormatException {
    boolean fits = w.length > 0 && w.length % n == 0;
    NetworkFolder.require(node, fits, w.length + " coefficients for " + n + " outputs");
    return new Step.Linear(
        node,
        OnnxTensor.of(w, n, w.length / n),
        true,
        1,
        bias.length == 0 ? null : OnnxTensor.of(bias, n),
        1);
  }
}
