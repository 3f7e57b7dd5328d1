package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.math.FloatMath;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * Judges functions of one float over all 2<sup>32</sup> floats, or every n-th, against references
 * in double.
 *
 * <p>An error is counted in ulps of the correctly rounded result: the distance from it to the next
 * float of greater magnitude, which is 2<sup>-149</sup> for zero and the subnormals, and
 * 2<sup>104</sup> where the result overflows; infinity counts as 2<sup>128</sup>, the float it
 * stands for. So a correctly rounded result has at most 0.5. A NaN on one side only, and a zero of
 * the other sign, are infinite errors. The references are within a few 1e-16 of the value: 1e-8
 * ulp.
 */
final class FunctionAccuracy {
  /** A function of one float. */
  @FunctionalInterface
  public interface FloatFunction {
    /** Returns f(x). */
    float apply(float x);
  }

  /**
   * What is judged.
   *
   * @param name for the table
   * @param function the implementation
   * @param exact the reference
   * @param ulps the error promised, in ulps
   * @param absolute the absolute error that is never held against it
   * @param increasing whether it promises not to decrease
   * @param odd whether it promises f(-x) = -f(x)
   */
  public record Subject(
      String name,
      FloatFunction function,
      DoubleUnaryOperator exact,
      double ulps,
      double absolute,
      boolean increasing,
      boolean odd) {
    /** Returns the same promises for another implementation. */
    public Subject with(FloatFunction other) {
      return new Subject(name, other, exact, ulps, absolute, increasing, odd);
    }
  }

  /**
   * What was found. Every argument is NaN where there is nothing to show.
   *
   * @param subject what was judged
   * @param ulps the worst error in ulps
   * @param ulpsAt its argument
   * @param counted the worst error in ulps among those above the absolute error allowed
   * @param countedAt its argument
   * @param absolute the worst absolute error of results up to 2
   * @param absoluteAt its argument
   * @param descents how often a greater argument gave a lesser result
   * @param descentAt the last such argument
   * @param uneven how often f(-x) was not -f(x)
   * @param unevenAt the last such argument
   */
  public record Result(
      Subject subject,
      double ulps,
      float ulpsAt,
      double counted,
      float countedAt,
      double absolute,
      float absoluteAt,
      long descents,
      float descentAt,
      long uneven,
      float unevenAt) {
    /** Returns whether all promises hold. */
    public boolean holds() {
      return counted <= subject.ulps
          && !(subject.increasing && descents > 0)
          && !(subject.odd && uneven > 0);
    }

    @Override
    public String toString() {
      String shape =
          (subject.increasing ? descents == 0 ? " increasing" : " DECREASES at " + descentAt : "")
              + (subject.odd ? uneven == 0 ? " odd" : " NOT ODD at " + unevenAt : "");
      return String.format(
          Locale.ROOT,
          "%-19s %9.4g ulp at %-15s %9.4g counted at %-15s %.3g absolute at %-13s %s%s",
          subject.name,
          ulps,
          ulpsAt,
          counted,
          countedAt,
          absolute,
          absoluteAt,
          holds() ? "ok" : "FAILS",
          shape);
    }
  }

  private static final double LAMBDA = 1.0507009873554805;
  private static final double ALPHA = 1.6732632423543772;
  private static final double NONE = Double.POSITIVE_INFINITY;

  private FunctionAccuracy() {}

  /** Returns the functions of {@link FloatMath} and what they promise. */
  public static List<Subject> all() {
    return List.of(
        new Subject("exp", FloatMath::exp, StrictMath::exp, 1, 0, true, false),
        new Subject("expm1", FloatMath::expm1, StrictMath::expm1, 2, 0, false, false),
        new Subject("log", FloatMath::log, StrictMath::log, 1, 0, false, false),
        new Subject("log1p", FloatMath::log1p, StrictMath::log1p, 2, 0, false, false),
        new Subject("tanh", FloatMath::tanh, StrictMath::tanh, 2, 0, true, true),
        new Subject("sigmoid", FloatMath::sigmoid, FunctionAccuracy::sigmoid, 2, 0, true, false),
        new Subject("erf", FloatMath::erf, DoubleMath::erf, 2, 0, false, true),
        new Subject(
            "softplus", FloatMath::softplus, FunctionAccuracy::softplus, 2, 0, false, false),
        new Subject(
            "elu", Activation.ELU::apply, x -> x > 0 ? x : StrictMath.expm1(x), 2, 0, false, false),
        new Subject("selu", FloatMath::selu, FunctionAccuracy::selu, 2, 0, false, false),
        new Subject("silu", FloatMath::silu, FunctionAccuracy::silu, 3, 1e-7, false, false),
        new Subject("gelu", FloatMath::gelu, FunctionAccuracy::gelu, 3, 1e-7, false, false),
        new Subject(
            "geluTanh", FloatMath::geluTanh, FunctionAccuracy::geluTanh, 3, 1e-7, false, false),
        of(Activation.HARD_SIGMOID, 1, 0),
        of(Activation.HARD_SWISH, 3, 0),
        derivative(Activation.HARD_SWISH, 2, 0),
        of(Activation.SOFTSIGN, 2, 0),
        derivative(Activation.SOFTSIGN, 4, 0),
        of(Activation.CLIPPED_RELU, 0.5, 0),
        of(Activation.MISH, 4, 0),
        derivative(Activation.MISH, 4, 1e-6),
        new Subject(
            "siluDerivative",
            FloatMath::siluDerivative,
            FunctionAccuracy::siluDerivative,
            3,
            1e-6,
            false,
            false),
        new Subject(
            "geluDerivative",
            FloatMath::geluDerivative,
            FunctionAccuracy::geluDerivative,
            3,
            1e-6,
            false,
            false),
        new Subject(
            "geluTanhDerivative",
            FloatMath::geluTanhDerivative,
            FunctionAccuracy::geluTanhDerivative,
            3,
            1e-6,
            false,
            false));
  }

  private static Subject of(Activation f, double ulps, double absolute) {
    DoubleUnaryOperator exact = x -> DoubleActivations.apply(f, x);
    return new Subject(f.toString(), f::apply, exact, ulps, absolute, false, false);
  }

  private static Subject derivative(Activation f, double ulps, double absolute) {
    DoubleUnaryOperator exact = x -> DoubleActivations.derivative(f, x);
    return new Subject(f + "'", f::derivative, exact, ulps, absolute, false, false);
  }

  /** Returns the error of a result in ulps of the correctly rounded one. */
  public static double ulps(float got, double exact) {
    float rounded = (float) exact;
    if (Float.isNaN(got) || Float.isNaN(rounded)) {
      return Float.isNaN(got) && Float.isNaN(rounded) ? 0 : NONE;
    }
    if (got == 0 && rounded == 0) {
      return Float.floatToRawIntBits(got) == Float.floatToRawIntBits(rounded)
          ? Math.abs(exact) / Float.MIN_VALUE
          : NONE;
    }
    double a = Math.max(-0x1p128, Math.min(0x1p128, got));
    double b = Math.max(-0x1p128, Math.min(0x1p128, exact));
    double ulp = Float.isInfinite(rounded) ? 0x1p104 : Math.ulp(rounded);
    return Math.abs(a - b) / ulp;
  }

  /**
   * Judges one function.
   *
   * @param subject the function and its promises
   * @param stride 1 for every float, n for every n-th, in the order of their values
   * @throws IllegalArgumentException if the stride is not positive
   */
  public static Result measure(Subject subject, int stride) {
    if (stride < 1) {
      throw new IllegalArgumentException("stride is " + stride + ", must be at least 1");
    }
    long steps = ((1L << 32) + stride - 1) / stride;
    Scan low = new Scan(subject, stride, 0, steps / 2);
    Scan high = new Scan(subject, stride, steps / 2, steps);
    Thread other = new Thread(low, "accuracy of " + subject.name);
    other.start();
    high.run();
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return low.and(high);
  }

  /**
   * Prints one line a function.
   *
   * @param args [--stride n] [names of functions], every function and every float without
   */
  public static void main(String[] args) {
    int stride = 1;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--stride") && i + 1 < args.length) {
        stride = Integer.parseInt(args[++i]);
      } else {
        names.add(args[i]);
      }
    }
    for (Subject subject : all()) {
      if (names.isEmpty() || names.contains(subject.name)) {
        System.out.println(measure(subject, stride));
      }
    }
  }

  private static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double selu(double x) {
    return x > 0 ? LAMBDA * x : LAMBDA * ALPHA * StrictMath.expm1(x);
  }

  private static double silu(double x) {
    return x == Double.NEGATIVE_INFINITY ? -0.0 : x * sigmoid(x);
  }

  private static double gelu(double x) {
    return x == Double.NEGATIVE_INFINITY ? -0.0 : x * normal(x);
  }

  private static double geluTanh(double x) {
    return x == Double.NEGATIVE_INFINITY ? -0.0 : x * sigmoid(cubic(x));
  }

  private static double siluDerivative(double x) {
    double limited = Math.max(-1000, Math.min(1000, x));
    return sigmoid(x) * (1 + limited * sigmoid(-limited));
  }

  private static double geluDerivative(double x) {
    double limited = Math.max(-37, Math.min(37, x));
    double density = StrictMath.exp(-0.5 * limited * limited) / StrictMath.sqrt(2 * Math.PI);
    return normal(x) + limited * density;
  }

  private static double geluTanhDerivative(double x) {
    double a = Math.max(-30, Math.min(30, x));
    double slope = 2 * StrictMath.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a * a);
    double y = cubic(a);
    return sigmoid(y) * (1 + a * slope * sigmoid(-y));
  }

  /** The distribution function of N(0, 1). */
  private static double normal(double x) {
    return 0.5 * DoubleMath.erfc(-x / StrictMath.sqrt(2));
  }

  /** (1 + tanh(u)) / 2 = sigmoid(2u): this is 2u. */
  private static double cubic(double x) {
    return 2 * StrictMath.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
  }

  /** One thread's share of the floats, in ascending order. */
  private static final class Scan implements Runnable {
    private final Subject subject;
    private final int stride;
    private final long from;
    private final long to;
    private double ulps = -1;
    private float ulpsAt = Float.NaN;
    private double counted;
    private float countedAt = Float.NaN;
    private double absolute = -1;
    private float absoluteAt = Float.NaN;
    private long descents;
    private float descentAt = Float.NaN;
    private long uneven;
    private float unevenAt = Float.NaN;

    Scan(Subject subject, int stride, long from, long to) {
      this.subject = subject;
      this.stride = stride;
      this.from = from;
      this.to = to;
    }

    private float argument(long step) {
      // 0 is the lowest float, with NaNs at either end.
      int i = (int) (step * stride + Integer.MIN_VALUE);
      return Float.intBitsToFloat(i ^ ((i >> 31) & Integer.MAX_VALUE));
    }

    @Override
    public void run() {
      float before = from == 0 ? Float.NaN : subject.function.apply(argument(from - 1));
      for (long step = from; step < to; step++) {
        float x = argument(step);
        float got = subject.function.apply(x);
        judge(x, got, subject.exact.applyAsDouble(x));
        if (got < before) {
          descents++;
          descentAt = x;
        }
        before = got;
        if (subject.odd) {
          judgeOdd(x, got);
        }
      }
    }

    private void judge(float x, float got, double exact) {
      if (Float.floatToIntBits(got) == Float.floatToIntBits((float) exact)
          && cannotBeWorst(Math.abs(got))) {
        return;
      }
      double error = ulps(got, exact);
      if (error > ulps) {
        ulps = error;
        ulpsAt = x;
      }
      double difference = Math.abs(got - exact);
      if (error > counted && error > 0 && !(difference <= subject.absolute && error < NONE)) {
        counted = error;
        countedAt = x;
      }
      if (difference > absolute && Math.abs(exact) <= 2) {
        absolute = difference;
        absoluteAt = x;
      }
    }

    /** Whether an error of half an ulp changes nothing: most floats, so it must be quick. */
    private boolean cannotBeWorst(float size) {
      return ulps >= 0.5 && !(size <= 2 && size * 0x1p-24 > absolute);
    }

    private void judgeOdd(float x, float got) {
      float mirrored = -subject.function.apply(-x);
      if (Float.floatToIntBits(mirrored) != Float.floatToIntBits(got)) {
        uneven++;
        unevenAt = x;
      }
    }

    Result and(Scan high) {
      return new Result(
          subject,
          Math.max(ulps, high.ulps),
          ulps >= high.ulps ? ulpsAt : high.ulpsAt,
          Math.max(counted, high.counted),
          counted >= high.counted ? countedAt : high.countedAt,
          Math.max(absolute, high.absolute),
          absolute >= high.absolute ? absoluteAt : high.absoluteAt,
          descents + high.descents,
          descents > 0 ? descentAt : high.descentAt,
          uneven + high.uneven,
          uneven > 0 ? unevenAt : high.unevenAt);
    }
  }
}
