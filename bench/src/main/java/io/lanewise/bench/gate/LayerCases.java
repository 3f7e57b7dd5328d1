package io.lanewise.bench.gate;

import static io.lanewise.bench.gate.GateCases.elements;
import static io.lanewise.bench.gate.GateCases.random;

import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.LayerKernels;
import io.lanewise.kernel.Norm;
import java.util.List;

/** The gate's cases of the layers that are no product. */
final class LayerCases {
  private static final int M = 128;
  private static final int N = 64;

  private LayerCases() {}

  /** An operation on arrays that are the same for all. */
  private interface Operation {
    void run(LayerKernels layers, Batch batch);
  }

  private static final class Batch {
    final float[] x = random(M * N, 21);
    final float[] dy = random(M * N, 22);
    final float[] out = new float[M * N];
    final float[] sums = new float[N];
    final float[] moreSums = new float[N];
    final Norm columns = norm(N);
    final Norm rows = norm(M);
    final DropoutMask mask = DropoutMask.plain(0.3);
    int step;

    private static Norm norm(int statistics) {
      float[] rstd = random(statistics, 26);
      for (int i = 0; i < statistics; i++) {
        rstd[i] = 1 + Math.abs(rstd[i]);
      }
      return new Norm(random(N, 23), 0, random(N, 24), 0, random(statistics, 25), 0, rstd, 0);
    }
  }

  static List<GateCase> all() {
    return List.of(
        operation(
            "normalize",
            (layers, b) -> {
              Norm c = b.columns;
              layers.normalize(
                  M, N, b.x, 0, N, c.mean(), 0, c.gamma(), 0, c.beta(), 0, b.out, 0, N);
            }),
        operation(
            "columnMoments",
            (layers, b) -> layers.columnMoments(M, N, b.x, 0, N, b.sums, 0, b.moreSums, 0)),
        operation(
            "batchNormBackward",
            (layers, b) ->
                layers.batchNormBackward(
                    M, N, b.x, 0, N, b.columns, b.dy, 0, N, b.out, 0, N, b.sums, 0, b.moreSums, 0)),
        operation(
            "layerNorm",
            (layers, b) -> layers.layerNorm(M, N, b.x, 0, N, b.rows, 1e-5f, b.out, 0, N)),
        operation(
            "layerNormBackward",
            (layers, b) ->
                layers.layerNormBackward(
                    M, N, b.x, 0, N, b.rows, b.dy, 0, N, b.out, 0, N, b.sums, 0, b.moreSums, 0)),
        operation(
            "dropout",
            (layers, b) ->
                layers.dropout(b.mask, M, N, 7, b.step++ & 0xFFFF, 0, b.x, 0, N, b.out, 0, N)));
  }

  private static GateCase operation(String name, Operation operation) {
    return elements(
        name + " " + M + "x" + N,
        M * N,
        kernels -> {
          LayerKernels layers = kernels.layers();
          Batch batch = new Batch();
          return () -> {
            operation.run(layers, batch);
            return batch.out[M * N - 1] + batch.sums[N - 1] + batch.moreSums[N - 1];
          };
        });
  }
}
