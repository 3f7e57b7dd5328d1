package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/**
 * A node of a graph.
 *
 * @param index its place in the graph, from 0
 * @param name its name; may be empty
 * @param domain "" for ONNX's own operators
 * @param operator the operator
 * @param opset the version of the operator set of its domain
 * @param inputs the names of the values it reads; empty for one that is left out
 * @param outputs the names of the values it makes; empty for one that is left out
 */
record Node(
    int index,
    String name,
    String domain,
    String operator,
    int opset,
    String[] inputs,
    String[] outputs,
    Attributes attributes) {

  Node with(Attributes other) {
    return new Node(index, name, domain, operator, opset, inputs, outputs, other);
  }

  /** Which node: by place, name, operator and opset. */
  String describe() {
    return "node "
        + index
        + (name.isEmpty() ? "" : " \"" + name + "\"")
        + " ("
        + (domain.isEmpty() ? "" : domain + ".")
        + operator
        + ", opset "
        + opset
        + ")";
  }

  ModelFormatException error(String what) {
    return new ModelFormatException(describe() + ": " + what);
  }

  /** An error of a node that may well be right, but is none that there is here. */
  ModelFormatException unsupported(String what) {
    ModelFormatException e = error(what);
    e.initCause(new UnsupportedOperationException(operator));
    return e;
  }

  /** Throws unless it has that many inputs, the first {@code least} of them given. */
  void requireInputs(int least, int most) throws ModelFormatException {
    if (inputs.length < least || inputs.length > most) {
      throw error(
          "wants "
              + (least == most ? Integer.toString(least) : least + " to " + most)
              + " inputs, has "
              + inputs.length);
    }
    for (int i = 0; i < least; i++) {
      if (inputs[i].isEmpty()) {
        throw error("input " + i + " is left out");
      }
    }
  }

  /** Throws unless it has at least one output, the first given, and at most that many. */
  void requireOutputs(int most) throws ModelFormatException {
    if (outputs.length > most) {
      throw error("has " + outputs.length + " outputs, at most " + most + " are supported");
    }
    if (outputs[0].isEmpty()) {
      throw error("its first output is left out");
    }
  }

  boolean hasInput(int i) {
    return i < inputs.length && !inputs[i].isEmpty();
  }

  boolean hasOutput(int i) {
    return i < outputs.length && !outputs[i].isEmpty();
  }
}
