package io.lanewise.onnx;

import java.io.IOException;
import java.util.Map;

/** A graph from "x" to "y", made node by node. */
final class SmallGraph {
  private final ProtoWriter graph = new ProtoWriter().text(2, "g");
  private final int opset;
  private int ir = 8;
  private ProtoWriter last;
  private boolean runtime;
  private ProtoWriter declared;

  /** With an input of FLOAT of that shape, -1 for a dimension that is open. */
  SmallGraph(int opset, int... dims) {
    this(opset);
    input("x", 1, dims);
  }

  private SmallGraph(int opset) {
    this.opset = opset;
  }

  /** With an input of another type. */
  static SmallGraph of(int opset, int type, int... dims) {
    return new SmallGraph(opset).input("x", type, dims);
  }

  static ProtoWriter info(String name, int type, int... dims) {
    ProtoWriter shape = new ProtoWriter();
    for (int dim : dims) {
      ProtoWriter one = new ProtoWriter();
      shape.message(1, dim < 0 ? one.text(2, "n") : one.number(1, dim));
    }
    ProtoWriter tensor = new ProtoWriter().number(1, type).message(2, shape);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }

  SmallGraph ir(int version) {
    ir = version;
    return this;
  }

  SmallGraph input(String name, int type, int... dims) {
    graph.message(11, info(name, type, dims));
    return this;
  }

  /** An output beside the last, "y". */
  SmallGraph output(String name) {
    graph.message(12, new ProtoWriter().text(1, name));
    return this;
  }

  /** Says of what type and shape the output is. */
  SmallGraph declared(int type, int... dims) {
    declared = info("y", type, dims);
    return this;
  }

  SmallGraph floats(String name, int[] dims, float... values) {
    ProtoWriter tensor = new ProtoWriter().number(2, 1).text(8, name);
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    graph.message(5, tensor.floats(9, values, 0, 1, values.length, false));
    return this;
  }

  /** Numbers of FLOAT16. */
  SmallGraph halves(String name, int[] dims, float... values) {
    ProtoWriter tensor = new ProtoWriter().number(2, 10).text(8, name);
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    for (float value : values) {
      tensor.number(5, Float.floatToFloat16(value) & 0xffff);
    }
    graph.message(5, tensor);
    return this;
  }

  SmallGraph row(String name, float... values) {
    return floats(name, new int[] {values.length}, values);
  }

  SmallGraph ints(String name, int[] dims, long... values) {
    ProtoWriter tensor = new ProtoWriter().number(2, 7).text(8, name);
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    for (long value : values) {
      tensor.number(7, value);
    }
    graph.message(5, tensor);
    return this;
  }

  /** Integers of 8 bits: UINT8, 2, or INT8, 3. */
  SmallGraph bytes(String name, int type, int[] dims, long... values) {
    ProtoWriter tensor = new ProtoWriter().number(2, type).text(8, name);
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    for (long value : values) {
      tensor.number(5, value);
    }
    graph.message(5, tensor);
    return this;
  }

  SmallGraph ints(String name, long... values) {
    return ints(name, new int[] {values.length}, values);
  }

  /** A node: the operator, its inputs, its one output. */
  SmallGraph node(String operator, String... names) {
    ProtoWriter node = Bombs.node(operator.replaceFirst("^m[ls]\\.", ""), names);
    return add(inDomain(operator, node));
  }

  /** A node of several outputs. */
  SmallGraph nodes(String operator, String input, String... outputs) {
    ProtoWriter node = new ProtoWriter().text(1, input);
    for (String output : outputs) {
      node.text(2, output);
    }
    node.text(4, operator.replaceFirst("^m[ls]\\.", ""));
    return add(inDomain(operator, node));
  }

  private ProtoWriter inDomain(String operator, ProtoWriter node) {
    if (operator.startsWith("ms.")) {
      runtime = true;
      return node.text(7, RuntimeNodes.DOMAIN);
    }
    return operator.startsWith("ml.") ? node.text(7, "ai.onnx.ml") : node;
  }

  // The last one is written when the next comes, so that it may get attributes.
  private SmallGraph add(ProtoWriter node) {
    flush();
    last = node;
    return this;
  }

  private void flush() {
    if (last != null) {
      graph.message(1, last);
    }
    last = null;
  }

  /** Output i of the last node, of which those before are left out but the first. */
  SmallGraph output(int i, String name) {
    for (int j = 1; j < i; j++) {
      last.text(2, "");
    }
    last.text(2, name);
    return this;
  }

  SmallGraph with(String attribute, long value) {
    last.message(5, WrittenAttributes.integer(attribute, value));
    return this;
  }

  SmallGraph with(String attribute, float value) {
    last.message(5, WrittenAttributes.number(attribute, value));
    return this;
  }

  SmallGraph with(String attribute, String value) {
    last.message(5, WrittenAttributes.text(attribute, value));
    return this;
  }

  SmallGraph with(String attribute, long[] values) {
    last.message(5, WrittenAttributes.integers(attribute, values));
    return this;
  }

  SmallGraph with(String attribute, float[] values) {
    last.message(5, WrittenAttributes.numbers(attribute, values));
    return this;
  }

  SmallGraph with(String attribute, String[] values) {
    last.message(5, WrittenAttributes.texts(attribute, values));
    return this;
  }

  byte[] bytes() throws IOException {
    flush();
    if (declared == null) {
      output("y");
    } else {
      graph.message(12, declared);
    }
    ProtoWriter model = new ProtoWriter().number(1, ir);
    model.message(8, new ProtoWriter().number(2, opset));
    model.message(8, new ProtoWriter().text(1, "ai.onnx.ml").number(2, 3));
    if (runtime) {
      model.message(8, new ProtoWriter().text(1, RuntimeNodes.DOMAIN).number(2, 1));
    }
    return Bombs.bytes(model.message(7, graph));
  }

  OnnxModel model() throws IOException {
    return OnnxModel.parse(bytes());
  }

  /** What the graph makes of that input. */
  static OnnxTensor run(OnnxModel model, float[] x, int... dims) throws IOException {
    return model.run(Map.of("x", OnnxTensor.of(x, dims))).get("y");
  }
}
