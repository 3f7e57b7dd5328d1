package io.lanewise.peers;

import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a network with ReLU and softmax as an ONNX model, x to y: Gemm and Relu for each layer,
 * Softmax at the end. The numbers of the fields are those of onnx.proto3.
 */
final class OnnxBytes {
  private static final int FLOAT = 1;
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private OnnxBytes() {}

  static byte[] of(Network network, int rows) {
    OnnxBytes graph = new OnnxBytes();
    String from = "x";
    for (Dense d : DenseLayers.of(network)) {
      boolean last = d == network.outputLayer();
      int l = d.index();
      graph.message(1, node("Gemm", "z" + l, from, "w" + l, "b" + l));
      graph.message(1, node(last ? "Softmax" : "Relu", last ? "y" : "a" + l, "z" + l));
      from = "a" + l;
    }
    graph.text(2, "network");
    float[] p = network.parameters();
    for (Dense d : DenseLayers.of(network)) {
      graph.message(5, tensor("w" + d.index(), p, d.weightOff(), d.nIn(), d.nOut()));
      graph.message(5, tensor("b" + d.index(), p, d.biasOff(), d.nOut()));
    }
    graph.message(11, value("x", rows, network.nIn()));
    graph.message(12, value("y", rows, network.nOut()));
    OnnxBytes model = new OnnxBytes().number(1, IR_VERSION).message(7, graph);
    model.message(8, new OnnxBytes().text(1, "").number(2, OPSET));
    return model.out.toByteArray();
  }

  private static OnnxBytes node(String operator, String output, String... inputs) {
    OnnxBytes node = new OnnxBytes();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, output).text(4, operator);
  }

  private static OnnxBytes tensor(String name, float[] p, int off, int... shape) {
    OnnxBytes tensor = new OnnxBytes();
    int length = 1;
    for (int size : shape) {
      tensor.number(1, size);
      length *= size;
    }
    ByteBuffer raw = ByteBuffer.allocate(4 * length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(p, off, length);
    return tensor.number(2, FLOAT).text(8, name).bytes(9, raw.array());
  }

  private static OnnxBytes value(String name, int... shape) {
    OnnxBytes dimensions = new OnnxBytes();
    for (int size : shape) {
      dimensions.message(1, new OnnxBytes().number(1, size));
    }
    OnnxBytes tensor = new OnnxBytes().number(1, FLOAT).message(2, dimensions);
    return new OnnxBytes().text(1, name).message(2, new OnnxBytes().message(1, tensor));
  }

  private OnnxBytes number(int field, long value) {
    varint(field << 3);
    varint(value);
    return this;
  }

  private OnnxBytes text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private OnnxBytes message(int field, OnnxBytes value) {
    return bytes(field, value.out.toByteArray());
  }

  private OnnxBytes bytes(int field, byte[] value) {
    varint(field << 3 | 2);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  private void varint(long value) {
    while (value > 127) {
      out.write((int) (value & 127 | 128));
      value >>>= 7;
    }
    out.write((int) value);
  }
}
