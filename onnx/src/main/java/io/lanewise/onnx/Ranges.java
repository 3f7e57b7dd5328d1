package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/**
 * Quantization by the range that the values have: DynamicQuantizeLinear, in loops that the JIT
 * makes vectors of. No result depends on the order of these loops.
 */
final class Ranges {
  /** The largest number of UINT8. */
  private static final float MOST = 255;

  /** What is taken off it, so that it fits 8 bits with a sign. */
  static final int MIDDLE = 128;

  // Added to a float of at most 2^22 and taken off again it leaves the nearest integer, ties to
  // even.
  private static final float ROUNDS = 0x1.8p23f;

  private Ranges() {}

  /**
   * Finds the range of rows of floats, 0 in it, and the scale and the zero point that it asks for.
   *
   * @param ld from one row to the next
   * @param to scale and zero point are put there
   */
  static void of(Node node, float[] x, int at, int ld, int rows, int columns, float[] to)
      throws ModelFormatException {
    float low = 0;
    float high = 0;
    for (int i = 0; i < rows; i++) {
      int from = at + i * ld;
      float a = 0;
      float b = 0;
      for (int j = 0; j < columns; j++) {
        a = Math.min(a, x[from + j]);
        b = Math.max(b, x[from + j]);
      }
      low = Math.min(low, a);
      high = Math.max(high, b);
    }
    if (!Float.isFinite(high - low)) {
      throw node.error("values from " + low + " to " + high + " have no scale");
    }
    float range = (high - low) / MOST;
    // Of zeros alone, or of what is so small that its scale would be 0, all is 0.
    to[0] = range == 0 ? 1 : range;
    to[1] = (float) Math.rint(Math.clamp(-low / to[0], 0f, MOST));
  }

  /**
   * Quantizes a row: what becomes of it, less 128.
   *
   * @param range the scale and the zero point
   */
  static void quantize(float[] x, int at, int n, float[] range, float[] to, int toAt) {
    // Of loops between places of two arrays C2 makes no vectors.
    System.arraycopy(x, at, to, toAt, n);
    quantize(n, range[0], range[1], to, toAt);
  }

  private static void quantize(int n, float scale, float zero, float[] to, int at) {
    float least = -zero;
    float most = MOST - zero;
    float shift = zero - MIDDLE;
    for (int j = 0; j < n; j++) {
      // At most 255 and a half from 0: nothing is lost.
      float near = to[at + j] / scale + ROUNDS - ROUNDS;
      to[at + j] = Math.min(Math.max(near, least), most) + shift;
    }
  }
}
