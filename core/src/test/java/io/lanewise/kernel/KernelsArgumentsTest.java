package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every argument of every public method of {@link Kernels}, what it leads to and {@link Blas}, made
 * bad in every way its kind has: the exception names it, and nothing is written. The table below
 * gives each method one good call whose windows end exactly where their arrays end; all bad calls
 * are derived from it.
 */
class KernelsArgumentsTest {
  static final int M = 3;
  static final int N = 4;
  private static final int K = 5;
  private static final int LENGTH = 7;
  static final int OFF = 2;

  /** A method, the names of its parameters, and a good value for each. */
  record Good(String method, List<String> names, Object[] values, String... apart) {
    @Override
    public String toString() {
      return method;
    }

    int index(String name) {
      return names.indexOf(name);
    }

    /** The good arguments, arrays copied, with one replaced. */
    Object[] with(String name, Object value) {
      Object[] copy = values.clone();
      for (int i = 0; i < copy.length; i++) {
        copy[i] = copy[i] instanceof float[] x ? x.clone() : copy[i];
      }
      copy[index(name)] = value;
      return copy;
    }
  }

  /** Pairs "output/input" are those that must not overlap; "output=input" may be one window. */
  static Good good(String method, String names, Object[] values, String... pairs) {
    return new Good(method, List.of(names.split(" ")), values, pairs);
  }

  static Stream<Good> methods() {
    return Stream.concat(ofKernels(), LayerCalls.all().stream());
  }

  private static Stream<Good> ofKernels() {
    float[] vector = ones(OFF + LENGTH);
    float[] rows = ones(OFF + M);
    float[] mk = window(M, K);
    float[] kn = window(K, N);
    float[] mn = window(M, N);
    int ldN = N + 1;
    return Stream.of(
        good(
            "matmul",
            "form m n k a aOff lda b bOff ldb c cOff ldc fusion",
            values(Form.NN, M, N, K, mk, OFF, K + 1, kn, OFF, ldN, mn, OFF, ldN, Fusion.ACCUMULATE),
            "c/a",
            "c/b"),
        good("pack", "k n b bOff ldb", values(K, N, kn, OFF, ldN)),
        good(
            "matmulPacked",
            "m a aOff lda b c cOff ldc fusion",
            values(
                M,
                mk,
                OFF,
                K + 1,
                ScalarKernels.INSTANCE.pack(K, N, kn, OFF, ldN),
                mn,
                OFF,
                ldN,
                Fusion.ACCUMULATE),
            "c/a"),
        good(
            "sgemm",
            "form m n k alpha a aOff lda b bOff ldb beta c cOff ldc",
            values(Form.NN, M, N, K, 2f, mk, OFF, K + 1, kn, OFF, ldN, 0.5f, mn, OFF, ldN),
            "c/a",
            "c/b"),
        good(
            "sgemv",
            "transA m n alpha a aOff lda x xOff incX beta y yOff incY",
            values(false, M, N, 2f, mn, OFF, ldN, spaced(N), OFF, 2, 0.5f, rows, OFF, 1),
            "y/a",
            "y/x"),
        good(
            "columnSums",
            "m n x xOff ldx sums sumsOff",
            values(M, N, mn, OFF, ldN, ones(OFF + N), OFF),
            "sums/x"),
        good(
            "map",
            "f length x xOff y yOff",
            values(Function.EXP, LENGTH, vector, OFF, vector, OFF),
            "y=x"),
        good(
            "activate",
            "f length z zOff a aOff",
            values(Activation.TANH, LENGTH, vector, OFF, vector, OFF),
            "a=z"),
        good(
            "activateBackward",
            "f length saved savedOff da daOff dz dzOff",
            values(Activation.TANH, LENGTH, vector, OFF, vector, OFF, vector, OFF),
            "dz/saved",
            "dz=da"),
        good(
            "softmax",
            "m n z zOff ldz a aOff lda",
            values(M, N, mn, OFF, ldN, mn, OFF, ldN),
            "a=z"),
        good(
            "softmaxBackward",
            "m n a aOff lda da daOff ldda dz dzOff lddz",
            values(M, N, mn, OFF, ldN, mn, OFF, ldN, mn, OFF, ldN),
            "dz/a",
            "dz=da"),
        good(
            "crossEntropy",
            "m n z zOff ldz labels labelsOff scale dz dzOff lddz rowLoss rowLossOff",
            values(M, N, mn, OFF, ldN, new int[] {-9, 0, 3, 1}, 1, 1f, mn, OFF, ldN, rows, OFF),
            "dz=z",
            "rowLoss/z",
            "rowLoss/dz"),
        good(
            "loss",
            "loss m n z zOff ldz y yOff ldy scale dz dzOff lddz rowLoss rowLossOff",
            values(
                LossFunction.of(LossKernel.SQUARED_ERROR),
                M,
                N,
                mn,
                OFF,
                ldN,
                mn,
                OFF,
                ldN,
                1f,
                mn,
                OFF,
                ldN,
                rows,
                OFF),
            "dz=z",
            "dz/y",
            "rowLoss/z",
            "rowLoss/y",
            "rowLoss/dz"),
        good(
            "update",
            "update length p pOff g gOff s1 s1Off s2 s2Off",
            values(
                new Update(Update.Rule.ADAM),
                LENGTH,
                vector,
                OFF,
                vector,
                OFF,
                vector,
                OFF,
                vector,
                OFF),
            "p/g",
            "p/s1",
            "p/s2",
            "s1/g",
            "s1/s2",
            "s2/g"),
        good("sumOfSquares", "length g gOff", values(LENGTH, vector, OFF)));
  }

  /** Arrays are copied: each argument is an array of its own. */
  static Object[] values(Object... values) {
    Good copy = new Good("", List.of("none"), values);
    return copy.with("none", values[0]);
  }

  static float[] ones(int length) {
    float[] x = new float[length];
    Arrays.fill(x, 1f);
    return x;
  }

  /** A matrix at OFF whose leading dimension is one more than its columns, and that ends there. */
  static float[] window(int rows, int columns) {
    return ones(OFF + (rows - 1) * (columns + 1) + columns);
  }

  /** Every second element of a vector at OFF. */
  private static float[] spaced(int length) {
    return ones(OFF + 2 * length - 1);
  }

  private static Method method(Good good) {
    return publicMethods().filter(m -> m.getName().equals(good.method)).findFirst().orElseThrow();
  }

  private static Stream<Method> publicMethods() {
    return Stream.of(Kernels.class, LayerKernels.class, UpdateKernels.class, Blas.class)
        .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
        .filter(m -> m.getParameterCount() > 0);
  }

  private static void call(Good good, Object[] arguments) throws Throwable {
    Method method = method(good);
    Kernels kernels = ScalarKernels.INSTANCE;
    Object on =
        Map.of(
                Kernels.class, kernels,
                LayerKernels.class, kernels.layers(),
                UpdateKernels.class, kernels.updates(),
                Blas.class, Blas.of(kernels))
            .get(method.getDeclaringClass());
    try {
      method.invoke(on, LayerCalls.pack(method, arguments));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The call throws, the message has the text, and no array has changed. */
  private static void assertRefused(
      Good good, Class<? extends Exception> type, String text, Object[] arguments) {
    List<float[]> before = new ArrayList<>();
    for (Object argument : arguments) {
      before.add(argument instanceof float[] x ? x.clone() : null);
    }
    String message = assertThrows(type, () -> call(good, arguments), text).getMessage();
    assertTrue(message.contains(text), () -> "\"" + message + "\" lacks \"" + text + "\"");
    for (int i = 0; i < arguments.length; i++) {
      assertArrayEquals(before.get(i), arguments[i] instanceof float[] x ? x : null, text);
    }
  }

  private static void assertRefused(Good good, String text, Object[] arguments) {
    assertRefused(good, IllegalArgumentException.class, text, arguments);
  }

  @Test
  void theTableHasEveryPublicMethodWithAllItsParameters() {
    Set<String> table =
        methods().map(g -> g.method + " " + g.names.size()).collect(Collectors.toSet());
    Set<String> declared =
        publicMethods()
            .map(m -> m.getName() + " " + LayerCalls.count(m))
            .collect(Collectors.toSet());
    assertEquals(new TreeSet<>(declared), new TreeSet<>(table));
    methods().forEach(g -> assertEquals(g.names.size(), g.values.length, g.method));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theGoodCallIsAccepted(Good good) {
    assertDoesNotThrow(() -> call(good, good.values));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aNullIsNamed(Good good) {
    for (String name : good.names) {
      Object value = good.values[good.index(name)];
      boolean optional =
          (name.equals("dz") && good.index("rowLoss") >= 0)
              || (name.equals("dx") && good.index("dgamma") >= 0);
      boolean primitive = value instanceof Number || value instanceof Boolean;
      if (!primitive && !optional) {
        assertRefused(good, NullPointerException.class, name, good.with(name, null));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aNegativeSizeIsNamed(Good good) {
    for (String name : List.of("m", "n", "k", "length")) {
      if (good.index(name) >= 0) {
        assertRefused(good, name + " must be", good.with(name, -1));
        assertRefused(good, name + " must be", good.with(name, Integer.MIN_VALUE));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aSizeBeyondTheArraysIsRefused(Good good) {
    for (String name : List.of("m", "n", "k", "length")) {
      if (good.index(name) >= 0) {
        int value = (int) good.values[good.index(name)];
        for (int beyond : new int[] {value + 1, 1 << 30, Integer.MAX_VALUE}) {
          // Which array is named depends on the method: any whose size it is.
          assertRefused(good, "", good.with(name, beyond));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aBadOffsetIsNamed(Good good) {
    for (String name : good.names) {
      if (name.endsWith("Off")) {
        String array = name.substring(0, name.length() - "Off".length());
        int off = (int) good.values[good.index(name)];
        assertRefused(good, name + " must be", good.with(name, -1));
        assertRefused(good, name + " must be", good.with(name, Integer.MIN_VALUE));
        // The windows end with their arrays, so one more is one too many; and off + size overflows.
        assertRefused(good, array + ": needs", good.with(name, off + 1));
        assertRefused(good, array + ": needs", good.with(name, Integer.MAX_VALUE));
        assertRefused(good, array + ": needs", good.with(name, Integer.MAX_VALUE - 2));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aBadLeadingDimensionIsNamed(Good good) {
    for (String name : good.names) {
      if (name.startsWith("ld")) {
        String array = name.substring(2);
        int ld = (int) good.values[good.index(name)];
        for (int small : new int[] {ld - 2, 0, -ld, Integer.MIN_VALUE}) {
          assertRefused(good, "ld of " + array, good.with(name, small));
        }
        // 2^30 x 4 and 2^31 x 2 are small or negative in 32 bits.
        for (int large : new int[] {ld + 1, 1 << 30, 1 << 31 >>> 1, Integer.MAX_VALUE}) {
          assertRefused(good, array + ": needs", good.with(name, large));
        }
      }
    }
  }

  @Test
  void aBadIncrementIsNamed() {
    Good sgemv = methods().filter(g -> g.method.equals("sgemv")).findFirst().orElseThrow();
    for (String array : List.of("X", "Y")) {
      for (int small : new int[] {0, -1, -2, Integer.MIN_VALUE}) {
        assertRefused(sgemv, "inc" + array + " must be >= 1", sgemv.with("inc" + array, small));
      }
      for (int large : new int[] {3, 1 << 30, Integer.MAX_VALUE}) {
        String name = array.toLowerCase(Locale.ROOT);
        assertRefused(sgemv, name + ": needs", sgemv.with("inc" + array, large));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void anArrayTooShortIsNamed(Good good) {
    for (String name : good.names) {
      Object value = good.values[good.index(name)];
      if (value instanceof float[] x) {
        float[] shorter = Arrays.copyOf(x, x.length - 1);
        assertRefused(good, name + ": needs", good.with(name, shorter));
        assertRefused(good, name + ": needs", good.with(name, new float[0]));
      } else if (value instanceof int[] x) {
        assertRefused(good, name + ": needs", good.with(name, Arrays.copyOf(x, x.length - 1)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void anOutputThatOverlapsIsNamedWithWhatItOverlaps(Good good) {
    for (String pair : good.apart) {
      String[] names = pair.split("[/=]");
      boolean mayBeSame = pair.contains("=");
      float[] shared = ones(200);
      for (int shift : new int[] {-1, 0, 1}) {
        Object[] arguments = good.with(names[0], shared);
        arguments[good.index(names[1])] = shared;
        arguments[good.index(names[1] + "Off")] = 20;
        arguments[good.index(names[0] + "Off")] = 20 + shift;
        if (mayBeSame && shift == 0) {
          assertDoesNotThrow(() -> call(good, arguments), pair);
        } else {
          assertRefused(good, names[0] + " overlaps " + names[1], arguments);
        }
      }
      Object[] apart = good.with(names[0], shared);
      apart[good.index(names[1])] = shared;
      apart[good.index(names[1] + "Off")] = 100;
      assertDoesNotThrow(() -> call(good, apart), pair + " in one array, one after the other");
    }
  }

  @Test
  void columnWindowsOfOneArrayMayStandSideBySide() {
    int ld = 3 * N;
    float[] abc = ones(N * ld);
    Good matmul = methods().findFirst().orElseThrow();
    for (int shift = 0; shift <= 2 * N; shift++) {
      // A at the left, B at the right, C moves from one to the other: free only between them.
      Object[] arguments =
          values(Form.NN, N, N, N, abc, 0, ld, abc, 2 * N, ld, abc, shift, ld, Fusion.NONE);
      for (String name : List.of("a", "b", "c")) {
        arguments[matmul.index(name)] = abc;
      }
      if (shift == N) {
        assertDoesNotThrow(() -> call(matmul, arguments));
      } else {
        assertRefused(matmul, "c overlaps " + (shift < N ? "a" : "b"), arguments);
      }
    }
  }

  @Test
  void whatAPackedProductCannotTakeIsNamed() {
    Good packed = methods().filter(g -> g.method.equals("matmulPacked")).findFirst().orElseThrow();
    try (Threads threads = new Threads(2)) {
      Kernels other = threads.kernels(ScalarKernels.INSTANCE);
      PackedMatrix foreign = new PackedMatrix(other, K, N, new float[K * N], 1);
      String text = "b was packed by scalar, 2 threads, wanted scalar";
      assertRefused(packed, text, packed.with("b", foreign));
    }
    assertRefused(packed, "fusion: ", packed.with("fusion", Fusion.scaled(2f, 0f)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"matmul", "matmulPacked"})
  void whatAProductIsFusedWithIsCheckedToo(String name) {
    Good matmul = methods().filter(g -> g.method.equals(name)).findFirst().orElseThrow();
    float[] saved = window(M, N);
    float[] bias = ones(OFF + N);
    Activation f = Activation.TANH;
    record Case(String text, Fusion fusion) {}
    List<Case> cases =
        List.of(
            new Case("biasOff must be", Fusion.bias(bias, -1)),
            new Case("bias: needs", Fusion.bias(bias, OFF + 1)),
            new Case("bias: needs", Fusion.bias(bias, Integer.MAX_VALUE)),
            new Case("savedOff must be", Fusion.NONE.derivative(f, saved, -1, N + 1)),
            new Case("saved: needs", Fusion.NONE.derivative(f, saved, OFF + 1, N + 1)),
            new Case("saved: needs", Fusion.NONE.derivative(f, saved, OFF, 1 << 30)),
            new Case("ld of saved", Fusion.NONE.derivative(f, saved, OFF, N - 1)));
    for (Case bad : cases) {
      assertRefused(matmul, bad.text, matmul.with("fusion", bad.fusion));
    }
    for (String text : List.of("c overlaps bias", "c overlaps saved")) {
      Object[] arguments = matmul.with("fusion", Fusion.NONE);
      float[] c = (float[]) arguments[matmul.index("c")];
      arguments[matmul.index("fusion")] =
          text.endsWith("bias") ? Fusion.bias(c, OFF) : Fusion.NONE.derivative(f, c, OFF, N + 1);
      assertRefused(matmul, text, arguments);
    }
  }

  @Test
  void aLabelOutOfRangeIsNamedWithItsIndex() {
    Good loss = methods().filter(g -> g.method.equals("crossEntropy")).findFirst().orElseThrow();
    for (int bad : new int[] {-1, N, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertRefused(loss, "labels[3] must be", loss.with("labels", new int[] {-9, 0, 3, bad}));
    }
  }

  @Test
  void softmaxIsNotElementwise() {
    methods()
        .filter(g -> g.method.startsWith("activate"))
        .forEach(g -> assertRefused(g, "f: softmax", g.with("f", Activation.SOFTMAX)));
  }

  @Test
  void theInputsGradientOfANormMayBeLeftOut() {
    methods()
        .filter(g -> g.index("dgamma") >= 0)
        .forEach(g -> assertDoesNotThrow(() -> call(g, g.with("dx", null)), g.method));
  }

  @Test
  void aNegativeStreamOrRowIsNamed() {
    Good dropout = methods().filter(g -> g.method.equals("dropout")).findFirst().orElseThrow();
    assertRefused(dropout, "stream must be >= 0", dropout.with("stream", -1L));
    assertRefused(dropout, "firstRow must be >= 0", dropout.with("firstRow", -1));
  }

  @Test
  void theGradientOfALossMayBeLeftOut() {
    methods()
        .filter(g -> g.index("rowLoss") >= 0)
        .forEach(g -> assertDoesNotThrow(() -> call(g, g.with("dz", null)), g.method));
  }
}
