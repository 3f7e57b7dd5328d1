package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Activation.Kind;
import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An activation that is one operator of ONNX: read from a node, and written as one. An activation
 * that is a row here needs nothing else.
 *
 * @param kind the activation's
 * @param operator its name
 * @param since the first opset that has it
 * @param attribute what the parameter is called, or null
 * @param standard what a node without that attribute means
 * @param fixed attributes that must have these values, which a node without them means
 * @param names all attributes that it may have
 */
record ActivationRow(
    Kind kind,
    String operator,
    int since,
    String attribute,
    float standard,
    Map<String, Float> fixed,
    String[] names) {
  static final float SELU_ALPHA = (float) 1.6732632423543772;
  static final float SELU_GAMMA = (float) 1.0507009873554805;

  // An array: a file may have many nodes, and an iterator for each would count.
  private static final ActivationRow[] ROWS = {
    plain(Kind.RELU, "Relu"),
    parametric(Kind.LEAKY_RELU, "LeakyRelu", "alpha", 0.01f),
    parametric(Kind.ELU, "Elu", "alpha", 1),
    plain(Kind.SELU, "Selu").with("alpha", SELU_ALPHA).with("gamma", SELU_GAMMA),
    plain(Kind.SIGMOID, "Sigmoid"),
    parametric(Kind.HARD_SIGMOID, "HardSigmoid", "alpha", 0.2f).with("beta", 0.5f),
    plain(Kind.HARD_SWISH, "HardSwish").from(14),
    plain(Kind.MISH, "Mish").from(18),
    plain(Kind.TANH, "Tanh"),
    plain(Kind.SOFTSIGN, "Softsign"),
    plain(Kind.SOFTPLUS, "Softplus")
  };

  private static ActivationRow plain(Kind kind, String operator) {
    return parametric(kind, operator, null, 0);
  }

  private static ActivationRow parametric(
      Kind kind, String operator, String attribute, float standard) {
    String[] names = attribute == null ? new String[0] : new String[] {attribute};
    return new ActivationRow(kind, operator, 1, attribute, standard, Map.of(), names);
  }

  private ActivationRow with(String name, float value) {
    Map<String, Float> all = new TreeMap<>(fixed);
    all.put(name, value);
    List<String> more = new ArrayList<>(List.of(names));
    more.add(name);
    String[] names = more.toArray(String[]::new);
    return new ActivationRow(kind, operator, since, attribute, standard, all, names);
  }

  private ActivationRow from(int opset) {
    return new ActivationRow(kind, operator, opset, attribute, standard, fixed, names);
  }

  /** Returns the operators that are a row here. */
  static List<String> operators() {
    return Arrays.stream(ROWS).map(ActivationRow::operator).toList();
  }

  /** Returns the row of that operator, or null. */
  static ActivationRow of(String operator) {
    for (ActivationRow row : ROWS) {
      if (row.operator.equals(operator)) {
        return row;
      }
    }
    return null;
  }

  /** Returns the row of that kind, or null if it is written as several nodes, or has an axis. */
  static ActivationRow of(Kind kind) {
    for (ActivationRow row : ROWS) {
      if (row.kind == kind) {
        return row;
      }
    }
    return null;
  }

  /** Returns the activation that the node is, or null if its attributes make it no activation. */
  Activation read(Node node) throws ModelFormatException {
    Attributes attributes = node.attributes();
    attributes.requireOnly(names);
    for (Map.Entry<String, Float> entry : fixed.entrySet()) {
      if (attributes.number(entry.getKey(), entry.getValue()) != entry.getValue()) {
        return null;
      }
    }
    if (attribute == null) {
      return Activation.of(kind);
    }
    try {
      return Activation.of(kind, attributes.number(attribute, standard));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns the attributes of a node that is f. */
  Map<String, Float> attributes(Activation f) {
    Map<String, Float> all = new TreeMap<>(fixed);
    if (attribute != null) {
      all.put(attribute, f.parameter());
    }
    return all;
  }
}
