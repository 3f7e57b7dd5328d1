package io.lanewise.kernel;

import static io.lanewise.math.FloatMath.clipped;
import static io.lanewise.math.FloatMath.negative;
import static io.lanewise.math.FloatMath.orNaN;

import io.lanewise.internal.Names;
import io.lanewise.math.FloatMath;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;

/**
 * An activation function, f in A = f(Z): its kind, and a parameter where the kind has one. A value:
 * functions of the same kind and parameter are equal, and where the parameter is the default, or
 * there is none, they are the same object.
 *
 * <p>All but softmax and its logarithm work on each element alone. The derivative is computed from
 * one saved value an element: the output a = f(z) where that determines f'(z), the input z
 * otherwise ({@link #savesInput()}).
 */
public final class Activation {
  private static final boolean INPUT = true;
  private static final boolean OUTPUT = false;
  private static final float ANY = -Float.MAX_VALUE;
  private static final float POSITIVE = Float.MIN_VALUE;

  /** Which initial weights suit a layer that ends with the function. */
  public enum Weights {
    /** He's: ReLU and its kin, which let half of the variance through. */
    HE,
    /** LeCun's, which SELU needs. */
    LECUN,
    /** Glorot's: the identity, and what saturates at both ends. */
    XAVIER
  }

  /** The kinds of functions, and what is to be known of each beside its formula. */
  public enum Kind {
    /** f(z) = z. */
    IDENTITY(OUTPUT, Weights.XAVIER),
    /** f(z) = max(0, z); f'(0) = 0; NaN stays NaN. */
    RELU(OUTPUT, Weights.HE, 0),
    /** f(z) = z for z &gt; 0, else slope z (Maas et al. 2013); PReLU has this form too. */
    LEAKY_RELU(OUTPUT, Weights.HE, _ -> new double[] {0}, "slope", 0.01f, ANY),
    /** f(z) = z for z &gt; 0, else alpha (e^z - 1) (Clevert et al. 2016). */
    ELU(OUTPUT, Weights.HE, _ -> new double[] {0}, "alpha", 1f, 0f),
    /**
     * f(z) = lambda z for z &gt; 0, else lambda alpha (e^z - 1), lambda = 1.0507009873554805, alpha
     * = 1.6732632423543772 (Klambauer et al. 2017).
     */
    SELU(OUTPUT, Weights.LECUN, 0),
    /** f(z) = 1 / (1 + e^-z). */
    SIGMOID(OUTPUT, Weights.XAVIER),
    /** f(z) = tanh(z). */
    TANH(OUTPUT, Weights.XAVIER),
    /** f(z) = ln(1 + e^z) (Dugas et al. 2001). */
    SOFTPLUS(OUTPUT, Weights.HE),
    /** f(z) = z sigmoid(z), also called swish (Elfwing et al. 2018). */
    SILU(INPUT, Weights.HE),
    /** f(z) = z/2 (1 + erf(z / sqrt 2)) (Hendrycks and Gimpel 2016). */
    GELU(INPUT, Weights.HE),
    /** f(z) = z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) (Hendrycks and Gimpel 2016). */
    GELU_TANH(INPUT, Weights.HE),
    /** f(z) = slope z + 1/2, at least 0 and at most 1 (Courbariaux et al. 2015). */
    HARD_SIGMOID(
        OUTPUT, Weights.XAVIER, s -> new double[] {-0.5 / s, 0.5 / s}, "slope", 1f / 6, POSITIVE),
    /** f(z) = z (z + 3) / 6, 0 below -3 and z above 3 (Howard et al. 2019). */
    HARD_SWISH(INPUT, Weights.HE, -3, 3),
    /** f(z) = z / (1 + |z|) (Turian et al. 2009). */
    SOFTSIGN(INPUT, Weights.XAVIER, 0),
    /** f(z) = max(0, z), at most the limit; f' is 1 strictly between; ReLU6 is its default. */
    CLIPPED_RELU(OUTPUT, Weights.HE, limit -> new double[] {0, limit}, "limit", 6f, POSITIVE),
    /** f(z) = z tanh(ln(1 + e^z)) (Misra 2019). */
    MISH(INPUT, Weights.HE),
    /** f(z)_j = e^z_j / sum_k e^z_k over a row; not elementwise. */
    SOFTMAX(OUTPUT, Weights.XAVIER),
    /** f(z)_j = z_j - ln sum_k e^z_k over a row; not elementwise. */
    LOG_SOFTMAX(OUTPUT, Weights.XAVIER);

    private final String text = Names.of(this);
    private final boolean savesInput;
    private final Weights weights;
    private final DoubleFunction<double[]> kinks;
    private final String parameter;
    private final float standard;
    private final float least;

    Kind(boolean savesInput, Weights weights, double... kinks) {
      this(savesInput, weights, _ -> kinks.clone(), null, 0f, 0f);
    }

    /** Kinks are where f' or f'' jumps, by the parameter; it has a default and a least value. */
    Kind(
        boolean savesInput,
        Weights weights,
        DoubleFunction<double[]> kinks,
        String parameter,
        float standard,
        float least) {
      this.savesInput = savesInput;
      this.weights = weights;
      this.kinks = kinks;
      this.parameter = parameter;
      this.standard = standard;
      this.least = least;
    }

    /** Returns whether f has a parameter. */
    public boolean hasParameter() {
      return parameter != null;
    }

    /** Returns which initial weights suit. */
    public Weights weights() {
      return weights;
    }

    /** f(z), where p is the parameter. */
    private float apply(float p, float z) {
      return switch (this) {
        case IDENTITY -> z;
        case RELU -> z <= 0f ? 0f : z;
        case LEAKY_RELU -> z <= 0f ? p * z : z;
        case ELU -> z <= 0f ? p * FloatMath.expm1(z) : z;
        case SELU -> FloatMath.selu(z);
        case SIGMOID -> FloatMath.sigmoid(z);
        case TANH -> FloatMath.tanh(z);
        case SOFTPLUS -> FloatMath.softplus(z);
        case SILU -> FloatMath.silu(z);
        case GELU -> FloatMath.gelu(z);
        case GELU_TANH -> FloatMath.geluTanh(z);
        case HARD_SIGMOID -> clipped(Math.fma(p, z, 0.5f), 1f);
        case HARD_SWISH -> FloatMath.hardSwish(z);
        case SOFTSIGN -> FloatMath.softsign(z);
        case CLIPPED_RELU -> clipped(z, p);
        case MISH -> FloatMath.mish(z);
        case SOFTMAX, LOG_SOFTMAX ->
            throw new IllegalArgumentException(this + " is not elementwise");
      };
    }

    /** f'(z), from what is saved. */
    private float derivative(float p, float saved) {
      return switch (this) {
        case IDENTITY -> 1f;
        case RELU -> saved <= 0f ? 0f : orNaN(1f, saved);
        case LEAKY_RELU -> saved <= 0f ? p : orNaN(1f, saved);
        case ELU -> saved <= 0f ? saved + p : orNaN(1f, saved);
        case SELU ->
            saved <= 0f ? saved + FloatMath.SELU_LAMBDA_ALPHA : orNaN(FloatMath.SELU_LAMBDA, saved);
        case SIGMOID -> saved * (1f - saved);
        case TANH -> Math.fma(negative(saved), saved, 1f);
        // sigma(z) = 1 - e^-a
        case SOFTPLUS -> -FloatMath.expm1(-saved);
        case SILU -> FloatMath.siluDerivative(saved);
        case GELU -> FloatMath.geluDerivative(saved);
        case GELU_TANH -> FloatMath.geluTanhDerivative(saved);
        case HARD_SIGMOID -> saved <= 0f || saved >= 1f ? 0f : orNaN(p, saved);
        case HARD_SWISH -> FloatMath.hardSwishDerivative(saved);
        case SOFTSIGN -> FloatMath.softsignDerivative(saved);
        case CLIPPED_RELU -> saved <= 0f || saved >= p ? 0f : orNaN(1f, saved);
        case MISH -> FloatMath.mishDerivative(saved);
        case SOFTMAX, LOG_SOFTMAX ->
            throw new IllegalArgumentException(this + " is not elementwise");
      };
    }
  }

  private static final Activation[] STANDARD = new Activation[Kind.values().length];

  static {
    for (Kind kind : Kind.values()) {
      STANDARD[kind.ordinal()] = new Activation(kind, kind.standard);
    }
  }

  /** {@link Kind#IDENTITY}. */
  public static final Activation IDENTITY = of(Kind.IDENTITY);

  /** {@link Kind#RELU}. */
  public static final Activation RELU = of(Kind.RELU);

  /** {@link Kind#LEAKY_RELU} of the slope 0.01. */
  public static final Activation LEAKY_RELU = of(Kind.LEAKY_RELU);

  /** {@link Kind#ELU} of alpha 1. */
  public static final Activation ELU = of(Kind.ELU);

  /** {@link Kind#SELU}. */
  public static final Activation SELU = of(Kind.SELU);

  /** {@link Kind#SIGMOID}. */
  public static final Activation SIGMOID = of(Kind.SIGMOID);

  /** {@link Kind#TANH}. */
  public static final Activation TANH = of(Kind.TANH);

  /** {@link Kind#SOFTPLUS}. */
  public static final Activation SOFTPLUS = of(Kind.SOFTPLUS);

  /** {@link Kind#SILU}. */
  public static final Activation SILU = of(Kind.SILU);

  /** {@link Kind#GELU}. */
  public static final Activation GELU = of(Kind.GELU);

  /** {@link Kind#GELU_TANH}. */
  public static final Activation GELU_TANH = of(Kind.GELU_TANH);

  /** {@link Kind#HARD_SIGMOID} of the slope 1/6, PyTorch's. */
  public static final Activation HARD_SIGMOID = of(Kind.HARD_SIGMOID);

  /** {@link Kind#HARD_SWISH}. */
  public static final Activation HARD_SWISH = of(Kind.HARD_SWISH);

  /** {@link Kind#SOFTSIGN}. */
  public static final Activation SOFTSIGN = of(Kind.SOFTSIGN);

  /** {@link Kind#CLIPPED_RELU} of the limit 6, which is ReLU6 (Krizhevsky 2010). */
  public static final Activation CLIPPED_RELU = of(Kind.CLIPPED_RELU);

  /** {@link Kind#MISH}. */
  public static final Activation MISH = of(Kind.MISH);

  /** {@link Kind#SOFTMAX}. */
  public static final Activation SOFTMAX = of(Kind.SOFTMAX);

  /** {@link Kind#LOG_SOFTMAX}. */
  public static final Activation LOG_SOFTMAX = of(Kind.LOG_SOFTMAX);

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?");

  private final Kind kind;
  private final float parameter;

  private Activation(Kind kind, float parameter) {
    this.kind = kind;
    this.parameter = parameter;
  }

  /** Returns the function of that kind, its parameter being the default. */
  public static Activation of(Kind kind) {
    return STANDARD[kind.ordinal()];
  }

  /**
   * Returns the function of that kind and parameter.
   *
   * @throws IllegalArgumentException if the kind has none, or not that one
   */
  public static Activation of(Kind kind, float parameter) {
    if (!kind.hasParameter()) {
      throw new IllegalArgumentException(kind.text + " has no parameter, got " + parameter);
    }
    if (!(parameter >= kind.least && parameter <= Float.MAX_VALUE)) {
      String least = kind.least == ANY ? "" : kind.least == 0f ? " and >= 0" : " and > 0";
      throw new IllegalArgumentException(
          kind.parameter + " must be finite" + least + ", got " + parameter);
    }
    Activation standard = of(kind);
    // There is one zero: alpha times a zero keeps its sign.
    return parameter == standard.parameter ? standard : new Activation(kind, parameter + 0f);
  }

  /**
   * Returns {@link Kind#LEAKY_RELU} of that slope. Saves its input where slope &lt; 0, since the
   * output's sign does not tell there.
   *
   * @throws IllegalArgumentException if the slope is not finite
   */
  public static Activation leakyRelu(float slope) {
    return of(Kind.LEAKY_RELU, slope);
  }

  /**
   * Returns {@link Kind#ELU} of that alpha.
   *
   * @throws IllegalArgumentException if alpha is not finite, or below 0
   */
  public static Activation elu(float alpha) {
    return of(Kind.ELU, alpha);
  }

  /**
   * Returns {@link Kind#HARD_SIGMOID} of that slope; ONNX's default is 0.2.
   *
   * @throws IllegalArgumentException if the slope is not finite, or not above 0
   */
  public static Activation hardSigmoid(float slope) {
    return of(Kind.HARD_SIGMOID, slope);
  }

  /**
   * Returns {@link Kind#CLIPPED_RELU} of that limit.
   *
   * @throws IllegalArgumentException if the limit is not finite, or not above 0
   */
  public static Activation clippedRelu(float limit) {
    return of(Kind.CLIPPED_RELU, limit);
  }

  /** Returns one of each kind, in their order, parameters being the defaults. */
  public static Activation[] values() {
    return STANDARD.clone();
  }

  /**
   * Returns the function of that text, which is what {@link #toString} makes: "relu",
   * "leaky-relu(0.2)"; without a parameter it is the default.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Activation parse(String text) {
    int open = text.indexOf('(');
    String name = open < 0 ? text : text.substring(0, open);
    for (Kind kind : Kind.values()) {
      if (kind.text.equals(name)) {
        return open < 0 ? of(kind) : of(kind, number(text, open));
      }
    }
    throw new IllegalArgumentException(Names.shown(text) + " is none of " + choices());
  }

  private static float number(String text, int open) {
    String number = text.endsWith(")") ? text.substring(open + 1, text.length() - 1) : "";
    if (!NUMBER.matcher(number).matches()) {
      throw new IllegalArgumentException(
          Names.shown(text) + ": wanted a number in parentheses, as in leaky-relu(0.2)");
    }
    return Float.parseFloat(number);
  }

  private static String choices() {
    String plain = "";
    String called = "";
    for (Kind kind : Kind.values()) {
      plain += ", " + kind.text;
      called += kind.hasParameter() ? ", " + kind.text + "(" + kind.parameter + ")" : "";
    }
    return plain.substring(2) + called;
  }

  /** Returns which function it is. */
  public Kind kind() {
    return kind;
  }

  /** Returns the slope, alpha or limit; 0 if the kind has none. */
  public float parameter() {
    return parameter;
  }

  /** Returns whether the derivative is computed from z; otherwise it is computed from a = f(z). */
  public boolean savesInput() {
    return kind.savesInput || (kind == Kind.LEAKY_RELU && parameter < 0f);
  }

  /** Returns whether f works on each element alone: all but softmax and its logarithm. */
  public boolean elementwise() {
    return kind != Kind.SOFTMAX && kind != Kind.LOG_SOFTMAX;
  }

  /** Returns f(z), f being elementwise: the specification of every kernel. */
  public float apply(float z) {
    return kind.apply(parameter, z);
  }

  /** Returns f'(z) from a = f(z), or from z where {@link #savesInput()}; NaN gives NaN. */
  public float derivative(float saved) {
    return kind.derivative(parameter, saved);
  }

  /** Returns the places z where f' jumps, or f'' does; f is smooth everywhere else. */
  public double[] kinks() {
    return kind.kinks.apply(parameter);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Activation f
        && kind == f.kind
        && Float.compare(parameter, f.parameter) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, parameter);
  }

  /** Returns its text in model files and on the command line: "relu", "leaky-relu(0.2)". */
  @Override
  public String toString() {
    String name = kind.text;
    return parameter == kind.standard ? name : name + "(" + parameter + ")";
  }
}
