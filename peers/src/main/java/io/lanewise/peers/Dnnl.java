package io.lanewise.peers;

import static io.lanewise.peers.Native.FLOAT;
import static io.lanewise.peers.Native.INT;
import static io.lanewise.peers.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/** oneDNN's matrix product. */
final class Dnnl implements Peer {
  private static final ValueLayout.OfLong DIM = ValueLayout.JAVA_LONG;

  public interface Sgemm {
    int call(
        byte transA,
        byte transB,
        long m,
        long n,
        long k,
        float alpha,
        MemorySegment a,
        long lda,
        MemorySegment b,
        long ldb,
        float beta,
        MemorySegment c,
        long ldc);
  }

  private final Sgemm sgemm;
  private final String version;

  Dnnl() throws Exception {
    Native library = Native.extract("org/bytedeco/dnnl/linux-x86_64/libdnnl.so.3");
    sgemm =
        library.function(
            Sgemm.class,
            "dnnl_sgemm",
            INT,
            ValueLayout.JAVA_BYTE,
            ValueLayout.JAVA_BYTE,
            DIM,
            DIM,
            DIM,
            FLOAT,
            POINTER,
            DIM,
            POINTER,
            DIM,
            FLOAT,
            POINTER,
            DIM);
    MemorySegment v = library.function(Native.TextFunction.class, "dnnl_version", POINTER).call();
    int threads = Native.load("libgomp.so.1").callInt("omp_get_max_threads");
    version =
        String.format(
            Locale.ROOT,
            "oneDNN %d.%d.%d, threads: %d",
            v.get(INT, 0),
            v.get(INT, 4),
            v.get(INT, 8),
            threads);
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
      byte transA = (byte) (p.form.a() ? 'T' : 'N');
      byte transB = (byte) (p.form.b() ? 'T' : 'N');
      int status = sgemm.call(transA, transB, p.m, p.n, p.k, 1f, a, p.lda, b, p.ldb, 1f, c, p.n);
      if (status != 0) {
        throw new IllegalStateException("dnnl_sgemm: status " + status);
      }
    }

    @Override
    public float[] result() {
      return result;
    }
  }
}
