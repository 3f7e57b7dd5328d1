package io.lanewise.onnx;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A transformer encoder of random weights as PyTorch exports it at opset 11: two layers of
 * post-norm attention under a mask, every layer normalization and GELU in its nodes, and the shapes
 * of the heads asked for by Shape and Gather.
 */
final class Encoder {
  static final int WIDTH = 24;
  static final int WORDS = 50;
  static final int LONGEST = 40;

  private static final int HEADS = 3;

  private final SmallGraph graph;
  private final Random random = new Random(7);
  private final Set<String> ranges = new HashSet<>();
  private int count;

  private final int width;
  private final int inner;
  private final boolean quantized;

  private Encoder(int width, int inner, boolean quantized) {
    this.width = width;
    this.inner = inner;
    this.quantized = quantized;
    graph = SmallGraph.of(11, 7, -1, -1).input("mask", 7, -1, -1);
  }

  /** From "x", the words, and "mask", both (batch, tokens) of INT64, to "y". */
  static OnnxModel model() throws IOException {
    return model(WIDTH, 40);
  }

  /** The same of other widths; there are three heads. */
  static OnnxModel model(int width, int inner) throws IOException {
    return new Encoder(width, inner, false).encoder();
  }

  /** The same with weights of 8 bits and values that are quantized by their range. */
  static OnnxModel quantized(int width, int inner) throws IOException {
    return new Encoder(width, inner, true).encoder();
  }

  static Map<String, OnnxTensor> inputs(long[] words, long[] mask, int batch, int tokens) {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    inputs.put("x", OnnxTensor.of(words, batch, tokens));
    inputs.put("mask", OnnxTensor.of(mask, batch, tokens));
    return inputs;
  }

  private String weights(int... dims) {
    int n = 1;
    for (int dim : dims) {
      n *= dim;
    }
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian() * 0.3f;
    }
    String name = "w" + count++;
    graph.floats(name, dims, values);
    return name;
  }

  private String node(String operator, String... inputs) {
    String name = "v" + count++;
    String[] names = Arrays.copyOf(inputs, inputs.length + 1);
    names[inputs.length] = name;
    graph.node(operator, names);
    return name;
  }

  private String scalar(float value) {
    String name = "s" + count++;
    graph.floats(name, new int[0], value);
    return name;
  }

  private String integer(long value) {
    String name = "i" + count++;
    graph.ints(name, new int[0], value);
    return name;
  }

  private String dim(String of, int axis) {
    String shape = node("Shape", of);
    String dim = node("Gather", shape, integer(axis));
    graph.with("axis", 0);
    String row = node("Unsqueeze", dim);
    graph.with("axes", new long[] {0});
    return row;
  }

  private String reshaped(String x, long... last) {
    String[] parts = new String[2 + last.length];
    parts[0] = dim(x, 0);
    parts[1] = dim(x, 1);
    for (int i = 0; i < last.length; i++) {
      parts[2 + i] = "i" + count++;
      graph.ints(parts[2 + i], last[i]);
    }
    String shape = node("Concat", parts);
    graph.with("axis", 0);
    return node("Reshape", x, shape);
  }

  private String dense(String x, int from, int to) {
    String y = quantized ? integers(x, from, to) : node("MatMul", x, weights(from, to));
    return node("Add", weights(to), y);
  }

  private String bytes(int type, int... dims) {
    long[] values = new long[Shapes.count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = type == 3 ? random.nextInt(-128, 128) : random.nextInt(256);
    }
    String name = "b" + count++;
    graph.bytes(name, type, dims, values);
    return name;
  }

  private String integers(String x, int from, int to) {
    String q = "q" + x;
    if (ranges.add(x)) {
      graph.nodes("DynamicQuantizeLinear", x, q, q + "scale", q + "zero");
    }
    String sums = node("MatMulInteger", q, bytes(3, from, to), q + "zero", bytes(3, to));
    String cast = node("Cast", sums);
    graph.with("to", 1);
    return node("Mul", cast, node("Mul", q + "scale", scalar(0.003f)));
  }

  /** Rows of a table. */
  private String rows(int count, String places) {
    if (!quantized) {
      return node("Gather", weights(count, width), places);
    }
    String rows = node("Gather", bytes(2, count, width), places);
    return node("DequantizeLinear", rows, scalar(0.01f), bytes(2));
  }

  private String norm(String x) {
    String mean = node("ReduceMean", x);
    graph.with("axes", new long[] {-1});
    String d = node("Sub", x, mean);
    String variance = node("ReduceMean", node("Pow", d, scalar(2)));
    graph.with("axes", new long[] {-1});
    String root = node("Sqrt", node("Add", variance, scalar(1e-12f)));
    String scaled = node("Mul", node("Div", d, root), weights(width));
    return node("Add", scaled, weights(width));
  }

  private String gelu(String x) {
    String erf = node("Erf", node("Div", x, scalar((float) Math.sqrt(2))));
    return node("Mul", node("Mul", x, node("Add", erf, scalar(1))), scalar(0.5f));
  }

  private String heads(String x, long... perm) {
    String turned = node("Transpose", reshaped(x, HEADS, width / HEADS));
    graph.with("perm", perm);
    return turned;
  }

  private String attention(String x, String mask) {
    String q = dense(x, width, width);
    String k = dense(x, width, width);
    String v = heads(dense(x, width, width), 0, 2, 1, 3);
    String scores = node("MatMul", heads(q, 0, 2, 1, 3), heads(k, 0, 2, 3, 1));
    String scaled = node("Div", scores, scalar((float) Math.sqrt(width / HEADS)));
    String weights = node("Softmax", node("Add", scaled, mask));
    graph.with("axis", 3);
    String context = node("Transpose", node("MatMul", weights, v));
    graph.with("perm", new long[] {0, 2, 1, 3});
    return dense(reshaped(context, width), width, width);
  }

  private OnnxModel encoder() throws IOException {
    String wide = node("Unsqueeze", "mask");
    graph.with("axes", new long[] {1, 2});
    String cast = node("Cast", wide);
    graph.with("to", 1);
    String mask = node("Mul", node("Sub", scalar(1), cast), scalar(-Float.MAX_VALUE));
    long[] positions = new long[LONGEST];
    for (int i = 0; i < LONGEST; i++) {
      positions[i] = i;
    }
    graph.ints("positions", new int[] {1, LONGEST}, positions);
    graph.ints("from", 0).ints("axes", 1).ints("steps", 1);
    String some = node("Slice", "positions", "from", dim("x", 1), "axes", "steps");
    String words = rows(WORDS, "x");
    String places = rows(LONGEST, some);
    String h = norm(node("Add", words, places));
    for (int layer = 0; layer < 2; layer++) {
      h = norm(node("Add", attention(h, mask), h));
      h = norm(node("Add", dense(gelu(dense(h, width, inner)), inner, width), h));
    }
    graph.node("Identity", h, "y");
    return graph.model();
  }
}
