package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/** One node of ONNX Runtime's own as the standard's, but for attentions. */
final class RuntimeOperators {
  private final RuntimeNodes to;
  private final Node node;

  RuntimeOperators(RuntimeNodes to, Node node) {
    this.to = to;
    this.node = node;
  }

  void add() throws ModelFormatException {
    Attributes a = node.attributes();
    switch (node.operator()) {
      case "Einsum" -> {
        if (!Equation.of(node).write(to)) {
          to.keep(node);
        }
      }
      case "Gelu" -> {
        to.takes(1, 1, 1);
        a.requireOnly();
        to.last(to.write("Gelu", to.in(0)));
      }
      case "BiasGelu" -> {
        to.takes(2, 2, 1);
        a.requireOnly();
        to.last(to.write("Gelu", to.write("Add", to.in(0), to.in(1))));
      }
      case "FastGelu" -> {
        to.takes(1, 2, 1);
        a.requireOnly();
        String x = to.has(1) ? to.write("Add", to.in(0), to.in(1)) : to.in(0);
        to.last(to.write("Gelu", Attributes.of("approximate", "tanh"), x));
      }
      case "QuickGelu" -> quickGelu();
      case "SkipLayerNormalization" -> {
        to.takes(3, 5, 4);
        a.requireOnly("epsilon");
        String sum = skip(4);
        to.last(norm("LayerNormalization", 1e-12f, sum, to.in(2), to.optional(3)));
      }
      case "LayerNormalization" -> {
        to.takes(2, 3, 3);
        a.requireOnly("axis", "epsilon", "stash_type");
        to.last(norm("LayerNormalization", 1e-5f, to.in(0), to.in(1), to.optional(2)));
      }
      case "SimplifiedLayerNormalization" -> {
        to.takes(2, 2, 2);
        a.requireOnly("axis", "epsilon", "stash_type");
        to.last(norm("RMSNormalization", 1e-5f, to.in(0), to.in(1)));
      }
      case "SkipSimplifiedLayerNormalization" -> {
        to.takes(3, 4, 4);
        a.requireOnly("epsilon");
        to.last(norm("RMSNormalization", 1e-12f, skip(3), to.in(2)));
      }
      case "EmbedLayerNormalization" -> {
        to.takes(1, 9, 3);
        embedding(to.has(8) ? to.in(8) : "", -1);
      }
      case "QEmbedLayerNormalization" -> {
        to.takes(1, 18, 3);
        embedding("", 8);
      }
      case "FusedMatMul" -> fusedProduct();
      case "RotaryEmbedding" -> {
        to.takes(4, 4, 1);
        a.requireOnly("interleaved", "num_heads", "rotary_embedding_dim", "scale");
        to.last(
            to.write(
                "RotaryEmbedding", a.without("scale"), to.in(0), to.in(2), to.in(3), to.in(1)));
      }
      case "QuantizeLinear", "DequantizeLinear" -> {
        to.takes(2, 3, 1);
        to.last(to.write(node.operator(), a, node.inputs()));
      }
      case "QLinearAdd", "QLinearMul" -> {
        to.takes(7, 8, 1);
        a.requireOnly();
        String x = to.write("DequantizeLinear", to.in(0), to.in(1), to.in(2));
        String y = to.write("DequantizeLinear", to.in(3), to.in(4), to.in(5));
        quantized(to.write(node.operator().substring("QLinear".length()), x, y), 6);
      }
      case "QLinearSigmoid" -> {
        to.takes(4, 5, 1);
        a.requireOnly();
        quantized(
            to.write("Sigmoid", to.write("DequantizeLinear", to.in(0), to.in(1), to.in(2))), 3);
      }
      case "QLinearSoftmax" -> quantizedSoftmax();
      case "QGemm" -> quantizedGemm();
      case "MatMulIntegerToFloat" -> {
        to.takes(4, 7, 1);
        a.requireOnly();
        to.last(
            biased(
                to.product(to.in(0), to.in(1), to.in(2), to.in(3), to.optional(4), to.optional(5)),
                6));
      }
      case "DynamicQuantizeMatMul" -> {
        to.takes(3, 5, 1);
        a.requireOnly();
        String[] q = to.range(to.in(0));
        to.last(biased(to.product(q[0], to.in(1), q[1], to.in(2), q[2], to.optional(3)), 4));
      }
      case "Attention", "QAttention", "MultiHeadAttention" -> new RuntimeAttention(to, node).add();
      default ->
          throw node.unsupported(
              "the operator is one of ONNX Runtime's own and not supported: export the model"
                  + " without its optimizer");
    }
  }

  private void quickGelu() throws ModelFormatException {
    to.takes(1, 1, 1);
    node.attributes().requireOnly("alpha");
    float alpha = node.attributes().number("alpha", 1.702f);
    String x = alpha == 1 ? to.in(0) : to.write("Mul", to.in(0), to.number(alpha));
    to.last(to.write("Mul", to.in(0), to.write("Sigmoid", x)));
  }

  /** The sum of inputs 0 and 1, and of a bias, to the product if one of them is. */
  private String skip(int bias) throws ModelFormatException {
    to.leaves(1, 2);
    String x = to.in(0);
    String beside = to.in(1);
    if (to.has(bias)) {
      boolean second = to.maker(beside).equals("MatMul") && !to.maker(x).equals("MatMul");
      x = second ? x : to.write("Add", x, to.in(bias));
      beside = second ? to.write("Add", beside, to.in(bias)) : beside;
    }
    String sum = to.write("Add", x, beside);
    if (node.hasOutput(3)) {
      to.last(sum, 3);
      return node.outputs()[3];
    }
    return sum;
  }

  private String norm(String operator, float otherwise, String x, String... rows)
      throws ModelFormatException {
    to.leaves(1, 2);
    Attributes a = node.attributes();
    Attributes own =
        Attributes.of("epsilon", a.number("epsilon", otherwise), "axis", a.integer("axis", -1));
    boolean beta = rows.length > 1 && !rows[1].isEmpty();
    return beta
        ? to.write(operator, own, x, rows[0], rows[1])
        : to.write(operator, own, x, rows[0]);
  }

  /** The product, of which each matrix may be turned. */
  private void fusedProduct() throws ModelFormatException {
    to.takes(2, 2, 1);
    Attributes a = node.attributes();
    a.requireOnly("alpha", "transA", "transB", "transBatchA", "transBatchB");
    if (a.integer("transBatchA", 0) != 0 || a.integer("transBatchB", 0) != 0) {
      throw node.unsupported("transBatchA and transBatchB are not supported");
    }
    String y = to.write("MatMul", turned(0, "transA"), turned(1, "transB"));
    float alpha = a.number("alpha", 1);
    to.last(alpha == 1 ? y : to.write("Mul", y, to.number(alpha)));
  }

  private String turned(int i, String attribute) throws ModelFormatException {
    if (!node.attributes().flag(attribute, false)) {
      return to.in(i);
    }
    int rank = to.rank(to.in(i));
    if (rank < 2) {
      throw node.unsupported(attribute + " of a value of an unknown rank is not supported");
    }
    long[] perm = new long[rank];
    for (int d = 0; d < rank; d++) {
      perm[d] = d < rank - 2 ? d : 2L * rank - 3 - d;
    }
    return to.write("Transpose", Attributes.of("perm", perm), to.in(i));
  }

  /**
   * The sum of the embeddings of words, places and types, normalized.
   *
   * @param at the places; "" for 0, 1, 2 and so on
   * @param scales the first of five scales, with zero points after them, where the tables are of
   *     integers; else -1
   */
  private void embedding(String at, int scales) throws ModelFormatException {
    node.attributes().requireOnly("epsilon", "mask_index_type");
    requires(2, 3, 5, 6);
    String words = scaled(to.write("Gather", to.in(2), to.in(0)), scales, 0);
    String places;
    if (!at.isEmpty()) {
      places = to.write("Gather", to.in(3), at);
    } else {
      String tokens = to.write("Gather", to.write("Shape", to.in(0)), to.integers(1));
      places = to.write("Slice", to.in(3), to.integers(0), tokens, to.integers(0));
    }
    String sum = to.write("Add", words, scaled(places, scales, 1));
    if (to.has(1) && to.has(4)) {
      sum = to.write("Add", sum, scaled(to.write("Gather", to.in(4), to.in(1)), scales, 2));
    }
    if (node.hasOutput(2)) {
      to.last(sum, 2);
      sum = node.outputs()[2];
    }
    if (to.isRead(1)) {
      lengths();
    }
    Attributes epsilon =
        Attributes.of("epsilon", node.attributes().number("epsilon", 1e-12f), "axis", -1L);
    String gamma = scaled(to.in(5), scales, 3);
    to.last(to.write("LayerNormalization", epsilon, sum, gamma, scaled(to.in(6), scales, 4)));
  }

  private void requires(int... inputs) throws ModelFormatException {
    for (int i : inputs) {
      if (!to.has(i)) {
        throw node.error("input " + i + " is left out");
      }
    }
  }

  private String scaled(String value, int scales, int i) throws ModelFormatException {
    if (scales >= 0) {
      requires(scales + i);
    }
    int zero = scales + 5 + i;
    return scales < 0
        ? value
        : to.has(zero)
            ? to.write("DequantizeLinear", value, to.in(scales + i), to.in(zero))
            : to.write("DequantizeLinear", value, to.in(scales + i));
  }

  /** How many tokens of each text the mask leaves. */
  private void lengths() throws ModelFormatException {
    if (!to.has(7)) {
      throw node.unsupported("its output 1 is not supported without a mask");
    }
    String mask = to.write("Cast", Attributes.of("to", 1L), to.in(7));
    String sums = to.write("ReduceSum", Attributes.of("keepdims", 0L), mask, to.integers(1));
    to.last(to.write("Cast", Attributes.of("to", 6L), sums), 1);
    to.ranked(node.outputs()[1], 1);
  }

  private String biased(String product, int bias) throws ModelFormatException {
    return to.has(bias) ? to.write("Add", product, to.in(bias)) : product;
  }

  /** The node's output: the floats by the scale and the zero point from that input on. */
  private void quantized(String floats, int scale) throws ModelFormatException {
    to.last(
        to.has(scale + 1)
            ? to.write("QuantizeLinear", floats, to.in(scale), to.in(scale + 1))
            : to.write("QuantizeLinear", floats, to.in(scale)));
  }

  private void quantizedSoftmax() throws ModelFormatException {
    node.requireOutputs(1);
    node.requireInputs(2, 5);
    requires(3);
    Attributes a = node.attributes();
    a.requireOnly("axis", "opset");
    long axis = a.integer("axis", -1);
    // Before that, all axes from the one on are taken together.
    if (a.integer("opset", 0) < 13 && axis != -1) {
      throw node.unsupported("axis " + axis + " of an opset before 13 is not supported");
    }
    String[] x =
        to.has(2) ? new String[] {to.in(0), to.in(1), to.in(2)} : new String[] {to.in(0), to.in(1)};
    String floats = to.write("DequantizeLinear", x);
    quantized(to.write("Softmax", Attributes.of("axis", axis), floats), 3);
  }

  /** The product of two matrices of integers, and a row of them, scaled. */
  private void quantizedGemm() throws ModelFormatException {
    to.takes(6, 9, 1);
    Attributes a = node.attributes();
    a.requireOnly("alpha", "transA", "transB");
    Attributes perm = Attributes.of("perm", new long[] {1, 0});
    String x = a.flag("transA", false) ? to.write("Transpose", perm, to.in(0)) : to.in(0);
    String b = a.flag("transB", false) ? to.write("Transpose", perm, to.in(3)) : to.in(3);
    String sums = to.write("MatMulInteger", x, b, to.in(2), to.in(5));
    sums = to.has(6) ? to.write("Add", sums, to.in(6)) : sums;
    String scale = to.write("Mul", to.in(1), to.in(4));
    float alpha = a.number("alpha", 1);
    scale = alpha == 1 ? scale : to.write("Mul", scale, to.number(alpha));
    String floats = to.write("Mul", to.write("Cast", Attributes.of("to", 1L), sums), scale);
    if (to.has(7)) {
      quantized(floats, 7);
    } else {
      to.last(floats);
    }
  }
}
