package io.lanewise.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ChartTest {
  private static double[] epochs(int n) {
    return IntStream.rangeClosed(1, n).mapToDouble(e -> e).toArray();
  }

  private static Chart losses(double... y) {
    return new Chart("Loss", "epoch", "").whole().mayBePowers().curve(0, "a", epochs(y.length), y);
  }

  @Test
  void firstEpochsThatWouldFlattenTheRestMakeTheScaleLogarithmic() {
    assertTrue(losses(900, 5, 4, 3, 2.5, 2.4, 2.3, 2.2).svg().contains(">Loss, log scale<"));
    assertTrue(losses(2.3, 2, 1.7, 1.5, 1.4, 1.3, 1.2, 1.1).svg().contains(">Loss<"));
    // By powers 0 has no place, nor has what is below it.
    assertTrue(losses(900, 5, 4, 3, 2.5, 2.4, 2.3, 0).svg().contains(">Loss<"));
    assertTrue(losses(900, 5, 4, 3, 2.5, -2.4, 2.3, 2).svg().contains(">Loss<"));
  }

  @Test
  void theTicksAreFewAndRound() {
    assertArrayEquals(new double[] {1, 10, 20, 30, 40, 50}, Axis.whole(1, 50, 5).ticks());
    assertArrayEquals(new double[] {1, 2, 3}, Axis.whole(1, 3, 5).ticks());
    assertArrayEquals(new double[] {0, 0.5, 1}, Axis.round(0, 1, 4).ticks(), 1e-12);
    assertArrayEquals(new double[] {0.01, 0.1, 1, 10}, Axis.powers(0.005, 20, 4).ticks(), 1e-12);
    for (double most : new double[] {1e-12, 3e-5, 0.7, 12, 1e9, 1e30, 1e200}) {
      for (Axis axis : List.of(Axis.round(0, most, 4), Axis.powers(most / 1e5, most, 4))) {
        double[] ticks = axis.ticks();
        assertTrue(ticks.length >= 2 && ticks.length <= 6, Arrays.toString(ticks));
        for (double tick : ticks) {
          assertTrue(axis.text(tick).length() <= 9, axis.text(tick));
        }
        long different = Arrays.stream(ticks).mapToObj(axis::text).distinct().count();
        assertEquals(ticks.length, different, Arrays.toString(ticks));
      }
    }
  }

  @Test
  void aLongCurveIsThinnedAndKeepsItsExtremes() {
    double[] y = IntStream.range(0, 1_000_000).mapToDouble(i -> Math.sin(i * 0.001)).toArray();
    y[123_456] = 77;
    y[654_321] = -77;
    int[] kept = Thinning.kept(y);
    assertTrue(kept.length <= Chart.MOST_POINTS + 2, "kept " + kept.length);
    assertTrue(Arrays.stream(kept).anyMatch(i -> i == 123_456), "the peak is lost");
    assertTrue(Arrays.stream(kept).anyMatch(i -> i == 654_321), "the valley is lost");
    assertArrayEquals(Arrays.stream(kept).sorted().toArray(), kept);
    String svg = new Chart("t", "x", "y").curve(0, "a", y, y).dots(1, "b", y, y).svg();
    assertTrue(svg.length() < 20_000, svg.length() + " characters");
  }

  @Test
  void aStraightRunIsOneLineAndATurnStays() {
    double[] x = {0, 1, 2, 3, 4, 4, 4};
    double[] y = {0, 0, 0, 0, 0, 1, 0.5};
    String svg = new Chart("t", "x", "y").curve(0, "", x, y).svg();
    String d = svg.replaceAll("(?s).*class=\"curve c0\" d=\"([^\"]*)\".*", "$1");
    assertEquals(4, d.split("[ML]").length - 1, d);
  }

  @Test
  void whatIsNotFiniteIsLeftOut() {
    double[] y = {Double.NaN, 1, Double.POSITIVE_INFINITY, 2, -1e308};
    String svg = new Chart("t", "x", "").curve(0, "a", epochs(5), y).svg();
    assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    assertTrue(new Chart("t", "x", "").curve(0, "a", epochs(1), new double[] {0.0 / 0}).isEmpty());
    assertTrue(new Chart("t", "x", "").svg().contains(">t</text>"));
  }

  @Test
  void namesAreTextAndFit() {
    String hostile = "<script>alert('x')</script>&\"" + "long ".repeat(40);
    String svg =
        new Chart(hostile, hostile, hostile)
            .curve(0, hostile, epochs(3), epochs(3))
            .mark(2, "<b>")
            .svg();
    assertFalse(svg.contains("<script") || svg.contains("<b>"), svg);
    assertTrue(svg.contains("…"), "nothing is shortened");
    assertEquals("ab", Words.fit("ab", 100));
    assertTrue(Words.width(Words.fit("W".repeat(100), 90)) <= 90, "wider than the room");
  }

  @Test
  void aFileOfChartsIsXml() throws Exception {
    String svg = Chart.file(List.of(losses(3, 2, 1), losses(5, 4, 3).mark(2, "best 2")));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
    assertTrue(svg.startsWith("<svg xmlns") && svg.contains("width=\"712\""), svg);
  }
}
