package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorTest {
  @TempDir private Path folder;

  /** Three clouds whose features differ in size by a thousand, as raw tables do. */
  private static Dataset clouds(int rows) {
    Random random = new Random(1);
    float[] x = new float[2 * rows];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 3;
      x[2 * i] = 5000 + 1000 * (labels[i] + 0.2f * (float) random.nextGaussian());
      x[2 * i + 1] = labels[i] == 1 ? 1 : 0.2f * (float) random.nextGaussian();
    }
    return Dataset.ofLabels(x, 2, labels, 3);
  }

  /** y0 = 1000 + 50 a - 20 b, y1 = 0.001 a. */
  private static Dataset plane(int rows) {
    Random random = new Random(2);
    float[] x = new float[2 * rows];
    float[] y = new float[2 * rows];
    for (int i = 0; i < rows; i++) {
      x[2 * i] = (float) random.nextGaussian();
      x[2 * i + 1] = 100 * (float) random.nextGaussian();
      y[2 * i] = 1000 + 50 * x[2 * i] - 0.2f * x[2 * i + 1];
      y[2 * i + 1] = 0.001f * x[2 * i];
    }
    return Dataset.ofTargets(x, 2, y, 2);
  }

  private static Classifier classifier() {
    return new Classifier().hiddenLayers(16).epochs(40).optimizer(new Adam(0.01)).seed(3);
  }

  @Test
  void eachListenerIsToldOfAFit() {
    List<String> told = new ArrayList<>();
    Classifier classifier = classifier().epochs(2);
    for (String name : List.of("a", "b")) {
      classifier.listener(
          new Training.Listener() {
            @Override
            public void onBegin(Training training) {
              told.add(name + " begin");
            }

            @Override
            public void onEnd(Training training, History history) {
              told.add(name + " end " + history.epochs().size());
            }
          });
    }
    classifier.fit(clouds(30));
    assertEquals(List.of("a begin", "b begin", "a end 2", "b end 2"), told);
  }

  @Test
  void aClassifierLearnsRawRowsAndItsNetworkTakesThem() throws IOException {
    Dataset data = clouds(150);
    Classifier classifier = classifier().fit(data);
    assertTrue(classifier.score(data) > 0.98, () -> "accuracy " + classifier.score(data));
    Path file = folder.resolve("model.safetensors");
    Model.save(classifier.network(), file);
    assertArrayEquals(
        classifier.predictProbabilities(data.features()),
        Model.load(file).network().predict(data.features(), data.rows()));
  }

  @Test
  void aClassifierTakesTheOptionsOfItsLoss() {
    Dataset data = clouds(60);
    Loss.Options options = Loss.Options.DEFAULT.labelSmoothing(0.4f).classWeights(1, 2, 3);
    Classifier classifier = classifier().lossOptions(options).fit(data);
    assertEquals(options, classifier.network().lossOptions());
    float largest = 0;
    for (float p : classifier.predictProbabilities(data.features())) {
      largest = Math.max(largest, p);
    }
    // Where the targets are 0.6 + 0.4 / 3.
    assertTrue(largest < 0.95, "probability " + largest);
    Classifier wrong = classifier().lossOptions(Loss.Options.DEFAULT.huberDelta(2));
    assertThrows(IllegalStateException.class, () -> wrong.fit(data));
  }

  @Test
  void allFormsOfRowsAreTheSame() {
    Dataset data = clouds(60);
    float[][] rows = Estimator.unflat(data.features(), 2);
    Classifier flat = classifier().fit(data.features(), data.labels());
    Classifier nested = classifier().fit(rows, data.labels());
    assertArrayEquals(flat.network().parameters(), nested.network().parameters());
    assertArrayEquals(flat.predict(data.features()), nested.predict(rows));
    float[] probabilities = flat.predictProbabilities(data.features());
    assertArrayEquals(Estimator.unflat(probabilities, 3), nested.predictProbabilities(rows));
    assertEquals(flat.score(data), nested.score(rows, data.labels()));
    assertEquals(flat.score(data), nested.score(data.features(), data.labels()));
    for (int i = 0; i < 60; i++) {
      float sum = probabilities[3 * i] + probabilities[3 * i + 1] + probabilities[3 * i + 2];
      assertEquals(1, sum, 1e-6);
    }
  }

  /** The classes are the distinct labels, none between them, and the caller's come back. */
  @ParameterizedTest
  @ValueSource(strings = {"3,5,8", "-1,0,1", "1,2,3", "1001,20230101,-7", "0,1,2"})
  void anyIntegersAreLabels(String list) throws IOException {
    int[] three = Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
    int[] classes = Arrays.stream(three).sorted().toArray();
    Dataset data = clouds(150);
    int[] labels = Arrays.stream(data.labels()).map(c -> three[c]).toArray();
    Classifier fitted = classifier().fit(data.features(), labels);
    assertArrayEquals(classes, fitted.classes());
    assertEquals(3, fitted.network().nOut());
    int[] predicted = fitted.predict(data.features());
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predicted[i] == labels[i] ? 1 : 0;
    }
    assertTrue(right > 147, right + " of 150");
    assertEquals(right / 150.0, fitted.score(data.features(), labels));
    Path file = folder.resolve("model.safetensors");
    Model.save(fitted.network(), file);
    Classifier loaded = Classifier.of(Model.load(file).network(), classes);
    assertArrayEquals(classes, loaded.classes());
    assertArrayEquals(predicted, loaded.predict(data.features()));
    labels[7] = 4;
    assertBad(
        "labels: 4 is none of " + Arrays.toString(classes),
        () -> loaded.score(data.features(), labels));
    assertMessage("nothing was fitted", IllegalStateException.class, loaded::history);
  }

  @Test
  void rowsWithoutALabelDoNotCount() {
    Dataset data = clouds(30);
    int[] labels = Arrays.stream(data.labels()).map(c -> 2 * c + 3).toArray();
    Classifier all = classifier().fit(data.features(), labels);
    labels[4] = Loss.Options.IGNORED_INDEX;
    Classifier fitted = classifier().fit(data.features(), labels);
    assertArrayEquals(new int[] {3, 5, 7}, fitted.classes());
    assertNotEquals(
        all.network().parameters()[4], fitted.network().parameters()[4], "the row counted");
    assertEquals(1, fitted.score(data.features(), labels));
  }

  @Test
  void theClassesOfANetworkAreAscendingIntegers() {
    Network network = Network.builder(1).dense(3, Activation.SOFTMAX).build();
    for (int[] classes : new int[][] {{1, 2}, {3, 2, 1}, {1, 1, 2}, {1, 2, 3, 4}}) {
      assertBad(
          "classes must be ascending, as many as outputs, got " + Arrays.toString(classes),
          () -> Classifier.of(network, classes));
    }
    Network yes = Network.builder(1).dense(1, Activation.SIGMOID).build();
    assertArrayEquals(new int[] {-1, 1}, Classifier.of(yes, -1, 1).classes());
    assertArrayEquals(new int[] {0, 1}, classifier().fit(new float[] {1, 2}, new int[2]).classes());
  }

  @Test
  void aRowOfNanIsRefusedByPredictAndWrongInTheScore() {
    Dataset data = clouds(60);
    Classifier classifier = classifier().fit(data);
    float[] x = data.features().clone();
    float[] clean = x.clone();
    int[] labels = classifier.predict(x);
    x[2 * 7] = Float.NaN;
    x[2 * 9 + 1] = Float.POSITIVE_INFINITY;
    var e = assertThrows(IllegalArgumentException.class, () -> classifier.predict(x));
    assertEquals("x: row 7 has no class, its outputs are NaN", e.getMessage());
    assertEquals(1, classifier.score(clean, labels));
    assertEquals(58 / 60.0, classifier.score(x, labels));
    assertEquals(58 / 60.0, classifier.score(Dataset.ofLabels(x, 2, labels, 3)));
    assertEquals(Float.NaN, classifier.predictProbabilities(x)[3 * 7]);
  }

  @Test
  void theSameSeedGivesTheSameBitsOnAnyKernels() {
    Dataset data = clouds(45);
    float[] one = classifier().epochs(3).fit(data).network().parameters();
    float[] two =
        classifier().epochs(3).kernels(ScalarKernels.INSTANCE).fit(data).network().parameters();
    assertArrayEquals(one, two);
    assertNotEquals(one[3], classifier().epochs(3).seed(4).fit(data).network().parameters()[3]);
  }

  @Test
  void aRegressorGivesTargetsInTheirOwnUnits() {
    Dataset data = plane(200);
    Regressor regressor =
        new Regressor().hiddenLayers().optimizer(new Adam(0.05)).epochs(100).fit(data);
    assertTrue(regressor.score(data) > 0.999, () -> "R2 " + regressor.score(data));
    float[] y = regressor.predict(new float[][] {{0, 0}});
    assertEquals(1000, y[0], 2);
    assertEquals(0, y[1], 1e-4);
    Regressor hidden = new Regressor().hiddenLayers(8).activation(Activation.TANH).epochs(30);
    assertTrue(hidden.fit(data).score(data) > 0.9, () -> "R2 " + hidden.score(data));
  }

  /** Targets are scaled and given back, so that another unit gives the same bits in that unit. */
  @Test
  void aRegressorIsTheSameInAnyUnit() {
    Dataset data = plane(60);
    float[] y = data.targets();
    Regressor one = new Regressor().hiddenLayers(5).epochs(8).fit(data);
    float[] wanted = one.predict(data.features());
    for (int exponent : new int[] {-80, -40, 3, 40, 80}) {
      float[] other = new float[y.length];
      for (int i = 0; i < y.length; i++) {
        other[i] = Math.scalb(y[i], exponent);
      }
      Regressor regressor =
          new Regressor().hiddenLayers(5).epochs(8).fit(data.features(), other, 2);
      float[] actual = regressor.predict(data.features());
      for (int i = 0; i < y.length; i++) {
        assertEquals(Math.scalb(wanted[i], exponent), actual[i], "2^" + exponent);
      }
      assertEquals(one.history().last().loss(), regressor.history().last().loss());
    }
  }

  @Test
  void aConstantTargetIsPredictedItself() {
    float[] x = {0, 1, 2, 3};
    for (float constant : new float[] {0, 7, -3e38f, 1e-40f}) {
      float[] y = {1, constant, 2, constant, 3, constant, 4, constant};
      Regressor regressor = new Regressor().epochs(2).fit(x, y, 2);
      float[] predicted = regressor.predict(x);
      for (int i = 0; i < 4; i++) {
        assertEquals(constant, predicted[2 * i + 1]);
        assertTrue(predicted[2 * i] != 0);
      }
    }
  }

  @Test
  void targetsWithoutRoomInFloatAreRefusedBeforeTheTraining() {
    float[] x = {0, 1};
    assertBad(
        "rows: target 0 is -3.0E38 to 3.0E38, too wide for float: divide it by 1e30 first",
        () -> new Regressor().fit(x, new float[] {-3e38f, 3e38f}));
    assertBad(
        "rows: target 1 is 0.0 to 1.0E-40, too narrow for float: multiply it by 1e30 first",
        () -> new Regressor().fit(x, new float[] {1, 0, 2, 1e-40f}, 2));
    assertBad(
        "rows: target 0 of row 1 is Infinity",
        () -> new Regressor().fit(x, new float[] {0, Float.POSITIVE_INFINITY}));
    assertBad("row 1 is NaN", () -> new Regressor().fit(x, new float[] {0, Float.NaN}));
    assertBad(
        "rows: feature 0 is 0.0 to 3.0E-40, too narrow",
        () -> new Classifier().fit(new float[] {0, 3e-40f}, new int[] {0, 1}));
  }

  @Test
  void r2IsThatOfScikitLearn() {
    float[] x = {0, 0, 0, 0};
    Regressor constant = new Regressor().hiddenLayers().epochs(1).fit(x, new float[] {2, 2, 2, 2});
    assertEquals(1, constant.score(x, new float[] {2, 2, 2, 2}), 0.0);
    assertEquals(0, constant.score(x, new float[] {3, 3, 3, 3}), 0.0);
    // Predicts 2 for each: residual 6, total 2.
    assertEquals(-2, constant.score(x, new float[] {3, 3, 4, 2}), 1e-6);
  }

  @Test
  void itStopsWhenNothingGetsBetterAndKeepsTheBestOfTheValidation() {
    Dataset data = clouds(150);
    Classifier early = classifier().epochs(500).earlyStopping(3).fit(data);
    assertTrue(early.history().epochs().size() < 500);
    Classifier all = classifier().epochs(30).earlyStopping(0).fit(data);
    assertEquals(30, all.history().epochs().size());
    Classifier held = classifier().epochs(60).validation(0.2).fit(data);
    assertTrue(Double.isFinite(held.history().last().validationLoss()));
    assertTrue(held.score(data) > 0.95);
  }

  @Test
  void weightsCount() {
    float[] x = {0, 0, 0, 0};
    float[] y = {1, 5, 1, 5};
    Dataset data = Dataset.ofTargets(x, 1, y, 1).withWeights(new float[] {1, 0, 1, 0});
    Regressor regressor =
        new Regressor().hiddenLayers().optimizer(new Adam(0.1)).earlyStopping(0).fit(data);
    assertEquals(1, regressor.predict(new float[] {0})[0], 0.05);
  }

  @Test
  void whatIsWrongIsSaid() {
    Dataset data = clouds(30);
    assertMessage("call fit first", IllegalStateException.class, () -> classifier().network());
    assertMessage("call fit first", IllegalStateException.class, () -> classifier().score(data));
    assertMessage(
        "call fit first", IllegalStateException.class, () -> new Regressor().predict(new float[2]));
    assertBad("take a Regressor", () -> classifier().fit(plane(5)));
    assertBad("x: 5 values are not 2 rows", () -> classifier().fit(new float[5], new int[2]));
    for (float[][] rows : new float[][][] {{{1}, null, {2}}, {null, {1}, null}}) {
      var e = assertThrows(NullPointerException.class, () -> classifier().fit(rows, new int[3]));
      assertEquals(rows[0] == null ? "x[0]" : "x[1]", e.getMessage());
    }
    assertBad(
        "labels: 1 different of 2, wanted 2 or more classes",
        () -> classifier().fit(new float[2], new int[] {5, 5}));
    int[] measured = IntStream.range(0, 42).map(i -> i * 21 / 42 * 7).toArray();
    assertArrayEquals(
        Arrays.stream(measured).distinct().toArray(),
        classifier().epochs(1).fit(new float[42], measured).classes());
    measured[41] = -7;
    assertBad(
        "labels: 22 different of 42, wanted 2 or more classes",
        () -> classifier().fit(new float[42], measured));
    assertBad("x[1] has 2 values", () -> classifier().fit(new float[][] {{1}, {1, 2}}, new int[2]));
    assertBad("labels: got 1", () -> classifier().fit(new float[][] {{1}, {2}}, new int[1]));
    assertBad("hiddenLayers must", () -> classifier().hiddenLayers(5, 0));
    assertBad("epochs must", () -> classifier().epochs(0));
    assertBad("batchSize must", () -> classifier().batchSize(0));
    assertBad("fraction must", () -> classifier().validation(1));
    assertBad("patience must", () -> classifier().earlyStopping(-1));
    Classifier fitted = classifier().epochs(1).fit(data);
    assertBad("rows of the 2 features", () -> fitted.predict(new float[3]));
    assertBad("rows of 3 features, but 2", () -> fitted.predict(new float[2][3]));
    assertBad("labels: got 1", () -> fitted.score(new float[4], new int[1]));
    assertEquals(0, fitted.predict(new float[0]).length);
    Dataset bad = Dataset.ofLabels(new float[] {1, Float.NaN}, 1, new int[] {0, 1}, 2);
    assertBad("feature 0 of row 1 is NaN", () -> classifier().fit(bad));
    Regressor plane = new Regressor().epochs(1).fit(plane(3));
    assertBad("at least 2 rows", () -> plane.score(plane(1)));
    assertBad("take a Classifier", () -> plane.score(data));
    assertBad("take a Classifier", () -> plane.fit(data));
  }

  private static void assertBad(String part, Executable call) {
    assertMessage(part, IllegalArgumentException.class, call);
  }

  private static void assertMessage(String part, Class<? extends Exception> type, Executable call) {
    String message = assertThrows(type, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
