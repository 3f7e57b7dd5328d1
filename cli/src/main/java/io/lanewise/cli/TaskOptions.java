package io.lanewise.cli;

import io.lanewise.data.DataException;
import io.lanewise.data.Meaning;
import io.lanewise.data.Meaning.Task;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.onnx.OnnxRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the outputs of a model mean, where its file does not say it. */
class TaskOptions {
  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "What the outputs are for: classification, regression or multilabel. Default: what the"
              + " file says.")
  private Task task;

  @Option(
      names = "--classes",
      paramLabel = "A,B,C",
      description = "The names of the classes, in the order of the outputs.")
  private List<String> classes = List.of();

  Activation output;
  String outputName;
  private boolean mayRun;
  private OnnxRows graph;
  private final List<String> notes = new ArrayList<>();

  /**
   * The options of a model that is read, not made: beside these, which output, and what follows it.
   */
  static final class OfModel extends TaskOptions {
    @Option(
        names = "--output",
        paramLabel = "NAME",
        description =
            "The activation of the last layer, where it has none: softmax, sigmoid, identity, ...")
    void output(Activation f) {
      output = f;
    }

    @Option(
        names = "--output-name",
        paramLabel = "NAME",
        description = "ONNX: which output of the graph, where it has several.")
    void outputName(String name) {
      outputName = name;
    }
  }

  Activation output() {
    return output;
  }

  /**
   * Loads a model file or an ONNX file.
   *
   * @param mayRun whether a graph that does not fold is run as it is: {@link #graph}
   */
  Meaning load(Path file, boolean mayRun) throws IOException {
    this.mayRun = mayRun;
    return meaning(file, read(file), output == Activation.IDENTITY);
  }

  /** The graph that is run as it is, of which the model says what it means; null for a network. */
  OnnxRows graph() {
    return graph;
  }

  /** The same, where nobody has to know what the outputs mean. */
  Model loadOpen(Path file) throws IOException {
    boolean open = task == null && classes.isEmpty() && output == null;
    return open ? read(file) : load(file, false).model();
  }

  private Model read(Path file) throws IOException {
    ModelFiles.requireModel(file);
    if (ModelFiles.isOnnx(file)) {
      return answer(file, onnx(file));
    }
    requireNoOutputName(file);
    return Model.load(file);
  }

  /** Prints what is worth a word; not before all is well, since an error is one line. */
  void printNotes(PrintWriter out) {
    notes.forEach(out::println);
    out.flush();
  }

  private static OnnxModel onnx(Path file) throws IOException {
    try {
      return OnnxModel.load(file);
    } catch (ModelFormatException e) {
      if (e.getCause() instanceof UnsupportedOperationException) {
        throw new GraphRows.FailedException(e.getMessage());
      }
      throw e;
    }
  }

  private void requireNoOutputName(Path file) {
    if (outputName != null) {
      throw new UsageException("--output-name is of ONNX files: " + file + " has one output");
    }
  }

  /** What leads to the output that is wanted. */
  private Model answer(Path file, OnnxModel onnx) throws IOException {
    try {
      OnnxModel chosen = outputName == null ? onnx : onnx.withOutput(outputName);
      Model model = model(file, chosen);
      List<String> names = chosen.outputs().stream().map(OnnxModel.ValueInfo::name).toList();
      String answer = chosen.answer();
      if (!names.equals(List.of(answer))) {
        notes.add(
            file
                + ": takes the output "
                + answer
                + " of "
                + names.subList(0, Math.min(8, names.size()))
                + "; --output-name takes another");
      }
      return model;
    } catch (IllegalArgumentException e) {
      throw new UsageException(file + ": --output-name: " + e.getMessage());
    } catch (ModelFormatException e) {
      throw new ModelFormatException(file + ": " + e.getMessage());
    }
  }

  /** A network; or, of a graph that does not fold, what says as much of it. */
  private Model model(Path file, OnnxModel onnx) throws ModelFormatException {
    try {
      return onnx.toModel();
    } catch (ModelFormatException e) {
      try {
        onnx.answer();
        graph = onnx.rows();
      } catch (ModelFormatException none) {
        if (mayRun) {
          throw new GraphRows.FailedException(file + ": " + none.getMessage());
        }
        throw e;
      }
      if (!mayRun) {
        throw new ModelFormatException(
            e.getMessage() + "; lanewise predict and evaluate run it as it is");
      }
      notes.add(file + ": is run as it is, node by node: " + e.getMessage());
      return graph.model();
    }
  }

  /** Says of an ONNX file what it means. */
  Meaning of(Path file, OnnxModel onnx) throws IOException {
    return meaning(file, answer(file, onnx), output == Activation.IDENTITY);
  }

  /**
   * Says of weights alone what they mean. The caller named their layers: where the last has no
   * activation, its outputs are taken as they are.
   */
  Meaning of(Path file, Model weights) throws IOException {
    requireNoOutputName(file);
    boolean plain = weights.network().outputLayer().activation() == Activation.IDENTITY;
    return meaning(file, weights, plain);
  }

  /**
   * What was said, or what the file says.
   *
   * @param plain whether the outputs are what they are, if nothing says that they are classes
   */
  private Meaning meaning(Path file, Model read, boolean plain) throws IOException {
    try {
      Model model = output == null ? read : Meaning.withOutput(read, output);
      List<String> names = ColumnLists.split(classes).stream().map(String::strip).toList();
      Task known = Meaning.known(model);
      Activation last = model.network().outputLayer().activation();
      Task meant = task == null ? known : task;
      if (meant == null && !names.isEmpty() && last != Activation.SIGMOID) {
        meant = Task.CLASSIFICATION;
      }
      if (meant == null && names.isEmpty() && plain) {
        meant = Task.REGRESSION;
        notes.add(
            file
                + ": takes the outputs as they are, for a regression; if they are logits of classes,"
                + " say --task classification");
      }
      boolean said = meant == null || task == null && names.isEmpty() && meant == known;
      return said ? Meaning.of(model) : Meaning.of(model, meant, names);
    } catch (DataException e) {
      throw new DataException(file + ": " + e.getMessage());
    }
  }
}
