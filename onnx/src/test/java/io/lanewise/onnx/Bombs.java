package io.lanewise.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files of up to some megabytes that stand for much more, each taken at its word. */
final class Bombs {
  private static final int MANY = 100_000;

  private Bombs() {}

  static Map<String, byte[]> all() throws IOException {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    ProtoWriter tiny = new ProtoWriter();
    for (int i = 0; i < MANY; i++) {
      tiny.message(1, node("Relu", "x", "a" + i));
    }
    bombs.put("nodes", model(tiny.message(1, relu())));
    // So many that the file's budget runs out, and so few that it nearly does.
    bombs.put("chain", chain(MANY));
    bombs.put("short-chain", chain(800));
    bombs.put("initializers", initializers(MANY));
    bombs.put("few-initializers", initializers(2000));
    bombs.put("inputs", inputs(MANY));
    bombs.put("few-inputs", inputs(1000));
    bombs.put("attributes", attributes(MANY));
    bombs.put("few-attributes", attributes(8000));
    bombs.put("metadata", metadata(MANY));
    bombs.put("few-metadata", metadata(5000));

    // Bytes that are eight each.
    ProtoWriter longs = new ProtoWriter().number(1, 1 << 20).number(2, 7).text(8, "w");
    longs.text(7, "\1".repeat(1 << 20));
    bombs.put("longs", model(new ProtoWriter().message(5, longs).message(1, relu())));
    ProtoWriter bytes = new ProtoWriter().number(1, 1 << 20).number(2, 3).text(8, "w");
    bytes.text(9, "\1".repeat(1 << 20));
    bombs.put("bytes", model(new ProtoWriter().message(5, bytes).message(1, relu())));
    ProtoWriter perm = new ProtoWriter().text(1, "perm").number(20, 7);
    perm.text(8, "\1".repeat(1 << 20));
    bombs.put(
        "perm", model(new ProtoWriter().message(1, node("Transpose", "x", "y").message(5, perm))));
    bombs.put(
        "text", model(new ProtoWriter().message(1, relu()).text(2, "\u00e9".repeat(1 << 19))));

    // An empty shape that multiplies to nothing, though its parts are large.
    ProtoWriter empty = new ProtoWriter().text(8, "w").number(2, 1);
    for (long dim : new long[] {1 << 30, 1 << 30, 1 << 30, 0}) {
      empty.number(1, dim);
    }
    bombs.put("empty", model(new ProtoWriter().message(5, empty).message(1, relu())));

    // Constants that grow: twice as long with each node, or a column plus a row.
    ProtoWriter twice = new ProtoWriter().message(5, floats("c0", 1024));
    for (int i = 0; i < 40; i++) {
      ProtoWriter axis = new ProtoWriter().text(1, "axis").number(3, 0).number(20, 2);
      twice.message(1, node("Concat", "c" + i, "c" + i, "c" + (i + 1)).message(5, axis));
    }
    bombs.put("twice", model(twice.message(1, node("Add", "x", "c40", "y"))));
    ProtoWriter outer = new ProtoWriter();
    outer.message(5, floats("row", 1, 1 << 17)).message(5, floats("column", 1 << 17, 1));
    outer.message(1, node("Add", "row", "column", "c"));
    bombs.put("outer", model(outer.message(1, node("Add", "x", "c", "y"))));

    // The same weights in a thousand layers.
    ProtoWriter shared = new ProtoWriter().message(5, floats("w", 128, 128));
    for (int i = 0; i < 1000; i++) {
      shared.message(
          1, node("MatMul", i == 0 ? "x" : "a" + (i - 1), "w", i == 999 ? "y" : "a" + i));
    }
    bombs.put("shared", model(shared));

    // Residual blocks inside each other, deeper than any stack.
    ProtoWriter blocks = new ProtoWriter().message(5, floats("w", 1, 1));
    blocks.message(1, node("MatMul", "x", "w", "a0"));
    for (int i = 0; i < 20_000; i++) {
      blocks.message(1, node("Relu", "a" + i, "a" + (i + 1)));
    }
    for (int i = 20_000; i < 40_000; i++) {
      String out = i == 39_999 ? "y" : "a" + (i + 1);
      blocks.message(1, node("Add", "a" + i, "a" + (39_999 - i), out));
    }
    bombs.put("blocks", model(blocks));
    return bombs;
  }

  private static byte[] chain(int count) throws IOException {
    ProtoWriter chain = new ProtoWriter();
    for (int i = 0; i < count; i++) {
      chain.message(1, node("Relu", i == 0 ? "x" : "a" + (i - 1), i == count - 1 ? "y" : "a" + i));
    }
    return model(chain);
  }

  private static byte[] initializers(int count) throws IOException {
    ProtoWriter graph = new ProtoWriter().message(1, relu());
    for (int i = 0; i < count; i++) {
      graph.message(5, new ProtoWriter().number(1, 0).number(2, 1).text(8, "i" + i));
    }
    return model(graph);
  }

  private static byte[] inputs(int count) throws IOException {
    ProtoWriter graph = new ProtoWriter().message(1, relu());
    for (int i = 0; i < count; i++) {
      graph.message(11, info("i" + i));
    }
    return model(graph);
  }

  private static byte[] attributes(int count) throws IOException {
    ProtoWriter node = relu();
    for (int i = 0; i < count; i++) {
      node.message(5, new ProtoWriter().text(1, name(i)).number(3, 1).number(20, 2));
    }
    return model(new ProtoWriter().message(1, node));
  }

  private static byte[] metadata(int count) throws IOException {
    ProtoWriter model = proto(new ProtoWriter().message(1, relu()), 17);
    for (int i = 0; i < count; i++) {
      model.message(14, new ProtoWriter().text(1, name(i)));
    }
    return bytes(model);
  }

  private static String name(int i) {
    return Integer.toString(i, 36);
  }

  private static ProtoWriter relu() {
    return node("Relu", "x", "y");
  }

  /** A node: its inputs, then its one output. */
  static ProtoWriter node(String operator, String... names) {
    ProtoWriter node = new ProtoWriter();
    for (String input : Arrays.copyOf(names, names.length - 1)) {
      node.text(1, input);
    }
    return node.text(2, names[names.length - 1]).text(4, operator);
  }

  static ProtoWriter floats(String name, int... dims) {
    ProtoWriter tensor = new ProtoWriter().number(2, 1).text(8, name);
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    int count = Shapes.count(dims);
    return tensor.floats(9, new float[count], 0, 1, count, false);
  }

  static ProtoWriter info(String name) {
    ProtoWriter tensor = new ProtoWriter().number(1, 1);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }

  /** A model of IR version 8 and opset 17 with that graph, from x to y. */
  static byte[] model(ProtoWriter graph) throws IOException {
    return model(graph, 17);
  }

  /** {@link #model(ProtoWriter)} of that opset. */
  static byte[] model(ProtoWriter graph, int opset) throws IOException {
    return bytes(proto(graph, opset));
  }

  private static ProtoWriter proto(ProtoWriter graph, int opset) {
    graph.message(11, info("x")).message(12, info("y"));
    return new ProtoWriter()
        .number(1, 8)
        .message(8, new ProtoWriter().number(2, opset))
        .message(7, graph);
  }

  static byte[] bytes(ProtoWriter proto) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    proto.writeTo(out);
    return out.toByteArray();
  }
}
