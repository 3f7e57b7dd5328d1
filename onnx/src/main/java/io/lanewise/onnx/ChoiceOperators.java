package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;

/** Operators that compare or choose elements, and powers of them. */
final class ChoiceOperators {
  private ChoiceOperators() {}

  /** The greatest of each element's values, or the least if sign is -1; NaN if one is. */
  static Operator extreme(Node node, int sign) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor y = call.input(0);
      Type type = y.type();
      if (type != Type.FLOAT && (!type.isIntegers() || type == Type.BOOL)) {
        throw call.error("Min and Max of " + type + " are not supported");
      }
      for (int i = 1; i < call.inputCount(); i++) {
        y = extreme(call, y, call.input(i), sign);
      }
      call.output(0, y);
    };
  }

  private static OnnxTensor extreme(Call call, OnnxTensor a, OnnxTensor b, int sign)
      throws ModelFormatException {
    call.requireOneType(a, b);
    int[] dims = call.broadcast(a, b);
    OnnxTensor y = call.make(a.type(), dims);
    Walk walk = new Walk(dims, a.shape(), b.shape());
    for (int i = 0; i < y.count(); i++, walk.step()) {
      if (y.type() == Type.FLOAT) {
        float v = a.floats()[walk.first()];
        float w = b.floats()[walk.second()];
        y.floats()[i] = sign > 0 ? Math.max(v, w) : Math.min(v, w);
      } else {
        long v = a.integer(walk.first());
        long w = b.integer(walk.second());
        y.put(i, sign * y.type().compare(v, w) >= 0 ? v : w);
      }
    }
    return y;
  }

  /** The elements of input 1 where input 0 is true, else of input 2. */
  static Operator where(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor which = call.input(0);
      OnnxTensor a = call.input(1);
      OnnxTensor b = call.input(2);
      if (which.type() != Type.BOOL) {
        throw call.error("its condition is " + which + ", wanted BOOL");
      }
      call.requireOneType(a, b);
      int[] pair = call.broadcast(a, b);
      int[] dims = Shapes.broadcast(which.shape(), pair);
      if (dims == null) {
        throw call.error("its condition " + which + " does not fit " + Shapes.text(pair));
      }
      OnnxTensor y = call.make(a.type(), dims);
      Walk walk = new Walk(dims, a.shape(), b.shape());
      Walk choice = new Walk(dims, which.shape(), which.shape());
      for (int i = 0; i < y.count(); i++, walk.step(), choice.step()) {
        boolean first = which.integer(choice.first()) != 0;
        ShapeOperators.copy(first ? a : b, first ? walk.first() : walk.second(), y, i, 1);
      }
      call.output(0, y);
    };
  }

  static Operator equal(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(1);
      call.requireOneType(a, b);
      int[] dims = call.broadcast(a, b);
      OnnxTensor y = call.make(Type.BOOL, dims);
      Walk walk = new Walk(dims, a.shape(), b.shape());
      for (int i = 0; i < y.count(); i++, walk.step()) {
        y.put(i, equal(a, walk.first(), b, walk.second()) ? 1 : 0);
      }
      call.output(0, y);
    };
  }

  private static boolean equal(OnnxTensor a, int i, OnnxTensor b, int j) {
    if (a.data() instanceof float[] floats) {
      return floats[i] == b.floats()[j];
    }
    if (a.data() instanceof double[] doubles) {
      return doubles[i] == b.doubles()[j];
    }
    return a.type().isIntegers()
        ? a.integer(i) == b.integer(j)
        : a.strings()[i].equals(b.strings()[j]);
  }

  static Operator not(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.input(0);
      if (x.type() != Type.BOOL) {
        throw call.error("its input is " + x + ", wanted BOOL");
      }
      OnnxTensor y = call.make(Type.BOOL, x.shape());
      for (int i = 0; i < y.count(); i++) {
        y.put(i, 1 - x.integer(i));
      }
      call.output(0, y);
    };
  }

  /** Numbers of 16 bits come and go as such. */
  static Operator powOfAny(Node node) throws ModelFormatException {
    Operator pow = pow(node);
    return call -> {
      Type type = call.input(0).type();
      if (type == Type.FLOAT16 || type == Type.BFLOAT16) {
        call.inFloats(pow);
      } else {
        pow.run(call);
      }
    };
  }

  /** In double, rounded to the type of the base; integers by integers wrap. */
  private static Operator pow(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(1);
      if (!isNumber(a) || !isNumber(b) || (call.node().opset() < 12 && a.type() != b.type())) {
        throw call.error("a power of " + a + " by " + b + " is not supported");
      }
      int[] dims = call.broadcast(a, b);
      OnnxTensor y = call.make(a.type(), dims);
      Walk walk = new Walk(dims, a.shape(), b.shape());
      boolean whole = a.type().isIntegers() && b.type().isIntegers();
      for (int i = 0; i < y.count(); i++, walk.step()) {
        if (whole) {
          long power = power(call, a.integer(walk.first()), b.integer(walk.second()));
          y.put(i, a.type().wrap(power));
          continue;
        }
        double value = power(Casts.number(a, walk.first()), Casts.number(b, walk.second()));
        switch (y.data()) {
          case float[] floats -> floats[i] = (float) value;
          case double[] doubles -> doubles[i] = value;
          default -> y.put(i, a.type().wrap((long) value));
        }
      }
      call.output(0, y);
    };
  }

  /** The strict one, whose bits are the same everywhere, but for squares and cubes: it is slow. */
  static double power(double a, double b) {
    return b == 2 ? a * a : b == 3 ? a * a * a : StrictMath.pow(a, b);
  }

  private static boolean isNumber(OnnxTensor x) {
    boolean odd = x.type() == Type.BOOL || x.type() == Type.STRING;
    return !odd && x.type() != Type.FLOAT16 && x.type() != Type.BFLOAT16;
  }

  private static long power(Call call, long base, long exponent) throws ModelFormatException {
    if (exponent < 0 && call.input(1).type() != Type.UINT64) {
      if (base == 0) {
        throw call.error("0 to the power of " + exponent);
      }
      return base == 1 ? 1 : base != -1 ? 0 : (exponent & 1) == 0 ? 1 : -1;
    }
    long result = 1;
    long square = base;
    for (long rest = exponent; rest != 0; rest >>>= 1) {
      result *= (rest & 1) != 0 ? square : 1;
      square *= square;
    }
    return result;
  }
}
