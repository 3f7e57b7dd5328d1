package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.math.FloatMath;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.List;

/** ai.onnx.ml's linear models, and what stands before and after them. */
final class LinearOperators {
  private static final float NEARLY_ZERO = 1e-7f;
  private static final double WINITZKI = 0.147;

  private LinearOperators() {}

  /** Input 0 as rows of FLOAT; a vector is one row. */
  private static OnnxTensor rows(Call call) throws ModelFormatException {
    OnnxTensor x = call.input(0);
    if (x.type().isIntegers() && x.type() != Type.BOOL) {
      x = Casts.ofInteger(x, call.make(Type.FLOAT, x.shape()));
    }
    if (x.type() != Type.FLOAT || x.rank() < 1 || x.rank() > 2) {
      throw call.error("its input is " + x + ", wanted rows of numbers");
    }
    return x.rank() == 2 ? x : x.reshaped(1, x.count());
  }

  /** Each row's sums of products with the rows of coefficients, and the intercepts. */
  private static OnnxTensor scores(Call call, float[] coefficients, float[] intercepts, int n)
      throws ModelFormatException {
    OnnxTensor x = rows(call);
    int m = x.shape()[0];
    int k = x.shape()[1];
    if ((long) n * k != coefficients.length) {
      throw call.error(
          coefficients.length + " coefficients for " + n + " outputs of " + k + " values");
    }
    OnnxTensor y = call.make(Type.FLOAT, m, n);
    float[] bias = intercepts.length == 0 ? call.scratch(n) : intercepts;
    call.kernels()
        .matmul(
            Transpose.NT,
            x.matrix(m, k),
            new Matrix(coefficients, n, k),
            y.matrix(m, n),
            Epilogue.BIAS,
            Matrix.row(bias, 0, n),
            null);
    return y;
  }

  static float[] numbers(Node node, String name) throws ModelFormatException {
    float[] numbers = node.attributes().numbers(name);
    return numbers == null ? new float[0] : numbers;
  }

  private static String transform(Node node, String... known) throws ModelFormatException {
    String transform = node.attributes().text("post_transform", "NONE");
    if (!List.of(known).contains(transform)) {
      throw node.error("post_transform " + transform + " is not supported");
    }
    return transform;
  }

  private static OnnxTensor transformed(Call call, OnnxTensor z, String transform) {
    int m = z.shape()[0];
    int n = z.shape()[1];
    switch (transform) {
      case "LOGISTIC" -> call.kernels().activate(Activation.SIGMOID, z.row(), z.row());
      case "SOFTMAX" -> {
        if (z.count() > 0) {
          call.kernels().softmax(z.matrix(m, n), z.matrix(m, n));
        }
      }
      case "SOFTMAX_ZERO" -> {
        for (int i = 0; i < m; i++) {
          softmaxZero(z.floats(), i * n, n);
        }
      }
      case "PROBIT" -> {
        for (int i = 0; i < z.count(); i++) {
          z.floats()[i] = probit(z.floats()[i]);
        }
      }
      default -> {
        // As it is.
      }
    }
    return z;
  }

  /** The softmax of those that are not 0; the others stay 0. */
  private static void softmaxZero(float[] z, int off, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = off; j < off + n; j++) {
      max = Math.max(max, z[j]);
    }
    float sum = 0;
    for (int j = off; j < off + n; j++) {
      boolean zero = Math.abs(z[j]) <= NEARLY_ZERO;
      z[j] = zero ? z[j] * FloatMath.exp(-max) : FloatMath.exp(z[j] - max);
      sum += z[j];
    }
    for (int j = off; j < off + n; j++) {
      z[j] = sum == 0 ? 0 : z[j] / sum;
    }
  }

  /** The inverse of the normal distribution, by the formula of Winitzki that runtimes have. */
  private static float probit(float p) {
    double x = 2.0 * p - 1;
    double log = StrictMath.log((1 - x) * (1 + x));
    double v = 2 / (Math.PI * WINITZKI) + 0.5 * log;
    return (float)
        (Math.sqrt(2) * Math.signum(x) * Math.sqrt(-v + Math.sqrt(v * v - log / WINITZKI)));
  }

  static Operator regressor(Node node) throws ModelFormatException {
    node.attributes().requireOnly("coefficients", "intercepts", "post_transform", "targets");
    float[] coefficients = numbers(node, "coefficients");
    float[] intercepts = numbers(node, "intercepts");
    int n = node.attributes().intValue("targets", 1);
    String transform = transform(node, "NONE");
    if (n < 1 || (intercepts.length != 0 && intercepts.length != n)) {
      throw node.error(n + " targets and " + intercepts.length + " intercepts");
    }
    return call ->
        call.output(0, transformed(call, scores(call, coefficients, intercepts, n), transform));
  }

  /** The class of the greatest score, and the scores. */
  static Operator classifier(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    a.requireOnly(
        "classlabels_ints",
        "classlabels_strings",
        "coefficients",
        "intercepts",
        "multi_class",
        "post_transform");
    float[] coefficients = numbers(node, "coefficients");
    float[] intercepts = numbers(node, "intercepts");
    String transform = transform(node, "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT");
    a.integer("multi_class", 0);
    OnnxTensor labels = labels(a);
    int classes = labels.count();
    int n = scoreCount(node, classes);
    boolean two = n == 1 && classes == 2;
    if (classes == 0 || (n != classes && !two)) {
      throw node.error(classes + " class labels for " + n + " scores are not supported");
    }
    // One score for two classes: runtimes do not agree on what the scores are then.
    if (two && node.hasOutput(1) && !transform.equals("LOGISTIC")) {
      throw node.error(
          "one score for two classes with post_transform " + transform + " is not supported");
    }
    return call -> {
      OnnxTensor z = scores(call, coefficients, intercepts, n);
      int m = z.shape()[0];
      OnnxTensor y = call.make(labels.type(), m);
      for (int i = 0; i < m; i++) {
        int best = two && z.floats()[i] > 0 ? 1 : 0;
        for (int j = 1; j < n; j++) {
          best = z.floats()[i * n + j] > z.floats()[i * n + best] ? j : best;
        }
        ShapeOperators.copy(labels, best, y, i, 1);
      }
      call.output(0, y);
      call.output(1, transformed(call, two ? both(call, z) : z, transform));
    };
  }

  /** The intercepts, else the labels, say how many scores there are. */
  private static int scoreCount(Node node, int classes) throws ModelFormatException {
    int intercepts = numbers(node, "intercepts").length;
    return intercepts == 0 ? classes : intercepts;
  }

  /** The scores -z and z of two classes. */
  private static OnnxTensor both(Call call, OnnxTensor z) throws ModelFormatException {
    OnnxTensor both = call.make(Type.FLOAT, z.count(), 2);
    for (int i = 0; i < z.count(); i++) {
      both.floats()[2 * i] = -z.floats()[i];
      both.floats()[2 * i + 1] = z.floats()[i];
    }
    return both;
  }

  static OnnxTensor labels(Attributes a) throws ModelFormatException {
    long[] ints = a.integers("classlabels_ints");
    if (ints != null && ints.length > 0) {
      return OnnxTensor.of(ints, ints.length);
    }
    String[] texts = a.texts("classlabels_strings").toArray(new String[0]);
    return OnnxTensor.of(texts, texts.length);
  }

  /** Each row divided by its greatest value, or its norm; a row of norm 0 stays. */
  static Operator normalizer(Node node) throws ModelFormatException {
    node.attributes().requireOnly("norm");
    String norm = node.attributes().text("norm", "MAX");
    if (!List.of("MAX", "L1", "L2").contains(norm)) {
      throw node.error("norm " + norm + " is not supported");
    }
    return call -> {
      OnnxTensor x = rows(call);
      int n = x.shape()[1];
      OnnxTensor y = call.make(Type.FLOAT, x.shape());
      for (int i = 0; i < x.count(); i += n) {
        double size = norm.equals("MAX") ? Double.NEGATIVE_INFINITY : 0;
        for (int j = i; j < i + n; j++) {
          double value = x.floats()[j];
          size =
              switch (norm) {
                case "MAX" -> Math.max(size, value);
                case "L1" -> size + Math.abs(value);
                default -> size + value * value;
              };
        }
        size = norm.equals("L2") ? Math.sqrt(size) : size;
        for (int j = i; j < i + n; j++) {
          y.floats()[j] = (float) (size == 0 ? x.floats()[j] : x.floats()[j] / size);
        }
      }
      call.output(0, y.reshaped(call.input(0).dims()));
    };
  }

  /** Puts a constant, one a column or one for all, where the value is one that stands for none. */
  static Operator imputer(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    a.requireOnly(
        "imputed_value_floats",
        "imputed_value_int64s",
        "replaced_value_float",
        "replaced_value_int64");
    float[] floats = numbers(node, "imputed_value_floats");
    long[] ints = a.integers("imputed_value_int64s");
    float replaced = a.number("replaced_value_float", 0);
    long replacedInt = a.integer("replaced_value_int64", 0);
    if (floats.length == 0 == (ints == null || ints.length == 0)) {
      throw node.error("it must have imputed values of one type");
    }
    return call -> {
      OnnxTensor x = call.input(0);
      OnnxTensor y = call.make(x.type(), x.shape());
      int n = x.rank() == 0 ? 1 : x.shape()[x.rank() - 1];
      int values = floats.length == 0 ? ints.length : floats.length;
      boolean wanted = x.type() == (floats.length == 0 ? Type.INT64 : Type.FLOAT);
      if (!wanted || (values != 1 && values != n)) {
        throw call.error(values + " imputed values for " + x);
      }
      for (int i = 0; i < y.count(); i++) {
        int j = values == 1 ? 0 : i % n;
        if (x.data() instanceof float[] from) {
          boolean none = from[i] == replaced || (Float.isNaN(from[i]) && Float.isNaN(replaced));
          y.floats()[i] = none ? floats[j] : from[i];
        } else {
          y.longs()[i] = x.longs()[i] == replacedInt ? ints[j] : x.longs()[i];
        }
      }
      call.output(0, y);
    };
  }
}
