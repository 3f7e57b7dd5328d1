package io.lanewise.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Blas;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Function;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.LossKernel;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.ScalarKernels;
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

  static Stream<Arguments> operations() {
    Stream<Arguments> products =
        Stream.of(Form.values())
            .map(
                form ->
                    operation(
                        "matmul " + form,
                        (kernels, x, y, z, r) -> {
                          int lda = form.transA() ? M : K;
                          int ldb = form.transB() ? K : N;
                          Fusion fusion = Fusion.bias(y, 9).activation(Activation.SILU);
                          kernels.matmul(form, M, N, K, x, 0, lda, y, 0, ldb, z, 0, N, fusion);
                        }));
    Stream<Arguments> maps =
        Stream.of(Function.values())
            .map(
                f ->
                    operation(
                        "map " + f, (kernels, x, y, z, r) -> kernels.map(f, LENGTH, x, 1, z, 2)));
    Stream<Arguments> activations =
        Stream.of(Activation.values())
            .filter(Activation::elementwise)
            .map(
                f ->
                    operation(
                        "activate " + f,
                        (kernels, x, y, z, r) -> {
                          kernels.activate(f, LENGTH, x, 1, z, 2);
                          kernels.activateBackward(f, LENGTH, x, 1, y, 3, z, 50);
                        }));
    Stream<Arguments> losses =
        losses()
            .map(
                loss ->
                    operation(
                        "loss " + loss,
                        (kernels, x, y, z, r) ->
                            kernels.loss(loss, M, N, x, 0, N, y, 0, N, 0.5f, z, 0, N, r, 0)));
    return Stream.of(products, maps, activations, losses, layers(), rest(), updates())
        .flatMap(s -> s);
  }

  private static Stream<LossFunction> losses() {
    float[] weights = Arrays.copyOf(random(5), N);
    return Stream.concat(
        Stream.of(LossKernel.values()).map(LossFunction::of),
        Stream.of(LossFunction.weightedBinary(weights)));
  }

  private static Stream<Arguments> layers() {
    Norm norm = new Norm(random(5), 0, random(6), 0, random(7), 0, random(8), 0);
    DropoutMask mask = DropoutMask.alpha(0.4);
    return Stream.of(
        operation(
            "columnMoments",
            (kernels, x, y, z, r) -> kernels.layers().columnMoments(M, N, x, 0, 20, z, 0, r, 0)),
        operation(
            "normalize",
            (kernels, x, y, z, r) ->
                kernels.layers().normalize(M, N, x, 0, N, y, 0, y, 30, y, 60, z, 0, N)),
        operation(
            "batchNormBackward",
            (kernels, x, y, z, r) ->
                kernels
                    .layers()
                    .batchNormBackward(M, N, x, 0, N, norm, y, 0, N, z, 0, N, r, 0, r, 50)),
        operation(
            "layerNorm",
            (kernels, x, y, z, r) -> {
              Norm own = new Norm(y, 100, y, 120, r, 0, r, 50);
              kernels.layers().layerNorm(M, N, x, 0, N, own, 1e-5f, z, 0, N);
            }),
        operation(
            "layerNormBackward",
            (kernels, x, y, z, r) ->
                kernels
                    .layers()
                    .layerNormBackward(M, N, x, 0, N, norm, y, 0, N, z, 0, N, r, 0, r, 50)),
        operation(
            "dropout",
            (kernels, x, y, z, r) ->
                kernels.layers().dropout(mask, 2, 75, 7, 1L << 40, 3, x, 0, 75, z, 0, 75)),
        operation(
            "add",
            (kernels, x, y, z, r) -> kernels.layers().add(M, N, x, 0, N, y, 0, 21, z, 0, 20)),
        operation(
            "scaleRows",
            (kernels, x, y, z, r) -> kernels.layers().scaleRows(M, N, x, 0, N, y, 0, z, 0, N)));
  }

  private static Stream<Arguments> rest() {
    return Stream.of(
        operation(
            "sgemm",
            (kernels, x, y, z, r) ->
                Blas.of(kernels).sgemm(Form.NN, M, N, K, 0.3f, x, 0, K, y, 0, N, 0.7f, z, 0, N)),
        operation(
            "sgemv",
            (kernels, x, y, z, r) ->
                Blas.of(kernels).sgemv(false, 18, 11, 0.3f, x, 0, 13, y, 0, 2, 0.7f, z, 0, 2)),
        operation(
            "sgemv transposed",
            (kernels, x, y, z, r) ->
                Blas.of(kernels).sgemv(true, 11, 19, 0.3f, x, 0, 20, y, 0, 2, 0.7f, z, 0, 2)),
        operation("softmax", (kernels, x, y, z, r) -> kernels.softmax(M, N, x, 0, N, z, 0, N)),
        operation(
            "softmaxBackward",
            (kernels, x, y, z, r) -> kernels.softmaxBackward(M, N, x, 0, N, y, 0, N, z, 0, N)),
        operation(
            "crossEntropy",
            (kernels, x, y, z, r) ->
                kernels.crossEntropy(
                    M, N, x, 0, N, new int[] {0, 18, 16, 3, 9}, 0, 0.2f, z, 0, N, r, 0)),
        operation(
            "columnSums", (kernels, x, y, z, r) -> kernels.columnSums(M, LENGTH, x, 0, 40, z, 0)),
        operation(
            "sumOfSquares",
            (kernels, x, y, z, r) -> r[0] = (float) kernels.updates().sumOfSquares(LENGTH, x, 0)));
  }

  private static Stream<Arguments> updates() {
    return Stream.of(Update.Rule.values())
        .flatMap(
            rule -> Stream.of(update(rule, Float.POSITIVE_INFINITY, 0f), update(rule, 0.7f, 0.1f)));
  }

  private static Arguments update(Update.Rule rule, float limit, float l1) {
    Update update = new Update(rule).rate(0.01f).momentum(0.9f).weight1(0.1f).beta2(0.99f);
    update.weight2(0.01f).rootScale(3f).epsilon(1e-8f).decay(0.1f).gradientScale(0.8f);
    update.limit(limit).l1(l1).weightDecay(0.01f);
    return operation(
        "update " + rule + (l1 == 0f ? "" : ", clipped"),
        (kernels, x, y, z, r) -> kernels.updates().update(update, LENGTH, z, 0, x, 0, z, 50, r, 0));
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
