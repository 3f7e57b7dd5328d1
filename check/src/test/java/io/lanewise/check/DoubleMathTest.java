package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoubleMathTest {
  @ParameterizedTest
  @CsvSource({
    // computed in 60 digits; the arguments are the doubles next to these decimals
    "0.1, 0.1124629160182848984047123, 0.8875370839817151015952877",
    "0.5, 0.5204998778130465376827467, 0.4795001221869534623172533",
    "0.75, 0.7111556336535151315989378, 0.2888443663464848684010622",
    "1, 0.8427007929497148693412206, 0.1572992070502851306587794",
    "1.5, 0.9661051464753107270669763, 0.03389485352468927293302374",
    "2, 0.9953222650189527341620693, 0.004677734981047265837930744",
    "3, 0.9999779095030014145586272, 0.00002209049699858544137277613",
    "5, 0.999999999998462540205572, 1.537459794428034850188343e-12",
    "10, 1, 2.088487583762544757000786e-45",
    "26, 1, 5.663192408856142846475728e-296"
  })
  void erfAndErfcHaveTheirKnownValues(double x, double erf, double erfc) {
    assertEquals(erf, DoubleMath.erf(x), 4e-16 * erf);
    assertEquals(-erf, DoubleMath.erf(-x), 4e-16 * erf);
    assertEquals(erfc, DoubleMath.erfc(x), 1e-15 * erfc);
    assertEquals(1 + erf, DoubleMath.erfc(-x), 4e-16 * (1 + erf));
  }

  @Test
  void specialValuesPassThrough() {
    assertEquals(0.0, DoubleMath.erf(0.0));
    assertEquals(-0.0, DoubleMath.erf(-0.0));
    assertEquals(1.0, DoubleMath.erf(Double.POSITIVE_INFINITY));
    assertEquals(-1.0, DoubleMath.erf(Double.NEGATIVE_INFINITY));
    assertEquals(0.0, DoubleMath.erfc(Double.POSITIVE_INFINITY));
    assertEquals(2.0, DoubleMath.erfc(Double.NEGATIVE_INFINITY));
    assertTrue(Double.isNaN(DoubleMath.erf(Double.NaN)));
    assertTrue(Double.isNaN(DoubleMath.erfc(Double.NaN)));
  }

  /** The gradient checker differentiates through the seam at 0.75: no step may show there. */
  @Test
  void centralDifferencesOfErfFollowItsDerivative() {
    double h = 1e-5;
    for (double x = -4; x <= 4; x += 0.001) {
      double slope = (DoubleMath.erf(x + h) - DoubleMath.erf(x - h)) / (2 * h);
      // truncation h^2/6 |f'''| < 4e-11, rounding 2.2e-16 / h = 2.2e-11
      assertEquals(2 / Math.sqrt(Math.PI) * Math.exp(-x * x), slope, 7e-11);
    }
  }
}
