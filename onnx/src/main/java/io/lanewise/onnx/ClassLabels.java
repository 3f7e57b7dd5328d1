package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a graph calls its classes: the keys of a ZipMap, the labels of a classifier, or a constant
 * of which an arg-max picks one. They are those of an output if the arg-max or the map is of the
 * same columns: of the output, of its logits, of its probabilities.
 */
final class ClassLabels {
  /** What leaves each column in its place. */
  private static final Set<String> COLUMNS_STAY =
      Set.of(
          "Cast",
          "Clip",
          "Dropout",
          "Exp",
          "Flatten",
          "Identity",
          "Log",
          "LogSoftmax",
          "Normalizer",
          "Reshape",
          "Sigmoid",
          "Softmax",
          "Squeeze",
          "Unsqueeze",
          "ZipMap");

  static final Set<String> INDEX_STAYS =
      Set.of("Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  /** Further than any graph goes that somebody means, so that no file takes long. */
  static final int MOST_STEPS = 32;

  private final Graph graph;
  private final Values values;
  private final String columns;

  private ClassLabels(Graph graph, Values values, String output) {
    this.graph = graph;
    this.values = values;
    columns = columns(output);
  }

  /**
   * Returns the classes of an output in their order; empty if the graph names none.
   *
   * @throws ModelFormatException if two nodes do not agree, or a class is no whole number, or the
   *     arg-max is not along the outputs of a row
   */
  static List<String> of(Graph graph, Values values, String output) throws ModelFormatException {
    ClassLabels labels = new ClassLabels(graph, values, output);
    List<String> found = List.of();
    for (Node node : graph.nodes()) {
      List<String> own = labels.labels(node);
      if (!own.isEmpty() && !found.isEmpty() && !found.equals(own)) {
        throw node.error(
            "its classes are " + shown(own) + ", those of a node before are " + shown(found));
      }
      found = own.isEmpty() ? found : own;
    }
    return found;
  }

  private static String shown(List<String> labels) {
    String first = labels.stream().limit(10).collect(Collectors.joining(", "));
    return labels.size() > 10 ? first + ", ... (" + labels.size() + ")" : first;
  }

  /** The first value that has the same columns in the same places. */
  private String columns(String value) {
    String at = value;
    for (int i = 0; i < MOST_STEPS; i++) {
      Node node = values.maker(at);
      if (node == null) {
        break;
      }
      boolean twoClasses = node.operator().equals("Concat") && node.inputs().length == 2;
      if (COLUMNS_STAY.contains(node.operator())) {
        at = node.inputs()[0];
      } else if (twoClasses && isOneMinus(node.inputs()[0], node.inputs()[1])) {
        at = node.inputs()[1];
      } else {
        break;
      }
    }
    return at;
  }

  private boolean isOneMinus(String rest, String p) {
    Node minus = values.maker(rest, "Sub");
    return minus != null && minus.inputs()[1].equals(p) && values.isConstant(minus.inputs()[0]);
  }

  private List<String> labels(Node node) throws ModelFormatException {
    boolean ml = node.domain().equals(GraphParser.ML);
    if (ml && node.operator().equals("ZipMap")) {
      return isOfOutput(node.inputs()[0]) ? attributes(node) : List.of();
    }
    if (Answer.isClassifier(node)) {
      return node.hasOutput(1) && isOfOutput(node.outputs()[1]) ? attributes(node) : List.of();
    }
    OnnxTensor names = picks(node) ? constant(node.inputs()[0]) : null;
    if (names == null || names.count() < 2) {
      return List.of();
    }
    String scores = Answer.scores(node.inputs()[1], values);
    if (scores == null) {
      requireOther(node);
    }
    return scores != null && isOfOutput(scores) ? texts(node, names) : List.of();
  }

  /** Throws if it picks by an arg-max of the output, but not along the outputs of a row. */
  private void requireOther(Node picks) throws ModelFormatException {
    Node node = values.maker(picks.inputs()[1]);
    for (int i = 0; i < MOST_STEPS && node != null && INDEX_STAYS.contains(node.operator()); i++) {
      node = values.maker(node.inputs()[0]);
    }
    if (node != null && node.operator().equals("ArgMax") && isOfOutput(node.inputs()[0])) {
      throw picks.error(
          "it names classes by an arg-max along axis "
              + node.attributes().intValue("axis", 0)
              + ", which is not that of the outputs of a row");
    }
  }

  /** Whether it takes elements by their index. */
  static boolean picks(Node node) {
    boolean ml = node.domain().equals(GraphParser.ML);
    return node.operator().equals(ml ? "ArrayFeatureExtractor" : "Gather");
  }

  /** As the file has it: a DOUBLE that was made a FLOAT may be another number. */
  private OnnxTensor constant(String value) {
    OnnxTensor own = graph.initializers().get(value);
    return own == null ? values.constant(value) : own;
  }

  private boolean isOfOutput(String value) {
    return columns(value).equals(columns);
  }

  private static List<String> attributes(Node node) throws ModelFormatException {
    Attributes a = node.attributes();
    if (a.has("classlabels_strings") && !a.texts("classlabels_strings").isEmpty()) {
      return List.copyOf(a.texts("classlabels_strings"));
    }
    List<String> texts = new ArrayList<>();
    for (String name : List.of("classlabels_int64s", "classlabels_ints")) {
      if (texts.isEmpty() && a.has(name)) {
        for (long label : a.integers(name)) {
          texts.add(Long.toString(label));
        }
      }
    }
    return texts;
  }

  private static List<String> texts(Node node, OnnxTensor names) throws ModelFormatException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < names.count(); i++) {
      texts.add(
          switch (names.data()) {
            case String[] strings -> strings[i];
            case float[] floats -> whole(node, floats[i]);
            case double[] doubles -> whole(node, doubles[i]);
            default -> Long.toString(names.integer(i));
          });
    }
    return texts;
  }

  private static String whole(Node node, double label) throws ModelFormatException {
    if (label != Math.rint(label) || Math.abs(label) > 1L << 53) {
      throw node.error("the class " + label + " is no whole number");
    }
    return Long.toString((long) label);
  }

  /** A line of CSV. */
  static String line(List<String> labels) {
    return labels.stream()
        .map(label -> '"' + label.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(","));
  }
}
