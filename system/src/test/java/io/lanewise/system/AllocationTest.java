package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.lanewise.data.Encoding;
import io.lanewise.data.Meaning;
import io.lanewise.data.RowPredictor;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Blas;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.Threads;
import io.lanewise.kernel.Transpose;
import io.lanewise.math.RandomStream;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.Targets;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adagrad;
import io.lanewise.optim.Adam;
import io.lanewise.optim.AdamW;
import io.lanewise.optim.ElementwiseOptimizer;
import io.lanewise.optim.Lion;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Optimizer.ParameterGroup;
import io.lanewise.optim.RmsProp;
import io.lanewise.optim.Schedule;
import io.lanewise.optim.Sgd;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A step, a prediction and a product of BLAS allocate nothing once C2 has compiled them, on one
 * thread or several, on the vectors' kernels, and with {@code -Dlanewise.long=true} in a JVM of its
 * own on the scalar ones, which {@link TurnsAllocationTest} always looks at: the JVM counts the
 * bytes of a thread exactly, and the least of several rounds is compared, because a compilation or
 * a class that is loaded late may fall into one.
 */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCH = 32;
  // As short as it can be, where no later compilation is looked for.
  private static final int WARM_UP = Boolean.getBoolean("lanewise.long") ? 3_000 : 100;
  private static final int STEPS = 200;
  private static final int ROUNDS = 300;

  /** Each activation before one of the outputs in turn; before all of them where it may be long. */
  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Activation hidden : Activation.values()) {
      List<Arguments> outputs =
          List.of(
              Arguments.of(hidden, Loss.CROSS_ENTROPY, Activation.SOFTMAX),
              Arguments.of(hidden, Loss.MEAN_SQUARED_ERROR, Activation.IDENTITY),
              Arguments.of(hidden, Loss.BINARY_CROSS_ENTROPY, Activation.SIGMOID));
      int turn = hidden.kind().ordinal() % outputs.size();
      cases.addAll(Boolean.getBoolean("lanewise.long") ? outputs : outputs.subList(turn, turn + 1));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aStepAndAPredictionAllocateNothing(Activation hidden, Loss loss, Activation output) {
    Network network =
        Network.builder(20).dense(24, hidden).dense(10, output).loss(loss).seed(1).build();
    assertEquals(
        0, leastBytes(network, KernelLookup.best()), hidden + ", bytes in " + STEPS + " steps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20 normalization 24 batchnorm relu [ layernorm gelu 24 dropout:0.2 ] 10 batchnorm softmax",
        "20 dropout:0.1 24:selu alphadropout:0.1 [ [ tanh 24 ] 24:relu ] layernorm silu 10:softmax"
      })
  void norWithOtherLayers(String layers) {
    Network network = Architecture.parse(layers).seed(1).build();
    assertEquals(
        0, leastBytes(network, KernelLookup.best()), layers + ", bytes in " + STEPS + " steps");
  }

  @ParameterizedTest
  @EnumSource
  void norWithOptionsOfTheLossAndWeights(Loss loss) {
    Loss.Options options = Loss.Options.DEFAULT;
    float[] each = new float[10];
    Arrays.fill(each, 2f);
    options =
        switch (loss) {
          case CROSS_ENTROPY -> options.classWeights(each).labelSmoothing(0.1f);
          case BINARY_CROSS_ENTROPY -> options.positiveWeights(each).labelSmoothing(0.1f);
          case HUBER -> options.huberDelta(0.5f);
          default -> options;
        };
    Network network =
        Network.builder(20)
            .dense(10, Activation.IDENTITY)
            .loss(loss)
            .lossOptions(options)
            .reduction(Reduction.WEIGHTED_MEAN)
            .build();
    Workspace workspace = new Workspace(network, KernelLookup.best(), BATCH);
    float[] x = new float[BATCH * 20];
    int[] labels = new int[BATCH];
    labels[3] = Loss.Options.IGNORED_INDEX;
    float[] weights = new float[BATCH];
    Arrays.fill(weights, 0.5f);
    Targets byLabel = Targets.ofLabels(labels).weighted(weights);
    Targets byRow = Targets.ofRows(new float[BATCH * 10], 10).weighted(weights);
    Runnable step =
        () -> {
          workspace.gradient(BATCH, x, 0, 20, byLabel, 0);
          workspace.gradient(BATCH, x, 0, 20, byRow, 0);
          workspace.loss(BATCH, x, 0, 20, byLabel, 0);
          workspace.divisor(BATCH, byLabel, 0);
        };
    assertEquals(0, leastBytes(step), loss + ", bytes in " + STEPS + " steps");
  }

  /** Large enough for each product to be handed over. */
  @Test
  void norOnTwoThreads() {
    Network network =
        Network.builder(256)
            .dense(128, Activation.RELU)
            .dense(128, Activation.GELU)
            .dense(10, Activation.SOFTMAX)
            .seed(1)
            .build();
    try (Threads threads = new Threads(2)) {
      Kernels kernels = threads.kernels(KernelLookup.best());
      assertEquals(0, leastBytes(network, kernels), "bytes in " + STEPS + " steps");
    }
  }

  /** Matrices of which each operation is handed over. */
  @Test
  void norTheLayersOnTwoThreads() {
    int m = 128;
    int n = 512;
    Matrix x = new Matrix(m, n);
    Matrix y = new Matrix(m, n);
    Matrix v = new Matrix(1, n);
    Matrix w = new Matrix(1, n);
    Matrix weights = new Matrix(m, 1);
    Norm columns = new Norm(new Matrix(1, n), new Matrix(1, n), new Matrix(1, n), new Matrix(1, n));
    Norm rows = new Norm(new Matrix(1, n), new Matrix(1, n), new Matrix(m, 1), new Matrix(m, 1));
    DropoutMask mask = DropoutMask.alpha(0.2);
    try (Threads threads = new Threads(2)) {
      Kernels kernels = threads.kernels(KernelLookup.best());
      Runnable step =
          () -> {
            kernels.columnMoments(x, columns.mean(), columns.rstd());
            kernels.normalize(x, v, w, v, y);
            kernels.batchNormBackward(x, columns, y, y, v, w);
            kernels.layerNorm(x, rows, 1e-5f, y);
            kernels.layerNormBackward(x, rows, y, y, v, w);
            kernels.dropout(mask, 1, 2, 3, x, y);
            kernels.add(x, x, y);
            kernels.scaleRows(x, weights, y);
          };
      assertEquals(0, leastBytes(step), "bytes in " + STEPS + " steps");
    }
  }

  /** The least bytes that the steps of a round allocate, on this thread and on any of Threads. */
  private static long leastBytes(Network network, Kernels kernels) {
    int nIn = network.nIn();
    Workspace workspace = new Workspace(network, kernels, BATCH);
    RandomStream random = new RandomStream(2, RandomStream.Purpose.DATA);
    float[] x = new float[BATCH * nIn];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    int[] labels = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      labels[i] = random.nextInt(10);
    }
    float[] y = new float[BATCH * 10];
    Optimizer.Stepper sgd = new Sgd(1e-3).begin(network.tensors());
    Optimizer.Stepper adam = new Adam(1e-3).begin(network.tensors());
    float[] dx = new float[BATCH * nIn];
    Runnable step =
        () -> {
          workspace.masks(7, 1, 0);
          workspace.gradient(BATCH, x, 0, nIn, labels, 0);
          sgd.step(workspace.kernels(), network.parameters(), workspace.gradients());
          adam.step(workspace.kernels(), network.parameters(), workspace.gradients());
          workspace.inputGradient(BATCH, dx, 0, nIn);
          workspace.updateStatistics();
          workspace.predict(BATCH, x, 0, nIn, y, 0, 10);
          workspace.predict(1, x, 0, nIn, y, 0, 10);
        };
    return leastBytes(step);
  }

  /** From the pool, with a session, and of more rows than go through the layers together. */
  @Test
  void aPredictorAllocatesNothing() {
    Network network =
        Network.builder(20).dense(24, Activation.RELU).dense(10, Activation.SOFTMAX).build();
    Predictor predictor = new Predictor(network, KernelLookup.best(), 8);
    Predictor.Session session = predictor.session();
    float[] x = new float[BATCH * 20];
    float[] y = new float[BATCH * 10];
    Runnable predictions =
        () -> {
          predictor.predict(1, x, 0, 20, y, 0, 10);
          predictor.predict(BATCH, x, 0, 20, y, 0, 10);
          session.predict(3, x, 0, 20, y, 0, 10);
        };
    assertEquals(0, leastBytes(predictions), "bytes in " + STEPS + " rounds");
  }

  /**
   * A row that leaves out its zeros, and one whose chains end in zero, so that it is taken whole.
   */
  @Test
  void norDoesASingleRowWithZeros() {
    int nIn = 128;
    Network network =
        Network.builder(nIn).dense(512, Activation.RELU).dense(10, Activation.SOFTMAX).build();
    Predictor.Session session = new Predictor(network).session();
    float[] x = new float[2 * nIn];
    for (int i = 0; i < nIn; i += 4) {
      x[i] = 1f;
    }
    float[] y = new float[10];
    Runnable predictions =
        () -> {
          for (int i = 0; i < 20; i++) {
            session.predict(1, x, 0, nIn, y, 0, 10);
            session.predict(1, x, nIn, nIn, y, 0, 10);
          }
        };
    assertEquals(0, leastBytes(predictions), "bytes in " + STEPS + " rounds");
  }

  /** With groups, clipped in both ways and by a schedule, on one thread and on two. */
  @Test
  void aStepOfAnyOptimizerAllocatesNothing() {
    Network network =
        Network.builder(250)
            .dense(140, Activation.RELU)
            .dense(10, Activation.SOFTMAX)
            .seed(1)
            .build();
    float[] g = network.copy().parameters();
    ElementwiseOptimizer<?>[] all = {
      new Sgd(0.1),
      new Sgd(0.1).momentum(0.9),
      new Sgd(0.1).nesterov(0.9),
      new RmsProp(),
      new RmsProp().momentum(0.9),
      new Adagrad(),
      new Adam(),
      new AdamW(),
      new Lion()
    };
    Schedule schedule =
        Schedule.warmUp(
            Schedule.Clock.STEPS,
            100,
            0.1,
            Schedule.cosineWarmRestarts(Schedule.Clock.STEPS, 10, 2, 0));
    Optimizer.Stepper[] steppers = new Optimizer.Stepper[all.length];
    for (int i = 0; i < all.length; i++) {
      all[i].clipNorm(1).clipValue(0.01).l1(1e-6).groups(ParameterGroup.noDecay());
      steppers[i] = all[i].begin(network.tensors());
    }
    long[] steps = {0};
    try (Threads threads = new Threads(2)) {
      Kernels one = KernelLookup.best();
      Kernels two = threads.kernels(one);
      Runnable step =
          () -> {
            steps[0] += 2;
            for (Optimizer.Stepper optimizer : steppers) {
              optimizer.learningRate(schedule.rate(1e-3, steps[0], 0));
              optimizer.step(one, network.parameters(), g);
              optimizer.step(two, network.parameters(), g);
            }
          };
      assertEquals(0, leastBytes(step), "bytes in " + STEPS + " steps");
    }
  }

  /** By names and by places; then the predictor. */
  @Test
  void aRawRowIsEncodedWithoutAllocation() throws IOException {
    Encoding encoding =
        Encoding.parse(
            """
            header,yes
            number,age,1.5
            number,mass,
            category,city,0.0,Bonn,Ulm
            label,income,2,high,low
            """);
    Network network = Network.builder(4).dense(2, Activation.SOFTMAX).seed(1).build();
    RowPredictor rows = new RowPredictor(Meaning.of(network, encoding));
    Map<String, Object> named = Map.of("age", 0.1, "mass", 70, "city", "Ulm");
    List<Object> placed = Arrays.asList(null, 70L, "Bonn");
    float[] x = new float[4];
    float[] y = new float[2];
    Runnable predictions =
        () -> {
          rows.encode(named, x, 0);
          rows.predictor().predict(x, y);
          rows.encode(placed, x, 0);
          rows.predictor().predict(x, y);
        };
    assertEquals(0, leastBytes(predictions), "bytes in " + STEPS + " rounds");
  }

  @Test
  void aProductOfBlasAllocatesNothing() {
    Blas blas = Blas.best();
    float[] a = new float[40 * 40];
    float[] c = new float[40 * 40];
    float[] y = new float[2 * 40];
    Runnable products =
        () -> {
          blas.sgemm(Transpose.NN, 40, 40, 40, 0.5f, a, 0, 40, a, 0, 40, 1f, c, 0, 40);
          blas.sgemv(false, 40, 40, 0.5f, a, 0, 40, a, 0, 2, 1f, y, 0, 2);
          blas.sgemv(true, 40, 40, 0.5f, a, 0, 40, a, 0, 1, 1f, y, 0, 1);
        };
    assertEquals(0, leastBytes(products), "bytes in " + STEPS + " rounds");
  }

  static long leastBytes(Runnable step) {
    repeat(step, WARM_UP);
    long[] workers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("lanewise-"))
            .mapToLong(Thread::threadId)
            .toArray();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = allocatedBytes(workers);
      repeat(step, STEPS);
      least = Math.min(least, allocatedBytes(workers) - before);
    }
    return least;
  }

  /** The bytes that this thread and those of Threads have allocated. */
  private static long allocatedBytes(long[] workers) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    for (long id : workers) {
      bytes += THREADS.getThreadAllocatedBytes(id);
    }
    return bytes;
  }

  private static void repeat(Runnable step, int times) {
    for (int i = 0; i < times; i++) {
      step.run();
    }
  }
}
