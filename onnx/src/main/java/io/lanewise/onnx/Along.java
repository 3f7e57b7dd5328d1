package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import io.lanewise.onnx.ReduceOperators.Reduction;
import java.util.Arrays;

/** Instructions along an axis: what becomes one element, and sums so far. */
final class Along {
  private Along() {}

  /** Each element of y of n elements of x: FLOAT, in double, as {@link ReduceOperators}. */
  static final class Reduced extends Loops {
    private final Reduction f;
    private final View x;
    private final View y;
    private final int n;
    private final int inner;

    /**
     * Of the last axis of x, whose others are y's.
     *
     * @param x its last axis has at least one element
     */
    Reduced(Reduction f, View x, View y) {
      super(y.rank(), y, first(x, y));
      this.f = f;
      this.x = x;
      this.y = y;
      n = x.fromEnd(1);
      inner = x.strides()[x.rank() - 1];
    }

    @Override
    void row(Room room, int yAt, int xAt, int none) {
      float[] from = room.floats(x);
      float[] to = room.floats(y);
      for (int i = 0; i < length(); i++) {
        to[yAt + i * step(0)] = f.of(from, xAt + i * step(1), n, inner);
      }
    }
  }

  private static View first(View x, View y) {
    return x.as(y.dims(), Arrays.copyOf(x.strides(), y.rank()), x.off());
  }

  /** Each integer of y of n integers of x, as {@link ReduceOperators}. */
  static final class Whole extends Loops {
    private final Reduction f;
    private final View x;
    private final int n;
    private final int inner;

    /** As {@link Reduced}. */
    Whole(Reduction f, View x, View y) {
      super(y.rank(), y, first(x, y));
      this.f = f;
      this.x = x;
      n = x.fromEnd(1);
      inner = x.strides()[x.rank() - 1];
    }

    @Override
    void row(Room room, int yAt, int xAt, int none) {
      Object from = room.data(x);
      Type type = x.type();
      long[] to = room.integers();
      for (int i = 0; i < length(); i++) {
        int at = xAt + i * step(1);
        long result = Room.integer(from, type, at);
        for (int j = 1; j < n; j++) {
          result = f.of(type, result, Room.integer(from, type, at + j * inner));
        }
        to[yAt + i * step(0)] = result;
      }
    }
  }

  /** Sums of integers so far. */
  static final class Sums extends Loops {
    private final View x;
    private final boolean exclusive;
    private final boolean reverse;
    private final int n;
    private final int inner;
    private final int innerY;

    /** Along the last axis of both. */
    Sums(View x, View y, boolean exclusive, boolean reverse) {
      super(y.rank() - 1, y, x);
      this.x = x;
      this.exclusive = exclusive;
      this.reverse = reverse;
      n = y.fromEnd(1);
      inner = x.strides()[x.rank() - 1];
      innerY = y.strides()[y.rank() - 1];
    }

    @Override
    void row(Room room, int yAt, int xAt, int none) {
      Object from = room.data(x);
      Type type = x.type();
      long[] to = room.integers();
      for (int i = 0; i < length(); i++) {
        long total = 0;
        for (int j = 0; j < n; j++) {
          int k = reverse ? n - 1 - j : j;
          long before = total;
          total += Room.integer(from, type, xAt + i * step(1) + k * inner);
          to[yAt + i * step(0) + k * innerY] = type.wrap(exclusive ? before : total);
        }
      }
    }
  }

  /**
   * Parts of a table: of each row of places the part that begins where they say.
   *
   * @param node for errors
   */
  static final class Parts implements Instruction {
    private final Node node;
    private final View places;
    private final int[] sizes;
    private final int[] steps;
    private final Elements.Copy copy;
    private final View table;
    private final View y;
    private final int rows;
    private final int yStep;

    /**
     * Of places without gaps, rows of as many as there are sizes.
     *
     * @param sizes how many places there are along each axis
     * @param steps how far one place is
     * @param part one part of the table, and where it goes
     * @param yStep from one part in y to the next
     */
    Parts(
        Node node,
        View places,
        int[] sizes,
        int[] steps,
        View part,
        View yPart,
        int rows,
        int yStep) {
      this.node = node;
      this.places = places;
      this.sizes = sizes;
      this.steps = steps;
      this.table = part;
      this.y = yPart;
      this.rows = rows;
      this.yStep = yStep;
      copy = new Elements.Copy(part, yPart);
    }

    @Override
    public void run(Room room) throws ModelFormatException {
      Object indices = room.data(places);
      Type type = places.type();
      int at = Room.at(places);
      for (int i = 0; i < rows; i++) {
        int from = Room.at(table);
        for (int d = 0; d < sizes.length; d++) {
          from += place(node, Room.integer(indices, type, at++), sizes[d]) * steps[d];
        }
        copy.walk(room, Room.at(y) + i * yStep, from, 0);
      }
    }
  }

  /** A place, counted from the end if negative, of an axis of n. */
  static int place(Node node, long place, int n) throws ModelFormatException {
    if (place < -n || place >= n) {
      throw node.error("index " + place + " of " + n);
    }
    return (int) (place < 0 ? place + n : place);
  }

  /** For each place the element that it names along an axis, as GatherElements. */
  static final class Picked extends Loops {
    private final Node node;
    private final View places;
    private final View x;
    private final View y;
    private final int size;
    private final int axisStep;

    /**
     * Of y's dimensions all.
     *
     * @param x whose stride along the axis is 0
     * @param size how many elements there are along the axis
     * @param axisStep how far one is
     */
    Picked(Node node, View places, View x, View y, int size, int axisStep) {
      super(y.rank(), y, places, x);
      this.node = node;
      this.places = places;
      this.x = x;
      this.y = y;
      this.size = size;
      this.axisStep = axisStep;
    }

    @Override
    void row(Room room, int yAt, int placeAt, int xAt) throws ModelFormatException {
      Object indices = room.data(places);
      boolean floats = y.isFloats();
      Object from = room.data(x);
      for (int i = 0; i < length(); i++) {
        long place = Room.integer(indices, places.type(), placeAt + i * step(1));
        int at = xAt + i * step(2) + place(node, place, size) * axisStep;
        if (floats) {
          room.floats(y)[yAt + i * step(0)] = ((float[]) from)[at];
        } else {
          room.integers()[yAt + i * step(0)] = Room.integer(from, x.type(), at);
        }
      }
    }
  }
}
