package io.lanewise.peers;

import static io.lanewise.peers.Native.INT;
import static io.lanewise.peers.Native.POINTER;

import io.lanewise.kernel.Activation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** MKL's vector mathematics, with high accuracy (below 1 ulp) or low (below 4). */
final class Vml implements Peer {
  private static final long LOW = 1;
  private static final long HIGH = 2;

  public interface GetVersion {
    void call(MemorySegment text, int length);
  }

  public interface Elements {
    void call(int n, MemorySegment x, MemorySegment y, long mode);
  }

  private final long mode;
  private final String version;
  private final Elements exp;
  private final Elements tanh;

  private Vml(long mode) throws Exception {
    this.mode = mode;
    Native mkl = mkl();
    version = version(mkl);
    exp = elements(mkl, "vmsExp");
    tanh = elements(mkl, "vmsTanh");
  }

  private static Elements elements(Native mkl, String name) {
    return mkl.function(Elements.class, name, null, INT, POINTER, POINTER, ValueLayout.JAVA_LONG);
  }

  static Peer highAccuracy() throws Exception {
    return new Vml(HIGH);
  }

  static Peer lowAccuracy() throws Exception {
    return new Vml(LOW);
  }

  /** Loads MKL, on one thread. */
  static Native mkl() throws Exception {
    // Else MKL's layer of threads looks for it in vain.
    Native.load("libgomp.so.1");
    Native mkl = Native.extract("org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2");
    mkl.callVoid("MKL_Set_Num_Threads", 1);
    return mkl;
  }

  static String version(Native mkl) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(256);
      mkl.function(GetVersion.class, "MKL_Get_Version_String", null, POINTER, INT).call(text, 255);
      return text.getString(0).strip() + ", threads: " + mkl.callInt("MKL_Get_Max_Threads");
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Work prepare(Task task) {
    if (!(task instanceof ElementwiseTask)) {
      return null;
    }
    ElementwiseTask e = (ElementwiseTask) task;
    Elements function = e.activation == null ? exp : e.activation == Activation.TANH ? tanh : null;
    if (function == null) {
      return null;
    }
    int length = e.x.length;
    float[] y = new float[length];
    MemorySegment in = MemorySegment.ofArray(e.x);
    MemorySegment out = MemorySegment.ofArray(y);
    return Work.of(y, () -> function.call(length, in, out, mode));
  }
}
