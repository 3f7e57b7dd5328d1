package io.lanewise.bench.gate;

import io.lanewise.bench.gate.KernelCase.Unit;
import io.lanewise.gate.GateCase;
import io.lanewise.gate.Work;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import java.util.EnumSet;
import java.util.List;
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
      Stream.of(own(), updates(), LayerCases.all()).flatMap(List::stream).toList();

  private GateCases() {}

  private static List<GateCase> own() {
    return List.of(
        matmul(64, 64, 64, Transpose.NN),
        matmul(256, 256, 256, Transpose.NN),
        matmul(256, 512, 128, Transpose.TN),
        matmul(128, 256, 512, Transpose.NT),
        matmul(128, 10, 512, Transpose.NN),
        matmul(1, 256, 512, Transpose.NN),
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
        sumOfSquares(),
        predict(),
        step());
  }

  /** Of each rule, but of SGD, a case of its own, and of two whose loops are another's. */
  private static List<GateCase> updates() {
    return EnumSet.complementOf(
            EnumSet.of(Update.Rule.SGD, Update.Rule.MOMENTUM, Update.Rule.RMSPROP_MOMENTUM))
        .stream()
        .map(GateCases::update)
        .toList();
  }

  /**
   * C = op(A) op(B) + bias, the ReLU behind it but where so few columns say that this is the last
   * layer. One row is bound by the reading of B.
   */
  private static GateCase matmul(int m, int n, int k, Transpose form) {
    int bytes = Float.BYTES * (m * k + k * n + m * n);
    boolean row = m == 1;
    return KernelCase.of(
        "matmul " + m + "x" + n + "x" + k + " " + form,
        row ? Yardstick.READ : Yardstick.PEAK,
        Unit.FRACTION,
        row ? bytes : 2.0 * m * n * k,
        bytes,
        kernels -> {
          Matrix a = form.a() ? random(k, m, 1) : random(m, k, 1);
          Matrix b = form.b() ? random(n, k, 2) : random(k, n, 2);
          Matrix c = new Matrix(m, n);
          Matrix bias = random(1, n, 3);
          Activation f = n == 10 ? Activation.IDENTITY : Activation.RELU;
          Epilogue epilogue = Epilogue.BIAS.activation(f);
          float[] out = c.array();
          return () -> {
            kernels.matmul(form, a, b, c, epilogue, bias, null);
            return out[out.length - 1];
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
    return KernelCase.of(
        "matmulPacked " + m + "x" + n + "x" + k,
        row ? Yardstick.READ : Yardstick.PEAK,
        Unit.FRACTION,
        row ? bytes / 2.0 : 2.0 * m * n * k,
        bytes,
        kernels -> {
          Matrix a = random(m, k, 1);
          Matrix c = new Matrix(m, n);
          Matrix bias = random(1, n, 3);
          PackedMatrix b = kernels.pack(random(k, n, 2));
          Epilogue epilogue = Epilogue.BIAS.activation(Activation.RELU);
          kernels.activate(Activation.RELU, a, a);
          float[] out = c.array();
          return () -> {
            kernels.matmulPacked(a, b, c, epilogue, bias, null);
            return out[out.length - 1];
          };
        });
  }

  private static GateCase activate(Activation f, Yardstick reference) {
    int bytes = 2 * Float.BYTES * LENGTH;
    boolean memory = reference == Yardstick.TRIAD;
    return KernelCase.of(
        "activate " + f,
        reference,
        memory ? Unit.FRACTION : Unit.ELEMENTS,
        memory ? bytes : LENGTH,
        bytes,
        kernels -> {
          Matrix z = random(1, LENGTH, 4);
          Matrix a = new Matrix(1, LENGTH);
          float[] out = a.array();
          return () -> {
            kernels.activate(f, z, a);
            return out[LENGTH - 1];
          };
        });
  }

  private static GateCase activateBackward(Activation f) {
    return elements(
        "activateBackward " + f,
        LENGTH,
        kernels -> {
          Matrix saved = random(1, LENGTH, 4);
          Matrix da = random(1, LENGTH, 5);
          Matrix dz = new Matrix(1, LENGTH);
          float[] out = dz.array();
          return () -> {
            kernels.activateBackward(f, saved, da, dz);
            return out[LENGTH - 1];
          };
        });
  }

  static GateCase elements(String name, int count, Function<Kernels, Work> make) {
    return KernelCase.of(name, Yardstick.PEAK, Unit.ELEMENTS, count, 3 * Float.BYTES * count, make);
  }

  private static GateCase softmax() {
    return elements(
        "softmax " + ROWS + "x" + COLUMNS,
        ROWS * COLUMNS,
        kernels -> {
          Matrix z = random(ROWS, COLUMNS, 6);
          Matrix a = new Matrix(ROWS, COLUMNS);
          float[] out = a.array();
          return () -> {
            kernels.softmax(z, a);
            return out[out.length - 1];
          };
        });
  }

  private static GateCase crossEntropy() {
    int columns = 10;
    return elements(
        "crossEntropy " + ROWS + "x" + columns,
        ROWS * columns,
        kernels -> {
          Matrix z = random(ROWS, columns, 7);
          Matrix dz = new Matrix(ROWS, columns);
          Matrix rowLoss = new Matrix(ROWS, 1);
          int[] labels = new SplittableRandom(8).ints(ROWS, 0, columns).toArray();
          float[] losses = rowLoss.array();
          float[] out = dz.array();
          return () -> {
            kernels.crossEntropy(z, labels, 0, 0.01f, dz, rowLoss);
            return losses[ROWS - 1] + out[out.length - 1];
          };
        });
  }

  private static GateCase binaryCrossEntropy() {
    int columns = 10;
    LossFunction loss = LossFunction.of(LossFunction.Kind.SIGMOID_BINARY_CROSS_ENTROPY);
    return elements(
        "loss " + loss,
        ROWS * columns,
        kernels -> {
          Matrix z = random(ROWS, columns, 9);
          Matrix y = random(ROWS, columns, 10);
          Matrix dz = new Matrix(ROWS, columns);
          Matrix rowLoss = new Matrix(ROWS, 1);
          float[] losses = rowLoss.array();
          float[] out = dz.array();
          return () -> {
            kernels.loss(loss, z, y, 0.01f, dz, rowLoss);
            return losses[ROWS - 1] + out[out.length - 1];
          };
        });
  }

  private static GateCase columnSums() {
    int columns = 512;
    int bytes = Float.BYTES * ROWS * columns;
    return KernelCase.of(
        "columnSums " + ROWS + "x" + columns,
        Yardstick.READ,
        Unit.FRACTION,
        bytes,
        bytes,
        kernels -> {
          Matrix x = random(ROWS, columns, 11);
          Matrix sums = new Matrix(1, columns);
          float[] out = sums.array();
          return () -> {
            kernels.columnSums(x, sums);
            return out[columns - 1];
          };
        });
  }

  /**
   * LENGTH zeros, some lines further in their page than those of the operand before: where a store
   * and the next load are a multiple of 4 KiB apart, the load waits, and the place of an array
   * would decide a third of the speed of an update.
   */
  private static Matrix staggered(int operand) {
    int off = operand * 272;
    return new Matrix(new float[off + LENGTH], off, LENGTH, 1, LENGTH);
  }

  private static Matrix staggered(int operand, long seed) {
    Matrix x = staggered(operand);
    System.arraycopy(random(1, LENGTH, seed).array(), 0, x.array(), x.off(), LENGTH);
    return x;
  }

  /** A rate so small that the parameters stay in range. */
  private static GateCase sgd() {
    int bytes = 2 * Float.BYTES * LENGTH;
    return KernelCase.of(
        "sgd",
        Yardstick.TRIAD,
        Unit.FRACTION,
        3.0 * Float.BYTES * LENGTH,
        bytes,
        kernels -> {
          Matrix p = staggered(0, 12);
          Matrix g = staggered(1, 13);
          float[] out = p.array();
          Update update = new Update(Update.Rule.SGD);
          update.step = -0x1p-40f;
          return () -> {
            kernels.update(update, p, g, null, null);
            return out[LENGTH - 1];
          };
        });
  }

  private static GateCase update(Update.Rule rule) {
    return elements(
        "update " + rule,
        LENGTH,
        kernels -> {
          Matrix p = staggered(0, 14);
          Matrix g = staggered(1, 15);
          Matrix s1 = rule.states() > 0 ? staggered(2) : null;
          Matrix s2 = rule.states() > 1 ? staggered(3) : null;
          float[] out = p.array();
          Update update = new Update(rule);
          update.step = -0x1p-40f;
          update.momentum = 0.9f;
          update.weight1 = 0.1f;
          update.beta2 = 0.999f;
          update.weight2 = 0.001f;
          update.rootScale = 1f;
          update.epsilon = 1e-8f;
          return () -> {
            kernels.update(update, p, g, s1, s2);
            return out[LENGTH - 1];
          };
        });
  }

  private static GateCase sumOfSquares() {
    int bytes = Float.BYTES * LENGTH;
    return KernelCase.of(
        "sumOfSquares",
        Yardstick.READ,
        Unit.FRACTION,
        bytes,
        bytes,
        kernels -> {
          Matrix g = random(1, LENGTH, 19);
          return () -> (float) kernels.sumOfSquares(g);
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
    return KernelCase.of(
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
    return KernelCase.of(
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

  static Matrix random(int rows, int columns, long seed) {
    return new Matrix(random(rows * columns, seed), rows, columns);
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
