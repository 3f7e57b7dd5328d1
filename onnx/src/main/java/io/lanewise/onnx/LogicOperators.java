package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;

/** Operators whose answer is true or false, but for equality. */
final class LogicOperators {
  private LogicOperators() {}

  /** An order of two numbers; with NaN none is true. */
  enum Order {
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    boolean of(double a, double b) {
      return switch (this) {
        case LESS -> a < b;
        case LESS_OR_EQUAL -> a <= b;
        case GREATER -> a > b;
        case GREATER_OR_EQUAL -> a >= b;
      };
    }
  }

  /** A connection of two truths. */
  enum Connection {
    AND,
    OR,
    XOR;

    long of(long a, long b) {
      return switch (this) {
        case AND -> a & b;
        case OR -> a | b;
        case XOR -> a ^ b;
      };
    }
  }

  static Operator compare(Node node, Order order) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(1);
      call.requireOneType(a, b);
      Type type = a.type();
      if (type == Type.BOOL || type == Type.STRING) {
        throw call.error("an order of " + type + " is not supported");
      }
      int[] dims = call.broadcast(a, b);
      OnnxTensor y = call.make(Type.BOOL, dims);
      Walk walk = new Walk(dims, a.shape(), b.shape());
      for (int i = 0; i < y.count(); i++, walk.step()) {
        // Two longs would lose their last bits as doubles.
        boolean is =
            type.isIntegers()
                ? order.of(type.compare(a.integer(walk.first()), b.integer(walk.second())), 0)
                : order.of(Casts.number(a, walk.first()), Casts.number(b, walk.second()));
        y.put(i, is ? 1 : 0);
      }
      call.output(0, y);
    };
  }

  static Operator connect(Node node, Connection connection) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(1);
      if (a.type() != Type.BOOL || b.type() != Type.BOOL) {
        throw call.error("its inputs are " + a + " and " + b + ", wanted BOOL");
      }
      int[] dims = call.broadcast(a, b);
      OnnxTensor y = call.make(Type.BOOL, dims);
      Walk walk = new Walk(dims, a.shape(), b.shape());
      for (int i = 0; i < y.count(); i++, walk.step()) {
        y.put(i, connection.of(a.integer(walk.first()), b.integer(walk.second())));
      }
      call.output(0, y);
    };
  }

  static Operator isNaN(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.input(0);
      if (!x.type().isReal()) {
        throw call.error("its input is " + x + ", wanted floats");
      }
      OnnxTensor y = call.make(Type.BOOL, x.shape());
      for (int i = 0; i < y.count(); i++) {
        y.put(i, Double.isNaN(Casts.number(x, i)) ? 1 : 0);
      }
      call.output(0, y);
    };
  }
}
