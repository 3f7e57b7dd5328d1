package io.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.optim.Optimizer.ParameterGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every optimizer, plain and with every option, follows PyTorch's in double: {@code
 * make_trajectories.py} beside the data says what is computed.
 */
class TrajectoryTest {
  private static final Network NETWORK =
      Network.builder(3).dense(2, Activation.TANH).dense(1, Activation.IDENTITY).build();
  private static final List<Tensor> TENSORS = NETWORK.tensors();
  private static final int N = NETWORK.parameters().length;

  /** The steps of one run. */
  record Run(String optimizer, String variant, Map<Integer, double[]> steps) {
    @Override
    public String toString() {
      return optimizer + ", " + variant;
    }

    boolean has(String what) {
      return variant.equals(what) || variant.equals("all");
    }
  }

  static Stream<Run> runs() {
    Map<String, Run> runs = new LinkedHashMap<>();
    for (String line : lines("trajectories.csv")) {
      String[] fields = line.split(",");
      double[] p = new double[fields.length - 3];
      for (int i = 0; i < p.length; i++) {
        p[i] = Double.parseDouble(fields[3 + i]);
      }
      runs.computeIfAbsent(
              fields[0] + "," + fields[1],
              k -> new Run(fields[0], fields[1], new LinkedHashMap<>()))
          .steps
          .put(Integer.parseInt(fields[2]), p);
    }
    return runs.values().stream();
  }

  static List<String> lines(String file) {
    try (InputStream in = TrajectoryTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ElementwiseOptimizer<?> optimizer(Run run) {
    boolean decays = run.has("decay") || run.has("groups");
    ElementwiseOptimizer<?> optimizer =
        switch (run.optimizer) {
          case "sgd" -> new Sgd(0.05);
          case "momentum" -> new Sgd(0.02).momentum(0.9);
          case "dampened" -> new Sgd(0.05).momentum(0.8, 0.3);
          case "nesterov" -> new Sgd(0.02).nesterov(0.9);
          case "rmsprop" -> new RmsProp();
          case "rmsprop+momentum" -> new RmsProp(0.002).alpha(0.95).epsilon(1e-6).momentum(0.7);
          case "adagrad" -> new Adagrad();
          case "adagrad+decay" ->
              new Adagrad(0.1).rateDecay(0.01).epsilon(1e-8).initialAccumulator(0.1);
          case "adam" -> new Adam();
          case "adam+betas" -> new Adam(0.02).betas(0.8, 0.95).epsilon(1e-6);
          case "adamw" -> decays ? new AdamW(0.02) : new AdamW();
          case "lion" -> decays ? new Lion(0.005) : new Lion();
          default -> throw new IllegalArgumentException(run.optimizer);
        };
    if (decays) {
      optimizer.weightDecay(0.1);
    }
    if (run.has("l1")) {
      optimizer.l1(0.02);
    }
    if (run.has("norm")) {
      optimizer.clipNorm(1);
    }
    if (run.has("value")) {
      optimizer.clipValue(0.3);
    }
    if (run.has("groups")) {
      optimizer.groups(
          ParameterGroup.noDecay(),
          ParameterGroup.of(t -> t.layer() == 1).rateFactor(0.3).weightDecay(0.05));
    }
    return optimizer;
  }

  private static void gradient(float[] p, int t, float[] g) {
    double[] scale = {1, 0.1, 0.01, 0.001};
    double[] curvature = {0.05, 0.1, 0.15};
    for (int i = 0; i < N; i++) {
      int force = (7919 * t + 104729 * i + 31 * t * i) % 2001 - 1000;
      g[i] = (float) (curvature[i % 3] * (p[i] - 0.5) + scale[i % 4] * force / 1000);
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void followsPyTorchInDouble(Run run) {
    Optimizer.Stepper optimizer = optimizer(run).begin(TENSORS);
    double base = optimizer.learningRate();
    Schedule schedule = Schedule.cosineWarmRestarts(Schedule.Clock.STEPS, 7, 2, 0);
    float[] p = new float[N];
    float[] g = new float[N];
    for (int i = 0; i < N; i++) {
      p[i] = (37 * i % 41 - 20) / 16f;
    }
    List<String> errors = new ArrayList<>();
    for (int t = 1; t <= 100; t++) {
      if (run.has("schedule")) {
        optimizer.learningRate(schedule.rate(base, t - 1, 0));
      }
      gradient(p, t, g);
      optimizer.step(ScalarKernels.INSTANCE, p, g);
      if (run.steps.containsKey(t)) {
        double error = error(run.steps.get(t), p);
        double bound = t == 1 ? 2e-6 : t == 10 ? 1e-5 : 5e-5;
        errors.add(t + ": " + error);
        assertTrue(error < bound, () -> run + ", relative errors after steps " + errors);
      }
    }
    assertEquals(3, errors.size());
  }

  /** The greatest difference, relative to the greatest parameter. */
  private static double error(double[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double error = 0;
    double largest = 0;
    for (int i = 0; i < N; i++) {
      error = Math.max(error, Math.abs(expected[i] - actual[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return error / largest;
  }

  @Test
  void everyRuleOfTheKernelsHasARun() {
    Set<Update.Rule> rules = EnumSet.noneOf(Update.Rule.class);
    runs().forEach(run -> rules.add(optimizer(run).rule()));
    assertEquals(EnumSet.allOf(Update.Rule.class), rules);
  }

  /** Each option changes where a run ends, so the data would tell if one were ignored. */
  @Test
  void noTwoRunsAreAlike() {
    List<Run> runs = runs().toList();
    assertEquals(12 * 8, runs.size());
    for (Run one : runs) {
      for (Run other : runs) {
        if (one != other) {
          float[] end = new float[N];
          for (int i = 0; i < N; i++) {
            end[i] = (float) other.steps.get(100)[i];
          }
          assertTrue(error(one.steps.get(100), end) > 1e-4, () -> one + " and " + other);
        }
      }
    }
  }
}
