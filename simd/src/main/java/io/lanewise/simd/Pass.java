package io.lanewise.simd;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A function of all elements of a block: a loop of {@link Elementwise}, or of {@link Derivatives}.
 * It has the name of its {@link io.lanewise.kernel.Function} or {@link
 * io.lanewise.kernel.Activation}.
 *
 * <p>C2 cannot inline what it calls by a handle that is no constant. So each function is compiled
 * alone, however many a kernel calls and whoever calls the kernel: inlined into a method that holds
 * much already, they exceed what C2 inlines in one compilation, and part of a function would be
 * left out and box its vectors. The call costs some nanoseconds; ReLU, which needs no function,
 * goes without.
 */
enum Pass {
  EXP("exp"),
  EXPM1("expm1"),
  LOG("log"),
  LOG1P("log1p"),
  ERF("erf"),
  ELU("elu"),
  SELU("selu"),
  SIGMOID("sigmoid"),
  TANH("tanh"),
  SOFTPLUS("softplus"),
  SILU("silu"),
  GELU("gelu"),
  GELU_TANH("geluTanh");

  private static final MethodType LOOP =
      MethodType.methodType(
          void.class, int.class, float[].class, int.class, float[].class, int.class);

  private static final MethodType DERIVATIVE =
      MethodType.methodType(
          void.class,
          int.class,
          float[].class,
          int.class,
          float[].class,
          int.class,
          float[].class,
          int.class);

  private static final MethodType EXPONENTIALS =
      MethodType.methodType(
          int.class,
          int.class,
          int.class,
          float[].class,
          int.class,
          float.class,
          float.class,
          float[].class,
          int.class,
          float[].class);

  // Elements of an array are no constants to the compiler.
  private static final MethodHandle[] LOOPS = new MethodHandle[values().length + 1];
  private static final MethodHandle[] DERIVATIVES = new MethodHandle[values().length];

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      for (Pass pass : values()) {
        LOOPS[pass.ordinal()] = lookup.findStatic(Elementwise.class, pass.method, LOOP);
        if (pass.ordinal() >= ELU.ordinal()) {
          DERIVATIVES[pass.ordinal()] =
              lookup.findStatic(Derivatives.class, pass.method, DERIVATIVE);
        }
      }
      LOOPS[values().length] = lookup.findStatic(Rows.class, "wholeExponentials", EXPONENTIALS);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String method;

  Pass(String method) {
    this.method = method;
  }

  /** In place; {@code whole} is a multiple of a vector. */
  static void run(Pass pass, int whole, float[] x) {
    if (whole > 0) {
      run(pass, whole, x, 0, x, 0);
    }
  }

  /** y = f(x); {@code whole} is a multiple of a vector, and not 0. */
  static void run(Pass pass, int whole, float[] x, int xOff, float[] y, int yOff) {
    try {
      LOOPS[pass.ordinal()].invokeExact(whole, x, xOff, y, yOff);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** dz = da f'(saved), of an activation; {@code whole} as above. */
  static void derivative(
      Pass pass,
      int whole,
      float[] saved,
      int savedOff,
      float[] da,
      int daOff,
      float[] dz,
      int dzOff) {
    try {
      DERIVATIVES[pass.ordinal()].invokeExact(whole, saved, savedOff, da, daOff, dz, dzOff);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** {@link Rows#wholeExponentials}. */
  static int exponentials(
      int first,
      int whole,
      float[] z,
      int zRow,
      float max,
      float except,
      float[] a,
      int aRow,
      float[] lanes) {
    try {
      return (int)
          LOOPS[LOOPS.length - 1].invokeExact(first, whole, z, zRow, max, except, a, aRow, lanes);
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
