package io.lanewise.onnx;

import static io.lanewise.onnx.IndexOperatorsTest.assertRefused;
import static io.lanewise.onnx.IndexOperatorsTest.longs;
import static io.lanewise.onnx.IndexOperatorsTest.node;
import static io.lanewise.onnx.IndexOperatorsTest.run;
import static io.lanewise.onnx.WrittenAttributes.integer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Edges of what encoders of text need beside products: ends, signs, emptiness, what is too large.
 */
final class SequenceOperatorsTest {
  private static final long MIN = Long.MIN_VALUE;
  private static final long MAX = Long.MAX_VALUE;

  private static OnnxTensor one(long value) {
    return OnnxTensor.of(new long[] {value});
  }

  private static OnnxTensor one(float value) {
    return OnnxTensor.of(new float[] {value});
  }

  private static OnnxTensor range(OnnxTensor start, OnnxTensor limit, OnnxTensor step)
      throws IOException {
    return run(13, node("Range"), start, limit, step);
  }

  @Test
  void ranges() throws IOException {
    assertArrayEquals(new long[] {0, 1, 2}, range(one(0), one(3), one(1)).longs());
    assertArrayEquals(new long[] {3, 1}, range(one(3), one(-1), one(-2)).longs());
    assertArrayEquals(new long[0], range(one(3), one(3), one(1)).longs());
    assertArrayEquals(new long[0], range(one(3), one(4), one(-1)).longs());
    assertArrayEquals(new long[] {MIN, -1, MAX - 1}, range(one(MIN), one(MAX), one(MAX)).longs());
    assertArrayEquals(new long[] {MAX, -1}, range(one(MAX), one(MIN), one(MIN)).longs());
    assertArrayEquals(new float[] {1, 1.5f}, range(one(1f), one(2f), one(0.5f)).floats());
    assertRefused("a step of 0", () -> range(one(0), one(1), one(0)));
    assertRefused("a step of 0", () -> range(one(0f), one(1f), one(0f)));
    assertRefused("a range of 18446744073709551615", () -> range(one(MIN), one(MAX), one(1)));
    assertRefused("a range of 2147483648", () -> range(one(0), one(1L << 31), one(1)));
    assertRefused("more memory", () -> range(one(0), one(1 << 20), one(1)));
    assertRefused("a range from 0.0", () -> range(one(0f), one(Float.NaN), one(1f)));
    assertRefused("a range from 0.0", () -> range(one(0f), one(Float.POSITIVE_INFINITY), one(1f)));
    assertRefused("a range from 0.0", () -> range(one(0f), one(1f), one(Float.NaN)));
    assertRefused("one type", () -> range(one(0), one(1f), one(1)));
    assertRefused("wanted one number", () -> range(one(0), longs(1, 2), one(1)));
  }

  @Test
  void sumsOfWhatComesBefore() throws IOException {
    OnnxTensor x = OnnxTensor.of(new long[] {1, 2, 3, 4}, 2, 2);
    assertArrayEquals(new long[] {1, 2, 4, 6}, run(13, node("CumSum"), x, one(0)).longs());
    assertArrayEquals(new long[] {1, 3, 3, 7}, run(13, node("CumSum"), x, one(-1)).longs());
    ProtoWriter back = node("CumSum").message(5, integer("reverse", 1));
    assertArrayEquals(new long[] {3, 2, 7, 4}, run(13, back, x, one(1)).longs());
    OnnxTensor none = OnnxTensor.of(new float[0], 0, 3);
    assertEquals("FLOAT (0, 3)", run(13, node("CumSum"), none, one(0)).toString());
    for (long axis : new long[] {2, -3, MIN, MAX}) {
      assertRefused("of a tensor of rank 2", () -> run(13, node("CumSum"), x, one(axis)));
    }
    assertRefused("of a tensor of rank 2", () -> run(13, node("CumSum"), x, longs(0, 1)));
  }

  @Test
  void triangles() throws IOException {
    OnnxTensor x = OnnxTensor.of(new long[] {1, 2, 3, 4}, 2, 2);
    assertArrayEquals(new long[] {1, 2, 0, 4}, run(14, node("Trilu"), x).longs());
    assertArrayEquals(new long[] {0, 2, 0, 0}, run(14, node("Trilu"), x, one(1)).longs());
    assertArrayEquals(new long[4], run(14, node("Trilu"), x, one(MAX)).longs());
    assertArrayEquals(new long[] {1, 2, 3, 4}, run(14, node("Trilu"), x, one(MIN)).longs());
    assertRefused("a triangle of INT64 (2)", () -> run(14, node("Trilu"), longs(1, 2)));
    assertRefused("at diagonal [1, 2]", () -> run(14, node("Trilu"), x, longs(1, 2)));
  }

  @Test
  void tiles() throws IOException {
    OnnxTensor x = OnnxTensor.of(new long[] {1, 2}, 1, 2);
    long[] wanted = {1, 2, 1, 2, 1, 2, 1, 2};
    assertArrayEquals(wanted, run(13, node("Tile"), x, longs(2, 2)).longs());
    assertEquals("INT64 (0, 2)", run(13, node("Tile"), x, longs(0, 1)).toString());
    assertRefused("1 repeats for", () -> run(13, node("Tile"), x, longs(2)));
    assertRefused("a shape of [-1, 1]", () -> run(13, node("Tile"), x, longs(-1, 1)));
    assertRefused("too large", () -> run(13, node("Tile"), x, longs(1, 1 << 30)));
    assertRefused("too many", () -> run(13, node("Tile"), x, longs(1 << 20, 1 << 20)));
    assertRefused("more memory", () -> run(13, node("Tile"), x, longs(1 << 10, 1 << 10)));
  }

  @Test
  void gathersByPlaces() throws IOException {
    OnnxTensor x = OnnxTensor.of(new long[] {1, 2, 3, 4}, 2, 2);
    OnnxTensor corner = OnnxTensor.of(new long[] {-1, 0}, 1, 2);
    assertArrayEquals(new long[] {3}, run(13, node("GatherND"), x, corner).longs());
    ProtoWriter batches = node("GatherND").message(5, integer("batch_dims", 1));
    OnnxTensor each = OnnxTensor.of(new long[] {1, 0}, 2, 1);
    assertArrayEquals(new long[] {2, 3}, run(13, batches, x, each).longs());
    assertArrayEquals(new long[] {3, 2}, run(13, node("GatherElements"), x, corner).longs());
    for (long wrong : new long[] {2, -3, 1L << 31, MIN, MAX}) {
      OnnxTensor places = OnnxTensor.of(new long[] {0, wrong}, 1, 2);
      String message = "index " + wrong + " of 2";
      assertRefused(message, () -> run(13, node("GatherND"), x, places));
      assertRefused(message, () -> run(13, node("GatherElements"), x, places));
    }
    OnnxTensor deep = OnnxTensor.of(new long[3], 1, 3);
    assertRefused("do not fit", () -> run(13, node("GatherND"), x, deep));
    assertRefused("do not fit", () -> run(13, node("GatherND"), x, one(0)));
    assertRefused("do not fit", () -> run(13, node("GatherElements"), x, deep));
    for (int dims : new int[] {-1, 2, 5}) {
      ProtoWriter wrong = node("GatherND").message(5, integer("batch_dims", dims));
      assertRefused("with batch_dims " + dims, () -> run(13, wrong, x, corner));
    }
    OnnxTensor none = OnnxTensor.of(new float[0], 0, 3);
    OnnxTensor first = OnnxTensor.of(new long[1], 1, 1);
    assertRefused("index 0 of 0", () -> run(13, node("GatherND"), none, first));
  }

  @Test
  void ordersAndTruths() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {1, Float.NaN, 3}, 3);
    assertArrayEquals(new long[] {1, 0, 0}, run(13, node("Less"), x, one(2f)).longs());
    assertArrayEquals(new long[] {0, 0, 1}, run(13, node("GreaterOrEqual"), x, one(3f)).longs());
    OnnxTensor large = longs(MAX, MAX - 1);
    assertArrayEquals(new long[] {0, 1}, run(13, node("Less"), large, one(MAX)).longs());
    OnnxTensor unsigned = OnnxTensor.of(OnnxTensor.Type.UINT64, new long[] {-1, 1}, 2);
    OnnxTensor two = OnnxTensor.of(OnnxTensor.Type.UINT64, new long[] {2}, 1);
    assertArrayEquals(new long[] {1, 0}, run(13, node("Greater"), unsigned, two).longs());
    assertArrayEquals(new long[] {0, 1, 0}, run(13, node("IsNaN"), x).longs());
    OnnxTensor which = OnnxTensor.of(new boolean[] {true, false}, 2);
    assertArrayEquals(new long[] {0, 0}, run(13, node("Xor"), which, which).longs());
    assertRefused("wanted BOOL", () -> run(13, node("And"), which, x));
    assertRefused("an order of BOOL", () -> run(13, node("Less"), which, which));
    assertRefused("wanted floats", () -> run(13, node("IsNaN"), which));
    assertRefused("broadcast", () -> run(13, node("Less"), x, OnnxTensor.of(new float[2], 2)));
  }

  @Test
  void moreReductions() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {3, -4}, 1, 2);
    assertArrayEquals(new float[] {5}, run(18, node("ReduceL2"), x).floats());
    assertArrayEquals(new float[] {7}, run(18, node("ReduceL1"), x).floats());
    assertArrayEquals(new float[] {25}, run(18, node("ReduceSumSquare"), x).floats());
    assertArrayEquals(new float[] {-12}, run(18, node("ReduceProd"), x).floats());
    assertArrayEquals(new long[] {24}, run(18, node("ReduceProd"), longs(2, 3, 4)).longs());
    OnnxTensor none = OnnxTensor.of(new long[0], 0);
    assertArrayEquals(new long[] {1}, run(18, node("ReduceProd"), none).longs());
    // No square of a float is too large for a double.
    OnnxTensor large = OnnxTensor.of(new float[] {3e38f, 0}, 2);
    assertArrayEquals(new float[] {3e38f}, run(18, node("ReduceL2"), large).floats());
    assertRefused("L2 of INT64", () -> run(18, node("ReduceL2"), longs(1)));
  }
}
