package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;

/**
 * Instructions of each element alone, and of pairs, where integers or booleans are among them, or
 * where the function is none of the kernels. Integers on the way are longs, whatever their type.
 */
final class Mixed {
  private Mixed() {}

  /** A function of integers; booleans are 0 and 1. */
  interface OfIntegers {
    long of(long a, long b) throws ModelFormatException;
  }

  /** An integer or a boolean made of floats. */
  interface TestOfFloats {
    long of(float a, float b);
  }

  /** A function of floats. */
  interface OfFloats {
    float of(float a, float b);
  }

  /** y = f(a, b), all of integers, of y's dimensions. */
  static final class Integers extends Loops {
    private final OfIntegers f;
    private final View a;
    private final View b;

    Integers(OfIntegers f, View a, View b, View y) {
      super(y.rank(), y, a, b);
      this.f = f;
      this.a = a;
      this.b = b;
    }

    @Override
    void row(Room room, int yAt, int aAt, int bAt) throws ModelFormatException {
      Object left = room.data(a);
      Object right = room.data(b);
      Type leftType = a.type();
      Type rightType = b.type();
      long[] to = room.integers();
      for (int i = 0; i < length(); i++) {
        long x = Room.integer(left, leftType, aAt + i * step(1));
        to[yAt + i * step(0)] = f.of(x, Room.integer(right, rightType, bAt + i * step(2)));
      }
    }
  }

  /** y = f(a, b), of floats an integer, of y's dimensions. */
  static final class Tests extends Loops {
    private final TestOfFloats f;
    private final View a;
    private final View b;

    Tests(TestOfFloats f, View a, View b, View y) {
      super(y.rank(), y, a, b);
      this.f = f;
      this.a = a;
      this.b = b;
    }

    @Override
    void row(Room room, int yAt, int aAt, int bAt) {
      float[] left = room.floats(a);
      float[] right = room.floats(b);
      long[] to = room.integers();
      for (int i = 0; i < length(); i++) {
        to[yAt + i * step(0)] = f.of(left[aAt + i * step(1)], right[bAt + i * step(2)]);
      }
    }
  }

  /** y = f(a, b), all of floats, of y's dimensions. */
  static final class Floats extends Loops {
    private final OfFloats f;
    private final View a;
    private final View b;
    private final View y;

    Floats(OfFloats f, View a, View b, View y) {
      super(y.rank(), y, a, b);
      this.f = f;
      this.a = a;
      this.b = b;
      this.y = y;
    }

    @Override
    void row(Room room, int yAt, int aAt, int bAt) {
      float[] left = room.floats(a);
      float[] right = room.floats(b);
      float[] to = room.floats(y);
      for (int i = 0; i < length(); i++) {
        to[yAt + i * step(0)] = f.of(left[aAt + i * step(1)], right[bAt + i * step(2)]);
      }
    }
  }

  /** y = a where the test is true, else as it is; a and y of one type. */
  static final class Choice extends Loops {
    private final View test;
    private final View a;
    private final View y;

    Choice(View test, View a, View y) {
      super(y.rank(), y, test, a);
      this.test = test;
      this.a = a;
      this.y = y;
    }

    @Override
    void row(Room room, int yAt, int testAt, int aAt) {
      Object tests = room.data(test);
      if (y.isFloats()) {
        float[] from = room.floats(a);
        float[] to = room.floats(y);
        for (int i = 0; i < length(); i++) {
          if (Room.integer(tests, Type.BOOL, testAt + i * step(1)) != 0) {
            to[yAt + i * step(0)] = from[aAt + i * step(2)];
          }
        }
        return;
      }
      Object from = room.data(a);
      Type type = a.type();
      long[] to = room.integers();
      for (int i = 0; i < length(); i++) {
        if (Room.integer(tests, Type.BOOL, testAt + i * step(1)) != 0) {
          to[yAt + i * step(0)] = Room.integer(from, type, aAt + i * step(2));
        }
      }
    }
  }
}
