package io.lanewise.peers;

import static io.lanewise.peers.Native.FLOAT;
import static io.lanewise.peers.Native.INT;
import static io.lanewise.peers.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** A library with the C interface of the BLAS: gemm, or gemv and ger where there is one row. */
final class Cblas implements Peer {
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANS = 111;
  private static final int TRANS = 112;

  public interface Sgemm {
    void call(
        int order,
        int transA,
        int transB,
        int m,
        int n,
        int k,
        float alpha,
        MemorySegment a,
        int lda,
        MemorySegment b,
        int ldb,
        float beta,
        MemorySegment c,
        int ldc);
  }

  public interface Sgemv {
    void call(
        int order,
        int trans,
        int m,
        int n,
        float alpha,
        MemorySegment a,
        int lda,
        MemorySegment x,
        int incX,
        float beta,
        MemorySegment y,
        int incY);
  }

  public interface Sger {
    void call(
        int order,
        int m,
        int n,
        float alpha,
        MemorySegment x,
        int incX,
        MemorySegment y,
        int incY,
        MemorySegment a,
        int lda);
  }

  private final String version;
  private final Sgemm sgemm;
  private final Sgemv sgemv;
  private final Sger sger;

  private Cblas(Native library, Function<Native, String> version) {
    this.version = version.apply(library);
    sgemm =
        library.function(
            Sgemm.class,
            "cblas_sgemm",
            null,
            INT,
            INT,
            INT,
            INT,
            INT,
            INT,
            FLOAT,
            POINTER,
            INT,
            POINTER,
            INT,
            FLOAT,
            POINTER,
            INT);
    sgemv =
        library.function(
            Sgemv.class,
            "cblas_sgemv",
            null,
            INT,
            INT,
            INT,
            INT,
            FLOAT,
            POINTER,
            INT,
            POINTER,
            INT,
            FLOAT,
            POINTER,
            INT);
    sger =
        library.function(
            Sger.class,
            "cblas_sger",
            null,
            INT,
            INT,
            INT,
            FLOAT,
            POINTER,
            INT,
            POINTER,
            INT,
            POINTER,
            INT);
  }

  static Peer openblas() throws Exception {
    return new Cblas(
        Native.extract("org/bytedeco/openblas/linux-x86_64/libopenblas.so.0"),
        library -> {
          library.callVoid("openblas_set_num_threads", 1);
          return library.callText("openblas_get_config").strip()
              + ", threads: "
              + library.callInt("openblas_get_num_threads");
        });
  }

  static Peer mkl() throws Exception {
    return new Cblas(Vml.mkl(), Vml::version);
  }

  static Peer blis() throws Exception {
    return new Cblas(
        Native.load("/usr/lib/x86_64-linux-gnu/blis-serial/libblis.so.4"), Cblas::blisVersion);
  }

  private static String blisVersion(Native blis) {
    // Else it takes its table of processors for broken.
    blis.function(Runnable.class, "bli_init", null).run();
    String kernels =
        blis.function(Native.TextOf.class, "bli_arch_string", POINTER, INT)
            .call(blis.callInt("bli_arch_query_id"))
            .getString(0);
    String version = blis.callText("bli_info_get_version_str");
    return "BLIS " + version + " " + kernels + ", threads: 1 (serial)";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Work prepare(Task task) {
    return task instanceof Product ? new Call((Product) task) : null;
  }

  private final class Call implements Work {
    private final Product p;
    private final float[] result;
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;

    Call(Product p) {
      this.p = p;
      result = new float[p.m * p.n];
      a = MemorySegment.ofArray(p.a);
      b = MemorySegment.ofArray(p.b);
      c = MemorySegment.ofArray(result);
    }

    @Override
    public void run() {
      p.fill(result);
      if (p.k == 1) {
        sger.call(ROW_MAJOR, p.m, p.n, 1f, a, 1, b, 1, c, p.n);
      } else if (p.m == 1 && p.form.b()) {
        sgemv.call(ROW_MAJOR, NO_TRANS, p.n, p.k, 1f, b, p.ldb, a, 1, 1f, c, 1);
      } else if (p.m == 1) {
        sgemv.call(ROW_MAJOR, TRANS, p.k, p.n, 1f, b, p.ldb, a, 1, 1f, c, 1);
      } else {
        int transA = p.form.a() ? TRANS : NO_TRANS;
        int transB = p.form.b() ? TRANS : NO_TRANS;
        sgemm.call(ROW_MAJOR, transA, transB, p.m, p.n, p.k, 1f, a, p.lda, b, p.ldb, 1f, c, p.n);
      }
    }

    @Override
    public float[] result() {
      return result;
    }
  }
}
