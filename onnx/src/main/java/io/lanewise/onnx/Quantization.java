package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between floats and integers of few bits: x is about (q - zero point) scale. */
final class Quantization {
  private Quantization() {}

  static void requireBytes(Call call, OnnxTensor x) throws ModelFormatException {
    if (!x.type().isBytes()) {
      throw call.error("its input is " + x + ", wanted UINT8 or INT8");
    }
  }

  /** The zero point, which must be of the type of what it is of. */
  static OnnxTensor sameType(Call call, OnnxTensor zero, OnnxTensor x) throws ModelFormatException {
    call.requireOneType(zero, x);
    return zero;
  }

  /** A scale, by which values are divided. */
  private static float divisor(Call call, float scale) throws ModelFormatException {
    if (scale == 0 || !Float.isFinite(scale)) {
      throw call.error("its scale is " + scale + ": wanted a finite number other than 0");
    }
    return scale;
  }

  /** Input i, a scale: one float. */
  static float scalar(Call call, int i) throws ModelFormatException {
    OnnxTensor x = call.floats(i);
    if (x.count() != 1) {
      throw call.error("input " + i + " is " + x + ", wanted one number");
    }
    return divisor(call, x.floats()[0]);
  }

  /** The nearest integer, ties to even, and the zero point, within the type. */
  static long quantized(Call call, float x, long zero, Type type) throws ModelFormatException {
    if (Float.isNaN(x)) {
      throw call.error("NaN is no " + type);
    }
    int span = 1 << 8 * type.bytes();
    int least = type == Type.INT8 || type == Type.INT16 ? -span / 2 : 0;
    // Of what is far out, infinity too, the zero point must not make another of.
    double near = Math.clamp(Math.rint(x), -2.0 * span, 2.0 * span);
    return Math.clamp((long) near + zero, least, least + span - 1);
  }

  /** To UINT8, with the scale and the zero point that the values ask for. */
  static Operator dynamic(Node node) throws ModelFormatException {
    node.attributes().requireOnly();
    return call -> {
      OnnxTensor x = call.floats(0);
      int n = x.count();
      float[] range = new float[2];
      Ranges.of(call.node(), x.floats(), 0, n, 1, n, range);
      OnnxTensor y = call.make(Type.UINT8, x.shape());
      float[] near = call.scratch(n);
      Ranges.quantize(x.floats(), 0, n, range, near, 0);
      byte[] to = (byte[]) y.data();
      for (int i = 0; i < n; i++) {
        to[i] = (byte) (int) (near[i] + Ranges.MIDDLE);
      }
      call.output(0, y);
      call.output(1, OnnxTensor.of(new float[] {range[0]}));
      call.output(2, OnnxTensor.of(Type.UINT8, new long[] {(long) range[1]}));
    };
  }

  /** How scales and zero points lie along x. */
  private record Along(int n, int inner) {
    int of(int i) {
      return n == 1 ? 0 : i / inner % n;
    }
  }

  /** Checks scale and zero point, inputs 1 and 2: one, or a vector along the axis. */
  private static Along along(Call call, int wanted) throws ModelFormatException {
    OnnxTensor x = call.input(0);
    OnnxTensor scale = call.floats(1);
    OnnxTensor zero = call.optional(2);
    if (zero != null && zero.count() != scale.count()) {
      throw call.error("its scale is " + scale + ", its zero point " + zero);
    }
    if (scale.count() == 1) {
      return new Along(1, 1);
    }
    int axis = call.axis(wanted, x.rank());
    if (scale.rank() != 1 || scale.count() != x.shape()[axis]) {
      throw call.error("its scale " + scale + " does not fit axis " + axis + " of " + x);
    }
    return new Along(scale.count(), Shapes.count(x.shape(), axis + 1, x.rank()));
  }

  private static int axis(Node node) throws ModelFormatException {
    if (node.attributes().integer("block_size", 0) != 0) {
      throw node.unsupported("a block_size is not supported");
    }
    return node.attributes().intValue("axis", 1);
  }

  /** To the type of the zero point. */
  static Operator quantize(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis", "saturate", "block_size", "output_dtype", "precision");
    if (node.attributes().integer("precision", 0) > 1) {
      throw node.unsupported("a precision other than FLOAT is not supported");
    }
    int axis = axis(node);
    long code = node.attributes().integer("output_dtype", 0);
    return call -> {
      OnnxTensor x = call.input(0);
      OnnxTensor zero = call.optional(2);
      Type type = zero != null ? zero.type() : code == 0 ? Type.UINT8 : Type.of((int) code);
      boolean wanted = type != null && type.isIntegers() && type.bytes() <= 2 && type != Type.BOOL;
      if (!wanted || (code != 0 && type.code() != code)) {
        throw call.error("a quantization to " + (type == null ? code : type) + " is not supported");
      }
      if (x.type() != Type.FLOAT && x.type() != Type.INT32) {
        throw call.error("a quantization of " + x.type() + " is not supported");
      }
      Along along = along(call, axis);
      float[] scale = call.input(1).floats();
      OnnxTensor y = call.make(type, x.shape());
      for (float one : scale) {
        divisor(call, one);
      }
      for (int i = 0; i < y.count(); i++) {
        int j = along.of(i);
        float value = x.data() instanceof float[] floats ? floats[i] : x.integer(i);
        y.put(i, quantized(call, value / scale[j], zero == null ? 0 : zero.integer(j), type));
      }
      call.output(0, y);
    };
  }

  /** To FLOAT. */
  static Operator dequantize(Node node) throws ModelFormatException {
    node.attributes().requireOnly("axis", "block_size", "output_dtype");
    int axis = axis(node);
    if (node.attributes().integer("output_dtype", 1) != 1) {
      throw node.unsupported("an output_dtype other than FLOAT is not supported");
    }
    return call -> {
      OnnxTensor x = call.input(0);
      OnnxTensor zero = call.optional(2);
      if (!x.type().isIntegers() || x.type().bytes() > 4 || x.type() == Type.BOOL) {
        throw call.error("its input is " + x + ", wanted integers of up to 32 bits");
      }
      if (zero != null) {
        sameType(call, zero, x);
      }
      Along along = along(call, axis);
      float[] scale = call.input(1).floats();
      OnnxTensor y = call.make(Type.FLOAT, x.shape());
      for (int i = 0; i < y.count(); i++) {
        int j = along.of(i);
        y.floats()[i] = (x.integer(i) - (zero == null ? 0 : zero.integer(j))) * scale[j];
      }
      call.output(0, y);
    };
  }

  /**
   * The steps that a value may be at, as floats.
   *
   * @param scale from one to the next
   * @param least the lowest, in steps
   * @param most the highest, in steps
   */
  record Steps(float scale, float least, float most) {
    // As in Ranges; beyond these no step is missed.
    private static final float ROUNDS = 0x1.8p23f;
    private static final float FAR = 0x1p18f;

    /** Those of both nodes, if each has the same constant scale and zero point; else null. */
    static @Nullable Steps of(Node quantize, Node dequantize, Map<String, OnnxTensor> constants) {
      OnnxTensor scale = same(1, quantize, dequantize, constants);
      OnnxTensor zero = same(2, quantize, dequantize, constants);
      if (scale == null || scale.type() != Type.FLOAT || zero == null) {
        return null;
      }
      float step = scale.floats()[0];
      Type type = zero.type();
      if (step == 0 || !Float.isFinite(step) || !type.isIntegers() || type.bytes() > 2) {
        return null;
      }
      int span = 1 << 8 * type.bytes();
      long least = (type == Type.INT8 || type == Type.INT16 ? -span / 2 : 0) - zero.integer(0);
      return new Steps(step, least, least + span - 1);
    }

    private static @Nullable OnnxTensor same(
        int i, Node quantize, Node dequantize, Map<String, OnnxTensor> constants) {
      boolean both = quantize.hasInput(i) && dequantize.hasInput(i);
      OnnxTensor a = both ? constants.get(quantize.inputs()[i]) : null;
      OnnxTensor b = both ? constants.get(dequantize.inputs()[i]) : null;
      boolean one = a != null && b != null && a.count() == 1 && b.count() == 1;
      boolean numbers = one && a.type() == b.type() && a.type() != Type.STRING;
      return numbers && Casts.number(a, 0) == Casts.number(b, 0) ? a : null;
    }

    /** Puts each value to the nearest step, ties to even. */
    void apply(Node node, float[] x, int from, float[] y, int to, int n)
        throws ModelFormatException {
      float odd = 0;
      for (int i = 0; i < n; i++) {
        float q = Math.min(Math.max(x[from + i] / scale, -FAR), FAR) + ROUNDS - ROUNDS;
        odd += q * 0;
        // An integer has no -0.
        y[to + i] = (Math.min(Math.max(q, least), most) + 0f) * scale;
      }
      if (odd != 0) {
        throw node.error("NaN is no integer");
      }
    }
  }
}
