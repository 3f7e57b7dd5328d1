package io.lanewise.onnx;

import static io.lanewise.onnx.IndexOperatorsTest.assertRefused;
import static io.lanewise.onnx.IndexOperatorsTest.longs;
import static io.lanewise.onnx.IndexOperatorsTest.node;
import static io.lanewise.onnx.IndexOperatorsTest.run;
import static io.lanewise.onnx.WrittenAttributes.integer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lanewise.onnx.OnnxTensor.Type;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Integers of 8 bits: the products are exact, whatever the length and the signs. */
final class QuantizationTest {
  private static OnnxTensor bytes(Type type, int[] dims, long... values) {
    return OnnxTensor.of(type, values, dims);
  }

  private static OnnxTensor random(Random random, Type type, int... dims) {
    long[] values = new long[Shapes.count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = type == Type.INT8 ? random.nextInt(-128, 128) : random.nextInt(256);
    }
    return OnnxTensor.of(type, values, dims);
  }

  /** Sums of products in long, by the definition. */
  static long[] product(int m, int k, int n, OnnxTensor a, OnnxTensor b, long za, long zb) {
    long[] y = new long[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
          y[i * n + j] += (a.integer(i * k + p) - za) * (b.integer(p * n + j) - zb);
        }
      }
    }
    return y;
  }

  @Test
  void productsAreExact() throws IOException {
    Random random = new Random(8);
    for (int k : new int[] {0, 1, 257, 258, 259, 512, 518, 519, 2000}) {
      for (Type left : new Type[] {Type.UINT8, Type.INT8}) {
        for (Type right : new Type[] {Type.UINT8, Type.INT8}) {
          OnnxTensor a = random(random, left, 3, k);
          OnnxTensor b = random(random, right, k, 5);
          long za = left == Type.UINT8 ? 137 : -3;
          OnnxTensor zero = bytes(left, new int[0], za);
          long[] wanted = product(3, k, 5, a, b, za, 0);
          assertArrayEquals(wanted, run(13, node("MatMulInteger"), a, b, zero).longs());
        }
      }
    }
  }

  /** What a file has as a constant is packed by the first product, and used by the next. */
  @Test
  void weightsArePackedOnce() throws IOException {
    Random random = new Random(10);
    OnnxTensor b = random(random, Type.UINT8, 1200, 5).asConstant();
    OnnxTensor three = bytes(Type.UINT8, new int[0], 3).asConstant();
    OnnxTensor five = bytes(Type.UINT8, new int[0], 5).asConstant();
    Object kept = null;
    for (OnnxTensor zero : new OnnxTensor[] {three, three, five}) {
      OnnxTensor a = random(random, Type.INT8, 3, 1200);
      long[] wanted = product(3, 1200, 5, a, b, 0, zero.integer(0));
      assertArrayEquals(wanted, run(13, node("MatMulInteger"), a, b, null, zero).longs());
      assertEquals(zero == three && kept != null, b.kept() == kept && kept != null);
      kept = b.kept();
    }
    OnnxTensor other = random(random, Type.UINT8, 4, 5);
    run(13, node("MatMulInteger"), random(random, Type.INT8, 3, 4), other);
    assertNull(other.kept());
  }

  /** All of one sign, and as large as can be: no sum of floats on the way may be rounded. */
  @Test
  void theLargestSums() throws IOException {
    int k = 2000;
    for (long odd : new long[] {255, 254}) {
      long[] values = new long[k];
      Arrays.fill(values, 255);
      values[k - 1] = odd;
      OnnxTensor a = bytes(Type.UINT8, new int[] {1, k}, values);
      OnnxTensor b = bytes(Type.UINT8, new int[] {k, 1}, values);
      long[] wanted = {(k - 1) * 255 * 255L + odd * odd};
      assertArrayEquals(wanted, run(13, node("MatMulInteger"), a, b).longs());
    }
  }

  @Test
  void zeroPointsOfRowsAndColumns() throws IOException {
    Random random = new Random(9);
    OnnxTensor a = random(random, Type.UINT8, 2, 4);
    OnnxTensor b = random(random, Type.INT8, 4, 3);
    OnnxTensor rows = bytes(Type.UINT8, new int[] {2}, 7, 200);
    OnnxTensor columns = bytes(Type.INT8, new int[] {3}, -5, 0, 9);
    long[] got = run(13, node("MatMulInteger"), a, b, rows, columns).longs();
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        long[] whole = product(2, 4, 3, a, b, rows.integer(i), columns.integer(j));
        assertEquals(whole[i * 3 + j], got[i * 3 + j]);
      }
    }
    OnnxTensor wrong = bytes(Type.UINT8, new int[] {3}, 1, 2, 3);
    assertRefused("does not fit", () -> run(13, node("MatMulInteger"), a, b, wrong));
    assertRefused("one type", () -> run(13, node("MatMulInteger"), a, b, columns));
    assertRefused("do not fit", () -> run(13, node("MatMulInteger"), a, a));
    assertRefused(
        "wanted UINT8 or INT8", () -> run(13, node("MatMulInteger"), longs(1, 2, 3, 4), b));
  }

  private static OnnxTensor dynamic(float... values) throws IOException {
    return run(11, node("DynamicQuantizeLinear"), OnnxTensor.of(values, values.length));
  }

  @Test
  void dynamicScales() throws IOException {
    assertArrayEquals(new long[] {0, 127, 254}, dynamic(-1, 0, 1).longs());
    assertArrayEquals(new long[] {0, 0}, dynamic(0, -0f).longs());
    assertArrayEquals(new long[0], dynamic().longs());
    // So small that their scale would be 0.
    assertArrayEquals(new long[] {0, 0}, dynamic(Float.MIN_VALUE, 0).longs());
    float largest = Float.MAX_VALUE;
    assertRefused("have no scale", () -> dynamic(1, Float.NaN));
    assertRefused("have no scale", () -> dynamic(1, Float.NEGATIVE_INFINITY));
    assertRefused("have no scale", () -> dynamic(-largest, largest));
    assertArrayEquals(new long[] {255, 0}, dynamic(largest, 0).longs());
  }

  @Test
  void thereAndBack() throws IOException {
    OnnxTensor x = OnnxTensor.of(new float[] {-9, 0.5f, 1.5f, Float.POSITIVE_INFINITY}, 4);
    OnnxTensor one = OnnxTensor.of(new float[] {1});
    OnnxTensor three = bytes(Type.INT8, new int[0], 3);
    // Ties go to the even number before the zero point is added.
    assertArrayEquals(
        new long[] {-6, 3, 5, 127}, run(13, node("QuantizeLinear"), x, one, three).longs());
    assertArrayEquals(new long[] {0, 0, 2, 255}, run(13, node("QuantizeLinear"), x, one).longs());
    OnnxTensor y = bytes(Type.INT8, new int[] {2, 1}, -128, 127);
    OnnxTensor scales = OnnxTensor.of(new float[] {1, 0.5f}, 2);
    OnnxTensor zeros = bytes(Type.INT8, new int[] {2}, 1, -1);
    ProtoWriter axis = node("DequantizeLinear").message(5, integer("axis", -2));
    assertArrayEquals(new float[] {-129, 64}, run(13, axis, y, scales, zeros).floats());
    OnnxTensor nan = OnnxTensor.of(new float[] {Float.NaN}, 1);
    assertRefused("NaN is no UINT8", () -> run(13, node("QuantizeLinear"), nan, one));
    for (float odd : new float[] {0, -0f, Float.NaN, Float.POSITIVE_INFINITY}) {
      OnnxTensor scale = OnnxTensor.of(new float[] {odd});
      String wanted = "its scale is " + odd + ": wanted a finite number other than 0";
      assertRefused(wanted, () -> run(13, node("QuantizeLinear"), x, scale));
      OnnxTensor a = bytes(Type.UINT8, new int[] {1, 1}, 1);
      OnnxTensor none = bytes(Type.UINT8, new int[0], 0);
      assertRefused(
          wanted, () -> run(13, node("QLinearMatMul"), a, one, none, a, one, none, scale, none));
    }
    assertRefused("does not fit axis", () -> run(13, node("DequantizeLinear"), y, scales, zeros));
    assertRefused("its zero point", () -> run(13, node("DequantizeLinear"), y, scales, three));
    ProtoWriter far = node("DequantizeLinear").message(5, integer("axis", 7));
    assertRefused("axis 7", () -> run(13, far, y, scales, zeros));
    ProtoWriter blocks = node("DequantizeLinear").message(5, integer("block_size", 2));
    assertRefused("a block_size is not supported", () -> run(21, blocks, y, scales, zeros));
  }
}
