package io.lanewise.peers;

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
    TABLE.put("openblas", Cblas::openblas);
    TABLE.put("mkl", Cblas::mkl);
    TABLE.put("onednn", Dnnl::new);
    TABLE.put("blis", Cblas::blis);
  }

  private Peers() {}

  static Set<String> names() {
    return TABLE.keySet();
  }

  /**
   * Loads a library.
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
      return loader.call();
    } catch (Exception | LinkageError e) {
      Throwable cause = e.getCause() != null ? e.getCause() : e;
      throw new UnusableException(cause.toString(), e);
    }
  }
}
