package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
  @ParameterizedTest
  @EnumSource
  void thereIsOneOfEachKindAndItsTextIsItsName(Activation.Kind kind) {
    Activation f = Activation.of(kind);
    assertSame(f, Activation.values()[kind.ordinal()]);
    assertSame(f, Activation.parse(f.toString()));
    assertEquals(-1, f.toString().indexOf('('));
    if (kind.hasParameter()) {
      assertSame(f, Activation.of(kind, f.parameter()));
      Activation other = Activation.of(kind, 0.3f);
      assertEquals(other, Activation.parse(other.toString()));
      assertEquals(other.hashCode(), Activation.of(kind, 0.3f).hashCode());
      assertNotEquals(f, other);
    } else {
      assertThrows(IllegalArgumentException.class, () -> Activation.of(kind, 0f));
    }
  }

  @Test
  void theSlopeDecidesWhatIsSaved() {
    assertSame(Activation.LEAKY_RELU, Activation.leakyRelu(0.01f));
    assertEquals("leaky-relu(0.2)", Activation.leakyRelu(0.2f).toString());
    assertEquals(false, Activation.leakyRelu(0f).savesInput());
    assertEquals(true, Activation.leakyRelu(-0.5f).savesInput());
    assertEquals(-0.5f, Activation.leakyRelu(-0.5f).derivative(-1f));
    assertEquals(0.5f, Activation.leakyRelu(-0.5f).apply(-1f));
    assertSame(Activation.ELU, Activation.elu(1f));
    assertEquals(Activation.elu(0f), Activation.elu(-0f));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "relo|is none of identity, relu, leaky-relu, elu",
        "RELU|leaky-relu(slope), elu(alpha)",
        "relu(1)|relu has no parameter",
        "leaky-relu(|wanted a number in parentheses",
        "leaky-relu()|wanted a number in parentheses",
        "leaky-relu(0.2|wanted a number in parentheses",
        "leaky-relu(0.2f)|wanted a number in parentheses",
        "leaky-relu( 0.2)|wanted a number in parentheses",
        "leaky-relu(NaN)|wanted a number in parentheses",
        "leaky-relu(0x1p0)|wanted a number in parentheses",
        "leaky-relu(1e39)|slope must be finite, got Infinity",
        "elu(-0.1)|alpha must be finite and >= 0, got -0.1",
      })
  void whatIsNoActivationIsRefused(String text, String message) {
    var e = assertThrows(IllegalArgumentException.class, () -> Activation.parse(text));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
