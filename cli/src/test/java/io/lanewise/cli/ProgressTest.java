package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.optim.Sgd;
import io.lanewise.train.EarlyStopping;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written while a network trains, by a clock that the steps turn. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000;
  private static final int ROWS = 40;
  private static final int STEPS = 4;

  private long now;

  @Test
  void aLearningRateHasThreeDigits() {
    double[] rates = {0.001, 0.000512, 1e-7, 5.125e-7, 1.2e-6, 0.1, 1, 100, 1234.6, 0, 1e-300};
    String[] texts = {
      "0.001", "0.000512", "1e-7", "5.13e-7", "0.0000012", "0.1", "1", "100", "1230", "0", "1e-300"
    };
    for (int i = 0; i < rates.length; i++) {
      assertEquals(texts[i], Progress.compact(rates[i]));
    }
    assertEquals("", Progress.compact(Double.NaN));
  }

  private static Dataset data() {
    float[] x = new float[2 * ROWS];
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = i % 2;
      x[2 * i] = i % 2 + i % 3 * 0.3f;
      x[2 * i + 1] = i % 5 * 0.2f;
    }
    return Dataset.ofLabels(x, 2, labels, 2);
  }

  /** Trains, four steps an epoch; the clock goes on by so many milliseconds before each step. */
  private String train(
      Screen screen, int epochs, IntToLongFunction millis, Consumer<Trainer> options) {
    StringWriter text = new StringWriter();
    now = 7 * SECOND;
    Network network = Network.builder(2).dense(2, Activation.SOFTMAX).seed(1).build();
    Trainer trainer =
        new Trainer(network)
            .epochs(epochs)
            .batchSize(ROWS / STEPS)
            .optimizer(new Sgd(0.1))
            .listener(
                new Training.Listener() {
                  @Override
                  public void onBatch(Training training) {
                    now += millis.applyAsLong((int) training.step()) * 1_000_000;
                  }
                });
    try (Progress progress = new Progress(new PrintWriter(text), screen, () -> now)) {
      trainer.listener(progress);
      options.accept(trainer);
      trainer.fit(data());
    }
    return text.toString();
  }

  private static Consumer<Trainer> validated() {
    return trainer -> trainer.validation(data().slice(0, 11));
  }

  private static Screen terminal(int columns) {
    return Screen.of(true, Map.of("COLUMNS", "" + columns, "NO_COLOR", "1"));
  }

  /** What a terminal shows in the end: a return goes back to the begin of the line. */
  private static List<String> screen(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      StringBuilder shown = new StringBuilder();
      for (String over : line.split("\r", -1)) {
        shown.replace(0, Math.min(over.length(), shown.length()), over);
      }
      lines.add(shown.toString().stripTrailing());
    }
    return lines;
  }

  private static List<String> bars(String text) {
    List<String> bars = new ArrayList<>();
    for (String part : text.split("[\r\n]+")) {
      if (part.startsWith("[")) {
        bars.add(part.stripTrailing());
      }
    }
    return bars;
  }

  @Test
  void aLineForEachEpochScrollsAboveTheBar() {
    String text = train(terminal(120), 3, step -> 250, validated());
    List<String> lines = screen(text);
    assertEquals(5, lines.size(), text);
    for (int epoch = 1; epoch <= 3; epoch++) {
      assertTrue(
          lines
              .get(epoch - 1)
              .matches(
                  "epoch "
                      + epoch
                      + "/3  loss 0\\.\\d{4}  accuracy \\d\\.\\d{4}  val loss 0\\.\\d{4}  val accuracy"
                      + " \\d\\.\\d{4}  lr 0\\.1  [\\d,]+ rows/s  best"),
          lines.get(epoch - 1));
    }
    assertEquals("[############] 100%  epoch 3/3  after 3s", lines.get(3));
    assertEquals("", lines.get(4));
    assertTrue(
        bars(text).stream().anyMatch(b -> b.startsWith("[###.........]  25%  epoch 1/3  loss 0.")),
        text);
    assertTrue(bars(text).stream().anyMatch(b -> b.contains("  best 0.")), text);
    assertFalse(text.contains("\033"), text);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20, 40, 60, 80, 100})
  void noLineIsWiderThanTheTerminal(int columns) {
    String text =
        train(
            terminal(columns),
            250,
            step -> 400,
            trainer -> {
              validated().accept(trainer);
              trainer.earlyStopping(new EarlyStopping(Figure.VALIDATION_LOSS, 0, 0, true));
            });
    int widest = 0;
    for (String part : text.split("[\r\n]")) {
      widest = Math.max(widest, part.length());
    }
    assertEquals(columns - 1, widest);
    List<String> lines = screen(text);
    if (columns == 40) {
      assertTrue(lines.get(0).matches(" *1/250  loss 0\\.\\d+  val 0\\.\\d+  best"), lines.get(0));
      assertTrue(bars(text).contains("[####..]  80%  200/250  1m 20s left"), text);
      assertTrue(
          text.contains("\nrestored epoch 250  val 0."), text.substring(text.length() - 200));
    }
  }

  @Test
  void hundredsOfEpochsHaveAHundredLines() {
    String text = train(terminal(140), 1000, step -> 1, validated());
    // A tenth of a second after the other, however many lines are written between.
    assertTrue(new HashSet<>(bars(text)).size() > 35, text);
    List<String> lines = screen(text);
    List<String> epochs = lines.stream().filter(l -> l.startsWith("epoch ")).toList();
    assertEquals(101, epochs.size());
    assertTrue(epochs.get(0).startsWith("epoch    1/1000  "), epochs.get(0));
    assertTrue(epochs.get(1).startsWith("epoch   10/1000  "), epochs.get(1));
    assertTrue(epochs.get(100).startsWith("epoch 1000/1000  "), epochs.get(100));
  }

  /** 30 steps in the first 3 seconds, then 100 a second: 39,970 more take 400 seconds. */
  @Test
  void theFirstSecondsAreNotExtrapolated() {
    String text = train(terminal(100), 10_000, step -> step <= 30 ? 100 : 10, trainer -> {});
    List<String> bars = bars(text);
    for (String bar : bars.subList(0, 45)) {
      assertFalse(bar.contains("left"), bar);
    }
    String first = bars.stream().filter(b -> b.contains("left")).findFirst().orElseThrow();
    assertTrue(first.endsWith("  6m 38s left"), first);
    assertFalse(bars.getLast().contains("left"));
  }

  @Test
  void whatBecomesSlowerIsSaidSoon() {
    TimeLeft left = new TimeLeft();
    left.start(0, 0);
    long done = 0;
    for (int s = 1; s <= 60; s++) {
      done += s <= 20 ? 100 : 10;
      left.at(s * SECOND, done);
    }
    // 2400 of 4400 are done, the rest takes 200 seconds at the pace of the last 36.
    assertEquals(200, left.seconds(60 * SECOND, done, 4400), 1e-9);
    left.start(60 * SECOND, 0);
    assertTrue(Double.isNaN(left.seconds(61 * SECOND, 10, 100)));
  }

  @Test
  void earlyStoppingEndsTheBarAndSaysSo() {
    String text =
        train(
            terminal(140),
            50,
            step -> 100,
            trainer -> {
              trainer.optimizer(new Sgd(1e-9)).validation(data().slice(0, 11));
              trainer.earlyStopping(new EarlyStopping(Figure.VALIDATION_ACCURACY, 3, 0, true));
            });
    List<String> lines = screen(text);
    assertEquals("[############] 100%  stopped early  epoch 4/50  after 2s", lines.get(4));
    assertTrue(
        lines
            .get(5)
            .matches(
                "restored the weights of epoch 1  loss \\S+  accuracy \\S+  val loss \\S+  val"
                    + " accuracy \\S+"),
        lines.get(5));
    String first = lines.get(0);
    for (String figure : List.of("val loss ", "val accuracy ", "  loss ")) {
      int at = first.indexOf(figure);
      String whole = first.substring(at, at + figure.length() + 6);
      assertTrue(lines.get(5).contains(whole), whole + " of " + first + " in " + lines.get(5));
    }
  }

  @Test
  void whatIsBrokenOffIsNotWhole() {
    String text =
        train(
            terminal(100),
            10,
            step -> 100,
            trainer ->
                trainer.listener(
                    new Training.Listener() {
                      @Override
                      public void onBatch(Training training) {
                        if (training.step() == 14) {
                          training.stop();
                        }
                      }
                    }));
    List<String> lines = screen(text);
    assertEquals("[####........]  35%  stopped  epoch 4/10  after 1s", lines.get(lines.size() - 2));
  }

  @Test
  void whereItIsNoTerminalLinesAreAllThereIs() {
    Screen file = Screen.of(false, Map.of("COLUMNS", "20"));
    String text = train(file, 40, step -> 1000, validated());
    assertFalse(text.contains("\r"), text);
    assertFalse(text.contains("\033"), text);
    List<String> lines = text.lines().toList();
    assertEquals(10, lines.size(), text);
    assertTrue(lines.get(0).startsWith("epoch 4/40  loss 0."), lines.get(0));
    assertTrue(lines.get(9).startsWith("epoch 40/40  loss 0."), lines.get(9));
    assertEquals(file, Screen.of(true, Map.of("TERM", "dumb")));
  }

  @Test
  void theBestIsGreenUnlessNoColorIsWanted() {
    Screen colored = Screen.of(true, Map.of("COLUMNS", "40", "NO_COLOR", "", "TERM", "xterm"));
    String text = train(colored, 2, step -> 10, validated());
    assertTrue(text.contains("  \033[32mbest\033[0m"), text);
    assertFalse(Screen.of(true, Map.of("NO_COLOR", "1")).color());
    assertEquals(79, Screen.of(true, Map.of()).width());
    assertEquals(79, Screen.of(true, Map.of("COLUMNS", "wide")).width());
  }

  /** RMSE of the training rows and of the others stand on one line. */
  @Test
  void shortNamesTooSayWhatIsOfTheValidationSet() {
    for (int columns : new int[] {60, 90, 200}) {
      String text =
          train(
              terminal(columns),
              2,
              step -> 10,
              trainer -> trainer.metrics(Metric.F1_MACRO).validation(data().slice(0, 11)));
      assertFalse(text.contains("  f1-macro "), text);
      assertEquals(columns > 60, text.contains("  val f1-macro "), text);
    }
  }

  @Test
  void withoutValidationNoneIsTheBest() {
    String text = train(terminal(100), 3, step -> 10, trainer -> {});
    assertFalse(text.contains("best"), text);
  }
}
