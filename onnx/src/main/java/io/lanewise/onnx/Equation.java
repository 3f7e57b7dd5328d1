package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * The equation of an Einsum, such as "bij,bjk->bik".
 *
 * @param terms of each operand its labels; an ellipsis is one, '.'
 * @param output the labels of the output
 */
record Equation(List<String> terms, String output) {
  static final char ELLIPSIS = '.';

  static Equation of(Node node) throws ModelFormatException {
    node.attributes().requireOnly("equation");
    String text = node.attributes().text("equation", "").replace(" ", "");
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    List<String> terms = new ArrayList<>();
    for (String term : left.split(",", -1)) {
      terms.add(labels(node, text, term));
    }
    if (terms.size() != node.inputs().length) {
      throw node.error(
          "the equation \""
              + text
              + "\" is of "
              + terms.size()
              + " inputs, it has "
              + node.inputs().length);
    }
    String all = String.join("", terms);
    String output = arrow < 0 ? implied(all) : labels(node, text, text.substring(arrow + 2));
    for (char label : output.toCharArray()) {
      boolean known = all.indexOf(label) >= 0 || label == ELLIPSIS;
      if (!known || output.indexOf(label) != output.lastIndexOf(label)) {
        throw node.error("the equation \"" + text + "\" has '" + label + "' in its output");
      }
    }
    return new Equation(List.copyOf(terms), output);
  }

  private static String labels(Node node, String text, String term) throws ModelFormatException {
    String labels = term.replace("...", ".");
    for (char label : labels.toCharArray()) {
      boolean letter = label >= 'a' && label <= 'z' || label >= 'A' && label <= 'Z';
      boolean twice = label == ELLIPSIS && labels.indexOf(label) != labels.lastIndexOf(label);
      if (twice || !letter && label != ELLIPSIS) {
        throw node.error("the equation \"" + text + "\" is none");
      }
    }
    return labels;
  }

  /** What is there once, in the order of the alphabet, after the ellipsis. */
  private static String implied(String all) {
    StringBuilder once = new StringBuilder(all.indexOf(ELLIPSIS) < 0 ? "" : ".");
    all.chars()
        .filter(label -> label != ELLIPSIS && all.indexOf(label) == all.lastIndexOf(label))
        .sorted()
        .forEach(label -> once.append((char) label));
    return once.toString();
  }

  /** The labels of the one text that are in the other, or are not. */
  static String those(String of, String other, boolean in) {
    StringBuilder found = new StringBuilder();
    for (char label : of.toCharArray()) {
      if (other.indexOf(label) >= 0 == in) {
        found.append(label);
      }
    }
    return found.toString();
  }

  /** Where each label of the one text is in the other. */
  static long[] places(String of, String in) {
    return of.chars().mapToLong(in::indexOf).toArray();
  }

  /**
   * Writes the node as a product of matrices and transpositions, which are planned as such.
   *
   * @return whether it is of that form
   */
  boolean write(RuntimeNodes to) throws ModelFormatException {
    String a = terms.get(0);
    String b = terms.size() == 2 ? terms.get(1) : "";
    boolean plain = terms.size() == 2 && (a + b + output).indexOf(ELLIPSIS) < 0;
    if (!plain
        || a.chars().distinct().count() < a.length()
        || b.chars().distinct().count() < b.length()) {
      return false;
    }
    String batch = those(those(a, b, true), output, true);
    String sums = those(those(a, b, true), output, false);
    String rows = those(a, b, false);
    String columns = those(b, a, false);
    boolean kept = those(rows + columns, output, false).isEmpty();
    boolean one = sums.length() == 1 && columns.length() == 1 && !rows.isEmpty();
    if (!kept || !one || (!batch.isEmpty() && rows.length() > 1)) {
      return false;
    }
    String product = batch + rows + columns;
    String x = operand(to, to.in(0), a, batch + rows + sums);
    String y = to.write("MatMul", x, operand(to, to.in(1), b, batch + sums + columns));
    to.last(turned(to, y, product, output));
    return true;
  }

  private static String turned(RuntimeNodes to, String value, String from, String wanted)
      throws ModelFormatException {
    return from.equals(wanted)
        ? value
        : to.write("Transpose", Attributes.of("perm", places(wanted, from)), value);
  }

  /** The same of an operand, which may be of another rank than its term: turning it tells. */
  private static String operand(RuntimeNodes to, String value, String term, String wanted)
      throws ModelFormatException {
    return to.rank(value) == term.length()
        ? turned(to, value, term, wanted)
        : to.write("Transpose", Attributes.of("perm", places(wanted, term)), value);
  }
}
