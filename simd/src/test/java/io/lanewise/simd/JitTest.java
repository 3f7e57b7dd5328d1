package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Blas;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation has the same bits interpreted, compiled by C1 and compiled by C2: the first
 * rounds of a loop run in the interpreter, and 20,000 calls are beyond the thresholds of both
 * compilers (200 and 5,000). Each round is compared with the scalar bits.
 */
class JitTest {
  private static final int ROUNDS = 20_000;
  private static final int LENGTH = 37;
  private static final int M = 5;
  private static final int N = 19;
  private static final int K = 11;

  /** Reads x and y, writes z and r. */
  private interface Operation {
    void on(Kernels kernels, float[] x, float[] y, float[] z, float[] r);
  }

  /** Rows of N, without gaps. */
  private static Matrix rows(float[] x) {
    return new Matrix(x, M, N);
  }

  private static Matrix row(float[] x, int off) {
    return Matrix.row(x, off, N);
  }

  private static Matrix vector(float[] x, int off) {
    return Matrix.row(x, off, LENGTH);
  }

  static Stream<Arguments> operations() {
    Stream<Arguments> products =
        Stream.of(Transpose.values())
            .map(
                form ->
                    operation(
                        "matmul " + form,
                        (kernels, x, y, z, r) -> {
                          Matrix a = form.a() ? new Matrix(x, K, M) : new Matrix(x, M, K);
                          Matrix b = form.b() ? new Matrix(y, N, K) : new Matrix(y, K, N);
                          Epilogue epilogue = Epilogue.BIAS.activation(Activation.SILU);
                          kernels.matmul(form, a, b, rows(z), epilogue, row(y, 9), null);
                        }));
    Stream<Arguments> maps =
        Stream.of(Function.values())
            .map(
                f ->
                    operation(
                        "map " + f,
                        (kernels, x, y, z, r) -> kernels.map(f, vector(x, 1), vector(z, 2))));
    Stream<Arguments> activations =
        BothKernels.activations()
            .map(
                f ->
                    operation(
                        "activate " + f,
                        (kernels, x, y, z, r) -> {
                          kernels.activate(f, vector(x, 1), vector(z, 2));
                          kernels.activateBackward(f, vector(x, 1), vector(y, 3), vector(z, 50));
                          Matrix gaps = new Matrix(z, 90, 22, M, N);
                          kernels.activateBackward(f, rows(x), rows(y), gaps);
                        }));
    Stream<Arguments> losses =
        losses()
            .map(
                loss ->
                    operation(
                        "loss " + loss,
                        (kernels, x, y, z, r) ->
                            kernels.loss(
                                loss, rows(x), rows(y), 0.5f, rows(z), Matrix.column(r, 0, M))));
    return Stream.of(products, maps, activations, losses, layers(), rest(), updates())
        .flatMap(s -> s);
  }

  private static Stream<LossFunction> losses() {
    float[] weights = Arrays.copyOf(random(5), N);
    return Stream.concat(
        Stream.of(LossFunction.Kind.values()).map(LossFunction::of),
        Stream.of(LossFunction.weightedBinary(weights)));
  }

  private static Stream<Arguments> layers() {
    Matrix gamma = row(random(5), 0);
    Matrix beta = row(random(6), 0);
    Norm columns = new Norm(gamma, beta, row(random(7), 0), row(random(8), 0));
    Norm ofRows =
        new Norm(gamma, beta, Matrix.column(random(7), 0, M), Matrix.column(random(8), 0, M));
    DropoutMask mask = DropoutMask.alpha(0.4);
    return Stream.of(
        operation(
            "columnMoments",
            (kernels, x, y, z, r) ->
                kernels.columnMoments(new Matrix(x, 0, 20, M, N), row(z, 0), row(r, 0))),
        operation(
            "normalize",
            (kernels, x, y, z, r) ->
                kernels.normalize(rows(x), row(y, 0), row(y, 30), row(y, 60), rows(z))),
        operation(
            "batchNormBackward",
            (kernels, x, y, z, r) ->
                kernels.batchNormBackward(
                    rows(x), columns, rows(y), rows(z), row(r, 0), row(r, 50))),
        operation(
            "layerNorm",
            (kernels, x, y, z, r) -> {
              Matrix rstd = Matrix.column(r, 50, M);
              Norm own = new Norm(row(y, 100), row(y, 120), Matrix.column(r, 0, M), rstd);
              kernels.layerNorm(rows(x), own, 1e-5f, rows(z));
            }),
        operation(
            "layerNormBackward",
            (kernels, x, y, z, r) ->
                kernels.layerNormBackward(
                    rows(x), ofRows, rows(y), rows(z), row(r, 0), row(r, 50))),
        operation(
            "dropout",
            (kernels, x, y, z, r) ->
                kernels.dropout(mask, 7, 1L << 40, 3, new Matrix(x, 2, 75), new Matrix(z, 2, 75))),
        operation(
            "add",
            (kernels, x, y, z, r) ->
                kernels.add(rows(x), new Matrix(y, 0, 21, M, N), new Matrix(z, 0, 20, M, N))),
        operation(
            "scaleRows",
            (kernels, x, y, z, r) -> kernels.scaleRows(rows(x), Matrix.column(y, 0, M), rows(z))));
  }

  private static Stream<Arguments> rest() {
    return Stream.of(
        operation(
            "sgemm",
            (kernels, x, y, z, r) ->
                Blas.of(kernels)
                    .sgemm(Transpose.NN, M, N, K, 0.3f, x, 0, K, y, 0, N, 0.7f, z, 0, N)),
        operation(
            "sgemv",
            (kernels, x, y, z, r) ->
                Blas.of(kernels).sgemv(false, 18, 11, 0.3f, x, 0, 13, y, 0, 2, 0.7f, z, 0, 2)),
        operation(
            "sgemv transposed",
            (kernels, x, y, z, r) ->
                Blas.of(kernels).sgemv(true, 11, 19, 0.3f, x, 0, 20, y, 0, 2, 0.7f, z, 0, 2)),
        operation("softmax", (kernels, x, y, z, r) -> kernels.softmax(rows(x), rows(z))),
        operation(
            "softmaxBackward",
            (kernels, x, y, z, r) -> kernels.softmaxBackward(rows(x), rows(y), rows(z))),
        operation("logSoftmax", (kernels, x, y, z, r) -> kernels.logSoftmax(rows(x), rows(z))),
        operation(
            "logSoftmaxBackward",
            (kernels, x, y, z, r) -> kernels.logSoftmaxBackward(rows(x), rows(y), rows(z))),
        operation(
            "attention",
            (kernels, x, y, z, r) ->
                kernels.attention(
                    new Kernels.Heads(1, 1, 0.3f),
                    rows(x),
                    rows(y),
                    rows(x),
                    new Matrix(y, 1, M),
                    rows(z))),
        operation(
            "crossEntropy",
            (kernels, x, y, z, r) -> {
              int[] labels = {0, 18, 16, 3, 9};
              kernels.crossEntropy(rows(x), labels, 0, 0.2f, rows(z), Matrix.column(r, 0, M));
            }),
        operation(
            "columnSums",
            (kernels, x, y, z, r) ->
                kernels.columnSums(new Matrix(x, 0, 40, M, LENGTH), vector(z, 0))),
        operation(
            "sumOfSquares",
            (kernels, x, y, z, r) -> r[0] = (float) kernels.sumOfSquares(vector(x, 0))));
  }

  private static Stream<Arguments> updates() {
    return Stream.of(Update.Rule.values())
        .flatMap(
            rule -> Stream.of(update(rule, Float.POSITIVE_INFINITY, 0f), update(rule, 0.7f, 0.1f)));
  }

  private static Arguments update(Update.Rule rule, float limit, float l1) {
    Update update = new Update(rule);
    update.step = -0.01f;
    update.momentum = 0.9f;
    update.weight1 = 0.1f;
    update.beta2 = 0.99f;
    update.weight2 = 0.01f;
    update.rootScale = 3f;
    update.epsilon = 1e-8f;
    update.decay = 0.1f;
    update.gradientScale = 0.8f;
    update.limit = limit;
    update.l1 = l1;
    update.weightDecay = 0.01f;
    return operation(
        "update " + rule + (l1 == 0f ? "" : ", clipped"),
        (kernels, x, y, z, r) ->
            kernels.update(update, vector(z, 0), vector(x, 0), vector(z, 50), vector(r, 0)));
  }

  private static Arguments operation(String name, Operation operation) {
    return Arguments.of(name, operation);
  }

  private static float[] random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[250];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(20) == 0 ? 0f : 3f * random.nextFloat() - 1f;
    }
    return values;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void theBitsOfEveryRoundAreTheScalarOnes(String name, Operation operation) {
    Kernels simd = KernelLookup.named("simd");
    float[] x = random(1);
    float[] y = random(2);
    float[] z = random(3);
    float[] r = random(4);
    int expected = round(ScalarKernels.INSTANCE, operation, x, y, z.clone(), r.clone());
    for (int i = 0; i < ROUNDS; i++) {
      assertEquals(expected, round(simd, operation, x, y, z.clone(), r.clone()), "round " + i);
    }
  }

  private static int round(
      Kernels kernels, Operation operation, float[] x, float[] y, float[] z, float[] r) {
    operation.on(kernels, x, y, z, r);
    return 31 * Arrays.hashCode(z) + Arrays.hashCode(r);
  }
}
