package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plans the layers that are one node from opset 23 on. */
final class LayerPlanner {
  private final Planner planner;
  private final Node node;

  LayerPlanner(Planner planner, Node node) {
    this.planner = planner;
    this.node = node;
  }

  private View input(int i) {
    return planner.value(node.inputs()[i]);
  }

  private @Nullable View optional(int i) {
    return node.hasInput(i) ? input(i) : null;
  }

  private View put(View y) {
    planner.set(node.outputs()[0], y);
    return y;
  }

  /** Rows of any number of axes, by a scale of as many numbers. */
  boolean rms() throws ModelFormatException {
    View given = input(0);
    int axis = node.attributes().intValue("axis", -1);
    axis = axis < 0 ? axis + given.rank() : axis;
    boolean fits = given.isFloats() && input(1).isFloats() && axis >= 0 && axis < given.rank();
    int n = fits ? Shapes.count(given.dims(), axis, given.rank()) : 0;
    if (n == 0 || input(1).count() != n || given.count() == 0) {
      return false;
    }
    float epsilon = node.attributes().number("epsilon", 1e-5f);
    View x = planner.dense(node, given);
    View scale = planner.dense(node, input(1));
    View y = put(planner.inArena(node, x.dims()));
    planner.emit(
        room -> {
          float[] from = room.floats(x);
          float[] by = room.floats(scale);
          float[] to = room.floats(y);
          for (int i = 0; i < y.count(); i += n) {
            RowOperators.rms(
                from, Room.at(x) + i, n, epsilon, by, Room.at(scale), to, Room.at(y) + i);
          }
        },
        x,
        scale,
        y);
    return true;
  }

  boolean rotary() throws ModelFormatException {
    RotaryOperator rotary = RotaryOperator.of(node);
    View given = input(0);
    View ids = optional(3);
    boolean odd = ids != null && ids.type() != Type.INT64 && ids.type() != Type.INT32;
    if (odd || !given.isFloats() || !input(1).isFloats() || !input(2).isFloats()) {
      return false;
    }
    int[] ofIds = ids == null ? null : ids.dims();
    RotaryOperator.Layout plain = rotary.layout(given.dims());
    rotary.require(plain, input(1).dims(), ofIds);
    rotary.require(plain, input(2).dims(), ofIds);
    int rank = given.rank();
    View x = given.strides()[rank - 1] == 1 ? given : planner.dense(node, given);
    View y = put(planner.like(node, x));
    View cos = planner.dense(node, input(1));
    View sin = planner.dense(node, input(2));
    View places = ids == null ? cos : planner.dense(node, ids);
    if (y.count() > 0) {
      Turning turning = new Turning(rotary, plain, x, y, cos, sin, ids == null ? null : places);
      planner.emit(turning, x, y, cos, sin, places);
    }
    return true;
  }

  /** Turns the heads where they lie. */
  private record Turning(
      RotaryOperator rotary,
      RotaryOperator.Layout plain,
      View x,
      View y,
      View cos,
      View sin,
      @Nullable View ids)
      implements Instruction {
    @Override
    public void run(Room room) throws ModelFormatException {
      int half = rotary.half(plain.width());
      boolean four = x.rank() == 4;
      int headX = four ? x.strides()[1] : plain.width();
      int headY = four ? y.strides()[1] : plain.width();
      int place = four ? 2 : 1;
      Object data = ids == null ? null : room.data(ids);
      Type type = ids == null ? Type.INT64 : ids.type();
      int first = ids == null ? 0 : Room.at(ids);
      for (int i = 0; i < plain.texts() * plain.places(); i++) {
        int c = rotary.row(cos.dims(), data, type, first, i, plain.places());
        int s = rotary.row(sin.dims(), data, type, first, i, plain.places());
        int t = i / plain.places();
        int p = i % plain.places();
        int from = Room.at(x) + t * x.strides()[0] + p * x.strides()[place];
        int to = Room.at(y) + t * y.strides()[0] + p * y.strides()[place];
        for (int h = 0; h < plain.heads(); h++) {
          rotary.turn(
              room.floats(x),
              from + h * headX,
              room.floats(y),
              to + h * headY,
              plain.width(),
              room.floats(cos),
              Room.at(cos) + c * half,
              room.floats(sin),
              Room.at(sin) + s * half);
        }
      }
    }
  }

  /** Without a cap of the scores, and with a mask that is the same for all heads. */
  boolean attention() throws ModelFormatException {
    AttentionOperator attention = AttentionOperator.of(node);
    View mask = optional(3);
    View[] given = {input(0), input(1), input(2)};
    if (attention.softcap() != 0 || !Arrays.stream(given).allMatch(View::isFloats)) {
      return false;
    }
    View q = heads(attention, given[0], attention.qHeads());
    View k = heads(attention, given[1], attention.kvHeads());
    View v = heads(attention, given[2], attention.kvHeads());
    int group = attention.shared(q.dims(), k.dims(), v.dims());
    int[] full = {q.dims()[0], q.dims()[1], q.dims()[2], k.dims()[2]};
    if (mask != null) {
      attention.requireMask(mask.type(), mask.dims(), full);
    }
    boolean ofHeads = mask != null && full[1] > 1 && mask.broadcast(full).strides()[1] != 0;
    if (ofHeads || q.count() == 0 || v.count() == 0) {
      return false;
    }
    mask = mask != null && mask.type() == Type.BOOL ? numbers(mask) : mask;
    if (attention.causal()) {
      View before = before(full[2], full[3]);
      mask =
          mask == null
              ? before
              : planner.binary(node, ElementOperators.Arithmetic.ADD, mask, before);
    }
    View y =
        new AttentionPlanner(planner, node)
            .attention(
                q,
                shared(k, group),
                shared(v, group),
                mask,
                attention.scale(q.dims()[3]),
                AttentionPlanner.Unseen.ZERO);
    if (attention.qHeads() > 0) {
      int[] rows = {full[0], full[2], full[1] * v.dims()[3]};
      y = y.permuted(new int[] {0, 2, 1, 3}).reshaped(rows);
    }
    put(y);
    return true;
  }

  /** (text, head, row, column) of what the heads may lie beside each other in. */
  private View heads(AttentionOperator attention, View x, int heads) throws ModelFormatException {
    int[] dims = attention.heads(x.dims(), heads);
    if (x.rank() == 4) {
      return x;
    }
    View dense = x.fromEnd(1) > 1 && x.strides()[2] != 1 ? planner.dense(node, x) : x;
    int[] strides = {dense.strides()[0], dims[3], dense.strides()[1], 1};
    return dense.as(dims, strides, dense.off());
  }

  /** Heads of keys or values, each as often as heads of queries share it. */
  private View shared(View x, int group) throws ModelFormatException {
    if (group == 1) {
      return x;
    }
    int[] d = x.dims();
    int[] s = x.strides();
    int[] wide = {d[0], d[2], d[1], group, d[3]};
    View repeated = x.as(wide, new int[] {s[0], s[2], s[1], 0, s[3]}, x.off());
    return planner
        .dense(node, repeated)
        .reshaped(new int[] {d[0], d[2], d[1] * group, d[3]})
        .permuted(new int[] {0, 2, 1, 3});
  }

  /** 0 where the mask is true, else -infinity. */
  private View numbers(View mask) throws ModelFormatException {
    View zero = constant(new float[1]);
    View hidden = constant(new float[] {Float.NEGATIVE_INFINITY});
    return new MixedPlanner(planner, node).choice(mask, zero, hidden);
  }

  /** -infinity for keys after the query. */
  private View before(int queries, int keys) throws ModelFormatException {
    planner.budget().charge((long) queries * keys * Float.BYTES);
    float[] mask = new float[queries * keys];
    for (int i = 0; i < queries; i++) {
      for (int j = i + 1; j < keys; j++) {
        mask[i * keys + j] = Float.NEGATIVE_INFINITY;
      }
    }
    return constant(mask, queries, keys);
  }

  private static View constant(float[] values, int... dims) {
    OnnxTensor tensor = OnnxTensor.of(values, dims);
    return View.whole(Buffer.constant(tensor), Type.FLOAT, dims);
  }
}
