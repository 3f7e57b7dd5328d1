package io.lanewise.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScalingTest {
  private static Dataset column(float... x) {
    return Dataset.ofTargets(x, 1, new float[x.length], 1);
  }

  /** What StandardScaler and MinMaxScaler say of these columns. */
  @Test
  void theDefinitionsAreThoseOfScikitLearn() {
    float[] x = {1, 7, 2, 7, 3, 7, 6, 7};
    Dataset data = Dataset.ofTargets(x, 2, new float[4], 1);
    Scaling.Fit standard = Scaling.STANDARD.fit(data);
    assertArrayEquals(new float[] {3, 7}, standard.shift());
    assertArrayEquals(new float[] {(float) (1 / Math.sqrt(3.5)), 1}, standard.scale());
    Scaling.Fit minMax = Scaling.MIN_MAX.fit(data);
    assertArrayEquals(new float[] {1, 7}, minMax.shift());
    assertArrayEquals(new float[] {0.2f, 1}, minMax.scale());
    Scaling.Fit none = Scaling.NONE.fit(data);
    assertArrayEquals(new float[2], none.shift());
    assertArrayEquals(new float[] {1, 1}, none.scale());
  }

  /** 0.1f times 7, divided by 7, is not 0.1f in double; nor must it matter. */
  @Test
  void aConstantColumnIsOnlyMoved() {
    for (int n = 1; n < 50; n++) {
      float[] x = new float[n];
      Arrays.fill(x, 0.1f);
      Scaling.Fit fit = Scaling.STANDARD.fit(column(x));
      assertArrayEquals(new float[] {0.1f}, fit.shift());
      assertArrayEquals(new float[] {1}, fit.scale());
    }
  }

  @Property(tries = 200, seed = "5")
  void theRangeIs01(
      @ForAll @Size(min = 2, max = 40) List<@FloatRange(min = -1e6f, max = 1e6f) Float> x) {
    float[] values = new float[x.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.get(i);
    }
    Scaling.Fit fit = Scaling.MIN_MAX.fit(column(values));
    for (float value : values) {
      float scaled = (value - fit.shift()[0]) * fit.scale()[0];
      assertTrue(scaled >= 0 && scaled <= 1 + 1e-6f, value + " became " + scaled);
    }
  }

  @Test
  void rowsOfAnySourceGiveTheSameBits() throws IOException {
    Random random = new Random(1);
    float[] x = new float[3 * 1000];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian() * 100;
    }
    Dataset data = Dataset.ofTargets(x, 3, new float[1000], 1);
    RowSource stream = new Streamed(data);
    for (Scaling scaling : Scaling.values()) {
      assertArrayEquals(scaling.fit(data).shift(), scaling.fit(stream).shift());
      assertArrayEquals(scaling.fit(data).scale(), scaling.fit(stream).scale());
    }
  }

  @Test
  void aNetworkTakesRawRows() {
    Dataset data = column(10, 20, 30);
    Scaling.Fit fit = Scaling.MIN_MAX.fit(data);
    Network network =
        Network.builder(1)
            .normalization(fit.shift(), fit.scale())
            .dense(1, Activation.IDENTITY)
            .zeros()
            .build();
    network.parameters()[0] = 1;
    float[] y = network.predict(new float[] {10, 15, 30}, 3, ScalarKernels.INSTANCE);
    assertArrayEquals(new float[] {0, 0.25f, 1}, y);
  }

  /** From denormals to the largest floats, by what the network's layer computes. */
  @Property(tries = 500, seed = "6")
  void columnsOfAnySizeComeToTheSameRange(
      @ForAll @IntRange(min = -97, max = 124) int exponent,
      @ForAll @Size(min = 2, max = 40) List<@FloatRange(min = -1, max = 1) Float> x) {
    float[] values = new float[x.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.scalb(x.get(i), exponent);
    }
    values[0] = Math.scalb(2f, exponent);
    values[1] = -values[0];
    Scaling.Fit standard = Scaling.STANDARD.fit(column(values));
    Scaling.Fit minMax = Scaling.MIN_MAX.fit(column(values));
    double squares = 0;
    double sum = 0;
    for (float value : values) {
      double z = (value - standard.shift()[0]) * standard.scale()[0];
      sum += z;
      squares += z * z;
      float share = (value - minMax.shift()[0]) * minMax.scale()[0];
      assertTrue(share >= 0 && share <= 1 + 1e-6f, value + " became " + share);
    }
    assertEquals(0, sum / values.length, 1e-6);
    assertEquals(1, squares / values.length, 1e-6);
    float top = (values[0] - minMax.shift()[0]) * minMax.scale()[0];
    assertEquals(1, top, 1e-6);
  }

  @Test
  void whatFloatsCannotScaleIsRefused() {
    float[][] columns = {{0, 1e-40f}, {0, 5e-31f}, {-3e38f, 3e38f}, {-1, Float.MAX_VALUE, -2e38f}};
    String[] wanted = {
      "rows: feature 0 is 0.0 to 1.0E-40, too narrow for float: multiply it by 1e30 first",
      "rows: feature 0 is 0.0 to 5.0E-31, too narrow for float: multiply it by 1e30 first",
      "rows: feature 0 is -3.0E38 to 3.0E38, too wide for float: divide it by 1e30 first",
      "rows: feature 0 is -2.0E38 to 3.4028235E38, too wide for float: divide it by 1e30 first",
    };
    for (Scaling scaling : List.of(Scaling.STANDARD, Scaling.MIN_MAX)) {
      for (int i = 0; i < columns.length; i++) {
        float[] x = columns[i];
        var e = assertThrows(IllegalArgumentException.class, () -> scaling.fit(column(x)));
        assertEquals(wanted[i], e.getMessage());
      }
      assertArrayEquals(
          new float[] {3e38f}, scaling.fit(column(3e38f, 3e38f)).shift(), "constant ones are not");
      assertArrayEquals(new float[] {1}, scaling.fit(column(1e-40f, 1e-40f)).scale());
    }
  }

  @Test
  void badRowsAreRefused() {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> Scaling.STANDARD.fit(column(1, 2, bad)))
              .getMessage();
      assertEquals("rows: feature 0 of row 2 is " + bad, message);
    }
    assertThrows(IllegalArgumentException.class, () -> Scaling.MIN_MAX.fit(column()));
    assertThrows(IllegalArgumentException.class, () -> new Scaling.Fit(new float[1], new float[2]));
  }
}
