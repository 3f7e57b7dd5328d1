package io.lanewise.bench.gate;

import static io.lanewise.bench.gate.GateCases.elements;
import static io.lanewise.bench.gate.GateCases.random;

import io.lanewise.gate.GateCase;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import java.util.List;

/** The gate's cases of the layers that are no product. */
final class LayerCases {
  private static final int M = 128;
  private static final int N = 64;

  private LayerCases() {}

  /** An operation on arrays that are the same for all. */
  private interface Operation {
    void run(Kernels kernels, Batch batch);
  }

  private static final class Batch {
    final Matrix x = random(M, N, 21);
    final Matrix dy = random(M, N, 22);
    final Matrix out = new Matrix(M, N);
    final Matrix sums = new Matrix(1, N);
    final Matrix moreSums = new Matrix(1, N);
    final Norm columns = norm(1, N);
    final Norm rows = norm(M, 1);
    final DropoutMask mask = DropoutMask.plain(0.3);
    int step;

    private static Norm norm(int rows, int columns) {
      float[] rstd = random(rows * columns, 26);
      for (int i = 0; i < rstd.length; i++) {
        rstd[i] = 1 + Math.abs(rstd[i]);
      }
      return new Norm(
          random(1, N, 23),
          random(1, N, 24),
          random(rows, columns, 25),
          new Matrix(rstd, rows, columns));
    }
  }

  static List<GateCase> all() {
    return List.of(
        operation(
            "normalize",
            (kernels, b) -> {
              Norm c = b.columns;
              kernels.normalize(b.x, c.mean(), c.gamma(), c.beta(), b.out);
            }),
        operation("columnMoments", (kernels, b) -> kernels.columnMoments(b.x, b.sums, b.moreSums)),
        operation(
            "batchNormBackward",
            (kernels, b) ->
                kernels.batchNormBackward(b.x, b.columns, b.dy, b.out, b.sums, b.moreSums)),
        operation("layerNorm", (kernels, b) -> kernels.layerNorm(b.x, b.rows, 1e-5f, b.out)),
        operation(
            "layerNormBackward",
            (kernels, b) ->
                kernels.layerNormBackward(b.x, b.rows, b.dy, b.out, b.sums, b.moreSums)),
        operation(
            "dropout",
            (kernels, b) -> kernels.dropout(b.mask, 7, b.step++ & 0xFFFF, 0, b.x, b.out)));
  }

  private static GateCase operation(String name, Operation operation) {
    return elements(
        name + " " + M + "x" + N,
        M * N,
        kernels -> {
          Batch batch = new Batch();
          float[] out = batch.out.array();
          float[] sums = batch.sums.array();
          float[] moreSums = batch.moreSums.array();
          return () -> {
            operation.run(kernels, batch);
            return out[M * N - 1] + sums[N - 1] + moreSums[N - 1];
          };
        });
  }
}
