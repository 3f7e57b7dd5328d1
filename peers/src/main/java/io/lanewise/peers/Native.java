package io.lanewise.peers;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/** A native library, called without copying: the heap arrays themselves are handed over. */
final class Native {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  static final AddressLayout POINTER =
      ValueLayout.ADDRESS.withTargetLayout(
          MemoryLayout.sequenceLayout(Integer.MAX_VALUE, ValueLayout.JAVA_BYTE));

  private static final String BLIS_SKX = "0";
  private static final int RTLD_NOW = 2;
  private static final int RTLD_DEEPBIND = 8;

  private static final Linker LINKER = Linker.nativeLinker();

  public interface DlOpen {
    MemorySegment call(MemorySegment library, int flags);
  }

  public interface SetEnv {
    int call(MemorySegment name, MemorySegment value, int overwrite);
  }

  public interface UnsetEnv {
    int call(MemorySegment name);
  }

  public interface IntFunction {
    int call();
  }

  public interface IntConsumer {
    void call(int value);
  }

  public interface TextFunction {
    MemorySegment call();
  }

  public interface TextOf {
    MemorySegment call(int value);
  }

  private final SymbolLookup symbols;

  private Native(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /**
   * Loads a library by its path, or by its name where the system looks for libraries. Its symbols
   * are bound now and to itself first: MKL makes its own sgemm the whole process's, and BLIS would
   * call that one.
   */
  static Native load(String library) {
    try (Arena arena = Arena.ofConfined()) {
      new Native(LINKER.defaultLookup())
          .function(DlOpen.class, "dlopen", POINTER, POINTER, INT)
          .call(arena.allocateFrom(library), RTLD_NOW | RTLD_DEEPBIND);
    }
    return new Native(
        library.contains("/")
            ? SymbolLookup.libraryLookup(Path.of(library), Arena.global())
            : SymbolLookup.libraryLookup(library, Arena.global()));
  }

  /**
   * Extracts the folder that the resource is in, once for this user, and loads the library there.
   *
   * @param resource such as "org/bytedeco/openblas/linux-x86_64/libopenblas.so.0"
   */
  static Native extract(String resource) throws IOException {
    URL url = Native.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new IOException("no " + resource + " on the class path");
    }
    String folder = url.toString().substring(0, url.toString().lastIndexOf('/') + 1);
    File extracted = Loader.cacheResource(URI.create(folder).toURL());
    Path library = extracted.toPath().resolve(Path.of(resource).getFileName());
    if (!Files.exists(library)) {
      throw new IOException("no " + library);
    }
    return load(library.toString());
  }

  /**
   * Returns a function of the library as the one method of an interface, a public one, whose types
   * are those of the layouts. The function must be short: no safepoint is reached in it.
   */
  <T> T function(Class<T> type, String name, MemoryLayout result, MemoryLayout... parameters) {
    MemorySegment address =
        symbols
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the library has no " + name));
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(result, parameters);
    MethodHandle handle = LINKER.downcallHandle(address, descriptor, Linker.Option.critical(true));
    return MethodHandleProxies.asInterfaceInstance(type, handle);
  }

  int callInt(String name) {
    return function(IntFunction.class, name, INT).call();
  }

  void callVoid(String name, int argument) {
    function(IntConsumer.class, name, null, INT).call(argument);
  }

  String callText(String name) {
    return function(TextFunction.class, name, POINTER).call().getString(0);
  }

  /** Sets the variables that the libraries read as they load. */
  static void oneThread() {
    Map.of(
            "OPENBLAS_NUM_THREADS", "1",
            "OMP_NUM_THREADS", "1",
            "MKL_NUM_THREADS", "1",
            "MKL_THREADING_LAYER", "GNU",
            "BLIS_NUM_THREADS", "1")
        .forEach(Native::setenv);
    // BLIS 0.9 takes a processor whose name it does not know for one without AVX-512.
    if (hasAvx512()) {
      setenv("BLIS_ARCH_TYPE", BLIS_SKX);
    }
    // These hold OpenBLAS to kernels and block sizes that are not this processor's.
    unsetenv("OPENBLAS_CORETYPE");
    unsetenv("OPENBLAS_L2_SIZE");
  }

  private static boolean hasAvx512() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      String flags = lines.filter(l -> l.startsWith("flags")).findFirst().orElse("");
      return List.of(flags.split("\\s+")).containsAll(List.of("avx512f", "avx512dq", "avx512bw"));
    } catch (IOException e) {
      return false;
    }
  }

  private static void setenv(String name, String value) {
    try (Arena arena = Arena.ofConfined()) {
      new Native(LINKER.defaultLookup())
          .function(SetEnv.class, "setenv", INT, POINTER, POINTER, INT)
          .call(arena.allocateFrom(name), arena.allocateFrom(value), 1);
    }
  }

  private static void unsetenv(String name) {
    try (Arena arena = Arena.ofConfined()) {
      new Native(LINKER.defaultLookup())
          .function(UnsetEnv.class, "unsetenv", INT, POINTER)
          .call(arena.allocateFrom(name));
    }
  }
}
