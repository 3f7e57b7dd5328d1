package io.lanewise.onnx;

import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.model.ModelFormatException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Einsum of one or two operands: both are laid out as matrices, one for each of what they share and
 * keep, and multiplied by the kernels.
 */
final class EinsumOperator {
  private EinsumOperator() {}

  static Operator of(Node node) throws ModelFormatException {
    Equation equation = Equation.of(node);
    if (equation.terms().size() > 2) {
      throw node.unsupported("an equation of more than two inputs is not supported");
    }
    return call -> new Run(call, equation).run();
  }

  /**
   * One execution. Labels are characters; the dimensions of an ellipsis are digits from its end.
   */
  private static final class Run {
    private final Call call;
    private final OnnxTensor[] inputs;
    private final String[] terms;
    private final String output;
    private final Map<Character, Integer> sizes = new LinkedHashMap<>();

    Run(Call call, Equation equation) throws ModelFormatException {
      this.call = call;
      inputs = new OnnxTensor[equation.terms().size()];
      terms = new String[inputs.length];
      int spread = 0;
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = call.floats(i);
        String term = equation.terms().get(i);
        boolean open = term.indexOf(Equation.ELLIPSIS) >= 0;
        int rest = inputs[i].rank() - term.length() + (open ? 1 : 0);
        if (rest < 0 || !open && rest > 0 || rest > 9) {
          throw call.error("its input " + inputs[i] + " does not fit \"" + term + "\"");
        }
        spread = open ? Math.max(spread, rest) : spread;
        terms[i] = spread(term, rest);
      }
      output = spread(equation.output(), spread);
      for (int i = 0; i < inputs.length; i++) {
        for (int d = 0; d < terms[i].length(); d++) {
          size(terms[i].charAt(d), inputs[i].shape()[d]);
        }
      }
    }

    /** With the last of so many dimensions, '0' the last, in the place of the ellipsis. */
    private static String spread(String term, int dims) {
      String digits = new StringBuilder("0123456789".substring(0, dims)).reverse().toString();
      return term.replace(".", digits);
    }

    private void size(char label, int size) throws ModelFormatException {
      int known = sizes.getOrDefault(label, 1);
      if (known != size && known != 1 && size != 1) {
        throw call.error("'" + label + "' is " + known + " and " + size);
      }
      sizes.put(label, known == 1 ? size : known);
    }

    private int[] dims(String labels) {
      return labels.chars().map(label -> sizes.get((char) label)).toArray();
    }

    /** How far apart the elements of an input are along those labels; 0 where it has not them. */
    private int[] strides(int input, String labels) {
      int[] strides = new int[labels.length()];
      int step = 1;
      for (int d = terms[input].length() - 1; d >= 0; d--) {
        int size = inputs[input].shape()[d];
        for (int i = 0; i < strides.length; i++) {
          boolean same = labels.charAt(i) == terms[input].charAt(d);
          strides[i] += same && size > 1 ? step : 0;
        }
        step *= size;
      }
      return strides;
    }

    private OnnxTensor laid(int input, String labels) throws ModelFormatException {
      requireRank(labels);
      return call.strided(inputs[input], 0, strides(input, labels), dims(labels));
    }

    private void requireRank(String labels) throws ModelFormatException {
      call.rank(labels.length());
    }

    void run() throws ModelFormatException {
      String all = String.join("", terms);
      String sums = Equation.those(distinct(all), output, false);
      requireRank(output);
      if (inputs.length == 1 && sums.isEmpty()) {
        call.output(0, laid(0, output));
        return;
      }
      OnnxTensor y = call.make(OnnxTensor.Type.FLOAT, dims(output));
      String b = inputs.length == 1 ? "" : terms[1];
      String batch = Equation.those(Equation.those(output, terms[0], true), b, true);
      String rows = Equation.those(Equation.those(output, terms[0], true), b, false);
      String columns = Equation.those(output, terms[0], false);
      OnnxTensor left = laid(0, batch + rows + sums);
      OnnxTensor right = inputs.length == 1 ? ones(sums) : laid(1, batch + sums + columns);
      int m = Shapes.count(dims(rows));
      int k = Shapes.count(dims(sums));
      int n = Shapes.count(dims(columns));
      OnnxTensor product = call.make(OnnxTensor.Type.FLOAT, dims(batch + rows + columns));
      int products = product.count() == 0 ? 0 : Shapes.count(dims(batch));
      Matrix x = new Matrix();
      Matrix w = new Matrix();
      Matrix z = new Matrix();
      for (int i = 0; i < products; i++) {
        x.set(left.floats(), i * m * k, Math.max(1, k), m, k);
        w.set(right.floats(), i * k * n, n, k, n);
        z.set(product.floats(), i * m * n, n, m, n);
        call.kernels().matmul(Transpose.NN, x, w, z);
      }
      inputs[0] = product;
      terms[0] = batch + rows + columns;
      IndexOperators.strided(product, 0, strides(0, output), y);
      call.output(0, y);
    }

    private OnnxTensor ones(String sums) throws ModelFormatException {
      OnnxTensor ones = call.make(OnnxTensor.Type.FLOAT, dims(sums));
      Arrays.fill(ones.floats(), 1);
      return ones;
    }

    private static String distinct(String labels) {
      StringBuilder found = new StringBuilder();
      labels.chars().distinct().forEach(label -> found.append((char) label));
      return found.toString();
    }
  }
}
