package io.lanewise.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.metrics.Confusion.Average;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Against scikit-learn's figures, which {@code make_scores.py} wrote. Both sum at most 24 rows in
 * double: 1e-13 is some hundred roundings.
 */
class MetricTest {
  private static final double ROUNDING = 1e-13;

  /** The cases: what each line has after its first word, by that word. */
  private static List<Map<String, double[]>> cases(String first) {
    List<Map<String, double[]>> cases = new ArrayList<>();
    InputStream in = MetricTest.class.getResourceAsStream("scores.txt");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line : lines.lines().toList()) {
        String[] words = line.strip().split(" ");
        double[] values = new double[words.length - 1];
        Arrays.setAll(
            values,
            i -> words[i + 1].equals("nan") ? Double.NaN : Double.parseDouble(words[i + 1]));
        if (words[0].equals("classes") || words[0].equals("outputs")) {
          cases.add(new HashMap<>());
        }
        cases.get(cases.size() - 1).put(words[0], values);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return cases.stream().filter(c -> c.containsKey(first)).toList();
  }

  private static int[] ints(double[] values) {
    return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static float[] weights(Map<String, double[]> values) {
    return values.get("weights").length == 0 ? null : floats(values.get("weights"));
  }

  /** What is nan in scikit-learn throws here. */
  private static void assertFigure(double wanted, ThrowingFigure figure, String what) {
    if (Double.isNaN(wanted)) {
      assertThrows(IllegalArgumentException.class, figure::get, what);
    } else {
      assertEquals(wanted, figure.get(), ROUNDING, what);
    }
  }

  private interface ThrowingFigure {
    double get();
  }

  @Test
  void figuresOfClassesAreScikitLearns() {
    List<Map<String, double[]>> cases = cases("classes");
    assertEquals(60, cases.size());
    int undefined = 0;
    for (int i = 0; i < cases.size(); i++) {
      Map<String, double[]> c = cases.get(i);
      int classes = (int) c.get("classes")[0];
      int[] actual = ints(c.get("actual"));
      int[] predicted = ints(c.get("predicted"));
      float[] scores = floats(c.get("scores"));
      float[] w = weights(c);
      String what = "case " + i;
      assertEquals(c.get("accuracy")[0], Metric.accuracy(actual, predicted, w), ROUNDING, what);
      assertEquals(c.get("logLoss")[0], Metric.logLoss(actual, scores, classes, w), ROUNDING, what);
      double[] areas = c.get("rocAuc");
      undefined += Double.isNaN(areas[0]) ? 1 : 0;
      if (classes == 2) {
        float[] ofClassOne = new float[actual.length];
        for (int r = 0; r < actual.length; r++) {
          ofClassOne[r] = scores[2 * r + 1];
        }
        assertFigure(areas[0], () -> Metric.rocAuc(actual, ofClassOne, w), what);
      } else {
        assertEquals(c.get("top2")[0], Metric.topK(2, actual, scores, classes, w), ROUNDING, what);
        assertFigure(
            areas[0], () -> Metric.rocAuc(actual, scores, classes, Average.MACRO, w), what);
        assertFigure(
            areas[1], () -> Metric.rocAuc(actual, scores, classes, Average.WEIGHTED, w), what);
      }
      confusion(c, Confusion.of(actual, predicted, w, classes), what);
    }
    assertTrue(undefined > 5 && undefined < 55, undefined + " are undefined");
  }

  private static void confusion(Map<String, double[]> wanted, Confusion confusion, String what) {
    int classes = confusion.classes();
    double[] each = wanted.get("each");
    assertEquals(wanted.get("accuracy")[0], confusion.accuracy(), ROUNDING, what);
    for (int c = 0; c < classes; c++) {
      assertEquals(each[c], confusion.precision(c), ROUNDING, what);
      assertEquals(each[classes + c], confusion.recall(c), ROUNDING, what);
      assertEquals(each[2 * classes + c], confusion.f1(c), ROUNDING, what);
      assertEquals(each[3 * classes + c], confusion.support(c), ROUNDING, what);
    }
    for (Average average : Average.values()) {
      double[] values = wanted.get(average.name().toLowerCase(java.util.Locale.ROOT));
      assertEquals(values[0], confusion.precision(average), ROUNDING, what + average);
      assertEquals(values[1], confusion.recall(average), ROUNDING, what + average);
      assertEquals(values[2], confusion.f1(average), ROUNDING, what + average);
    }
  }

  @Test
  void figuresOfQuantitiesAreScikitLearns() {
    List<Map<String, double[]>> cases = cases("outputs");
    assertEquals(30, cases.size());
    for (int i = 0; i < cases.size(); i++) {
      Map<String, double[]> c = cases.get(i);
      int nOut = (int) c.get("outputs")[0];
      float[] targets = floats(c.get("targets"));
      float[] predicted = floats(c.get("predicted"));
      float[] w = weights(c);
      String what = "case " + i;
      assertEquals(c.get("r2")[0], Metric.r2(targets, predicted, nOut, w), ROUNDING, what);
      assertEquals(
          c.get("mae")[0], Metric.meanAbsoluteError(targets, predicted, nOut, w), ROUNDING, what);
      assertEquals(
          c.get("rmse")[0],
          Metric.rootMeanSquaredError(targets, predicted, nOut, w),
          ROUNDING,
          what);
    }
  }

  @Test
  void signedZerosAreTied() {
    assertEquals(0.5, Metric.rocAuc(new int[] {0, 1}, new float[] {-0f, 0f}, null));
    assertEquals(1, Metric.rocAuc(new int[] {0, 1}, new float[] {-2f, -1f}, null));
    float inf = Float.POSITIVE_INFINITY;
    assertEquals(1, Metric.rocAuc(new int[] {0, 1, 0}, new float[] {-inf, inf, 3}, null));
  }

  /** Of a constant target the mean of weighted rows is not always the constant, in double. */
  @Test
  void r2OfAConstantIsZeroOrOneWhateverTheWeights() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      int rows = 2 + random.nextInt(200);
      float constant = Float.intBitsToFloat(random.nextInt(0x7f800000));
      float[] targets = new float[rows];
      float[] predicted = new float[rows];
      float[] weights = new float[rows];
      for (int r = 0; r < rows; r++) {
        boolean counts = r == 0 || random.nextInt(4) > 0;
        targets[r] = counts ? constant : random.nextFloat();
        weights[r] = counts ? random.nextFloat() + 1e-6f : 0;
        predicted[r] = targets[r];
      }
      String what = "case " + i + ": " + constant;
      assertEquals(1, Metric.r2(targets, predicted, 1, weights), what);
      predicted[0] = Math.nextDown(predicted[0]);
      assertEquals(0, Metric.r2(targets, predicted, 1, weights), what);
    }
  }

  /** One row of many is another, by a rounding and of little weight: the spread is all its own. */
  @Test
  void r2OfANearlyConstantIsExact() {
    Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      int rows = 3 + random.nextInt(300);
      float most = 1 + random.nextFloat();
      float[] targets = new float[rows];
      float[] predicted = new float[rows];
      float[] weights = new float[rows];
      Arrays.fill(targets, most);
      Arrays.fill(predicted, most);
      for (int r = 0; r < rows; r++) {
        weights[r] = random.nextFloat() + 1e-3f;
      }
      targets[1] = Math.nextUp(most);
      weights[1] = 1e-12f;
      predicted[1] = targets[1];
      predicted[0] = Math.nextUp(most);
      weights[0] = 1e-13f;
      // With the step between the two as the unit: an error of the one, a spread of the other.
      double all = 0;
      for (float w : weights) {
        all += w;
      }
      double own = weights[1];
      double wanted = 1 - weights[0] / (own - own * own / all);
      assertEquals(wanted, Metric.r2(targets, predicted, 1, weights), 1e-14, "case " + i);
    }
  }

  /** Sums of weights round, but who is always above has the whole area. */
  @Test
  void rocAucOfAPerfectOrderIsExactlyOne() {
    Random random = new Random(9);
    for (int i = 0; i < 500; i++) {
      int rows = 2 + random.nextInt(60);
      int ofZero = 1 + random.nextInt(rows - 1);
      int[] actual = new int[rows];
      float[] scores = new float[rows];
      float[] weights = new float[rows];
      for (int r = 0; r < rows; r++) {
        actual[r] = r < ofZero ? 0 : 1;
        scores[r] = r < ofZero ? random.nextInt(30) : 30 + random.nextInt(30);
        weights[r] = random.nextFloat() + 1e-6f;
      }
      assertEquals(1, Metric.rocAuc(actual, scores, weights), "case " + i);
      for (int r = 0; r < rows; r++) {
        scores[r] = -scores[r];
      }
      assertEquals(0, Metric.rocAuc(actual, scores, weights), "case " + i);
      assertEquals(0.5, Metric.rocAuc(actual, new float[rows], weights), "case " + i);
    }
  }

  private static void illegal(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  private static void missing(String name, Executable call) {
    assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
  }

  @Test
  void namesABadClassOrScore() {
    int[] two = {0, 1};
    float[] four = {0.5f, 0.5f, 1, 0};
    illegal("predicted must have 2 values, got 1", () -> Metric.accuracy(two, new int[1], null));
    illegal("actual must have at least one row", () -> Metric.accuracy(new int[0], two, null));
    missing("actual", () -> Metric.accuracy(null, two, null));
    missing("predicted", () -> Metric.accuracy(two, null, null));
    illegal("k must be >= 1, got 0", () -> Metric.topK(0, two, four, 2, null));
    illegal("scores must have 4 values, got 2", () -> Metric.topK(1, two, new float[2], 2, null));
    illegal(
        "actual[1] must be in 0..1, got 2", () -> Metric.topK(1, new int[] {0, 2}, four, 2, null));
    missing("scores", () -> Metric.topK(1, two, null, 2, null));
    illegal("classes must be >= 2, got 1", () -> Metric.logLoss(two, four, 1, null));
    illegal("probabilities[0]", () -> Metric.logLoss(two, new float[] {-0.1f, 1, 1, 0}, 2, null));
    illegal("probabilities[3]", () -> Metric.logLoss(two, new float[] {1, 1, 1, 1.5f}, 2, null));
    missing("probabilities", () -> Metric.logLoss(two, null, 2, null));
    illegal(
        "scores[1] must be a number", () -> Metric.rocAuc(two, new float[] {0, Float.NaN}, null));
    illegal("scores must have 2 values", () -> Metric.rocAuc(two, four, null));
    illegal("actual[0]", () -> Metric.rocAuc(new int[] {-1, 0}, new float[2], null));
    illegal(
        "actual must have rows of class 1", () -> Metric.rocAuc(new int[2], new float[2], null));
    illegal("average", () -> Metric.rocAuc(two, four, 2, Average.MICRO, null));
    missing("average", () -> Metric.rocAuc(two, four, 2, null, null));
    illegal("weights must have 2 values", () -> Metric.accuracy(two, two, new float[1]));
    illegal("weights[1]", () -> Metric.accuracy(two, two, new float[] {1, -1}));
    illegal("weights[0]", () -> Metric.accuracy(two, two, new float[] {Float.NaN, 1}));
    illegal("weights must not all be 0", () -> Metric.accuracy(two, two, new float[2]));
  }

  @Test
  void namesABadQuantity() {
    float[] two = {1, 2};
    for (int f = 0; f < 3; f++) {
      Figure figure =
          List.<Figure>of(Metric::r2, Metric::meanAbsoluteError, Metric::rootMeanSquaredError)
              .get(f);
      illegal("nOut = 0", () -> figure.of(two, two, 0, null));
      illegal("nOut = 3", () -> figure.of(two, two, 3, null));
      illegal("predicted must have 2", () -> figure.of(two, new float[3], 1, null));
      illegal("targets must have at least", () -> figure.of(new float[0], two, 1, null));
      illegal("targets[0]", () -> figure.of(new float[] {Float.NaN, 1}, two, 1, null));
      illegal("predicted[1]", () -> figure.of(two, new float[] {1, Float.NaN}, 1, null));
      illegal("weights", () -> figure.of(two, two, 1, new float[3]));
      missing("targets", () -> figure.of(null, two, 1, null));
      missing("predicted", () -> figure.of(two, null, 1, null));
    }
  }

  private interface Figure {
    double of(float[] targets, float[] predicted, int nOut, float[] weights);
  }

  @Test
  void aConfusionNamesABadArgument() {
    int[] two = {0, 1};
    missing("actual", () -> Confusion.of(null, two, null, 2));
    missing("predicted", () -> Confusion.of(two, null, null, 2));
    illegal("classes", () -> Confusion.of(two, two, null, 1));
    illegal("actual[1]", () -> Confusion.of(new int[] {0, 3}, two, null, 2));
    illegal("predicted[0]", () -> Confusion.of(two, new int[] {-1, 0}, null, 2));
    illegal("predicted must have 2 values", () -> Confusion.of(two, new int[3], null, 2));
    illegal("weights", () -> Confusion.of(two, two, new float[1], 2));
    Confusion confusion = Confusion.of(two, two, null, 2);
    assertThrows(IndexOutOfBoundsException.class, () -> confusion.precision(2));
    assertThrows(IndexOutOfBoundsException.class, () -> confusion.recall(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> confusion.f1(2));
    assertThrows(IndexOutOfBoundsException.class, () -> confusion.support(2));
    assertThrows(IndexOutOfBoundsException.class, () -> confusion.count(0, 2));
    missing("average", () -> confusion.precision(null));
    missing("average", () -> confusion.recall(null));
    missing("average", () -> confusion.f1(null));
  }

  /** The square of the classes is more than an array has. */
  @Test
  void confusionOfManyClassesIsCounted() {
    int classes = 1 << 20;
    int[] actual = {0, classes - 1, classes - 1, 5};
    int[] predicted = {0, classes - 1, 5, 5};
    Confusion confusion = Confusion.of(actual, predicted, null, classes);
    assertEquals(1, confusion.count(classes - 1, 5));
    assertEquals(1, confusion.count(classes - 1, classes - 1));
    assertEquals(0, confusion.count(5, classes - 1));
    assertEquals(0.75, confusion.accuracy());
    assertEquals(0.5, confusion.precision(5));
    assertEquals(0.5, confusion.recall(classes - 1));
  }
}
