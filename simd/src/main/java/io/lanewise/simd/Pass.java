package io.lanewise.simd;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;

/**
 * A function of all elements of a block: a loop of {@link Elementwise}, or two of {@link
 * Activations}, found by the name of its {@link Function} or {@link Activation.Kind}; and the loops
 * over rows that call what folds a vector.
 *
 * <p>C2 cannot inline what it calls by a handle that is no constant. So each function is compiled
 * alone, however many a kernel calls and whoever calls the kernel: inlined into a method that holds
 * much already, they exceed what C2 inlines in one compilation, and part of a function would be
 * left out and box its vectors. The call costs some nanoseconds; ReLU, which needs no function,
 * goes without.
 */
final class Pass {
  private static final MethodType LOOP = type("(I[FI[FI)V");
  private static final MethodType BACKWARD = type("(I[FI[FI[FI)V");
  private static final MethodType EXPONENTIALS =
      type("(II[FI[FI)I").appendParameterTypes(Scratch.class);

  // Elements of an array, and fields of objects, are no constants to the compiler.
  private static final Pass[] FUNCTIONS = new Pass[Function.values().length];
  private static final Pass[] ACTIVATIONS = new Pass[Activation.Kind.values().length];
  private static final MethodHandle[] ROWS = new MethodHandle[7];
  private static final MethodType SHORT =
      MethodType.methodType(void.class, int.class, Matrix.class, float[].class, Scratch.class);

  // Loops over rows of at most one vector, by their places in ROWS.
  static final int DIFFERENCES = 1;
  static final int QUOTIENTS = 2;
  static final int SUMS = 3;
  static final int TAILS = 4;
  static final int SQUARES = 5;
  private static final int OF_TARGETS = 6;

  static {
    try {
      for (Function f : Function.values()) {
        FUNCTIONS[f.ordinal()] = new Pass(find(Elementwise.class, f, "", LOOP), null);
      }
      for (Activation.Kind kind : Activation.Kind.values()) {
        if (Activation.of(kind).elementwise() && kind != Activation.Kind.IDENTITY) {
          Class<?>[] parameter =
              kind.hasParameter() ? new Class<?>[] {float.class} : new Class<?>[0];
          ACTIVATIONS[kind.ordinal()] =
              new Pass(
                  find(Activations.class, kind, "", LOOP.appendParameterTypes(parameter)),
                  find(
                      Activations.class,
                      kind,
                      "Backward",
                      BACKWARD.appendParameterTypes(parameter)));
        }
      }
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ROWS[0] = lookup.findStatic(Reductions.class, "wholeExponentials", EXPONENTIALS);
      ROWS[DIFFERENCES] = lookup.findStatic(Reductions.class, "shortDifferences", SHORT);
      ROWS[QUOTIENTS] = lookup.findStatic(Reductions.class, "shortQuotients", SHORT);
      ROWS[SUMS] = lookup.findStatic(Reductions.class, "shortSums", SHORT);
      ROWS[TAILS] = lookup.findStatic(SoftmaxLosses.class, "shortTails", SHORT);
      ROWS[SQUARES] = lookup.findStatic(Losses.class, "shortSquares", SHORT);
      ROWS[OF_TARGETS] =
          lookup.findStatic(
              SoftmaxLosses.class,
              "shortOfTargets",
              MethodType.methodType(
                  void.class,
                  Matrix.class,
                  Matrix.class,
                  float.class,
                  Matrix.class,
                  Matrix.class,
                  Scratch.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MethodHandle loop;
  private final MethodHandle backward;

  private Pass(MethodHandle loop, MethodHandle backward) {
    this.loop = loop;
    this.backward = backward;
  }

  static Pass of(Function f) {
    return FUNCTIONS[f.ordinal()];
  }

  /** Of any elementwise kind but the identity. */
  static Pass of(Activation.Kind kind) {
    return ACTIVATIONS[kind.ordinal()];
  }

  private static MethodType type(String descriptor) {
    return MethodType.fromMethodDescriptorString(descriptor, null);
  }

  /** GELU_TANH is geluTanh, and geluTanhBackward. */
  private static MethodHandle find(Class<?> loops, Enum<?> constant, String end, MethodType type)
      throws ReflectiveOperationException {
    StringBuilder name = new StringBuilder();
    for (String word : constant.name().split("_")) {
      String rest = word.substring(1).toLowerCase(Locale.ROOT);
      char first = word.charAt(0);
      name.append(name.isEmpty() ? Character.toLowerCase(first) : first).append(rest);
    }
    return MethodHandles.lookup().findStatic(loops, name + end, type);
  }

  /** In place; {@code whole} is a multiple of a vector. */
  void run(int whole, float[] x) {
    if (whole > 0) {
      run(whole, x, 0, x, 0);
    }
  }

  /** y = f(x), f without a parameter; {@code whole} is a multiple of a vector, and not 0. */
  void run(int whole, float[] x, int xOff, float[] y, int yOff) {
    try {
      loop.invokeExact(whole, x, xOff, y, yOff);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** y = f(x), f being of this kind. */
  void run(Activation f, int whole, float[] x, int xOff, float[] y, int yOff) {
    if (!f.kind().hasParameter()) {
      run(whole, x, xOff, y, yOff);
      return;
    }
    try {
      loop.invokeExact(whole, x, xOff, y, yOff, f.parameter());
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** dz = da f'(x), f being of this kind and x what it saved; {@code whole} as above. */
  void backward(
      Activation f, int whole, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    try {
      if (f.kind().hasParameter()) {
        backward.invokeExact(whole, x, xOff, da, daOff, dz, dzOff, f.parameter());
      } else {
        backward.invokeExact(whole, x, xOff, da, daOff, dz, dzOff);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** {@link Reductions#wholeExponentials}. */
  static int exponentials(
      int first, int whole, float[] z, int zRow, float[] a, int aRow, Scratch scratch) {
    try {
      return (int) ROWS[0].invokeExact(first, whole, z, zRow, a, aRow, scratch);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * One of the loops over rows of n elements, at most a vector, whose folds of a vector are calls.
   */
  static void rows(int which, int n, Matrix x, float[] block, Scratch scratch) {
    try {
      ROWS[which].invokeExact(n, x, block, scratch);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** {@link SoftmaxLosses#shortOfTargets}. */
  static void shortOfTargets(
      Matrix zs, Matrix ys, float scale, Matrix dzs, Matrix rowLosses, Scratch scratch) {
    try {
      ROWS[OF_TARGETS].invokeExact(zs, ys, scale, dzs, rowLosses, scratch);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** The loops declare no exception. */
  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return (RuntimeException) e;
  }
}
