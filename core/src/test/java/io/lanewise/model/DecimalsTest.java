package io.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
  private static void assertSame(String text) {
    float wanted = Float.parseFloat(text);
    float got = Decimals.parse("<" + text + ">", 1, 1 + text.length());
    assertEquals(Float.floatToIntBits(wanted), Float.floatToIntBits(got), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "0.0",
        "00",
        "1",
        "1.",
        ".5",
        "1e3",
        "1E+3",
        "1e-3",
        "1.5E22",
        "1e23",
        "1e-22",
        "1e-40",
        "3.4028235E38",
        "3.4028236e38",
        "1e39",
        "16777217",
        "16777219",
        "123456789012345678",
        "1234567890123456789",
        "0.0000000000000000000001",
        "-1",
        "NaN",
        "Infinity",
        "1e099",
        " 2",
        "1.1754943E-38",
        "1.17549429E-38",
        "0e99",
        "1.00000005960464477"
      })
  void formsAreRead(String text) {
    assertSame(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "e1", "1e", "1e+", "1..2", "1.2.3", "1e1.5", "1,2", "x"})
  void whatIsNoNumberIsRefused(String text) {
    assertThrows(NumberFormatException.class, () -> Decimals.parse(text, 0, text.length()));
  }

  /** Also where two floats are all but equally near: there a double alone would round wrongly. */
  @Test
  void everyFloatAndWhatLiesBetweenTwoIsRounded() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      float x = Float.intBitsToFloat(random.nextInt() & Integer.MAX_VALUE);
      if (Float.isFinite(x)) {
        assertSame(Float.toString(x));
      }
      float y = (float) (random.nextDouble() * Math.pow(10, random.nextInt(-12, 12)));
      BigDecimal half =
          new BigDecimal(y).add(new BigDecimal(Math.nextUp(y))).divide(BigDecimal.valueOf(2));
      int digits = 6 + random.nextInt(13);
      BigDecimal near = half.round(new MathContext(digits));
      for (int d = -1; d <= 1; d++) {
        assertSame(near.add(near.ulp().multiply(BigDecimal.valueOf(d))).toString());
      }
    }
  }
}
