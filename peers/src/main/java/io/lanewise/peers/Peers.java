package io.lanewise.peers;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/** The table of the libraries. */
final class Peers {
  /** Who we are in every comparison. */
  static final String US = "lanewise";

  private static final Map<String, Callable<Peer>> TABLE = new LinkedHashMap<>();

  static {
    TABLE.put(US, () -> new Lanewise("simd"));
    TABLE.put("scalar", () -> new Lanewise("scalar"));
    TABLE.put("openblas", Cblas::openblas);
    TABLE.put("mkl", Cblas::mkl);
    TABLE.put("onednn", Dnnl::new);
    TABLE.put("blis", Cblas::blis);
    TABLE.put("vectorblas", JavaBlas::vectorBlas);
    TABLE.put("ejml", JavaBlas::ejml);
    TABLE.put("ojalgo", JavaBlas::ojalgo);
    TABLE.put("libtorch", Torch::new);
    TABLE.put("djl", Djl::new);
    TABLE.put("dl4j", Dl4j::new);
    TABLE.put("onnxruntime", Ort::new);
    TABLE.put("mkl-ha", Vml::highAccuracy);
    TABLE.put("mkl-la", Vml::lowAccuracy);
  }

  private Peers() {}

  static Set<String> names() {
    return TABLE.keySet();
  }

  /**
   * Loads a library, on one thread.
   *
   * @throws IllegalArgumentException if no library has that name
   * @throws UnusableException if it cannot be loaded here
   */
  static Peer load(String name) throws UnusableException {
    Callable<Peer> loader = TABLE.get(name);
    if (loader == null) {
      throw new IllegalArgumentException("no peer \"" + name + "\", only " + names());
    }
    try {
      Native.oneThread();
      return loader.call();
    } catch (Exception | LinkageError e) {
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      throw new UnusableException(cause.toString(), e);
    }
  }

  /** Returns the jar that a class is from, without ".jar": a name and a version. */
  static String jar(Class<?> type) {
    String path = type.getProtectionDomain().getCodeSource().getLocation().getPath();
    return Path.of(path).getFileName().toString().replaceFirst("\\.jar$", "");
  }
}
