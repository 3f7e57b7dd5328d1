package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.model.ModelFormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Finds activations that stand in a graph as several nodes, in whichever order their products were
 * written: z sigmoid(z), z tanh(softplus(z)), z (1 + erf(z / sqrt 2)) / 2 and its form with tanh, z
 * / (1 + |z|), and the softplus that is z itself where z is large.
 */
final class Patterns {
  static final float SQRT_HALF = (float) Math.sqrt(0.5);
  static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
  static final float GELU_CUBIC = 0.044715f;

  // From here on e^-z is less than half an ulp of z.
  private static final float SOFTPLUS_IS_Z = 16;

  private static final int MAX_FACTORS = 8;

  private final Values values;

  Patterns(Values values) {
    this.values = values;
  }

  /** An activation and what it is a function of. */
  record Found(Activation activation, String of) {
    /** Whether it is half of z and the gate. */
    boolean half() {
      return activation == Activation.GELU || activation == Activation.GELU_TANH;
    }
  }

  /** A product: a number, and the factors that are no constant. */
  private record Product(double coefficient, List<String> factors) {}

  /** The activation that the value is, if it is one of these; else null. */
  Found find(String value) {
    Product whole = product(value, "");
    for (String factor : whole.factors) {
      Found found = gated(factor);
      if (found != null && matches(value, found, factor)) {
        return found;
      }
    }
    return null;
  }

  /**
   * What gate the factor is: sigmoid(z), tanh(softplus(z)), or 1 + erf or tanh of something of z.
   */
  private Found gated(String factor) {
    String logit = logit(factor);
    if (logit != null) {
      return new Found(Activation.SILU, logit);
    }
    Node mish = values.maker(factor, "Tanh");
    Node softplus = mish == null ? null : values.maker(mish.inputs()[0], "Softplus");
    if (softplus != null) {
      return new Found(Activation.MISH, softplus.inputs()[0]);
    }
    Node plusOne = values.maker(factor, "Add");
    String beside = plusOne == null ? null : values.beside(plusOne);
    if (beside == null || values.scalar(values.constantOf(plusOne)) != 1) {
      return null;
    }
    Node erf = values.maker(beside, "Erf");
    if (erf != null) {
      Node scaled = values.maker(erf.inputs()[0]);
      String z = scaled == null || scaled.inputs().length != 2 ? null : values.beside(scaled);
      Product product = z == null ? null : product(erf.inputs()[0], z);
      return is(product, SQRT_HALF, 1, z) ? new Found(Activation.GELU, z) : null;
    }
    Node tanh = values.maker(beside, "Tanh");
    Product inner = tanh == null ? null : product(tanh.inputs()[0], "");
    if (inner == null || inner.factors.size() != 1 || !near(inner.coefficient, SQRT_2_OVER_PI)) {
      return null;
    }
    Node sum = values.maker(inner.factors.get(0), "Add");
    for (int i = 0; sum != null && i < 2; i++) {
      String z = sum.inputs()[i];
      if (is(product(sum.inputs()[1 - i], z), GELU_CUBIC, 3, z)) {
        return new Found(Activation.GELU_TANH, z);
      }
    }
    return null;
  }

  /**
   * A row less its mean, divided by its deviation, and what it is made of.
   *
   * @param last whether the axis is the last whatever the rank, not the last of a matrix alone
   */
  record Normalized(String of, float epsilon, boolean last) {}

  /** The normalized rows that the value is, if it is that as several nodes; else null. */
  Normalized normalized(String value) throws ModelFormatException {
    Node quotient = values.maker(value, "Div");
    if (quotient != null) {
      return normalized(quotient.inputs()[0], quotient.inputs()[1]);
    }
    Node product = values.maker(value, "Mul");
    for (int i = 0; product != null && i < 2; i++) {
      Node inverse = values.maker(product.inputs()[i]);
      boolean reciprocal =
          inverse != null && inverse == values.maker(product.inputs()[i], "Reciprocal");
      boolean over =
          inverse != null
              && inverse == values.maker(product.inputs()[i], "Div")
              && values.scalar(inverse.inputs()[0]) == 1;
      Normalized found =
          reciprocal || over
              ? normalized(product.inputs()[1 - i], inverse.inputs()[over ? 1 : 0])
              : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private Normalized normalized(String centered, String deviation) throws ModelFormatException {
    Node sub = values.maker(centered, "Sub");
    Node root = values.maker(deviation, "Sqrt");
    Node sum = root == null ? null : values.maker(root.inputs()[0], "Add");
    String variance = sum == null ? null : values.beside(sum);
    Node mean = sub == null ? null : values.maker(sub.inputs()[1], "ReduceMean");
    Node squares = variance == null ? null : values.maker(variance, "ReduceMean");
    if (mean == null || squares == null || !mean.inputs()[0].equals(sub.inputs()[0])) {
      return null;
    }
    double epsilon = values.scalar(values.constantOf(sum));
    long axis = rowAxis(mean);
    boolean fits = epsilon >= 0 && axis != 0 && axis == rowAxis(squares);
    return fits && isSquare(squares.inputs()[0], sub)
        ? new Normalized(sub.inputs()[0], (float) epsilon, axis < 0)
        : null;
  }

  private boolean isSquare(String value, Node difference) {
    Node pow = values.maker(value, "Pow");
    Node product = values.maker(value, "Mul");
    if (pow != null) {
      return values.number(pow.inputs()[1]) == 2 && isSame(pow.inputs()[0], difference);
    }
    return product != null
        && isSame(product.inputs()[0], difference)
        && isSame(product.inputs()[1], difference);
  }

  /** PyTorch writes the difference twice. */
  private boolean isSame(String value, Node difference) {
    Node other = values.maker(value, "Sub");
    return other != null && Arrays.equals(other.inputs(), difference.inputs());
  }

  /** -1 or 1 if it is the mean along that axis, which is the last of rows and stays; else 0. */
  private long rowAxis(Node mean) throws ModelFormatException {
    long[] axes = mean.attributes().integers("axes");
    OnnxTensor input = mean.hasInput(1) ? values.constant(mean.inputs()[1]) : null;
    axes = input != null && input.type().isIntegers() ? input.longs() : axes;
    boolean last = axes != null && axes.length == 1 && (axes[0] == -1 || axes[0] == 1);
    return last && mean.attributes().flag("keepdims", true) ? axes[0] : 0;
  }

  /** What the value is the sigmoid of: as one node, or 1 / (1 + exp(-z)); else null. */
  private String logit(String value) {
    Node sigmoid = values.maker(value, "Sigmoid");
    if (sigmoid != null) {
      return sigmoid.inputs()[0];
    }
    Node quotient = values.maker(value, "Div");
    Node reciprocal = values.maker(value, "Reciprocal");
    String divisor = reciprocal == null ? null : reciprocal.inputs()[0];
    if (quotient != null && values.scalar(quotient.inputs()[0]) == 1) {
      divisor = quotient.inputs()[1];
    }
    Node sum = divisor == null ? null : values.maker(divisor, "Add");
    String beside = sum == null ? null : values.beside(sum);
    Node exp = beside == null ? null : values.maker(beside, "Exp");
    Node neg = exp == null ? null : values.maker(exp.inputs()[0], "Neg");
    boolean plusOne = neg != null && values.scalar(values.constantOf(sum)) == 1;
    return plusOne ? neg.inputs()[0] : null;
  }

  /** The written out sigmoid that the value is; else null. */
  Found sigmoid(String value) {
    String logit = logit(value);
    return logit == null ? null : new Found(Activation.SIGMOID, logit);
  }

  /** The z / (1 + |z|) that the value is; else null. */
  Found softsign(String value) {
    Node quotient = values.maker(value, "Div");
    Node sum = quotient == null ? null : values.maker(quotient.inputs()[1], "Add");
    String beside = sum == null ? null : values.beside(sum);
    Node abs = beside == null ? null : values.maker(beside, "Abs");
    boolean found =
        abs != null
            && abs.inputs()[0].equals(quotient.inputs()[0])
            && values.scalar(values.constantOf(sum)) == 1;
    return found ? new Found(Activation.SOFTSIGN, abs.inputs()[0]) : null;
  }

  /** The softplus(z) that the value is, be it z itself where that is the same float; else null. */
  Found softplus(String value) {
    Node choice = values.maker(value, "Where");
    Node large = choice == null ? null : values.maker(choice.inputs()[0], "Greater");
    Node softplus = large == null ? null : values.maker(choice.inputs()[2], "Softplus");
    boolean found =
        softplus != null
            && softplus.inputs()[0].equals(choice.inputs()[1])
            && softplus.inputs()[0].equals(large.inputs()[0])
            && values.scalar(large.inputs()[1]) >= SOFTPLUS_IS_Z;
    return found ? new Found(Activation.SOFTPLUS, softplus.inputs()[0]) : null;
  }

  /** Whether the value is c z gate, c the activation's. */
  private boolean matches(String value, Found found, String gate) {
    Product product = product(value, found.of);
    return near(product.coefficient, found.half() ? 0.5 : 1)
        && product.factors.size() == 2
        && product.factors.contains(found.of)
        && product.factors.contains(gate);
  }

  private static boolean is(Product product, double coefficient, int power, String z) {
    return product != null
        && near(product.coefficient, coefficient)
        && product.factors.size() == power
        && product.factors.stream().allMatch(z::equals);
  }

  /** The constants are floats, rounded on one way or another. */
  private static boolean near(double got, double wanted) {
    return Math.abs(got - wanted) <= 1e-6 * wanted;
  }

  /**
   * Takes products, squares, cubes and quotients apart, but not {@code whole}, the outer ones
   * first, until there are too many.
   */
  private Product product(String value, String whole) {
    double coefficient = 1;
    List<String> factors = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      String next = open.remove();
      Node node = next.equals(whole) ? null : values.maker(next);
      boolean few = node != null && open.size() + factors.size() < MAX_FACTORS;
      boolean product = few && node == values.maker(next, "Mul");
      boolean quotient = few && node == values.maker(next, "Div");
      boolean power = few && node == values.maker(next, "Pow");
      double exponent = power ? values.number(node.inputs()[1]) : 0;
      double scalar = values.scalar(next);
      if (!Double.isNaN(scalar)) {
        coefficient *= scalar;
      } else if (product) {
        open.add(node.inputs()[0]);
        open.add(node.inputs()[1]);
      } else if (exponent == 2 || exponent == 3) {
        open.addAll(Collections.nCopies((int) exponent, node.inputs()[0]));
      } else if (quotient && !Double.isNaN(values.scalar(node.inputs()[1]))) {
        coefficient /= values.scalar(node.inputs()[1]);
        open.add(node.inputs()[0]);
      } else {
        factors.add(next);
      }
    }
    return new Product(coefficient, factors);
  }
}
