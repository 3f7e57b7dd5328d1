package io.lanewise.peers;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ojalgo.OjAlgoUtils;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R032Store;

/** The matrix products of libraries in Java. */
final class JavaBlas {
  /** Turns a product into a library's call. */
  private interface Preparation {
    Work prepare(Product p);
  }

  private JavaBlas() {}

  private static Peer peer(Class<?> library, Preparation preparation) {
    return new Peer() {
      @Override
      public String version() {
        return library.getName() + ", " + Peers.jar(library) + ", threads: 1";
      }

      @Override
      public Work prepare(Task task) {
        return task instanceof Product ? preparation.prepare((Product) task) : null;
      }
    };
  }

  /** Column-major, so C' = op(B)' op(A)'. */
  static Peer vectorBlas() {
    BLAS blas = JavaBLAS.getInstance();
    return peer(
        blas.getClass(),
        p -> {
          float[] c = new float[p.m * p.n];
          String transB = p.form.b() ? "T" : "N";
          String transA = p.form.a() ? "T" : "N";
          return Work.of(
              c,
              () -> {
                p.fill(c);
                if (p.k == 1) {
                  blas.sger(p.n, p.m, 1f, p.b, 1, p.a, 1, c, p.n);
                } else if (p.m == 1) {
                  int rows = p.form.b() ? p.k : p.n;
                  int columns = p.form.b() ? p.n : p.k;
                  blas.sgemv(transB, rows, columns, 1f, p.b, p.ldb, p.a, 1, 1f, c, 1);
                } else {
                  blas.sgemm(transB, transA, p.n, p.m, p.k, 1f, p.b, p.ldb, p.a, p.lda, 1f, c, p.n);
                }
              });
        });
  }

  static Peer ejml() {
    return peer(
        CommonOps_FDRM.class,
        p -> {
          FMatrixRMaj a = FMatrixRMaj.wrap(p.form.a() ? p.k : p.m, p.lda, p.a);
          FMatrixRMaj b = FMatrixRMaj.wrap(p.form.b() ? p.n : p.k, p.ldb, p.b);
          FMatrixRMaj c = new FMatrixRMaj(p.m, p.n);
          return Work.of(
              c.data,
              () -> {
                p.fill(c.data);
                switch (p.form) {
                  case NN -> CommonOps_FDRM.multAdd(a, b, c);
                  case NT -> CommonOps_FDRM.multAddTransB(a, b, c);
                  case TN -> CommonOps_FDRM.multAddTransA(a, b, c);
                  case TT -> CommonOps_FDRM.multAddTransAB(a, b, c);
                }
              });
        });
  }

  /** Column-major too: its matrices are the transposes of ours. The bias is added afterwards. */
  static Peer ojalgo() {
    OjAlgoUtils.limitThreadsTo(1);
    return peer(
        R032Store.class,
        p -> {
          R032Store a = ojalgo(p.a, p.lda);
          R032Store b = ojalgo(p.b, p.ldb);
          MatrixStore<Double> left = p.form.b() ? b.transpose() : b;
          MatrixStore<Double> right = p.form.a() ? a.transpose() : a;
          R032Store c = R032Store.FACTORY.make(p.n, p.m);
          return Work.of(
              c.data,
              () -> {
                left.multiply(right, c);
                for (int i = 0; i < p.m; i++) {
                  for (int j = 0; j < p.n; j++) {
                    c.data[i * p.n + j] += p.bias[j];
                  }
                }
              });
        });
  }

  private static R032Store ojalgo(float[] x, int columns) {
    R032Store store = R032Store.FACTORY.make(columns, x.length / columns);
    System.arraycopy(x, 0, store.data, 0, x.length);
    return store;
  }
}
