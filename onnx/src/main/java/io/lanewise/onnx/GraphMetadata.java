package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a graph's file says of the meaning of its outputs, as a model keeps it. */
final class GraphMetadata {
  private static final String OPEN = "classes-open";
  private static final Set<String> TASKS = Set.of("classification", "regression", "multilabel");

  private GraphMetadata() {}

  /** Returns the texts of the file, and what they leave open: see {@link OnnxModel#toModel}. */
  static Map<String, String> of(Graph graph) throws ModelFormatException {
    Map<String, String> metadata = new LinkedHashMap<>(graph.metadata());
    boolean ours = metadata.containsKey(OnnxExport.LOSS);
    metadata.keySet().removeIf(name -> name.startsWith("lanewise."));
    if (ours) {
      return metadata;
    }
    // That of somebody else is another thing than ours of that name.
    metadata.remove("encoding");
    Values values = Values.of(graph);
    String answer = Answer.of(graph, values);
    List<String> classes = List.of();
    metadata.remove(OPEN);
    try {
      classes = ClassLabels.of(graph, values, answer);
    } catch (ModelFormatException e) {
      // Who uses the model may say them.
      metadata.remove("classes");
      metadata.put(OPEN, e.getMessage());
    }
    if (!classes.isEmpty()) {
      metadata.put("classes", ClassLabels.line(classes));
    } else if (tellsClasses(graph, values, answer)) {
      metadata.put("task", "classification");
    } else if (!TASKS.contains(metadata.getOrDefault("task", ""))) {
      metadata.put("task", "unknown");
    }
    return metadata;
  }

  /** Whether an output is the label that an arg-max of the answer tells. */
  private static boolean tellsClasses(Graph graph, Values values, String answer)
      throws ModelFormatException {
    boolean tells = false;
    for (ValueInfo output : graph.outputs()) {
      tells |= answer.equals(Answer.scores(output.name(), values));
    }
    return tells;
  }
}
