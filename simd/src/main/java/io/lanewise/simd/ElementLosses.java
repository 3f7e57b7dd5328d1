package io.lanewise.simd;

import static io.lanewise.simd.Lanes.FLOAT;
import static io.lanewise.simd.Lanes.LENGTH;
import static io.lanewise.simd.Lanes.VIRTUAL;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The losses whose terms each come from one element of a row: no softmax. */
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
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    FloatVector sum = FloatVector.zero(FLOAT);
    for (int j = first; j < n; j += VIRTUAL) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector tail = LaneMath.log1p(LaneMath.exp(v.abs().neg()));
      FloatVector term = v.neg().fma(vy, v.max(0f)).add(tail);
      sum = whole ? sum.add(term) : sum.lanewise(ADD, term, rest);
    }
    sum.intoArray(lanes, first);
  }

  private static void binaryGradient(
      int n, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    for (int j = 0; j < n; j += LENGTH) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector dv = LaneMath.sigmoid(v).sub(vy).mul(scale);
      if (whole) {
        dv.intoArray(dz, dzRow + j);
      } else {
        dv.intoArray(dz, dzRow + j, rest);
      }
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
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    FloatVector sum = FloatVector.zero(FLOAT);
    for (int j = first; j < n; j += VIRTUAL) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector next = vy.fma(LaneMath.softplus(v.neg()), sum);
      sum = whole ? next : sum.blend(next, rest);
    }
    sum.intoArray(lanes, first);
  }

  private static void sigmoidGradient(
      int n, float[] z, int zRow, float[] y, int yRow, float scale, float[] dz, int dzRow) {
    VectorMask<Float> rest = FLOAT.indexInRange(FLOAT.loopBound(n), n);
    for (int j = 0; j < n; j += LENGTH) {
      boolean whole = j <= n - LENGTH;
      FloatVector v = whole ? fromArray(FLOAT, z, zRow + j) : fromArray(FLOAT, z, zRow + j, rest);
      FloatVector vy = whole ? fromArray(FLOAT, y, yRow + j) : fromArray(FLOAT, y, yRow + j, rest);
      FloatVector dv = vy.neg().mul(LaneMath.sigmoid(v.neg())).mul(scale);
      if (whole) {
        dv.intoArray(dz, dzRow + j);
      } else {
        dv.intoArray(dz, dzRow + j, rest);
      }
    }
  }
}
