package io.lanewise.simd;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A function of all elements of a block: a loop of {@link Elementwise}, or of {@link Derivatives}.
 * It has the name of its {@link io.lanewise.kernel.Kernels.Function} or {@link
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

  private static final MethodType LOOP = type("(I[FI[FI)V");
  private static final MethodType DERIVATIVE = type("(I[FI[FI[FI)V");
  private static final MethodType EXPONENTIALS =
      type("(II[FI[FI)I").appendParameterTypes(Scratch.class);

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
      LOOPS[values().length] =
          lookup.findStatic(Reductions.class, "wholeExponentials", EXPONENTIALS);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String method;

  Pass(String method) {
    this.method = method;
  }

  private static MethodType type(String descriptor) {
    return MethodType.fromMethodDescriptorString(descriptor, null);
  }

  /** In place; {@code whole} is a multiple of a vector. */
  void run(int whole, float[] x) {
    if (whole > 0) {
      run(whole, x, 0, x, 0);
    }
  }

  /** y = f(x); {@code whole} is a multiple of a vector, and not 0. */
  void run(int whole, float[] x, int xOff, float[] y, int yOff) {
    try {
      LOOPS[ordinal()].invokeExact(whole, x, xOff, y, yOff);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** dz = da f'(x), of an activation, x being what it saved; {@code whole} as above. */
  void derivative(int whole, float[] x, int xOff, float[] da, int daOff, float[] dz, int dzOff) {
    try {
      DERIVATIVES[ordinal()].invokeExact(whole, x, xOff, da, daOff, dz, dzOff);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** {@link Reductions#wholeExponentials}. */
  static int exponentials(
      int first, int whole, float[] z, int zRow, float[] a, int aRow, Scratch scratch) {
    try {
      return (int) LOOPS[LOOPS.length - 1].invokeExact(first, whole, z, zRow, a, aRow, scratch);
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
