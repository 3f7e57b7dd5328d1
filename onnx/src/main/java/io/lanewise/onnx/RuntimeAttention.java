package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/**
 * The attentions of ONNX Runtime's own as the standard's nodes: the softmax of products of heads
 * under a mask, for encoders. What decoders have of them is refused.
 */
final class RuntimeAttention {
  private final RuntimeNodes to;
  private final Node node;
  private final Attributes attributes;
  private final int heads;

  RuntimeAttention(RuntimeNodes to, Node node) throws ModelFormatException {
    this.to = to;
    this.node = node;
    attributes = node.attributes();
    heads = attributes.intValue("num_heads", 0);
  }

  void add() throws ModelFormatException {
    attributes.requireOnly(
        "num_heads",
        "mask_filter_value",
        "scale",
        "unidirectional",
        "qkv_hidden_sizes",
        "do_rotary",
        "past_present_share_buffer",
        "rotary_embedding_dim");
    boolean several = node.operator().equals("MultiHeadAttention");
    to.takes(several ? 1 : 3 - (node.operator().equals("Attention") ? 1 : 0), 10, 4);
    to.leaves(1, 2, 3);
    for (String name : new String[] {"unidirectional", "do_rotary", "past_present_share_buffer"}) {
      if (attributes.integer(name, 0) != 0) {
        throw node.unsupported("the attribute \"" + name + "\" is not supported");
      }
    }
    if (heads < 1) {
      throw node.error("num_heads is " + heads);
    }
    switch (node.operator()) {
      case "MultiHeadAttention" -> beside();
      case "QAttention" -> {
        none(8, "a past");
        to.takes(5, 9, 2);
        String product =
            to.product(to.in(0), to.in(1), to.in(3), to.in(4), to.optional(6), to.optional(7));
        packed(to.write("Add", product, to.in(2)), 5, -1);
      }
      default -> {
        none(4, "a past");
        none(6, "a past");
        to.takes(2, 7, 2);
        String product = to.write("MatMul", to.in(0), to.in(1));
        packed(to.has(2) ? to.write("Add", product, to.in(2)) : product, 3, 5);
      }
    }
  }

  private void none(int input, String what) throws ModelFormatException {
    if (node.hasInput(input)) {
      throw node.unsupported("its input " + input + ", " + what + ", is not supported");
    }
  }

  /** Of one value that has queries, keys and values beside each other. */
  private void packed(String all, int mask, int bias) throws ModelFormatException {
    long[] sizes = attributes.integers("qkv_hidden_sizes");
    String[] parts =
        sizes == null
            ? to.several(3, "Split", Attributes.of("axis", -1L, "num_outputs", 3L), all)
            : to.several(3, "Split", Attributes.of("axis", -1L), all, to.integers(sizes));
    attention(parts, mask, bias);
  }

  /** Of three values. */
  private void beside() throws ModelFormatException {
    for (int i = 6; i < 10; i++) {
      none(i, "a past");
    }
    String[] parts = new String[3];
    for (int i = 0; i < 3; i++) {
      // Heads that lie apart already have four axes, which nothing here would tell.
      boolean rows = node.hasInput(i) && "MatMul Add Mul".contains(to.maker(to.in(i)));
      if (!rows || to.maker(to.in(i)).isEmpty()) {
        throw node.unsupported(
            "only queries, keys and values as three products (batch, tokens, width) are supported");
      }
      parts[i] = to.in(i);
    }
    if (to.has(3)) {
      String[] biases =
          to.several(3, "Split", Attributes.of("axis", 0L, "num_outputs", 3L), to.in(3));
      for (int i = 0; i < 3; i++) {
        parts[i] = to.write("Add", parts[i], biases[i]);
      }
    }
    attention(parts, 4, 5);
  }

  private void attention(String[] parts, int mask, int bias) throws ModelFormatException {
    String shape = to.integers(0, 0, heads, -1);
    String[] turned = new String[3];
    for (int i = 0; i < 3; i++) {
      long[] perm = i == 1 ? new long[] {0, 2, 3, 1} : new long[] {0, 2, 1, 3};
      String rows = to.write("Reshape", parts[i], shape);
      turned[i] = to.write("Transpose", Attributes.of("perm", perm), rows);
    }
    float scale = attributes.number("scale", 0);
    String scores = to.write("MatMul", turned[0], turned[1]);
    scores = to.write("Mul", scores, scale == 0 ? rooted(turned[0]) : to.number(scale));
    if (bias >= 0 && to.has(bias)) {
      scores = to.write("Add", scores, to.in(bias));
    }
    if (to.has(mask)) {
      scores = to.write("Add", scores, mask(to.in(mask), parts[1]));
    }
    String weights = to.write("Softmax", Attributes.of("axis", -1L), scores);
    String values = to.write("MatMul", weights, turned[2]);
    Attributes perm = Attributes.of("perm", new long[] {0, 2, 1, 3});
    String rows = to.write("Transpose", perm, values);
    to.last(to.write("Reshape", rows, to.integers(0, 0, -1)));
  }

  /** 1 / the root of a head's width: known, or asked for in each run. */
  private String rooted(String queries) throws ModelFormatException {
    long[] sizes = attributes.integers("qkv_hidden_sizes");
    boolean several = node.operator().equals("MultiHeadAttention");
    int columns = to.columns(to.optional(several ? 3 : 1));
    long width = sizes == null || sizes.length == 0 ? columns / 3 : sizes[0];
    if (width > 0) {
      return to.number((float) (1 / Math.sqrt(width / heads)));
    }
    String size = to.write("Gather", to.write("Shape", queries), to.integers(3));
    String root = to.write("Sqrt", to.write("Cast", real(), size));
    return to.write("Reciprocal", root);
  }

  /** What is added to the scores: the filter's value where the mask has 0. */
  private String mask(String mask, String keys) throws ModelFormatException {
    float filter = attributes.number("mask_filter_value", -10_000);
    String key = mask + ' ' + filter;
    String known = to.masks().get(key);
    if (known != null) {
      return known;
    }
    int rank = to.rank(mask);
    if (rank < 1 || rank > 3) {
      throw node.unsupported(
          "its mask \""
              + mask
              + "\" is not known to be (batch), (batch, tokens) or (batch, tokens, tokens)");
    }
    String floats = to.write("Cast", real(), rank == 1 ? before(mask, keys) : mask);
    String less = to.write("Sub", to.number(1), floats);
    String filtered = to.write("Mul", less, to.number(filter));
    long[] axes = rank == 3 ? new long[] {1} : new long[] {1, 2};
    String added = to.write("Unsqueeze", filtered, to.integers(axes));
    to.masks().put(key, added);
    return added;
  }

  /** Which tokens are among the first, as many as the text has. */
  private String before(String lengths, String keys) throws ModelFormatException {
    String tokens = to.write("Gather", to.write("Shape", keys), to.integer(1));
    String places = to.write("Range", to.integer(0), tokens, to.integer(1));
    String counts = to.write("Cast", Attributes.of("to", 7L), lengths);
    return to.write("Less", places, to.write("Unsqueeze", counts, to.integers(1)));
  }

  private Attributes real() {
    return Attributes.of("to", (long) to.real().code());
  }
}
