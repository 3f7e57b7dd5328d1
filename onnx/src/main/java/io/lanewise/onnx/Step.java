package io.lanewise.onnx;

import io.lanewise.kernel.Activation;

/** A layer of the network that a graph is folded into, with its numbers still in the graph's. */
sealed interface Step {
  /** Returns the node that it comes from, for errors. */
  Node node();

  /**
   * A dense layer: W = factor w, (nIn, nOut) or its transpose; b = biasFactor bias.
   *
   * @param bias of one element or nOut; null if there is none
   */
  record Linear(
      Node node, OnnxTensor w, boolean transposed, float factor, OnnxTensor bias, float biasFactor)
      implements Step {
    int nIn() {
      return w.shape()[transposed ? 1 : 0];
    }

    int nOut() {
      return w.shape()[transposed ? 0 : 1];
    }
  }

  /** An activation. */
  record Function(Node node, Activation activation) implements Step {}

  /** Batch normalization: gamma, beta, the running mean, the running variance. */
  record Batch(Node node, float[][] vectors, float epsilon) implements Step {}

  /** Layer normalization: gamma, and beta if there is one. */
  record Rows(Node node, float[][] vectors, float epsilon) implements Step {}

  /** (x - shift) scale, each of one element or one a column. */
  record Scale(Node node, float[] shift, float[] scale) implements Step {}

  /** The end of a residual block: adds that value. */
  record Sum(Node node, String from) implements Step {}

  /** No layer: what is said of the width must be true. */
  record Width(Node node, long columns) implements Step {}
}
