package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void aPlainDecimalIsTheNearestFloat() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 500_000; round++) {
      int digits = 1 + random.nextInt(12);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < digits; i++) {
        text.append((char) ('0' + random.nextInt(10)));
      }
      if (random.nextInt(4) > 0) {
        text.insert(random.nextInt(digits + 1), '.');
      }
      text.insert(0, new String[] {"", "-", "+", "0000"}[random.nextInt(4)]);
      assertBits(Float.parseFloat(text.toString()), text.toString());
    }
  }

  @Test
  void soAreTheEdges() {
    String[] texts = {
      "0",
      "-0",
      "-0.0",
      "16777216",
      "16777217",
      "1677722",
      "1677721.9",
      "5.",
      ".5",
      "-.5",
      "0.0000000001",
      "0.00000000001",
      "1e3",
      "1E-3",
      "9999999999",
      "123456789012345678901234567890"
    };
    for (String text : texts) {
      assertBits(Float.parseFloat(text), text);
    }
    for (String text : new String[] {"", "-", "+", ".", "-.", "--1", "1-", "1.2.3", "1 2", "1f"}) {
      assertEquals(Float.NaN, Numbers.parse(text), text);
    }
  }

  private static void assertBits(float wanted, String text) {
    int got = Float.floatToRawIntBits(Numbers.parse(text));
    assertEquals(Float.floatToRawIntBits(wanted), got, text);
  }
}
