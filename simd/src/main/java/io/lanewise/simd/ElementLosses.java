package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.lanewise.kernel.FloatMath;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The losses whose terms each come from one element of a row: no softmax.
 *
 * <p>A loop with a function of {@link LaneMath} has whole vectors only, and a scalar tail: masked
 * loads take so much of what C2 inlines in a method that a function would be left out, and its
 * vectors boxed. And it is a method that is entered only for a whole vector, as in {@link
 * Elementwise}.
 */
final class ElementLosses {
  private ElementLosses() {}

  static float sigmoidBinaryCrossEntropy(
      int n,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float scale,
      float[] dz,
      int dzRow,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      binaryLosses(first, n, z, zRow, y, yRow, lanes);
    }
    float loss = Lanes.sum(lanes);
    if (dz != null) {
      binaryGradient(n, z, zRow, y, yRow, scale, dz, dzRow);
    }
    return loss;
  }

  private static void binaryLosses(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float[] lanes) {
    int j = first;
    if (j <= n - LENGTH) {
      j = wholeBinaryLosses(first, n, z, zRow, y, yRow, lanes);
    }
    for (int l = first; j < n; j++, l++) {
      float x = z[zRow + j];
      float tail = FloatMath.log1p(FloatMath.exp(-Math.abs(x)));
      lanes[l] += Math.fma(-x, y[yRow + j], Math.max(x, 0f)) + tail;
    }
  }

  private static int wholeBinaryLosses(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector v = fromArray(FLOAT, z, zRow + j);
      FloatVector tail = LaneMath.log1p(LaneMath.exp(v.abs().neg()));
      sum = sum.add(v.neg().fma(fromArray(FLOAT, y, yRow + j), v.max(0f)).add(tail));
    }
    sum.intoArray(lanes, first);
    return j;
  }

  private static void binaryGradient(
      int n, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    int whole = FLOAT.loopBound(n);
    if (whole > 0) {
      wholeBinaryGradient(whole, z, zRow, y, yRow, scale, dz, dzRow);
    }
    for (int j = whole; j < n; j++) {
      dz[dzRow + j] = (FloatMath.sigmoid(z[zRow + j]) - y[yRow + j]) * scale;
    }
  }

  private static void wholeBinaryGradient(
      int whole, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector s = LaneMath.sigmoid(fromArray(FLOAT, z, zRow + j));
      s.sub(fromArray(FLOAT, y, yRow + j)).mul(scale).intoArray(dz, dzRow + j);
    }
  }

  static float squaredError(
      int n,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float scale,
      float[] dz,
      int dzRow,
      float[] lanes) {
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      squares(first, n, z, zRow, y, yRow, lanes);
    }
    float loss = Lanes.sum(lanes);
    if (dz != null) {
      squaredErrorGradient(n, z, zRow, y, yRow, 2f * scale, dz, dzRow);
    }
    return loss;
  }

  private static void squares(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float[] lanes) {
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    FloatVector sum = FloatVector.zero(FLOAT);
    for (int j = first; j < n; j += VIRTUAL) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector d = v.sub(vy);
      FloatVector next = d.fma(d, sum);
      sum = whole ? next : sum.blend(next, rest);
    }
    sum.intoArray(lanes, first);
  }

  private static void squaredErrorGradient(
      int n, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    for (int j = 0; j < n; j += LENGTH) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector dv = v.sub(vy).mul(scale);
      if (whole) {
        dv.intoArray(dz, dzRow + j);
      } else {
        dv.intoArray(dz, dzRow + j, rest);
      }
    }
  }

  static float sigmoidCrossEntropy(
      int n,
      float[] z,
      int zRow,
      float[] y,
      int yRow,
      float scale,
      float[] dz,
      int dzRow,
      float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int first = 0; first < VIRTUAL; first += LENGTH) {
      softpluses(first, n, z, zRow, y, yRow, lanes);
    }
    float loss = Lanes.sum(lanes);
    if (dz != null) {
      sigmoidGradient(n, z, zRow, y, yRow, scale, dz, dzRow);
    }
    return loss;
  }

  private static void softpluses(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float[] lanes) {
    int j = first;
    if (j <= n - LENGTH) {
      j = wholeSoftpluses(first, n, z, zRow, y, yRow, lanes);
    }
    for (int l = first; j < n; j++, l++) {
      lanes[l] = Math.fma(y[yRow + j], FloatMath.softplus(-z[zRow + j]), lanes[l]);
    }
  }

  private static int wholeSoftpluses(
      int first, int n, float[] z, int zRow, float[] y, int yRow, float[] lanes) {
    FloatVector sum = FloatVector.zero(FLOAT);
    int j = first;
    for (; j <= n - LENGTH; j += VIRTUAL) {
      FloatVector softplus = LaneMath.softplus(fromArray(FLOAT, z, zRow + j).neg());
      sum = fromArray(FLOAT, y, yRow + j).fma(softplus, sum);
    }
    sum.intoArray(lanes, first);
    return j;
  }

  private static void sigmoidGradient(
      int n, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    int whole = FLOAT.loopBound(n);
    if (whole > 0) {
      wholeSigmoidGradient(whole, z, zRow, y, yRow, scale, dz, dzRow);
    }
    for (int j = whole; j < n; j++) {
      dz[dzRow + j] = (-y[yRow + j] * FloatMath.sigmoid(-z[zRow + j])) * scale;
    }
  }

  private static void wholeSigmoidGradient(
      int whole, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector s = LaneMath.sigmoid(fromArray(FLOAT, z, zRow + j).neg());
      fromArray(FLOAT, y, yRow + j).neg().mul(s).mul(scale).intoArray(dz, dzRow + j);
    }
  }
}
