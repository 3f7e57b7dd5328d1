package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Plans an attention whose heads lie beside each other in rows, text by text, as one operation of
 * the kernels.
 */
final class AttentionPlanner {
  private static final int RANK = 4;

  private final Planner planner;
  private final Node node;

  AttentionPlanner(Planner planner, Node node) {
    this.planner = planner;
    this.node = node;
  }

  /** What the attention of a query that sees no key is. */
  enum Unseen {
    /** NaN, as softmax makes it. */
    NAN,
    /** Weights that are NaN are 0. */
    NAN_IS_ZERO,
    /** The weights of such a query are 0, but not those of scores that are NaN. */
    ZERO
  }

  /** Adds it; returns false if it is none, before anything is added. */
  boolean add(Op.Attention op) throws ModelFormatException {
    View queried = planner.value(op.first().node().inputs()[0]);
    View turned = planner.value(op.first().node().inputs()[1]);
    View valued = planner.value(op.v());
    if (!isHeads(queried) || !isHeads(turned) || !isHeads(valued)) {
      return false;
    }
    View turnedBack = turned.permuted(new int[] {0, 1, 3, 2});
    View mask = op.scores().mask() == null ? null : planner.value(op.scores().mask());
    if (!isSoftmax(op) || !fits(queried, turnedBack, valued, mask)) {
      return false;
    }
    float scalar = op.scores().scalar();
    float scale = op.scores().divides() ? 1 / scalar : scalar;
    Unseen unseen = op.guard().isEmpty() ? Unseen.NAN : Unseen.NAN_IS_ZERO;
    View y = attention(queried, turnedBack, valued, mask, scale, unseen);
    planner.set(node.outputs()[0], y);
    return true;
  }

  /** Whether (text, head, row, column) and a mask that is the same for all heads fit. */
  static boolean fits(View q, View k, View v, @Nullable View mask) {
    return k.dims()[3] == q.dims()[3]
        && v.dims()[2] == k.dims()[2]
        && Arrays.equals(k.dims(), 0, 2, q.dims(), 0, 2)
        && Arrays.equals(v.dims(), 0, 2, q.dims(), 0, 2)
        && q.count() > 0
        && k.count() > 0
        && v.count() > 0
        && (mask == null || !isOddMask(mask, q, k));
  }

  /** Adds the attention of what fits. */
  View attention(View queried, View k, View v, @Nullable View ofAll, float scale, Unseen unseen)
      throws ModelFormatException {
    int texts = queried.dims()[0];
    int heads = queried.dims()[1];
    int queries = queried.dims()[2];
    View q = inRows(queried);
    View mask = ofAll == null ? null : mask(ofAll, queries, k.dims()[2], texts);
    View y =
        planner.inArena(node, texts, queries, heads, v.dims()[3]).permuted(new int[] {0, 2, 1, 3});
    emit(q, inRows(k), inRows(v), mask, scale, y, unseen);
    return y;
  }

  private void emit(
      View q, View k, View v, @Nullable View mask, float scale, View y, Unseen unseen) {
    int texts = q.dims()[0];
    int heads = q.dims()[1];
    Kernels.Heads all = new Kernels.Heads(texts, heads, scale);
    int maskRows = mask == null ? 0 : mask.count() / mask.fromEnd(1);
    Instruction attention =
        room -> {
          Matrix masks =
              mask == null
                  ? null
                  : room.window(room.d, mask, mask.fromEnd(1), maskRows, mask.fromEnd(1));
          room.kernels.attention(
              all,
              rows(room, room.a, q),
              rows(room, room.b, k),
              rows(room, room.e, v),
              masks,
              rows(room, room.c, y));
          if (unseen == Unseen.NAN_IS_ZERO) {
            Unmasked.guard(texts, heads, room.a, room.b, room.e, masks, scale, room.c);
          } else if (unseen == Unseen.ZERO && masks != null) {
            Unmasked.hide(texts, heads, room.e, masks, room.c);
          }
        };
    if (mask == null) {
      planner.emit(attention, q, k, v, y);
    } else {
      planner.emit(attention, q, k, v, y, mask);
    }
  }

  private static boolean isHeads(View x) {
    return x.rank() == RANK && x.isFloats();
  }

  /** The heads in rows: as they are, or copied. */
  private View inRows(View x) throws ModelFormatException {
    if (isRows(x)) {
      return x;
    }
    int[] dims = x.dims();
    View y =
        planner.inArena(node, dims[0], dims[2], dims[1], dims[3]).permuted(new int[] {0, 2, 1, 3});
    planner.emit(new Elements.Copy(x, y), x, y);
    return y;
  }

  /** Whether (text, head, row, column) is rows in which the heads lie beside each other. */
  private static boolean isRows(View x) {
    int[] dims = x.dims();
    int[] strides = x.strides();
    int ld = ld(x);
    return (dims[3] == 1 || strides[3] == 1)
        && (dims[1] == 1 || strides[1] == dims[3])
        && ld >= dims[1] * dims[3]
        && (dims[0] == 1 || dims[2] == 1 || strides[0] == (long) ld * dims[2]);
  }

  private static int ld(View x) {
    int[] dims = x.dims();
    int[] strides = x.strides();
    return dims[2] > 1 ? strides[2] : dims[0] > 1 ? strides[0] : dims[1] * dims[3];
  }

  private static Matrix rows(Room room, Matrix window, View x) {
    int[] dims = x.dims();
    return room.window(window, x, ld(x), dims[0] * dims[2], dims[1] * dims[3]);
  }

  private static boolean isSoftmax(Op.Attention op) throws ModelFormatException {
    Node node = op.scores().softmax().node();
    int axis = node.attributes().intValue("axis", node.opset() >= 13 ? -1 : 1);
    return axis == -1 || axis == RANK - 1;
  }

  /** Whether the mask is not the same for all heads. */
  private static boolean isOddMask(View mask, View q, View k) {
    int[] dims = {q.dims()[0], q.dims()[1], q.dims()[2], k.dims()[2]};
    return !mask.isFloats()
        || !Arrays.equals(Shapes.broadcast(dims, mask.dims()), dims)
        || (dims[1] > 1 && mask.broadcast(dims).strides()[1] != 0);
  }

  /** The mask as (texts, keys) or (texts, queries, keys) without gaps. */
  private View mask(View mask, int queries, int keys, int texts) throws ModelFormatException {
    View wide = mask.broadcast(new int[] {texts, 1, queries, keys});
    int[] strides = wide.strides();
    boolean ofTexts = queries == 1 || strides[2] == 0;
    View rows =
        ofTexts
            ? wide.as(new int[] {texts, keys}, new int[] {strides[0], strides[3]}, wide.off())
            : wide.as(
                new int[] {texts, queries, keys},
                new int[] {strides[0], strides[2], strides[3]},
                wide.off());
    return planner.dense(node, rows);
  }
}
