package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The fast loops against the specification's, bit for bit, before and after C2 compiled them. */
class PlainProductTest {
  private static final float[] ODD = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1.fp-127f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private final SplittableRandom random = new SplittableRandom(27);

  @Test
  void anyShapeAndPlaceHasTheBitsOfTheSpecification() {
    for (int round = 0; round < 4_000; round++) {
      compare(round, 1 + random.nextInt(70), 1 + random.nextInt(140), random.nextInt(70));
    }
  }

  @Test
  void soHaveShapesOfSeveralBlocks() {
    int[] sizes = {1, 3, 4, 5, 63, 64, 65, 127, 128, 129, 257, 511, 512, 513, 1025};
    for (int round = 0; round < 300; round++) {
      int m = sizes[random.nextInt(sizes.length)];
      int n = sizes[random.nextInt(sizes.length)];
      int k = sizes[random.nextInt(sizes.length)];
      if ((long) m * n * k < 4_000_000) {
        compare(round, m, n, k);
      }
    }
  }

  @Test
  void aZeroOfEitherSignStaysAsItIs() {
    // A last block of p that is not full is filled up, which must not make +0 of -0.
    for (int k = 1; k < 9; k++) {
      Matrix a = new Matrix(4, k);
      Matrix b = filled(k, 80, -0f);
      Matrix c = filled(4, 80, -0f);
      PlainProduct.take().chains(Transpose.NN, a, b, c);
      assertArrayEquals(filled(4, 80, -0f).array(), c.array(), "k = " + k);
    }
  }

  @Test
  void aProductOfTheScalarKernelsGoesThere() {
    Matrix a = window(33, 70, 1);
    Matrix b = window(70, 130, 1);
    Matrix bias = window(1, 130, 1);
    Matrix c = new Matrix(33, 130);
    Matrix wanted = new Matrix(33, 130);
    for (int i = 0; i < 33; i++) {
      System.arraycopy(bias.array(), bias.off(), wanted.array(), wanted.at(i), 130);
    }
    specified(Transpose.NN, a, b, wanted);
    Epilogue epilogue = Epilogue.BIAS.activation(Activation.TANH);
    ScalarKernels.INSTANCE.activate(Activation.TANH, wanted, wanted);
    ScalarKernels.INSTANCE.matmul(Transpose.NN, a, b, c, epilogue, bias, null);
    assertBits(wanted.array(), c.array(), "with an epilogue");
  }

  /** Of any rows, and any columns of B; single rows with zeros, which are left out. */
  @Test
  void aPackedRightOperandHasTheBitsOfTheSpecification() {
    int[] sizes = {1, 2, 4, 7, 63, 128, 130, 511, 512, 513, 700, 1100};
    for (int round = 0; round < 1_500; round++) {
      int m = round % 3 == 0 ? 1 + random.nextInt(9) : 1;
      int n = sizes[random.nextInt(sizes.length)];
      int k = random.nextInt(round % 10 == 0 ? 300 : 40);
      Matrix b = window(k, n, round % 4 == 0 ? 400 : 0);
      if (round % 5 == 0 && k > 0) {
        // Whose chain stays as it began.
        int dead = b.off() + random.nextInt(n);
        for (int p = 0; p < k; p++) {
          b.array()[dead + p * b.ld()] = round % 2 == 0 ? 0f : -0f;
        }
      }
      Matrix a = window(m, k, round % 7 == 0 ? 20 : 0);
      int zeros = random.nextInt(11);
      for (int i = 0; i < a.array().length; i++) {
        float zero = random.nextBoolean() ? 0f : -0f;
        a.array()[i] = random.nextInt(10) < zeros ? zero : a.array()[i];
      }
      int from = 96 * random.nextInt((n + 95) / 96);
      Matrix c = window(m, n - from, round % 2 == 0 ? 10 : 0);
      Matrix wanted = c.on(c.array().clone());
      Matrix part = new Matrix().set(b.array(), b.off() + from, b.ld(), k, n - from);
      specified(Transpose.NN, a, part, wanted);
      PackedMatrix packed = ScalarKernels.INSTANCE.pack(b);
      ScalarKernels.INSTANCE.doMatmulPacked(a, packed, from, c, Epilogue.ACCUMULATE, null, null);
      assertBits(wanted.array(), c.array(), m + "x" + n + "x" + k + " from " + from);
    }
  }

  @Test
  void whatTheUpdatesFlushIsWhatIsNotNormal() {
    for (int bits = 0; bits >= 0 && bits <= 0x7f800000; bits += bits < 0x01000000 ? 7 : 10_007) {
      for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
        float wanted = Math.abs(x) < Float.MIN_NORMAL ? 0f : x;
        assertEquals(
            Float.floatToRawIntBits(wanted), Float.floatToRawIntBits(ScalarUpdates.normal(x)));
      }
    }
    float[] kept = {Float.MIN_NORMAL, -Float.MIN_NORMAL, Float.POSITIVE_INFINITY, Float.NaN};
    for (float x : kept) {
      assertEquals(x, ScalarUpdates.normal(x));
    }
    float least = Math.nextDown(Float.MIN_NORMAL);
    assertEquals(0f, ScalarUpdates.normal(least));
    assertEquals(0f, ScalarUpdates.normal(-least));
  }

  /** The formulas of {@link Update}, with their choices. */
  @Test
  void whatTheUpdatesClipAndPenalizeIsWhatTheFormulasSay() {
    float most = Float.MAX_VALUE;
    float least = Float.MIN_VALUE;
    float[] some = {0f, -0f, 0.5f, -0.5f, 3f, -3f, least, -least, most, -most};
    float[] values = Arrays.copyOf(some, some.length + 3);
    values[some.length] = Float.NaN;
    values[some.length + 1] = Float.POSITIVE_INFINITY;
    values[some.length + 2] = Float.NEGATIVE_INFINITY;
    Update u = new Update(Update.Rule.SGD);
    for (float limit : new float[] {0f, least, 0.5f, most, Float.POSITIVE_INFINITY}) {
      for (float l1 : some) {
        u.limit = limit;
        u.l1 = l1;
        for (float g : values) {
          for (float p : values) {
            float wanted = g > limit ? limit : g < -limit ? -limit : g;
            if (l1 != 0f) {
              wanted += p > 0f ? l1 : p < 0f ? -l1 : 0f;
            }
            wanted = Math.fma(0f, p, wanted);
            assertEquals(
                Float.floatToIntBits(wanted),
                Float.floatToIntBits(ScalarUpdates.gradient(u, g, p)));
          }
        }
      }
    }
  }

  /** Wherever the arrays begin: from 0 they are read in place, else copied. */
  @Test
  void anUpdateHasTheSameBitsInAnyPlace() {
    for (int round = 0; round < 4_000; round++) {
      Update.Rule rule = Update.Rule.values()[round % Update.Rule.values().length];
      Update update = new Update(rule);
      update.step = -random.nextFloat();
      update.momentum = random.nextFloat();
      update.weight1 = random.nextFloat();
      update.beta2 = random.nextFloat();
      update.weight2 = random.nextFloat();
      update.rootScale = random.nextFloat();
      update.epsilon = 1e-8f;
      update.decay = random.nextFloat();
      update.l1 = round % 3 == 0 ? random.nextFloat() : 0f;
      update.limit = round % 5 == 0 ? random.nextFloat() : Float.POSITIVE_INFINITY;
      int n = 1 + random.nextInt(round % 50 == 0 ? 2_000 : 70);
      Matrix[] near = new Matrix[2 + rule.states()];
      Matrix[] apart = new Matrix[near.length];
      Matrix[] single = new Matrix[near.length];
      for (int i = 0; i < near.length; i++) {
        Matrix row = window(1, n, 3);
        near[i] = placed(row, 0);
        apart[i] = placed(row, 1 + i);
        single[i] = placed(row, 0);
      }
      update(update, near);
      update(update, apart);
      for (int j = 0; j < n; j++) {
        Matrix[] one = new Matrix[near.length];
        for (int i = 0; i < near.length; i++) {
          one[i] = new Matrix().set(single[i].array(), j, 1, 1, 1);
        }
        update(update, one);
      }
      for (int i = 0; i < near.length; i++) {
        String what = rule + ", n = " + n + ", " + i;
        assertBits(elements(single[i]), elements(near[i]), what);
        assertBits(elements(single[i]), elements(apart[i]), what);
      }
    }
  }

  private static void update(Update update, Matrix[] of) {
    ScalarKernels.INSTANCE.update(
        update, of[0], of[1], of.length > 2 ? of[2] : null, of.length > 3 ? of[3] : null);
  }

  private static Matrix placed(Matrix row, int off) {
    float[] array = new float[off + row.columns() + 3];
    System.arraycopy(row.array(), row.off(), array, off, row.columns());
    return new Matrix().set(array, off, row.columns(), 1, row.columns());
  }

  private static float[] elements(Matrix row) {
    return Arrays.copyOfRange(row.array(), row.off(), row.off() + row.columns());
  }

  @Test
  void activationsHaveTheBitsOfTheirFormulas() {
    for (Activation f : Activation.values()) {
      if (f.elementwise()) {
        activation(f, 100);
      }
    }
    activation(Activation.leakyRelu(-0.3f), 100);
    activation(Activation.RELU, 200);
  }

  private void activation(Activation f, int rounds) {
    for (int round = 0; round < rounds; round++) {
      int columns = round % 40 == 7 ? 1_030 : round % 70;
      Matrix z = window(3, columns, 3);
      Matrix a = window(3, columns, 3);
      Matrix dz = window(3, columns, 3);
      float[] wantedA = a.array().clone();
      float[] wantedDz = dz.array().clone();
      Matrix da = round % 2 == 0 ? dz : window(3, columns, 3);
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < columns; j++) {
          float zij = z.array()[z.at(i) + j];
          wantedA[a.at(i) + j] = f.apply(zij);
          wantedDz[dz.at(i) + j] = da.array()[da.at(i) + j] * f.derivative(zij);
        }
      }
      ScalarKernels.INSTANCE.activate(f, z, a);
      ScalarKernels.INSTANCE.activateBackward(f, z, da, dz);
      assertBits(wantedA, a.array(), f + "(z)");
      assertBits(wantedDz, dz.array(), f + ", da f'(z)");
    }
  }

  @Test
  void aNormalizationHasTheBitsOfItsFormula() {
    for (int round = 0; round < 300; round++) {
      int columns = round % 40 == 7 ? 1_030 : round % 70;
      Matrix x = window(3, columns, 2);
      Matrix mean = window(1, columns, 2);
      Matrix scale = window(1, columns, 2);
      Matrix shift = window(1, columns, 2);
      if (round % 3 == 0 && columns > 0) {
        mean.array()[mean.off() + round % columns] = round % 2 == 0 ? 0x1.8p127f : -0x1p102f;
      }
      Matrix y = round % 2 == 0 ? x : window(3, columns, 2);
      float[] wanted = y.array().clone();
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < columns; j++) {
          float m = mean.array()[mean.off() + j];
          // Half of both where their difference might be infinite.
          float half = Math.abs(m) < 0x1p102f ? 1f : 0.5f;
          wanted[y.at(i) + j] =
              Math.fma(
                  half * x.array()[x.at(i) + j] - half * m,
                  scale.array()[scale.off() + j] / half,
                  shift.array()[shift.off() + j]);
        }
      }
      ScalarKernels.INSTANCE.normalize(x, mean, scale, shift, y);
      assertBits(wanted, y.array(), "normalized");
    }
  }

  @Test
  void aDotProductHasTheChainsOfItsLanes() {
    for (int n = 0; n < 100; n++) {
      Matrix x = window(1, n, 0);
      Matrix y = window(1, n, 0);
      float[] wanted = new float[16];
      for (int j = 0; j < n; j++) {
        float xj = x.array()[x.off() + j];
        wanted[j % 16] = Math.fma(xj, y.array()[y.off() + j], wanted[j % 16]);
      }
      float sum = ScalarRows.dot(x.array(), x.off(), y.array(), y.off(), n, new float[16]);
      assertEquals(ScalarRows.fold(wanted), sum, "n = " + n);
    }
  }

  private void compare(int round, int m, int n, int k) {
    Transpose form = Transpose.values()[round % 4];
    int odd = round / 4 % 3 == 0 ? 20 : round / 4 % 3 == 1 ? 400 : 0;
    Matrix a = form.a() ? window(k, m, odd) : window(m, k, odd);
    Matrix b = form.b() ? window(n, k, odd) : window(k, n, odd);
    Matrix c = window(m, n, odd);
    Matrix wanted = c.on(c.array().clone());
    PlainProduct.take().chains(form, a, b, c);
    specified(form, a, b, wanted);
    // All of the array: nothing outside the window is written.
    assertBits(wanted.array(), c.array(), form + " " + m + "x" + n + "x" + k);
  }

  private static void specified(Transpose form, Matrix a, Matrix b, Matrix c) {
    for (int i = 0; i < c.rows(); i++) {
      PlainProduct.chains(form, a, i, b, c);
    }
  }

  private static Matrix filled(int rows, int columns, float value) {
    Matrix x = new Matrix(rows, columns);
    Arrays.fill(x.array(), value);
    return x;
  }

  /** Numbers of any size, and one of {@code odd} a special one; 0 for none. */
  private Matrix window(int rows, int columns, int odd) {
    int off = random.nextInt(18);
    int ld = Math.max(1, columns) + random.nextInt(8);
    float[] x = new float[off + rows * ld];
    for (int i = 0; i < x.length; i++) {
      boolean special = odd > 1 && random.nextInt(odd) == 0;
      x[i] =
          special
              ? ODD[random.nextInt(ODD.length)]
              : (random.nextFloat() - 0.5f) * Math.scalb(1f, random.nextInt(21) - 10);
    }
    return new Matrix(x, off, ld, rows, columns);
  }

  private static void assertBits(float[] wanted, float[] got, String what) {
    assertEquals(wanted.length, got.length);
    for (int i = 0; i < wanted.length; i++) {
      if (Float.floatToIntBits(wanted[i]) != Float.floatToIntBits(got[i])) {
        assertEquals(wanted[i], got[i], what + ", at " + i);
      }
    }
  }
}
