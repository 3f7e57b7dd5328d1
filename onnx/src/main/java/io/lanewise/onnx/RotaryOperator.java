package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import org.jspecify.annotations.Nullable;

/**
 * RotaryEmbedding, from opset 23 on: pairs of a head's numbers, turned by the angle of their place.
 *
 * @param heads how many lie beside each other in a row; 0 for tensors of four axes
 * @param turned how many numbers of a head are turned; 0 for all
 * @param interleaved whether the two of a pair are neighbours, not of either half
 */
record RotaryOperator(Node node, int heads, int turned, boolean interleaved) implements Operator {
  static RotaryOperator of(Node node) throws ModelFormatException {
    node.attributes().requireOnly("interleaved", "num_heads", "rotary_embedding_dim");
    int heads = node.attributes().intValue("num_heads", 0);
    int turned = node.attributes().intValue("rotary_embedding_dim", 0);
    if (heads < 0 || turned < 0 || turned % 2 != 0) {
      throw node.error("num_heads " + heads + ", rotary_embedding_dim " + turned);
    }
    return new RotaryOperator(node, heads, turned, node.attributes().flag("interleaved", false));
  }

  /** Where numbers lie: how far apart are texts, heads, places; and how many there are of each. */
  record Layout(int texts, int heads, int places, int width, int text, int head, int place) {}

  /** Of tensors without gaps. */
  Layout layout(int[] x) throws ModelFormatException {
    if (x.length == 4) {
      return new Layout(x[0], x[1], x[2], x[3], x[1] * x[2] * x[3], x[2] * x[3], x[3]);
    }
    if (x.length != 3 || heads == 0 || x[2] % heads != 0) {
      throw node.error("its input is " + Shapes.text(x) + ", with " + heads + " heads");
    }
    return new Layout(x[0], heads, x[1], x[2] / heads, x[1] * x[2], x[2] / heads, x[2]);
  }

  /** Checks the tables of cosines or sines, and what says which row counts. */
  void require(Layout x, int[] table, int @Nullable [] ids) throws ModelFormatException {
    int half = half(x.width);
    boolean byId = ids != null && table.length == 2;
    byId = byId && ids.length == 2 && ids[0] == x.texts && ids[1] == x.places;
    boolean byPlace = ids == null && table.length == 3 && table[1] == x.places;
    byPlace = byPlace && (table[0] == x.texts || table[0] == 1);
    boolean even = x.width % 2 == 0 || turned > 0;
    if (!(byId || byPlace) || table[table.length - 1] != half || turned > x.width || !even) {
      throw node.error(
          "its tables "
              + Shapes.text(table)
              + " do not fit: wanted rows of "
              + half
              + (ids == null ? " for each place" : " and position_ids for each place"));
    }
  }

  int half(int width) {
    return (turned == 0 ? width : turned) / 2;
  }

  @Override
  public void run(Call call) throws ModelFormatException {
    OnnxTensor x = call.floats(0);
    OnnxTensor cos = call.floats(1);
    OnnxTensor sin = call.floats(2);
    OnnxTensor ids = call.optional(3);
    Layout layout = layout(x.shape());
    int[] ofIds = ids == null ? null : ids.shape();
    require(layout, cos.shape(), ofIds);
    require(layout, sin.shape(), ofIds);
    if (ids != null && ids.type() != Type.INT64 && ids.type() != Type.INT32) {
      throw node.error("its position_ids are " + ids.type() + ", wanted INT64");
    }
    Object places = ids == null ? null : ids.data();
    OnnxTensor y = call.make(Type.FLOAT, x.shape());
    for (int i = 0; y.count() > 0 && i < layout.texts * layout.places; i++) {
      int text = i / layout.places;
      int place = i % layout.places;
      Type type = ids == null ? Type.INT64 : ids.type();
      int cosRow = row(cos.shape(), places, type, 0, i, layout.places);
      int sinRow = row(sin.shape(), places, type, 0, i, layout.places);
      int half = half(layout.width);
      for (int h = 0; h < layout.heads; h++) {
        int at = text * layout.text + place * layout.place + h * layout.head;
        turn(
            x.floats(),
            at,
            y.floats(),
            at,
            layout.width,
            cos.floats(),
            cosRow * half,
            sin.floats(),
            sinRow * half);
      }
    }
    call.output(0, y);
  }

  /** The row of a table for place i of all texts. */
  int row(int[] table, @Nullable Object ids, Type type, int at, int i, int places)
      throws ModelFormatException {
    return ids == null
        ? table[0] == 1 ? i % places : i
        : Along.place(node, Room.integer(ids, type, at + i), table[0]);
  }

  /** Turns the numbers of one head at one place. */
  void turn(float[] x, int xAt, float[] y, int yAt, int n, float[] cos, int c, float[] sin, int s) {
    int half = half(n);
    int apart = interleaved ? 1 : half;
    int step = interleaved ? 2 : 1;
    for (int i = 0; i < half; i++) {
      float a = x[xAt + i * step];
      float b = x[xAt + i * step + apart];
      y[yAt + i * step] = cos[c + i] * a - sin[s + i] * b;
      y[yAt + i * step + apart] = sin[s + i] * a + cos[c + i] * b;
    }
    System.arraycopy(x, xAt + 2 * half, y, yAt + 2 * half, n - 2 * half);
  }
}
