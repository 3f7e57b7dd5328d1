package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which output of a graph is its answer: what is made of numbers all the way, and of which no other
 * such output is made. A hidden layer, or logits beside their softmax, are on the way to another;
 * labels are told by an arg-max, and are no numbers.
 */
final class Answer {
  private static final Set<String> DECISIONS =
      Set.of(
          ("ArgMax Equal Not Less LessOrEqual Greater GreaterOrEqual And Or Xor IsNaN Shape")
              .split(" "));

  private Answer() {}

  /**
   * Returns the name of the output.
   *
   * @throws ModelFormatException if there is none, or more than one
   */
  static String of(Graph graph, Values values) throws ModelFormatException {
    Set<String> numbers = numbers(graph);
    List<ValueInfo> candidates =
        graph.outputs().stream()
            .filter(o -> (o.type() == null || o.type().isReal()) && numbers.contains(o.name()))
            .toList();
    if (candidates.isEmpty() && graph.outputs().size() == 1) {
      return only(graph.outputs().get(0), values);
    }
    if (candidates.isEmpty()) {
      throw new ModelFormatException(
          "no output is made of the input as a FLOAT: it has "
              + graph.outputs().stream().limit(8).toList());
    }
    Set<String> onTheWay = new HashSet<>();
    for (ValueInfo output : candidates) {
      addBefore(values, output.name(), onTheWay);
    }
    List<ValueInfo> last =
        candidates.stream().filter(output -> !onTheWay.contains(output.name())).toList();
    if (last.size() > 1) {
      throw new ModelFormatException(
          "it has several outputs, of which none is on the way to another: "
              + last.stream().limit(8).toList()
              + ": choose one, such as --output-name "
              + last.get(0).name()
              + ", in Java OnnxModel.withOutput");
    }
    return last.get(0).name();
  }

  /** An output that is alone: of labels what they were told of, else itself. */
  private static String only(ValueInfo output, Values values) throws ModelFormatException {
    String scores = scores(output.name(), values);
    if (scores == null && output.type() != null && !output.type().isReal()) {
      throw new ModelFormatException(
          "its output " + output + " is no FLOAT, and no class that an arg-max of rows tells");
    }
    return scores == null ? output.name() : scores;
  }

  /** The scores of each class of which a value is the label; null if it is none. */
  static @Nullable String scores(String label, Values values) throws ModelFormatException {
    String at = label;
    for (int i = 0; i < ClassLabels.MOST_STEPS && values.maker(at) != null; i++) {
      Node node = values.maker(at);
      if (isClassifier(node)) {
        return at.equals(node.outputs()[0]) && node.hasOutput(1) ? node.outputs()[1] : null;
      }
      if (node.operator().equals("ArgMax")) {
        int axis = node.attributes().intValue("axis", 0);
        String of = node.inputs()[0];
        // Of an input there is nothing to compute.
        return (axis == 1 || axis == -1) && values.maker(of) != null ? of : null;
      }
      boolean picks = ClassLabels.picks(node) && values.isConstant(node.inputs()[0]);
      if (!picks && !ClassLabels.INDEX_STAYS.contains(node.operator())) {
        return null;
      }
      at = node.inputs()[picks ? 1 : 0];
    }
    return null;
  }

  /** All values that are made of the inputs without a decision between. */
  private static Set<String> numbers(Graph graph) throws ModelFormatException {
    Set<String> numbers = new HashSet<>();
    graph.inputs().forEach(input -> numbers.add(input.name()));
    for (Node node : graph.nodes()) {
      boolean ofNumbers = false;
      for (String input : node.inputs()) {
        ofNumbers |= numbers.contains(input);
      }
      boolean whole = node.operator().equals("Cast") && !ShapeOperators.castTo(node).isReal();
      if (!ofNumbers || whole || DECISIONS.contains(node.operator())) {
        continue;
      }
      for (int i = isClassifier(node) ? 1 : 0; i < node.outputs().length; i++) {
        numbers.add(node.outputs()[i]);
      }
    }
    return numbers;
  }

  /** Whether its first output is a label, its second the scores. */
  static boolean isClassifier(Node node) {
    return node.domain().equals(GraphParser.ML) && node.operator().endsWith("Classifier");
  }

  /** Adds what a value is made of, but for what is made of those that are there already. */
  private static void addBefore(Values values, String output, Set<String> found) {
    Deque<String> open = new ArrayDeque<>(List.of(output));
    while (!open.isEmpty()) {
      Node node = values.maker(open.pop());
      if (node != null) {
        for (String input : node.inputs()) {
          if (found.add(input)) {
            open.push(input);
          }
        }
      }
    }
  }
}
