package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.ElementOperators.Arithmetic;
import io.lanewise.onnx.OnnxTensor.Type;

/** Instructions of each element alone, and of pairs: the arithmetic of {@link ElementOperators}. */
final class Elements {
  private Elements() {}

  /** y = f(a, b), broadcast to y's shape. */
  static final class Binary extends Loops {
    private final Arithmetic f;
    private final View a;
    private final View b;
    private final View y;

    Binary(Arithmetic f, View a, View b, View y) {
      super(y.rank(), y, a.broadcast(y.dims()), b.broadcast(y.dims()));
      this.f = f;
      this.a = a;
      this.b = b;
      this.y = y;
    }

    @Override
    void row(Room room, int yAt, int aAt, int bAt) {
      float[] x = room.floats(a);
      float[] z = room.floats(b);
      float[] to = room.floats(y);
      int n = length();
      if (step(0) == 1 && step(1) == 1 && step(2) == 1) {
        pairs(f, n, x, aAt, z, bAt, to, yAt);
        return;
      }
      int xs = step(1);
      int zs = step(2);
      int ys = step(0);
      for (int i = 0; i < n; i++) {
        to[yAt + i * ys] = f.of(x[aAt + i * xs], z[bAt + i * zs]);
      }
    }
  }

  /** Loops that C2 makes vectors of. */
  private static void pairs(
      Arithmetic f, int n, float[] a, int aAt, float[] b, int bAt, float[] y, int yAt) {
    switch (f) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] - b[bAt + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] * b[bAt + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] / b[bAt + i];
        }
      }
    }
  }

  /** y = x, of floats, or of integers and booleans as longs. */
  static final class Copy extends Loops {
    private final View x;
    private final View y;

    Copy(View x, View y) {
      super(y.rank(), y, x);
      this.x = x;
      this.y = y;
    }

    @Override
    void row(Room room, int yAt, int xAt, int none) {
      int n = length();
      int step = step(1);
      int yStep = step(0);
      if (!y.isFloats()) {
        Object from = room.data(x);
        Type type = x.type();
        long[] to = room.integers();
        for (int i = 0; i < n; i++) {
          to[yAt + i * yStep] = Room.integer(from, type, xAt + i * step);
        }
        return;
      }
      float[] from = room.floats(x);
      float[] to = room.floats(y);
      if (step == 1 && yStep == 1) {
        System.arraycopy(from, xAt, to, yAt, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        to[yAt + i * yStep] = from[xAt + i * step];
      }
    }
  }

  /** Integers or booleans, but for UINT64, as floats. */
  static final class ToFloat extends Loops {
    private final View x;
    private final View y;

    ToFloat(View x, View y) {
      super(y.rank(), y, x);
      this.x = x;
      this.y = y;
    }

    @Override
    void row(Room room, int yAt, int xAt, int none) {
      Object from = room.data(x);
      OnnxTensor.Type type = x.type();
      float[] to = room.floats(y);
      for (int i = 0; i < length(); i++) {
        to[yAt + i] = (float) Room.integer(from, type, xAt + i * step(1));
      }
    }
  }

  /** y = f(x), both without gaps. */
  static Instruction activation(Activation f, View x, View y) {
    return room -> room.kernels.activate(f, row(room, room.a, x), row(room, room.b, y));
  }

  /** y = f(x), both without gaps. */
  static Instruction function(Function f, View x, View y) {
    return room -> room.kernels.map(f, row(room, room.a, x), row(room, room.b, y));
  }

  /** y = the steps nearest to x, both without gaps. */
  static Instruction steps(Node node, Quantization.Steps steps, View x, View y) {
    return room ->
        steps.apply(node, room.floats(x), Room.at(x), room.floats(y), Room.at(y), y.count());
  }

  /** The exact operations of IEEE 754; both without gaps. */
  static Instruction exact(String operator, View x, View y) {
    return room -> {
      float[] from = room.floats(x);
      float[] to = room.floats(y);
      int a = Room.at(x);
      int b = Room.at(y);
      int n = y.count();
      switch (operator) {
        case "Sqrt" -> {
          for (int i = 0; i < n; i++) {
            to[b + i] = (float) Math.sqrt(from[a + i]);
          }
        }
        case "Reciprocal" -> {
          for (int i = 0; i < n; i++) {
            to[b + i] = 1 / from[a + i];
          }
        }
        case "Neg" -> {
          for (int i = 0; i < n; i++) {
            to[b + i] = -from[a + i];
          }
        }
        case "Abs" -> {
          for (int i = 0; i < n; i++) {
            to[b + i] = Math.abs(from[a + i]);
          }
        }
        default -> throw new AssertionError(operator);
      }
    };
  }

  private static Matrix row(Room room, Matrix window, View view) {
    int n = view.count();
    return room.window(window, view, Math.max(1, n), 1, n);
  }

  /** Rows of a table, along its first axis; the table and the indices without gaps. */
  static Instruction gather(Node node, View table, View indices, View y) {
    int n = table.dims()[0];
    int inner = Shapes.count(table.dims(), 1, table.rank());
    int count = indices.count();
    return room -> {
      Object places = room.data(indices);
      float[] from = room.floats(table);
      float[] to = room.floats(y);
      int at = Room.at(indices);
      for (int i = 0; i < count; i++) {
        long place = Room.integer(places, indices.type(), at + i);
        if (place < -n || place >= n) {
          throw index(node, place, n);
        }
        int row = (int) (place < 0 ? place + n : place);
        System.arraycopy(from, Room.at(table) + row * inner, to, Room.at(y) + i * inner, inner);
      }
    };
  }

  /** Rows of a table of integers of 8 bits, along its first axis, less the zero point, scaled. */
  static Instruction lookup(Node node, View table, View indices, float scale, int zero, View y) {
    int n = table.dims()[0];
    int inner = Shapes.count(table.dims(), 1, table.rank());
    int count = indices.count();
    int mask = table.type() == OnnxTensor.Type.UINT8 ? 0xff : -1;
    byte[] from = (byte[]) table.buffer().tensor.data();
    return room -> {
      Object places = room.data(indices);
      float[] to = room.floats(y);
      for (int i = 0; i < count; i++) {
        long place = Room.integer(places, indices.type(), Room.at(indices) + i);
        if (place < -n || place >= n) {
          throw index(node, place, n);
        }
        int row = (int) (place < 0 ? place + n : place) * inner;
        int at = Room.at(y) + i * inner;
        for (int j = 0; j < inner; j++) {
          to[at + j] = ((from[row + j] & mask) - zero) * scale;
        }
      }
    };
  }

  private static ModelFormatException index(Node node, long place, int n) {
    return node.error("index " + place + " of " + n);
  }
}
