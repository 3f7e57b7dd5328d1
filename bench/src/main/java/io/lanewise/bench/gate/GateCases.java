package io.lanewise.bench.gate;

import io.lanewise.bench.gate.GateCase.Unit;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The kernels that the gate guards: a short list, one for each loop that can become slow by itself.
 * All sizes stay within L2, where a neighbour on the machine disturbs least.
 */
final class GateCases {
  private static final int LENGTH = 16_384;
  private static final int ROWS = 128;
  private static final int COLUMNS = 64;

  static final List<GateCase> ALL =
      Stream.of(own(), LayerCases.all()).flatMap(List::stream).toList();

  private GateCases() {}

  private static List<GateCase> own() {
    return List.of(
        matmul(64, 64, 64, Form.NN),
        matmul(256, 256, 256, Form.NN),
        matmul(256, 512, 128, Form.TN),
        matmul(128, 256, 512, Form.NT),
        matmul(128, 10, 512, Form.NN),
        matmul(1, 256, 512, Form.NN),
        matmulPacked(12, 256, 256), // a tile of eight rows and two pairs
        matmulPacked(1, 256, 512),
        activate(Activation.RELU, Yardstick.TRIAD),
        activate(Activation.TANH, Yardstick.PEAK),
        activate(Activation.GELU, Yardstick.PEAK),
        activateBackward(Activation.SILU),
        softmax(),
        crossEntropy(),
        binaryCrossEntropy(),
        columnSums(),
        sgd(),
        update(Update.Rule.NESTEROV),
        update(Update.Rule.RMSPROP),
        update(Update.Rule.ADAGRAD),
        update(Update.Rule.ADAM),
        update(Update.Rule.LION),
        sumOfSquares(),
        predict(),
        step());
  }

  static GateCase named(String name) {
    return ALL.stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no case " + name));
  }

  /**
   * C = op(A) op(B) + bias, the ReLU behind it but where so few columns say that this is the last
   * layer. One row is bound by the reading of B.
   */
  private static GateCase matmul(int m, int n, int k, Form form) {
    int bytes = Float.BYTES * (m * k + k * n + m * n);
    boolean row = m == 1;
    return new GateCase(
        "matmul " + m + "x" + n + "x" + k + " " + form,
        row ? Yardstick.READ : Yardstick.PEAK,
        Unit.FRACTION,
        row ? bytes : 2.0 * m * n * k,
        bytes,
        kernels -> {
          float[] a = random(m * k, 1);
          float[] b = random(k * n, 2);
          float[] c = new float[m * n];
          Activation f = n == 10 ? Activation.IDENTITY : Activation.RELU;
          Fusion fusion = Fusion.bias(random(n, 3), 0).activation(f);
          int lda = form.transA() ? m : k;
          int ldb = form.transB() ? k : n;
          return () -> {
            kernels.matmul(form, m, n, k, a, 0, lda, b, 0, ldb, c, 0, n, fusion);
            return c[c.length - 1];
          };
        });
  }

  /**
   * Rows behind a ReLU, half of them zero, by weights that stay. A single row reads half of the
   * weights.
   */
  private static GateCase matmulPacked(int m, int n, int k) {
    int bytes = Float.BYTES * (m * k + k * n + m * n);
    boolean row = m == 1;
    return new GateCase(
        "matmulPacked " + m + "x" + n + "x" + k,
        row ? Yardstick.READ : Yardstick.PEAK,
        Unit.FRACTION,
        row ? bytes / 2.0 : 2.0 * m * n * k,
        bytes,
        kernels -> {
          float[] a = random(m * k, 1);
          float[] c = new float[m * n];
          PackedMatrix b = kernels.pack(k, n, random(k * n, 2), 0, n);
          Fusion fusion = Fusion.bias(random(n, 3), 0).activation(Activation.RELU);
          kernels.activate(Activation.RELU, m * k, a, 0, a, 0);
          return () -> {
            kernels.matmulPacked(m, a, 0, k, b, c, 0, n, fusion);
            return c[c.length - 1];
          };
        });
  }

  private static GateCase activate(Activation f, Yardstick reference) {
    int bytes = 2 * Float.BYTES * LENGTH;
    boolean memory = reference == Yardstick.TRIAD;
    return new GateCase(
        "activate " + f,
        reference,
        memory ? Unit.FRACTION : Unit.ELEMENTS,
        memory ? bytes : LENGTH,
        bytes,
        kernels -> {
          float[] z = random(LENGTH, 4);
          float[] a = new float[LENGTH];
          return () -> {
            kernels.activate(f, LENGTH, z, 0, a, 0);
            return a[LENGTH - 1];
          };
        });
  }

  private static GateCase activateBackward(Activation f) {
    return elements(
        "activateBackward " + f,
        LENGTH,
        kernels -> {
          float[] saved = random(LENGTH, 4);
          float[] da = random(LENGTH, 5);
          float[] dz = new float[LENGTH];
          return () -> {
            kernels.activateBackward(f, LENGTH, saved, 0, da, 0, dz, 0);
            return dz[LENGTH - 1];
          };
        });
  }

  static GateCase elements(String name, int count, Function<Kernels, Job> make) {
    return new GateCase(name, Yardstick.PEAK, Unit.ELEMENTS, count, 3 * Float.BYTES * count, make);
  }

  private static GateCase softmax() {
    return elements(
        "softmax " + ROWS + "x" + COLUMNS,
        ROWS * COLUMNS,
        kernels -> {
          float[] z = random(ROWS * COLUMNS, 6);
          float[] a = new float[z.length];
          return () -> {
            kernels.softmax(ROWS, COLUMNS, z, 0, COLUMNS, a, 0, COLUMNS);
            return a[a.length - 1];
          };
        });
  }

  private static GateCase crossEntropy() {
    int columns = 10;
    return elements(
        "crossEntropy " + ROWS + "x" + columns,
        ROWS * columns,
        kernels -> {
          float[] z = random(ROWS * columns, 7);
          float[] dz = new float[z.length];
          float[] rowLoss = new float[ROWS];
          int[] labels = new SplittableRandom(8).ints(ROWS, 0, columns).toArray();
          return () -> {
            kernels.crossEntropy(
                ROWS, columns, z, 0, columns, labels, 0, 0.01f, dz, 0, columns, rowLoss, 0);
            return rowLoss[ROWS - 1] + dz[dz.length - 1];
          };
        });
  }

  private static GateCase binaryCrossEntropy() {
    int columns = 10;
    LossFunction loss = LossFunction.of(LossKernel.SIGMOID_BINARY_CROSS_ENTROPY);
    return elements(
        "loss " + loss,
        ROWS * columns,
        kernels -> {
          float[] z = random(ROWS * columns, 9);
          float[] y = random(ROWS * columns, 10);
          float[] dz = new float[z.length];
          float[] rowLoss = new float[ROWS];
          return () -> {
            kernels.loss(
                loss, ROWS, columns, z, 0, columns, y, 0, columns, 0.01f, dz, 0, columns, rowLoss,
                0);
            return rowLoss[ROWS - 1] + dz[dz.length - 1];
          };
        });
  }

  private static GateCase columnSums() {
    int columns = 512;
    int bytes = Float.BYTES * ROWS * columns;
    return new GateCase(
        "columnSums " + ROWS + "x" + columns,
        Yardstick.READ,
        Unit.FRACTION,
        bytes,
        bytes,
        kernels -> {
          float[] x = random(ROWS * columns, 11);
          float[] sums = new float[columns];
          return () -> {
            kernels.columnSums(ROWS, columns, x, 0, columns, sums, 0);
            return sums[columns - 1];
          };
        });
  }

  /** A rate so small that the parameters stay in range. */
  private static GateCase sgd() {
    int bytes = 2 * Float.BYTES * LENGTH;
    return new GateCase(
        "sgd",
        Yardstick.TRIAD,
        Unit.FRACTION,
        3.0 * Float.BYTES * LENGTH,
        bytes,
        kernels -> {
          float[] p = random(LENGTH, 12);
          float[] g = random(LENGTH, 13);
          Update update = new Update(Update.Rule.SGD).rate(0x1p-40f);
          return () -> {
            kernels.updates().update(update, LENGTH, p, 0, g, 0, null, 0, null, 0);
            return p[LENGTH - 1];
          };
        });
  }

  private static GateCase update(Update.Rule rule) {
    return elements(
        "update " + rule,
        LENGTH,
        kernels -> {
          float[] p = random(LENGTH, 14);
          float[] g = random(LENGTH, 15);
          float[] s1 = rule.states() > 0 ? new float[LENGTH] : null;
          float[] s2 = rule.states() > 1 ? new float[LENGTH] : null;
          Update update =
              new Update(rule)
                  .rate(0x1p-40f)
                  .momentum(0.9f)
                  .weight1(0.1f)
                  .beta2(0.999f)
                  .weight2(0.001f)
                  .rootScale(1f)
                  .epsilon(1e-8f);
          return () -> {
            kernels.updates().update(update, LENGTH, p, 0, g, 0, s1, 0, s2, 0);
            return p[LENGTH - 1];
          };
        });
  }

  private static GateCase sumOfSquares() {
    int bytes = Float.BYTES * LENGTH;
    return new GateCase(
        "sumOfSquares",
        Yardstick.READ,
        Unit.FRACTION,
        bytes,
        bytes,
        kernels -> {
          float[] g = random(LENGTH, 19);
          return () -> (float) kernels.updates().sumOfSquares(LENGTH, g, 0);
        });
  }

  private static Network network() {
    return Network.builder(64)
        .dense(128, Activation.RELU)
        .dense(10, Activation.SOFTMAX)
        .seed(1)
        .build();
  }

  /** One row through a network: what surrounds the kernels counts here. */
  private static GateCase predict() {
    return new GateCase(
        "predict 1 row, 64-128-10",
        Yardstick.PEAK,
        Unit.RUNS,
        1,
        Float.BYTES * LENGTH,
        kernels -> {
          Network network = network();
          Workspace workspace = new Workspace(network, kernels, 1);
          float[] x = random(64, 16);
          float[] y = new float[10];
          return () -> {
            workspace.predict(1, x, 0, 64, y, 0, 10);
            return y[9];
          };
        });
  }

  /** At a rate of 0 every step does the same work. */
  private static GateCase step() {
    int batch = 32;
    return new GateCase(
        "step of 32 rows, 64-128-10, Adam",
        Yardstick.PEAK,
        Unit.RUNS,
        1,
        Float.BYTES * LENGTH,
        kernels -> {
          Network network = network();
          Workspace workspace = new Workspace(network, kernels, batch);
          Optimizer.Stepper optimizer = new Adam(0).begin(network.tensors());
          float[] x = random(batch * 64, 17);
          int[] labels = new SplittableRandom(18).ints(batch, 0, 10).toArray();
          return () -> {
            double loss = workspace.gradient(batch, x, 0, 64, labels, 0);
            optimizer.step(kernels, network.parameters(), workspace.gradients());
            return (float) loss;
          };
        });
  }

  static float[] random(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
