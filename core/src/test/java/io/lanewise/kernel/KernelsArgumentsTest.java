package io.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Kernels.Function;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every argument of every public method of {@link Kernels} and {@link Blas}, made bad in every way
 * its kind has: the exception names it, and nothing is written. The tables below give each method
 * one good call whose windows end exactly where their arrays end; all bad calls are derived from
 * it. A norm's vectors stand there as arguments of their own.
 */
class KernelsArgumentsTest {
  private static final Kernels SCALAR = ScalarKernels.INSTANCE;
  private static final int M = 3;
  private static final int N = 4;
  private static final int K = 5;
  private static final int OFF = 2;

  /**
   * A method, the names of its parameters, and a good value for each.
   *
   * @param decisive the windows whose shape says what the others' must be
   * @param apart pairs "output/input" must not overlap; "output=input" may be one window
   */
  private record Good(
      String method, List<String> names, Object[] values, List<String> decisive, String[] apart) {
    @Override
    public String toString() {
      return method + " of " + names.size();
    }

    int index(String name) {
      return names.indexOf(name);
    }

    Object get(String name) {
      return values[index(name)];
    }

    /** The good arguments, each in an array of its own. */
    Object[] arguments() {
      Object[] copy = values.clone();
      for (int i = 0; i < copy.length; i++) {
        if (copy[i] instanceof float[] x) {
          copy[i] = x.clone();
        } else if (copy[i] instanceof Matrix x) {
          copy[i] = x.on(x.array().clone());
        }
      }
      return copy;
    }

    /** The good arguments with one replaced. */
    Object[] with(String name, Object value) {
      Object[] arguments = arguments();
      arguments[index(name)] = value;
      return arguments;
    }

    /** The windows, whatever the other arguments are. */
    List<String> windows() {
      return names.stream().filter(name -> get(name) instanceof Matrix).toList();
    }
  }

  /** Names with an asterisk are decisive. */
  private static Good good(String method, String names, String pairs, Object... values) {
    List<String> all = List.of(names.split(" "));
    return new Good(
        method,
        all.stream().map(name -> name.replace("*", "")).toList(),
        values,
        all.stream().filter(name -> name.endsWith("*")).map(n -> n.replace("*", "")).toList(),
        pairs.isEmpty() ? new String[0] : pairs.split(" "));
  }

  private static final String BACKWARD = "x* gamma beta mean rstd dy dx dgamma dbeta";
  private static final String BACKWARD_PAIRS =
      "dx=dy dx/x dx/gamma dx/beta dx/mean dx/rstd dgamma/x dgamma/dy dgamma/dx dgamma/gamma"
          + " dgamma/beta dgamma/mean dgamma/rstd dbeta/x dbeta/dy dbeta/dx dbeta/gamma dbeta/beta"
          + " dbeta/mean dbeta/rstd dbeta/dgamma";
  private static final String LAYER_NORM_PAIRS =
      "y=x y/gamma y/beta y/mean y/rstd mean/x rstd/x mean/gamma mean/beta rstd/gamma rstd/beta"
          + " rstd/mean";
  private static final String LAYER_NORM = "x* gamma beta mean rstd epsilon y";
  private static final String PRODUCT = "form a* b c* epilogue bias saved";
  private static final String PRODUCT_PAIRS = "c/a c/b c/bias c/saved";
  private static final String PACKED = "a b c* epilogue bias saved";
  private static final String PACKED_PAIRS = "c/a c/bias c/saved";
  private static final String ATTENTION = "heads q* k* v* mask* y*";
  private static final String LABELS = "z* labels labelsOff scale dz rowLoss";
  private static final String LABELS_PAIRS = "dz=z rowLoss/z rowLoss/dz";
  private static final String LOSS = "loss z* y scale dz rowLoss";
  private static final String LOSS_PAIRS = LABELS_PAIRS + " dz/y rowLoss/y";

  static Stream<Good> operations() {
    Matrix mk = w(M, K);
    Matrix kn = w(K, N);
    Matrix mn = w(M, N);
    Matrix kk = w(K, K);
    Matrix mkeys = w(M, K);
    Matrix n = row();
    Matrix m = column();
    Transpose form = Transpose.NN;
    Epilogue all = Epilogue.BIAS.derivative(Activation.TANH);
    PackedMatrix packed = SCALAR.pack(kn);
    Activation f = Activation.TANH;
    LossFunction loss = LossFunction.of(LossFunction.Kind.SQUARED_ERROR);
    DropoutMask mask = DropoutMask.plain(0.5);
    Update adam = new Update(Update.Rule.ADAM);
    int[] labels = {-9, 0, 3, 1};
    String moments = "mean/x variance/x variance/mean";
    return Stream.of(
        good("matmul", "form a* b c*", "c/a c/b", form, mk, kn, mn),
        good("matmul", PRODUCT, PRODUCT_PAIRS, form, mk, kn, mn, all, n, mn),
        good("pack", "b", "", kn),
        good("packIntegers", "b", "", kn),
        good("matmulPacked", PACKED, PACKED_PAIRS, mk, packed, mn, all, n, mn),
        good("columnSums", "x* sums", "sums/x", mn, n),
        good("map", "f x* y", "y=x", Function.EXP, mn, mn),
        good("activate", "f z* a", "a=z", f, mn, mn),
        good("activateBackward", "f saved* da dz", "dz/saved dz=da", f, mn, mn, mn),
        good("softmax", "z* a", "a=z", mn, mn),
        good("softmaxBackward", "a* da dz", "dz/a dz=da", mn, mn, mn),
        good("logSoftmax", "z* a", "a=z", mn, mn),
        good("logSoftmaxBackward", "a* da dz", "dz/a dz=da", mn, mn, mn),
        good("attention", ATTENTION, "y/q y/k y/v y/mask", heads(1, 1), mk, kk, kn, mkeys, mn),
        good("crossEntropy", LABELS, LABELS_PAIRS, mn, labels, 1, 1f, mn, m),
        good("loss", LOSS, LOSS_PAIRS, loss, mn, mn, 1f, mn, m),
        good("normalize", "x* mean scale shift y", "y=x y/mean y/scale y/shift", mn, n, n, n, mn),
        good("columnMoments", "x* mean variance", moments, mn, n, n),
        good("batchNormBackward", BACKWARD, BACKWARD_PAIRS, mn, n, n, n, n, mn, mn, n, n),
        good("layerNorm", LAYER_NORM, LAYER_NORM_PAIRS, mn, n, n, m, m, 1f, mn),
        good("layerNormBackward", BACKWARD, BACKWARD_PAIRS, mn, n, n, m, m, mn, mn, n, n),
        good("dropout", "mask seed stream firstRow x* y", "y=x", mask, 1L, 2L, 3, mn, mn),
        good("add", "a* b y", "y=a y=b", mn, mn, mn),
        good("scaleRows", "x* w y", "y=x y/w", mn, m, mn),
        good("update", "update p* g s1 s2", "p/g p/s1 p/s2 s1/g s1/s2 s2/g", adam, n, n, n, n),
        good("sumOfSquares", "g*", "", n));
  }

  /** Those that take arrays. */
  static Stream<Good> flat() {
    float[] mk = w(M, K).array();
    float[] kn = w(K, N).array();
    float[] mn = w(M, N).array();
    float[] spaced = ones(OFF + 2 * N - 1);
    float[] m = column().array();
    String sgemm = "form m n k alpha a aOff lda b bOff ldb beta c cOff ldc";
    String sgemv = "transA m n alpha a aOff lda x xOff incX beta y yOff incY";
    Object[] ofSgemm = {
      Transpose.NN, M, N, K, 2f, mk, OFF, K + 1, kn, OFF, N + 1, 0.5f, mn, OFF, N + 1
    };
    Object[] ofSgemv = {false, M, N, 2f, mn, OFF, N + 1, spaced, OFF, 2, 0.5f, m, OFF, 1};
    return Stream.of(
        good("sgemm", sgemm, "c/a c/b", ofSgemm), good("sgemv", sgemv, "y/a y/x", ofSgemv));
  }

  static Stream<Good> methods() {
    return Stream.concat(operations(), flat());
  }

  private static float[] ones(int length) {
    float[] x = new float[length];
    Arrays.fill(x, 1f);
    return x;
  }

  /** A window at OFF whose leading dimension is one more than its columns, and that ends there. */
  private static Matrix w(int rows, int columns) {
    int ld = columns + 1;
    int length = rows == 0 || columns == 0 ? OFF : OFF + (rows - 1) * ld + columns;
    return new Matrix(ones(length), OFF, ld, rows, columns);
  }

  private static Matrix row() {
    return Matrix.row(ones(OFF + N), OFF, N);
  }

  private static Matrix column() {
    return Matrix.column(ones(OFF + M), OFF, M);
  }

  private static Good operation(String name) {
    // The last one of a name has all its parameters.
    return methods().filter(g -> g.method.equals(name)).reduce((a, b) -> b).orElseThrow();
  }

  private static Stream<Method> publicMethods() {
    return Stream.of(Kernels.class, Blas.class)
        .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
        .filter(m -> m.getParameterCount() > 0 && !m.getName().equals("warmUp"));
  }

  private static int norm(Method method) {
    return List.of(method.getParameterTypes()).indexOf(Norm.class);
  }

  /** As the tables have it: a norm is four. */
  private static String signature(Method method) {
    return method.getName() + " of " + (method.getParameterCount() + (norm(method) < 0 ? 0 : 3));
  }

  private static Kernels.Heads heads(int texts, int heads) {
    return new Kernels.Heads(texts, heads, 0.5f);
  }

  private static void call(Good good, Object[] arguments) throws Throwable {
    Method method =
        publicMethods().filter(m -> signature(m).equals(good.toString())).findFirst().orElseThrow();
    List<Object> list = new ArrayList<>(Arrays.asList(arguments));
    int at = norm(method);
    if (at >= 0) {
      List<Object> four = list.subList(at, at + 4);
      Norm norm =
          new Norm(
              (Matrix) four.get(0),
              (Matrix) four.get(1),
              (Matrix) four.get(2),
              (Matrix) four.get(3));
      four.clear();
      list.add(at, norm);
    }
    try {
      method.invoke(
          method.getDeclaringClass() == Blas.class ? Blas.of(SCALAR) : SCALAR, list.toArray());
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static float[] array(Object argument) {
    return argument instanceof Matrix x ? x.array() : argument instanceof float[] x ? x : null;
  }

  /** The call throws, the message has the text, and no array has changed. */
  private static void assertRefused(
      Good good, Class<? extends Exception> type, String text, Object[] arguments) {
    List<float[]> before = new ArrayList<>();
    for (Object argument : arguments) {
      before.add(array(argument) == null ? null : array(argument).clone());
    }
    String message = assertThrows(type, () -> call(good, arguments), text).getMessage();
    assertTrue(message.contains(text), () -> "\"" + message + "\" lacks \"" + text + "\"");
    for (int i = 0; i < arguments.length; i++) {
      assertArrayEquals(before.get(i), array(arguments[i]), text);
    }
  }

  private static void assertRefused(Good good, String text, Object[] arguments) {
    assertRefused(good, IllegalArgumentException.class, text, arguments);
  }

  @Test
  void theTablesHaveEveryPublicMethodWithAllItsParameters() {
    Set<String> table = methods().map(Good::toString).collect(Collectors.toSet());
    Set<String> declared =
        publicMethods().map(KernelsArgumentsTest::signature).collect(Collectors.toSet());
    assertEquals(new TreeSet<>(declared), new TreeSet<>(table));
    methods().forEach(g -> assertEquals(g.names.size(), g.values.length, g.method));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theGoodCallIsAccepted(Good good) {
    assertDoesNotThrow(() -> call(good, good.arguments()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aNullIsNamed(Good good) {
    for (String name : good.names) {
      Object value = good.get(name);
      boolean optional =
          (name.equals("dz") && good.index("rowLoss") >= 0)
              || (name.equals("mask") && good.index("heads") >= 0)
              || (name.equals("dx") && good.index("dgamma") >= 0);
      boolean primitive = value instanceof Number || value instanceof Boolean;
      if (!primitive && !optional) {
        assertRefused(good, NullPointerException.class, name, good.with(name, null));
      }
    }
  }

  @Test
  void aNormThatIsNullIsNamed() {
    Matrix x = w(M, N);
    Matrix v = row();
    for (Runnable call :
        List.<Runnable>of(
            () -> SCALAR.layerNorm(x, null, 1f, x),
            () -> SCALAR.layerNormBackward(x, null, x, null, v, v),
            () -> SCALAR.batchNormBackward(x, null, x, null, v, v))) {
      assertEquals("norm", assertThrows(NullPointerException.class, call::run).getMessage());
    }
  }

  /** Whether the operation takes any number of rows, or of columns, of this operand. */
  private static boolean isFree(String method, String name, boolean rows) {
    return switch (method) {
      case "pack", "packIntegers" -> true;
      case "columnSums", "columnMoments" -> rows && name.equals("x");
      case "sumOfSquares" -> !rows;
      default -> false;
    };
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aWrongShapeIsNamedWithTheRightOne(Good good) {
    for (String name : good.windows()) {
      Matrix right = (Matrix) good.get(name);
      for (int more : new int[] {-1, 1}) {
        Matrix rows = w(right.rows() + more, right.columns());
        Matrix columns = w(right.rows(), right.columns() + more);
        for (Matrix bad : List.of(rows, columns)) {
          if (isFree(good.method, name, bad == rows)) {
            assertDoesNotThrow(() -> call(good, good.with(name, bad)), name);
          } else if (good.decisive.contains(name)) {
            // Another one is named, since it does not fit this one.
            assertRefused(good, " must have the shape (", good.with(name, bad));
          } else {
            String text =
                name
                    + " must have the shape "
                    + Check.shape(right.rows(), right.columns())
                    + ", got "
                    + Check.shape(bad.rows(), bad.columns());
            assertRefused(good, text, good.with(name, bad));
          }
        }
      }
    }
  }

  /** As its transpose has the shape of A and of B; with both, their sizes change places. */
  @Test
  void theShapesOfAProductDependOnItsForm() {
    Good matmul = operation("matmul");
    for (Transpose form : Transpose.values()) {
      Object[] arguments = matmul.with("form", form);
      arguments[1] = form.a() ? w(K, M) : w(M, K);
      arguments[2] = form.b() ? w(N, K) : w(K, N);
      assertDoesNotThrow(() -> call(matmul, arguments), form.toString());
      arguments[2] = form.b() ? w(K, N) : w(N, K);
      String wanted = form.b() ? "(4, 5), got (5, 4)" : "(5, 4), got (4, 5)";
      assertRefused(matmul, "b must have the shape " + wanted, arguments);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aColumnWithGapsIsNamed(Good good) {
    for (String name : good.windows()) {
      if (((Matrix) good.get(name)).columns() == 1) {
        String text = name + " must have its elements side by side, ld = 1, got 2";
        assertRefused(good, text, good.with(name, w(M, 1)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void anOutputThatOverlapsIsNamedWithWhatItOverlaps(Good good) {
    for (String pair : good.apart) {
      String[] names = pair.split("[/=]");
      String text = names[0] + " overlaps " + names[1];
      Matrix output = (Matrix) good.get(names[0]);
      Matrix input = (Matrix) good.get(names[1]);
      float[] shared = ones(200);
      for (int shift : new int[] {-1, 0, 1}) {
        Object[] arguments = good.with(names[0], at(output, shared, 20 + shift, output.ld()));
        arguments[good.index(names[1])] = at(input, shared, 20, input.ld());
        if (pair.contains("=") && shift == 0) {
          assertDoesNotThrow(() -> call(good, arguments), pair);
          arguments[good.index(names[1])] = at(input, shared, 20, input.ld() + 1);
          assertRefused(good, text, arguments);
        } else {
          assertRefused(good, text, arguments);
        }
      }
      Object[] apart = good.with(names[0], at(output, shared, 20, output.ld()));
      apart[good.index(names[1])] = at(input, shared, 100, input.ld());
      assertDoesNotThrow(() -> call(good, apart), pair + " in one array, one after the other");
    }
  }

  private static Matrix at(Matrix x, float[] array, int off, int ld) {
    return new Matrix(array, off, ld, x.rows(), x.columns());
  }

  @Test
  void columnWindowsOfOneArrayMayStandSideBySide() {
    Matrix abc = new Matrix(ones(3 * N * N), N, 3 * N);
    for (int shift = 0; shift <= 2 * N; shift++) {
      // A at the left, B at the right, C moves from one to the other: free only between them.
      Object[] arguments = {
        Transpose.NN,
        new Matrix().part(abc, 0, N, 0, N),
        new Matrix().part(abc, 0, N, 2 * N, N),
        new Matrix().part(abc, 0, N, shift, N),
        Epilogue.NONE,
        null,
        null
      };
      if (shift == N) {
        assertDoesNotThrow(() -> call(operation("matmul"), arguments));
      } else {
        String text = "c overlaps " + (shift < N ? "a" : "b");
        assertRefused(operation("matmul"), text, arguments);
      }
    }
  }

  @Test
  void whatAPackedProductCannotTakeIsNamed() {
    Good packed = operation("matmulPacked");
    try (Threads threads = new Threads(2)) {
      Kernels other = threads.kernels(SCALAR);
      PackedMatrix foreign = new PackedMatrix(other, K, N, new float[K * N], 1);
      String text = "b was packed by scalar, 2 threads, wanted scalar";
      assertRefused(packed, text, packed.with("b", foreign));
    }
    String a = "a must have the shape (3, 6), got (3, 5)";
    assertRefused(packed, a, packed.with("b", SCALAR.pack(w(K + 1, N))));
    String c = "c must have the shape (3, 5), got (3, 4)";
    assertRefused(packed, c, packed.with("b", SCALAR.pack(w(K, N + 1))));
    Object[] scaled = packed.with("epilogue", Epilogue.scaled(2f, 0f));
    scaled[packed.index("bias")] = null;
    scaled[packed.index("saved")] = null;
    assertRefused(packed, "epilogue: ", scaled);
  }

  @Test
  void textsAndHeadsThatDoNotDivideAreNamed() {
    Good attention = operation("attention");
    for (int bad : new int[] {Integer.MIN_VALUE, -1, 0, 2}) {
      String texts = "texts must be positive and divide the rows of q (3, 5), got " + bad;
      assertRefused(attention, texts, attention.with("heads", heads(bad, 1)));
      String heads = "heads must be positive and divide the columns of q (3, 5), got " + bad;
      assertRefused(attention, heads, attention.with("heads", heads(1, bad)));
    }
    String k = "texts must be positive and divide the rows of k (5, 5), got 3";
    assertRefused(attention, k, attention.with("heads", heads(3, 1)));
    String v = "heads must be positive and divide the columns of v (5, 4), got 5";
    assertRefused(attention, v, attention.with("heads", heads(1, 5)));
  }

  @Test
  void attentionToNoKeysIsRefused() {
    Good attention = operation("attention");
    Object[] none = attention.with("k", w(0, K));
    none[attention.index("v")] = w(0, N);
    none[attention.index("mask")] = null;
    assertRefused(attention, "k must have a row for each text, got none", none);
    none[attention.index("q")] = w(0, K);
    none[attention.index("y")] = w(0, N);
    assertDoesNotThrow(() -> call(attention, none), "no queries either");
  }

  @ParameterizedTest
  @ValueSource(strings = {"matmul", "matmulPacked"})
  void whatAnEpilogueDoesNotReadMustBeNull(String name) {
    Good product = operation(name);
    Object[] noStart = product.with("epilogue", Epilogue.NONE.derivative(Activation.TANH));
    assertRefused(product, "bias must be null", noStart);
    assertRefused(product, "saved must be null", product.with("epilogue", Epilogue.BIAS));
  }

  /** One optimizer may keep both for all its rules. */
  @Test
  void aStateThatTheRuleDoesNotHaveIsNotLookedAt() {
    Good update = operation("update");
    for (Update.Rule rule : Update.Rule.values()) {
      Object[] arguments = update.with("update", new Update(rule));
      for (Matrix unused : new Matrix[] {null, w(1, 1), (Matrix) arguments[update.index("g")]}) {
        arguments[update.index("s2")] = rule.states() < 2 ? unused : row();
        arguments[update.index("s1")] = rule.states() < 1 ? unused : row();
        assertDoesNotThrow(() -> call(update, arguments), rule.toString());
      }
    }
  }

  @Test
  void aLimitBelowZeroAndAnEndlessPenaltyAreRefused() {
    Good operation = operation("update");
    for (float bad : new float[] {-1f, Float.NEGATIVE_INFINITY, Float.NaN}) {
      Update update = new Update(Update.Rule.SGD);
      update.limit = bad;
      assertRefused(operation, "update: limit must be", operation.with("update", update));
    }
    for (float bad : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
      Update update = new Update(Update.Rule.SGD);
      update.l1 = bad;
      assertRefused(operation, "got Infinity, " + bad, operation.with("update", update));
    }
    Update update = new Update(Update.Rule.SGD);
    update.limit = 0f;
    update.l1 = -Float.MAX_VALUE;
    assertDoesNotThrow(() -> call(operation, operation.with("update", update)));
  }

  @Test
  void labelsThatAreNotThereAreNamed() {
    Good loss = operation("crossEntropy");
    for (int negative : new int[] {-1, Integer.MIN_VALUE}) {
      assertRefused(loss, "labelsOff must be", loss.with("labelsOff", negative));
    }
    for (int beyond : new int[] {2, Integer.MAX_VALUE, Integer.MAX_VALUE - 2}) {
      assertRefused(loss, "labels: needs", loss.with("labelsOff", beyond));
    }
    assertRefused(loss, "labels: needs", loss.with("labels", new int[] {-9, 0, 3}));
  }

  @Test
  void aLabelOutOfRangeIsNamedWithItsIndex() {
    Good loss = operation("crossEntropy");
    for (int bad : new int[] {-1, N, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertRefused(loss, "labels[3] must be", loss.with("labels", new int[] {-9, 0, 3, bad}));
    }
  }

  @Test
  void aWeightOfPositivesIsNeededForEachColumn() {
    Good loss = operation("loss");
    Object[] arguments = loss.with("loss", LossFunction.weightedBinary(ones(N - 1)));
    assertRefused(loss, "loss must have n = 4 positive weights, got 3", arguments);
  }

  @Test
  void softmaxIsNotElementwise() {
    for (String name : List.of("activate", "activateBackward")) {
      Good good = operation(name);
      assertRefused(good, "f: softmax", good.with("f", Activation.SOFTMAX));
    }
  }

  @Test
  void theInputsGradientOfANormMayBeLeftOut() {
    for (String name : List.of("batchNormBackward", "layerNormBackward")) {
      assertDoesNotThrow(() -> call(operation(name), operation(name).with("dx", null)), name);
    }
  }

  @Test
  void theGradientOfALossMayBeLeftOut() {
    for (String name : List.of("crossEntropy", "loss")) {
      assertDoesNotThrow(() -> call(operation(name), operation(name).with("dz", null)), name);
    }
  }

  @Test
  void aNegativeStreamOrRowIsNamed() {
    Good dropout = operation("dropout");
    assertRefused(dropout, "stream must be >= 0", dropout.with("stream", -1L));
    assertRefused(dropout, "firstRow must be >= 0", dropout.with("firstRow", -1));
  }

  // What follows is about arrays.

  @ParameterizedTest
  @MethodSource("flat")
  void aBadSizeIsNamed(Good good) {
    for (String name : List.of("m", "n", "k")) {
      if (good.index(name) >= 0) {
        assertRefused(good, name + " must be", good.with(name, -1));
        assertRefused(good, name + " must be", good.with(name, Integer.MIN_VALUE));
        int value = (int) good.get(name);
        for (int beyond : new int[] {value + 1, 1 << 30, Integer.MAX_VALUE}) {
          // Which array is named depends on the method: any whose size it is.
          assertRefused(good, "", good.with(name, beyond));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("flat")
  void aBadOffsetIsNamed(Good good) {
    for (String name : good.names) {
      if (name.endsWith("Off")) {
        String array = name.substring(0, name.length() - "Off".length());
        assertRefused(good, name + " must be", good.with(name, -1));
        assertRefused(good, name + " must be", good.with(name, Integer.MIN_VALUE));
        // The windows end with their arrays, so one more is one too many; and off + size overflows.
        assertRefused(good, array + ": needs", good.with(name, OFF + 1));
        assertRefused(good, array + ": needs", good.with(name, Integer.MAX_VALUE));
        assertRefused(good, array + ": needs", good.with(name, Integer.MAX_VALUE - 2));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("flat")
  void aBadLeadingDimensionIsNamed(Good good) {
    for (String name : good.names) {
      if (name.startsWith("ld")) {
        String array = name.substring(2);
        int ld = (int) good.get(name);
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
    Good sgemv = operation("sgemv");
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
  @MethodSource("flat")
  void anArrayTooShortIsNamed(Good good) {
    for (String name : good.names) {
      if (good.get(name) instanceof float[] x) {
        float[] shorter = Arrays.copyOf(x, x.length - 1);
        assertRefused(good, name + ": needs", good.with(name, shorter));
        assertRefused(good, name + ": needs", good.with(name, new float[0]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("flat")
  void anArrayThatOverlapsIsNamedWithWhatItOverlaps(Good good) {
    for (String pair : good.apart) {
      String[] names = pair.split("/");
      float[] shared = ones(200);
      Object[] arguments = good.with(names[0], shared);
      arguments[good.index(names[1])] = shared;
      arguments[good.index(names[1] + "Off")] = 20;
      for (int shift : new int[] {-1, 0, 1}) {
        arguments[good.index(names[0] + "Off")] = 20 + shift;
        assertRefused(good, names[0] + " overlaps " + names[1], arguments);
      }
      arguments[good.index(names[0] + "Off")] = 100;
      assertDoesNotThrow(() -> call(good, arguments), pair + " in one array, one after the other");
    }
  }
}
