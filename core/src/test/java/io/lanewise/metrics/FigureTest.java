package io.lanewise.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class FigureTest {
  @Test
  void everyMetricIsAFigureOfTheValidation() {
    for (Metric metric : Metric.values()) {
      Figure figure = Figure.of(metric);
      assertEquals(Optional.of(metric), figure.metric());
      assertEquals(metric.largerIsBetter(), figure.largerIsBetter());
      assertTrue(figure.ofValidation());
      assertEquals("VALIDATION_" + metric.name(), figure.name());
    }
    assertEquals(6, Figure.values().length - Metric.values().length);
  }

  @Test
  void aTextIsTheNameInLowerCase() {
    for (Figure figure : Figure.values()) {
      assertSame(figure, Figure.parse(figure.toString()));
    }
    assertEquals("validation_f1_macro", Figure.VALIDATION_F1_MACRO.toString());
    assertFalse(Figure.LOSS.largerIsBetter());
    assertFalse(Figure.LOSS.ofValidation());
    assertTrue(Figure.VALIDATION_ACCURACY.largerIsBetter());
    String message =
        assertThrows(IllegalArgumentException.class, () -> Figure.parse("los")).getMessage();
    assertTrue(message.startsWith("\"los\" is none of loss, accuracy, "), message);
  }
}
