package io.lanewise.kernel;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One good call for each method of {@link LayerKernels}, for {@link KernelsArgumentsTest}. A norm's
 * vectors stand there as arguments of their own, so that each is made bad like any other.
 */
final class LayerCalls {
  private static final int M = KernelsArgumentsTest.M;
  private static final int N = KernelsArgumentsTest.N;
  private static final int OFF = KernelsArgumentsTest.OFF;
  private static final int LD = N + 1;
  private static final String NORM = "gamma gammaOff beta betaOff mean meanOff rstd rstdOff ";

  private LayerCalls() {}

  static List<KernelsArgumentsTest.Good> all() {
    float[] mn = KernelsArgumentsTest.window(M, N);
    float[] columns = KernelsArgumentsTest.ones(OFF + N);
    float[] rows = KernelsArgumentsTest.ones(OFF + M);
    return List.of(
        good(
            "normalize",
            "m n x xOff ldx mean meanOff scale scaleOff shift shiftOff y yOff ldy",
            values(M, N, mn, OFF, LD, columns, OFF, columns, OFF, columns, OFF, mn, OFF, LD),
            "y=x y/mean y/scale y/shift"),
        good(
            "columnMoments",
            "m n x xOff ldx mean meanOff variance varianceOff",
            values(M, N, mn, OFF, LD, columns, OFF, columns, OFF),
            "mean/x variance/x variance/mean"),
        good("batchNormBackward", BACKWARD, backward(mn, columns, columns), BACKWARD_PAIRS),
        good(
            "layerNorm",
            "m n x xOff ldx " + NORM + "epsilon y yOff ldy",
            values(
                M, N, mn, OFF, LD, columns, OFF, columns, OFF, rows, OFF, rows, OFF, 1f, mn, OFF,
                LD),
            "y=x y/gamma y/beta y/mean y/rstd mean/x rstd/x mean/gamma mean/beta rstd/gamma"
                + " rstd/beta rstd/mean"),
        good("layerNormBackward", BACKWARD, backward(mn, columns, rows), BACKWARD_PAIRS),
        good(
            "dropout",
            "mask m n seed stream firstRow x xOff ldx y yOff ldy",
            values(DropoutMask.plain(0.5), M, N, 1L, 2L, 3, mn, OFF, LD, mn, OFF, LD),
            "y=x"),
        good(
            "add",
            "m n a aOff lda b bOff ldb y yOff ldy",
            values(M, N, mn, OFF, LD, mn, OFF, LD, mn, OFF, LD),
            "y=a y=b"),
        good(
            "scaleRows",
            "m n x xOff ldx w wOff y yOff ldy",
            values(M, N, mn, OFF, LD, rows, OFF, mn, OFF, LD),
            "y=x y/w"));
  }

  private static final String BACKWARD =
      "m n x xOff ldx " + NORM + "dy dyOff lddy dx dxOff lddx dgamma dgammaOff dbeta dbetaOff";
  private static final String BACKWARD_PAIRS =
      "dx=dy dx/x dx/gamma dx/beta dx/mean dx/rstd dgamma/x dgamma/dy dgamma/dx dgamma/gamma"
          + " dgamma/beta dgamma/mean dgamma/rstd dbeta/x dbeta/dy dbeta/dx dbeta/gamma dbeta/beta"
          + " dbeta/mean dbeta/rstd dbeta/dgamma";

  private static Object[] backward(float[] mn, float[] columns, float[] statistics) {
    return values(
        M,
        N,
        mn,
        OFF,
        LD,
        columns,
        OFF,
        columns,
        OFF,
        statistics,
        OFF,
        statistics,
        OFF,
        mn,
        OFF,
        LD,
        mn,
        OFF,
        LD,
        columns,
        OFF,
        columns,
        OFF);
  }

  private static KernelsArgumentsTest.Good good(
      String method, String names, Object[] values, String pairs) {
    return KernelsArgumentsTest.good(method, names, values, pairs.split(" "));
  }

  private static Object[] values(Object... values) {
    return KernelsArgumentsTest.values(values);
  }

  /** How many arguments the table has for a method. */
  static int count(Method method) {
    boolean hasNorm = List.of(method.getParameterTypes()).contains(Norm.class);
    return method.getParameterCount() + (hasNorm ? 7 : 0);
  }

  /** The arguments of the method itself: eight in the place of a norm made into one. */
  static Object[] pack(Method method, Object[] arguments) {
    int at = List.of(method.getParameterTypes()).indexOf(Norm.class);
    if (at < 0) {
      return arguments;
    }
    List<Object> packed = new ArrayList<>(Arrays.asList(arguments).subList(0, at));
    packed.add(
        new Norm(
            (float[]) arguments[at],
            (int) arguments[at + 1],
            (float[]) arguments[at + 2],
            (int) arguments[at + 3],
            (float[]) arguments[at + 4],
            (int) arguments[at + 5],
            (float[]) arguments[at + 6],
            (int) arguments[at + 7]));
    for (int i = at + 8; i < arguments.length; i++) {
      packed.add(arguments[i]);
    }
    return packed.toArray();
  }
}
