package io.lanewise.onnx;

/** Attributes of nodes, by the numbers of ONNX's AttributeProto. */
final class WrittenAttributes {
  private WrittenAttributes() {}

  static ProtoWriter number(String name, float value) {
    return new ProtoWriter().text(1, name).float32(2, value).number(20, 1);
  }

  static ProtoWriter integer(String name, long value) {
    return new ProtoWriter().text(1, name).number(3, value).number(20, 2);
  }

  static ProtoWriter text(String name, String value) {
    return new ProtoWriter().text(1, name).text(4, value).number(20, 3);
  }

  static ProtoWriter numbers(String name, float... values) {
    ProtoWriter attribute = new ProtoWriter().text(1, name).number(20, 6);
    for (float value : values) {
      attribute.float32(7, value);
    }
    return attribute;
  }

  static ProtoWriter integers(String name, long... values) {
    ProtoWriter attribute = new ProtoWriter().text(1, name).number(20, 7);
    for (long value : values) {
      attribute.number(8, value);
    }
    return attribute;
  }

  static ProtoWriter texts(String name, String... values) {
    ProtoWriter attribute = new ProtoWriter().text(1, name).number(20, 8);
    for (String value : values) {
      attribute.text(9, value);
    }
    return attribute;
  }
}
