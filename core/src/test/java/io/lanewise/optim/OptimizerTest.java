package io.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.optim.Optimizer.ParameterGroup;
import io.lanewise.optim.Optimizer.Stepper;
import io.lanewise.train.Trainer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link TrajectoryTest} does not show: state, groups, clipping and arguments. */
class OptimizerTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  private static final Network NETWORK =
      Network.builder(5).dense(7, Activation.TANH).dense(3, Activation.SOFTMAX).seed(3).build();
  private static final int N = NETWORK.parameters().length;

  static Stream<Arguments> optimizers() {
    return Stream.<Optimizer>of(
            new Sgd(0.1),
            new Sgd(0.1).momentum(0.9),
            new Sgd(0.1).momentum(0.9, 0.4),
            new Sgd(0.1).nesterov(0.9),
            new RmsProp().alpha(0.9).epsilon(1e-5),
            new RmsProp().momentum(0.5),
            new Adagrad(),
            new Adagrad().rateDecay(0.1).initialAccumulator(0.2).epsilon(1e-3),
            new Adam(),
            new AdamW(),
            new Lion().betas(0.8, 0.9),
            new AdamW(0.01)
                .betas(0.8, 0.9)
                .epsilon(1e-4)
                .weightDecay(0.1)
                .l1(0.01)
                .clipNorm(2)
                .clipValue(0.5)
                .groups(ParameterGroup.noDecay()))
        .map(Arguments::of);
  }

  private static float[] random(int seed) {
    RandomStream random = new RandomStream(seed, RandomStream.Purpose.DATA);
    float[] x = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** Begins with one tensor of so many parameters. */
  private static Stepper begin(Optimizer optimizer, int parameters) {
    return optimizer.begin(List.of(new Tensor("p", Tensor.Kind.WEIGHT, 0, 0, 1, parameters, 0f)));
  }

  private static void steps(Stepper optimizer, float[] p, int from, int to) {
    for (int t = from; t < to; t++) {
      optimizer.learningRate(0.1 / (1 + t));
      optimizer.step(SCALAR, p, random(t));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void goesOnWithTheSameBitsWhereverItIsInterrupted(Optimizer optimizer) {
    Stepper whole = optimizer.begin(NETWORK.tensors());
    float[] expected = random(1000);
    steps(whole, expected, 0, 12);
    for (int cut = 0; cut <= 12; cut++) {
      Stepper before = optimizer.begin(NETWORK.tensors());
      float[] p = random(1000);
      steps(before, p, 0, cut);
      Stepper after = optimizer.begin(NETWORK.tensors());
      after.restore(before.tensors(), before.scalars());
      assertEquals(before.scalars(), after.scalars());
      assertEquals(before.learningRate(), after.learningRate());
      steps(after, p, cut, 12);
      assertArrayEquals(expected, p, () -> "interrupted");
      assertEquals(whole.scalars(), after.scalars());
      assertEquals(whole.tensors().keySet(), after.tensors().keySet());
      whole.tensors().forEach((key, x) -> assertArrayEquals(x, after.tensors().get(key), key));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void noStateOfADeadUnitStaysSubnormal(Optimizer settings) {
    Stepper optimizer = settings.begin(NETWORK.tensors());
    float[] p = random(1);
    float[] g = new float[N];
    Arrays.fill(g, 1e-30f);
    for (int t = 0; t < 3000; t++) {
      optimizer.step(SCALAR, p, g);
      Arrays.fill(g, 0f);
    }
    optimizer
        .tensors()
        .forEach(
            (key, state) -> {
              for (float x : state) {
                assertTrue(x == 0f || Math.abs(x) >= Float.MIN_NORMAL, () -> key + ": " + x);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aStateThatIsNotItsOwnIsRefusedAndChangesNothing(Optimizer settings) {
    Stepper optimizer = settings.begin(NETWORK.tensors());
    steps(optimizer, random(1000), 0, 3);
    Map<String, float[]> tensors = optimizer.tensors();
    Map<String, String> scalars = optimizer.scalars();
    Stepper other = settings.begin(NETWORK.tensors());
    Map<String, String> fresh = other.scalars();
    for (String key : scalars.keySet()) {
      for (String bad : new String[] {null, "", "x", "-3", "NaN"}) {
        Map<String, String> damaged = new HashMap<>(scalars);
        damaged.put(key, bad);
        refused(key, () -> other.restore(tensors, damaged));
      }
    }
    for (String key : tensors.keySet()) {
      Map<String, float[]> lacking = new HashMap<>(tensors);
      lacking.remove(key);
      refused("tensors", () -> other.restore(lacking, scalars));
    }
    Map<String, float[]> more = new HashMap<>(tensors);
    more.put("max_exp_avg_sq", new float[N]);
    refused("tensors", () -> other.restore(more, scalars));
    Map<String, float[]> longer = new HashMap<>(tensors);
    longer.replaceAll((key, x) -> new float[N + 1]);
    if (!tensors.isEmpty()) {
      refused("tensors", () -> other.restore(longer, scalars));
    }
    assertThrows(NullPointerException.class, () -> other.restore(null, scalars));
    assertThrows(NullPointerException.class, () -> other.restore(tensors, null));
    assertEquals(fresh, other.scalars());
    assertEquals(Map.of(), other.tensors());
    if (!tensors.isEmpty()) {
      other.restore(tensors, scalars);
      String first = tensors.keySet().iterator().next();
      assertNotSame(tensors.get(first), other.tensors().get(first));
      refused("parameters", () -> other.step(SCALAR, new float[N + 1], new float[N + 1]));
    }
  }

  @Test
  void namesItsStateAsPyTorchDoes() {
    Map<Optimizer, Set<String>> names =
        Map.of(
            new Sgd(1),
            Set.of(),
            new Sgd(1).momentum(0.9),
            Set.of("momentum_buffer"),
            new RmsProp().momentum(0.9),
            Set.of("square_avg", "momentum_buffer"),
            new Adagrad(),
            Set.of("sum"),
            new AdamW(),
            Set.of("exp_avg", "exp_avg_sq"),
            new Lion(),
            Set.of("exp_avg"));
    names.forEach(
        (settings, expected) -> {
          Stepper optimizer = begin(settings, 2);
          assertEquals(Set.of(), optimizer.tensors().keySet());
          optimizer.step(SCALAR, new float[2], new float[2]);
          assertEquals(expected, optimizer.tensors().keySet(), optimizer::toString);
          assertEquals("1", optimizer.scalars().get("steps"));
        });
  }

  /** Whatever the gradient, m / sqrt(v) is its sign in the first step. */
  @Test
  void adamsFirstStepIsTheLearningRate() {
    float[] p = {1, 1, 1};
    begin(new Adam(0.125), 3).step(SCALAR, p, new float[] {3, -1e-3f, 0});
    assertEquals(0.875, p[0], 1e-6);
    assertEquals(1.125, p[1], 1e-5);
    assertEquals(1, p[2]);
  }

  @Test
  void everyTensorBelongsToTheFirstGroupThatHasIt() {
    float[] p = new float[N];
    float[] ones = new float[N];
    Arrays.fill(ones, 1f);
    Arrays.fill(p, 2f);
    Sgd sgd = new Sgd(0.5).weightDecay(0.25).l1(1);
    sgd.groups(
        ParameterGroup.noDecay(),
        ParameterGroup.of(t -> t.layer() == 1).rateFactor(0.5).weightDecay(1),
        ParameterGroup.of(t -> true).rateFactor(0));
    sgd.begin(NETWORK.tensors()).step(SCALAR, p, ones);
    for (Tensor tensor : NETWORK.tensors()) {
      boolean bias = tensor.kind() == Tensor.Kind.BIAS;
      float expected = bias ? 2f - 0.5f : tensor.layer() == 0 ? 2f : 2f - 0.25f * (1f + 1f + 2f);
      for (int i = tensor.off(); i < tensor.off() + tensor.count(); i++) {
        assertEquals(expected, p[i], tensor.name());
      }
    }
  }

  @Test
  void theTensorsAreTheParameters() {
    Sgd sgd = new Sgd(1).groups(ParameterGroup.noDecay());
    List<Tensor> tensors = NETWORK.tensors();
    refused("tensors", () -> sgd.begin(tensors.subList(1, tensors.size())));
    assertThrows(NullPointerException.class, () -> sgd.begin(null));
    Stepper stepper = sgd.begin(tensors);
    refused("parameters", () -> stepper.step(SCALAR, new float[N - 1], new float[N - 1]));
    stepper.step(SCALAR, new float[N], new float[N]);
  }

  @Test
  void theTrainerTellsTheTensors() {
    Network network = NETWORK.copy();
    float[] before = network.parameters().clone();
    float[] x = Arrays.copyOf(random(1), 4 * 5);
    Dataset data = Dataset.ofLabels(x, 5, new int[] {0, 1, 2, 1}, 3);
    Sgd sgd = new Sgd(0.1).groups(ParameterGroup.of(t -> t.layer() == 0).rateFactor(0));
    new Trainer(network).optimizer(sgd).epochs(1).fit(data);
    int changed = Arrays.mismatch(before, network.parameters());
    assertEquals(NETWORK.tensors().get(2).off(), changed);
  }

  @Test
  void theNormIsThatOfAllGradients() {
    Stepper sgd = begin(new Sgd(1).clipNorm(1), 2);
    float[] p = new float[2];
    sgd.step(SCALAR, p, new float[] {3, -4});
    assertEquals(5, sgd.gradientNorm());
    float scale = (float) (1 / (5 + 1e-6));
    assertArrayEquals(new float[] {-3 * scale, 4 * scale}, p);
    sgd.step(SCALAR, p = new float[2], new float[] {0.3f, -0.4f});
    assertArrayEquals(new float[] {-0.3f, 0.4f}, p);
    assertEquals(0.5, sgd.gradientNorm(), 1e-7);
  }

  /** Their squares are not: 1e30^2 is no float. */
  @Test
  void largeGradientsAreClippedToo() {
    float[] p = new float[3];
    Stepper sgd = begin(new Sgd(1).clipNorm(2), 3);
    sgd.step(SCALAR, p, new float[] {1e30f, 0, -1e30f});
    assertEquals(Math.sqrt(2) * 1e30, sgd.gradientNorm(), 1e23);
    assertArrayEquals(new float[] {(float) -Math.sqrt(2), 0, (float) Math.sqrt(2)}, p, 1e-6f);
  }

  @Test
  void aNormThatIsNotFiniteIsRefusedAndNothingChanges() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Stepper adam = begin(new Adam().clipNorm(1), N);
      float[] p = random(1);
      adam.step(SCALAR, p, random(2));
      float[] before = p.clone();
      Map<String, String> scalars = adam.scalars();
      float[] m = adam.tensors().get("exp_avg").clone();
      float[] g = random(3);
      g[17] = bad;
      g[40] = Float.NaN;
      ArithmeticException e =
          assertThrows(ArithmeticException.class, () -> adam.step(SCALAR, p, g));
      assertEquals("gradient 17 is " + bad + ": there is no norm to clip by", e.getMessage());
      assertArrayEquals(before, p);
      assertArrayEquals(m, adam.tensors().get("exp_avg"));
      assertEquals(scalars, adam.scalars());
    }
  }

  @Test
  void clippingByValueKeepsNan() {
    float[] p = new float[4];
    begin(new Sgd(1).clipValue(2), 4).step(SCALAR, p, new float[] {3, -3, Float.NaN, 1});
    assertArrayEquals(new float[] {-2, 2, Float.NaN, -1}, p);
  }

  @Test
  void theGradientsStayAsTheyAre() {
    float[] g = random(4);
    Adam adam = new Adam().clipNorm(0.1).clipValue(0.01).l1(1).weightDecay(1);
    begin(adam, N).step(SCALAR, random(5), g);
    assertArrayEquals(random(4), g);
  }

  @Test
  void saysWhatIsSet() {
    assertEquals("sgd, learning rate 0.1", new Sgd(0.1).toString());
    assertEquals("adam, learning rate 0.001", new Adam().toString());
    assertEquals("adamw, learning rate 0.001, weight decay 0.01", new AdamW().toString());
    assertEquals("rmsprop, learning rate 0.01", new RmsProp().toString());
    assertEquals("adagrad, learning rate 0.01", new Adagrad().toString());
    assertEquals("lion, learning rate 1.0E-4", new Lion().toString());
    assertEquals(
        "sgd, learning rate 0.1, Nesterov momentum 0.9, l1 0.5, clipped to a norm of 1.0, clipped"
            + " to 2.0, parameter groups: 1",
        new Sgd(0.1)
            .nesterov(0.9)
            .l1(0.5)
            .clipNorm(1)
            .clipValue(2)
            .groups(ParameterGroup.noDecay())
            .toString());
  }

  @Test
  void aBadArgumentIsNamed() {
    for (double bad : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY, 1e39}) {
      refused("learningRate", () -> new Sgd(bad));
      refused("learningRate", () -> new RmsProp(bad));
      refused("learningRate", () -> new Adagrad(bad));
      refused("learningRate", () -> new Adam(bad));
      refused("learningRate", () -> new AdamW(bad));
      refused("learningRate", () -> new Lion(bad));
      refused("learningRate", () -> begin(new Sgd(1), 1).learningRate(bad));
      refused("weightDecay", () -> new Sgd(1).weightDecay(bad));
      refused("l1", () -> new Sgd(1).l1(bad));
      refused("epsilon", () -> new RmsProp().epsilon(bad));
      refused("epsilon", () -> new Adagrad().epsilon(bad));
      refused("epsilon", () -> new Adam().epsilon(bad));
      refused("rateDecay", () -> new Adagrad().rateDecay(bad));
      refused("initial", () -> new Adagrad().initialAccumulator(bad));
      ParameterGroup group = ParameterGroup.of(t -> true);
      refused("rateFactor", () -> group.rateFactor(bad));
      refused("weightDecay", () -> group.weightDecay(bad));
      refused("l1", () -> group.l1(bad));
    }
    for (double bad : new double[] {-0.1, 1, Double.NaN}) {
      refused("momentum", () -> new Sgd(1).momentum(bad));
      refused("momentum", () -> new Sgd(1).nesterov(bad));
      refused("momentum", () -> new RmsProp().momentum(bad));
      refused("alpha", () -> new RmsProp().alpha(bad));
      refused("beta1", () -> new Adam().betas(bad, 0.9));
      refused("beta2", () -> new AdamW().betas(0.9, bad));
      refused("beta1", () -> new Lion().betas(bad, 0.9));
      refused("beta2", () -> new Lion().betas(0.9, bad));
    }
    for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
      refused("dampening", () -> new Sgd(1).momentum(0.9, bad));
    }
    for (double bad : new double[] {0, -1, Double.NaN}) {
      refused("limit", () -> new Sgd(1).clipValue(bad));
      refused("maxNorm", () -> new Sgd(1).clipNorm(bad));
    }
  }

  @Test
  void aNullIsNamed() {
    OptionalDouble none = OptionalDouble.empty();
    isNull("tensors", () -> ParameterGroup.of(null));
    isNull("weightDecay", () -> new ParameterGroup(t -> true, 1, null, none));
    isNull("l1", () -> new ParameterGroup(t -> true, 1, none, null));
    assertThrows(NullPointerException.class, () -> new Sgd(1).groups((ParameterGroup) null));
    Stepper sgd = begin(new Sgd(1), 2);
    float[] x = new float[2];
    isNull("kernels", () -> sgd.step(null, x, new float[2]));
    isNull("parameters", () -> sgd.step(SCALAR, null, x));
    isNull("gradients", () -> sgd.step(SCALAR, x, null));
    refused("gradients", () -> sgd.step(SCALAR, x, new float[3]));
    refused("gradients", () -> sgd.step(SCALAR, x, x));
    assertEquals("0", sgd.scalars().get("steps"));
  }

  @Test
  void aSetterReturnsTheOptimizer() {
    Adam adam = new Adam();
    assertSame(adam, adam.weightDecay(1).l1(1).clipNorm(1).clipValue(1).groups().betas(0, 0));
    assertSame(adam, adam.epsilon(1));
  }

  /** What is begun is of the settings as they were, and of no step of another. */
  @Test
  void everyTrainingBeginsAnew() {
    Adam adam = new Adam(1e-3).clipNorm(1);
    Stepper first = begin(adam, 2);
    float[] p = {1, 2};
    first.step(SCALAR, p, new float[] {3, -4});
    adam.weightDecay(1);
    Stepper second = begin(new Adam(1e-3).clipNorm(1), 2);
    float[] q = {1, 2};
    second.step(SCALAR, q, new float[] {3, -4});
    first.step(SCALAR, p, new float[] {1, 1});
    second.step(SCALAR, q, new float[] {1, 1});
    assertArrayEquals(q, p);
    assertEquals(first.scalars(), second.scalars());
    assertEquals(Map.of(), begin(adam, 2).tensors());
    assertEquals(
        "adam, learning rate 0.001, clipped to a norm of 1.0, after 2 steps", first.toString());
  }

  private static void refused(String name, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.startsWith(name), message);
  }

  private static void isNull(String name, Executable call) {
    assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
  }
}
