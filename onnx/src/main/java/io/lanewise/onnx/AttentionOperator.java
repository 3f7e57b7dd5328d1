package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.math.FloatMath;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attention as one node, from opset 23 on, as encoders have it: without a cache of keys and values.
 *
 * @param qHeads heads of the queries where they lie beside each other in rows; 0 for tensors of
 *     four axes
 * @param kvHeads those of keys and values
 * @param scale what the scores are taken times; 0 for 1 / sqrt of the width of a head
 * @param softcap tanh(score / softcap) softcap before the mask; 0 for the score itself
 */
record AttentionOperator(
    Node node, int qHeads, int kvHeads, float scale, float softcap, boolean causal)
    implements Operator {
  private static final int MASK = 3;

  static AttentionOperator of(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    a.requireOnly(
        "is_causal",
        "kv_num_heads",
        "q_num_heads",
        "qk_matmul_output_mode",
        "scale",
        "softcap",
        "softmax_precision",
        "left_window_size",
        "right_window_size");
    for (int i = MASK + 1; i < node.inputs().length; i++) {
      if (node.hasInput(i)) {
        throw node.unsupported("keys and values of before, input " + i + ", are not supported");
      }
    }
    if (a.integer("left_window_size", -1) >= 0 || a.integer("right_window_size", -1) >= 0) {
      throw node.unsupported("a window is not supported");
    }
    int qHeads = a.intValue("q_num_heads", 0);
    int kvHeads = a.intValue("kv_num_heads", 0);
    float scale = a.number("scale", 0);
    float softcap = a.number("softcap", 0);
    if (qHeads < 0 || kvHeads < 0 || qHeads == 0 != (kvHeads == 0)) {
      throw node.error("heads of queries: " + qHeads + ", of keys and values: " + kvHeads);
    }
    if (!(scale >= 0) || !(softcap >= 0)) {
      throw node.error("scale " + scale + ", softcap " + softcap + ": wanted 0 or more");
    }
    return new AttentionOperator(node, qHeads, kvHeads, scale, softcap, a.flag("is_causal", false));
  }

  /** (texts, heads, rows, width) of one of the three; in rows the heads lie beside each other. */
  int[] heads(int[] dims, int heads) throws ModelFormatException {
    if (qHeads == 0 ? dims.length != 4 : dims.length != 3 || dims[2] % heads != 0) {
      String wanted = qHeads == 0 ? "four axes" : "rows of " + heads + " heads";
      throw node.error("one of its inputs is " + Shapes.text(dims) + ": wanted " + wanted);
    }
    return qHeads == 0 ? dims.clone() : new int[] {dims[0], heads, dims[1], dims[2] / heads};
  }

  /** Checks that the three fit; returns how many heads of queries share one of keys. */
  int shared(int[] q, int[] k, int[] v) throws ModelFormatException {
    boolean fits =
        q[0] == k[0] && q[0] == v[0] && q[3] == k[3] && k[1] == v[1] && k[2] == v[2] && k[1] > 0;
    if (!fits || q[1] % k[1] != 0 || Shapes.count(k) == 0 || q[3] == 0) {
      throw node.error(
          "queries, keys and values do not fit: "
              + String.join(", ", Shapes.text(q), Shapes.text(k), Shapes.text(v)));
    }
    return q[1] / k[1];
  }

  float scale(int width) {
    return scale == 0 ? 1 / (float) Math.sqrt(width) : scale;
  }

  /** Checks the mask, which broadcasts to (texts, heads, queries, keys). */
  void requireMask(Type type, int[] dims, int[] full) throws ModelFormatException {
    boolean kind = type == Type.BOOL || type == Type.FLOAT;
    int keys = dims.length == 0 ? 0 : dims[dims.length - 1];
    if (!kind || keys != full[3] || !Arrays.equals(Shapes.broadcast(dims, full), full)) {
      throw node.error(
          "its mask " + type + " " + Shapes.text(dims) + " does not fit " + Shapes.text(full));
    }
  }

  @Override
  public void run(Call call) throws ModelFormatException {
    OnnxTensor queries = call.floats(0);
    int[] q = heads(queries.shape(), qHeads);
    int[] k = heads(call.floats(1).shape(), kvHeads);
    int[] v = heads(call.floats(2).shape(), kvHeads);
    int group = shared(q, k, v);
    int[] full = {q[0], q[1], q[2], k[2]};
    OnnxTensor mask = call.optional(MASK);
    if (mask != null) {
      requireMask(mask.type(), mask.shape(), full);
    }
    int[] dims = queries.dims();
    dims[dims.length - 1] = qHeads == 0 ? v[3] : qHeads * v[3];
    OnnxTensor y = call.make(Type.FLOAT, dims);
    Matrix scores = new Matrix(call.scratch((long) q[2] * k[2]), q[2], k[2]);
    boolean[] hidden = new boolean[q[2]];
    Matrix a = new Matrix();
    Matrix b = new Matrix();
    Matrix c = new Matrix();
    int[] ofMask = mask == null ? null : Shapes.strides(mask.shape(), full);
    for (int i = 0; y.count() > 0 && i < q[0] * q[1]; i++) {
      int text = i / q[1];
      int head = i % q[1];
      Kernels kernels = call.kernels();
      window(a, queries, q, text, head);
      window(b, call.input(1), k, text, head / group);
      kernels.matmul(Transpose.NT, a, b, scores);
      finish(scores.array(), q, k[2], mask, ofMask, text, head, hidden);
      kernels.softmax(scores, scores);
      for (int row = 0; row < q[2]; row++) {
        if (hidden[row]) {
          Arrays.fill(scores.array(), row * k[2], (row + 1) * k[2], 0);
        }
      }
      window(b, call.input(2), v, text, head / group);
      int[] made = {q[0], q[1], q[2], v[3]};
      window(c, y, made, text, head);
      kernels.matmul(Transpose.NN, scores, b, c);
    }
    call.output(0, y);
  }

  private void window(Matrix window, OnnxTensor x, int[] dims, int text, int head) {
    int rows = dims[2];
    int width = dims[3];
    if (qHeads == 0) {
      int at = (text * dims[1] + head) * rows * width;
      window.set(x.floats(), at, Math.max(1, width), rows, width);
    } else {
      int ld = dims[1] * width;
      window.set(x.floats(), text * rows * ld + head * width, Math.max(1, ld), rows, width);
    }
  }

  /** Scales, caps and masks the scores of a head; finds the queries that see no key. */
  private void finish(
      float[] scores,
      int[] q,
      int keys,
      @Nullable OnnxTensor mask,
      int @Nullable [] ofMask,
      int text,
      int head,
      boolean[] hidden) {
    float factor = scale(q[3]);
    for (int i = 0; i < q[2]; i++) {
      boolean seen = false;
      for (int j = 0; j < keys; j++) {
        float s = scores[i * keys + j] * factor;
        s = softcap == 0 ? s : softcap * FloatMath.tanh(s / softcap);
        float bias = causal && j > i ? Float.NEGATIVE_INFINITY : 0;
        if (mask != null) {
          int at = text * ofMask[0] + head * ofMask[1] + i * ofMask[2] + j * ofMask[3];
          bias +=
              mask.type() == Type.FLOAT
                  ? mask.floats()[at]
                  : mask.integer(at) != 0 ? 0 : Float.NEGATIVE_INFINITY;
        }
        seen |= bias != Float.NEGATIVE_INFINITY;
        scores[i * keys + j] = s + bias;
      }
      hidden[i] = !seen;
    }
  }
}
