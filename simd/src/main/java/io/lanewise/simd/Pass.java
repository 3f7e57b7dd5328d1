package io.lanewise.simd;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A function of all elements of a block, as one step of a loss or of softmax.
 *
 * <p>C2 cannot inline what it calls by a handle that is no constant. So each function is compiled
 * alone, however many a kernel calls; inlined together they exceed what C2 inlines in one
 * compilation, and part of a function would be left out and box its vectors.
 */
enum Pass {
  EXP("exp"),
  LOG1P("log1p"),
  SIGMOID("sigmoid"),
  SOFTPLUS("softplus");

  private static final MethodType LOOP =
      MethodType.methodType(
          void.class, int.class, float[].class, int.class, float[].class, int.class);

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

  static {
    try {
      for (Pass pass : values()) {
        LOOPS[pass.ordinal()] =
            MethodHandles.lookup().findStatic(Elementwise.class, pass.method, LOOP);
      }
      LOOPS[values().length] =
          MethodHandles.lookup().findStatic(Rows.class, "wholeExponentials", EXPONENTIALS);
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
    if (whole == 0) {
      return;
    }
    try {
      LOOPS[pass.ordinal()].invokeExact(whole, x, 0, x, 0);
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
