package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.math.FloatMath;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/** Operators of each element alone, and of pairs of elements. */
final class ElementOperators {
  private ElementOperators() {}

  /** A function of a float. */
  private interface FloatFunction {
    float of(float x);
  }

  /** +, -, * and /: exact operations of IEEE 754, so plain loops give the same bits everywhere. */
  enum Arithmetic {
    ADD,
    SUB,
    MUL,
    DIV;

    float of(float a, float b) {
      return switch (this) {
        case ADD -> a + b;
        case SUB -> a - b;
        case MUL -> a * b;
        case DIV -> a / b;
      };
    }

    long of(long a, long b, boolean unsigned) {
      return switch (this) {
        case ADD -> a + b;
        case SUB -> a - b;
        case MUL -> a * b;
        case DIV -> unsigned ? Long.divideUnsigned(a, b) : a / b;
      };
    }
  }

  static Operator activation(Node node, ActivationRow row) throws ModelFormatException {
    Activation f = row.read(node);
    return f != null ? activation(f) : each(unusual(node));
  }

  /** Where the attributes are not those of an activation of ours. */
  private static FloatFunction unusual(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    return switch (node.operator()) {
      case "LeakyRelu" -> {
        float alpha = a.number("alpha", 0.01f);
        yield x -> x > 0 ? x : alpha * x;
      }
      case "Elu" -> {
        float alpha = a.number("alpha", 1);
        yield x -> x > 0 ? x : alpha * FloatMath.expm1(x);
      }
      case "Selu" -> {
        float alpha = a.number("alpha", ActivationRow.SELU_ALPHA);
        float gamma = a.number("gamma", ActivationRow.SELU_GAMMA);
        yield x -> x > 0 ? gamma * x : gamma * alpha * FloatMath.expm1(x);
      }
      case "HardSigmoid" -> {
        float alpha = a.number("alpha", 0.2f);
        float beta = a.number("beta", 0.5f);
        yield x -> Math.max(0f, Math.min(1f, Math.fma(alpha, x, beta)));
      }
      default -> throw new AssertionError(node.operator());
    };
  }

  private static Operator activation(Activation f) {
    return call -> {
      OnnxTensor x = call.floats(0);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      call.kernels().activate(f, x.row(), y.row());
      call.output(0, y);
    };
  }

  static Operator function(Node node, Function f) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.floats(0);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      call.kernels().map(f, x.row(), y.row());
      call.output(0, y);
    };
  }

  private static Operator each(FloatFunction f) {
    return call -> {
      OnnxTensor x = call.floats(0);
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
      float[] from = x.floats();
      float[] to = y.floats();
      for (int i = 0; i < to.length; i++) {
        to[i] = f.of(from[i]);
      }
      call.output(0, y);
    };
  }

  static Operator sqrt(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return each(x -> (float) Math.sqrt(x));
  }

  static Operator reciprocal(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return each(x -> 1 / x);
  }

  /** What the standard has of floats alone; sines by the strict functions, for the same bits. */
  static Operator real(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return each(
        switch (node.operator()) {
          case "Floor" -> x -> (float) Math.floor(x);
          case "Ceil" -> x -> (float) Math.ceil(x);
          case "Round" -> x -> (float) Math.rint(x);
          case "Sin" -> x -> (float) StrictMath.sin(x);
          case "Cos" -> x -> (float) StrictMath.cos(x);
          default -> throw new AssertionError(node.operator());
        });
  }

  /** -1, 0 or 1; of integers too. */
  static Operator signum(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    Operator floats = each(Math::signum);
    return call -> {
      OnnxTensor x = call.input(0);
      if (!x.type().isIntegers() || x.type() == OnnxTensor.Type.BOOL) {
        floats.run(call);
        return;
      }
      OnnxTensor y = call.make(x.type(), x.shape());
      for (int i = 0; i < y.count(); i++) {
        y.put(i, Integer.signum(x.type().compare(x.integer(i), 0)));
      }
      call.output(0, y);
    };
  }

  /** -x, or |x|; of integers too. */
  static Operator sign(Node node, boolean absolute) throws ModelFormatException {
    node.attributes().requireOnly();
    Operator floats = each(x -> absolute ? Math.abs(x) : -x);
    return call -> {
      OnnxTensor x = call.input(0);
      if (!x.type().isIntegers() || x.type() == OnnxTensor.Type.BOOL) {
        floats.run(call);
        return;
      }
      OnnxTensor y = call.make(x.type(), x.shape());
      for (int i = 0; i < y.count(); i++) {
        long value = x.integer(i);
        boolean kept = absolute && x.type().compare(value, 0) >= 0;
        y.put(i, kept ? value : x.type().wrap(-value));
      }
      call.output(0, y);
    };
  }

  static Operator celu(Node node) throws ModelFormatException {
    node.attributes().requireOnly("alpha");
    float alpha = node.attributes().number("alpha", 1);
    return alpha == 1
        ? activation(Activation.elu(1))
        : each(x -> x > 0 ? x : alpha * FloatMath.expm1(x / alpha));
  }

  static Operator gelu(Node node) throws ModelFormatException {
    return activation(geluOf(node));
  }

  /** Which of the two functions that node is. */
  static Activation geluOf(Node node) throws ModelFormatException {
    node.attributes().requireOnly("approximate");
    String approximate = node.attributes().text("approximate", "none");
    return switch (approximate) {
      case "none" -> Activation.GELU;
      case "tanh" -> Activation.GELU_TANH;
      default -> throw node.error("approximate \"" + approximate + "\" is not supported");
    };
  }

  static Operator prelu(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.floats(0);
      OnnxTensor slope = call.floats(1);
      int[] dims = Shapes.broadcast(x.shape(), slope.shape());
      if (dims == null || !Arrays.equals(dims, x.shape())) {
        throw call.error("the slope " + slope + " does not broadcast to " + x);
      }
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, dims);
      float[] a = x.floats();
      float[] s = slope.floats();
      float[] to = y.floats();
      Walk walk = new Walk(dims, x.shape(), slope.shape());
      for (int i = 0; i < to.length; i++, walk.step()) {
        to[i] = a[i] <= 0 ? a[i] * s[walk.second()] : a[i];
      }
      call.output(0, y);
    };
  }

  static Operator arithmetic(Node node, Arithmetic f) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor a = call.input(0);
      OnnxTensor b = call.input(1);
      call.requireOneType(a, b);
      int[] dims = call.broadcast(a, b);
      OnnxTensor y = call.make(a.type(), dims);
      Walk walk = new Walk(dims, a.shape(), b.shape());
      if (a.type() == OnnxTensor.Type.FLOAT) {
        floats(f, a.floats(), b.floats(), y.floats(), walk);
      } else if (a.type().isIntegers() && a.type() != OnnxTensor.Type.BOOL) {
        integers(call, f, a, b, y, walk);
      } else {
        throw call.error("arithmetic of " + a.type() + " is not supported");
      }
      call.output(0, y);
    };
  }

  private static void floats(Arithmetic f, float[] a, float[] b, float[] y, Walk walk) {
    if (walk.plain()) {
      for (int i = 0; i < y.length; i++) {
        y[i] = f.of(a[i], b[i]);
      }
      return;
    }
    for (int i = 0; i < y.length; i++, walk.step()) {
      y[i] = f.of(a[walk.first()], b[walk.second()]);
    }
  }

  private static void integers(
      Call call, Arithmetic f, OnnxTensor a, OnnxTensor b, OnnxTensor y, Walk walk)
      throws ModelFormatException {
    boolean unsigned = y.type() == OnnxTensor.Type.UINT64;
    for (int i = 0; i < y.count(); i++, walk.step()) {
      long divisor = b.integer(walk.second());
      if (f == Arithmetic.DIV && divisor == 0) {
        throw call.error("division by zero");
      }
      y.put(i, y.type().wrap(f.of(a.integer(walk.first()), divisor, unsigned)));
    }
  }

  /** Clip: the bounds are attributes up to opset 10, then inputs. */
  static Operator clip(Node node) throws ModelFormatException {
    if (node.opset() >= 11) {
      node.attributes().requireOnly();
      return call -> {
        OnnxTensor min = bound(call, 1);
        OnnxTensor max = bound(call, 2);
        OnnxTensor.Type type = call.input(0).type();
        boolean signed = type.isIntegers() && type != OnnxTensor.Type.UINT64;
        if (type != OnnxTensor.Type.FLOAT && (!signed || type == OnnxTensor.Type.BOOL)) {
          throw call.error("Clip of " + type + " is not supported");
        }
        if (type == OnnxTensor.Type.FLOAT) {
          clip(
              call,
              min == null ? Float.NEGATIVE_INFINITY : min.floats()[0],
              max == null ? Float.POSITIVE_INFINITY : max.floats()[0]);
        } else {
          clipIntegers(
              call,
              min == null ? Long.MIN_VALUE : min.integer(0),
              max == null ? Long.MAX_VALUE : max.integer(0));
        }
      };
    }
    node.attributes().requireOnly("min", "max");
    float min = node.attributes().number("min", -Float.MAX_VALUE);
    float max = node.attributes().number("max", Float.MAX_VALUE);
    return call -> clip(call, min, max);
  }

  private static OnnxTensor bound(Call call, int i) throws ModelFormatException {
    OnnxTensor bound = call.optional(i);
    if (bound != null && (bound.count() != 1 || bound.type() != call.input(0).type())) {
      throw call.error("a bound must be one " + call.input(0).type() + ", got " + bound);
    }
    return bound;
  }

  private static void clip(Call call, float min, float max) throws ModelFormatException {
    OnnxTensor x = call.floats(0);
    OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, x.shape());
    float[] from = x.floats();
    float[] to = y.floats();
    for (int i = 0; i < to.length; i++) {
      // If min > max it is max, as the standard says.
      to[i] = Math.min(max, Math.max(min, from[i]));
    }
    call.output(0, y);
  }

  private static void clipIntegers(Call call, long min, long max) throws ModelFormatException {
    OnnxTensor x = call.input(0);
    OnnxTensor y = call.make(x.type(), x.shape());
    for (int i = 0; i < y.count(); i++) {
      y.put(i, Math.min(max, Math.max(min, x.integer(i))));
    }
    call.output(0, y);
  }
}
