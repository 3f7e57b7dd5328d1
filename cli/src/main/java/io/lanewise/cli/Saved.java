package io.lanewise.cli;

import io.lanewise.data.Encoding;
import io.lanewise.data.Meaning;
import io.lanewise.data.Meaning.Task;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model with what the command line keeps in its metadata.
 *
 * @param network the network
 * @param encoding how raw rows become what it takes
 * @param task what its outputs are for
 * @param graph what is run before the network, on what the encoding makes; null for nothing
 */
record Saved(Network network, Encoding encoding, Task task, OnnxRows graph) {
  // Of the 100 MB of a header, with room for the rest of it.
  private static final long MOST_BYTES = 99_000_000;

  Saved(Network network, Encoding encoding, Task task) {
    this(network, encoding, task, null);
  }

  /** That of a network which was trained on such rows. */
  static Saved of(Network network, Encoding encoding) throws IOException {
    return new Saved(network, encoding, Meaning.of(network, encoding).task());
  }

  /** Throws, before a training, if the names of columns and classes are too many for a file. */
  void requireRoom() {
    long bytes =
        encoding
            .format()
            .chars()
            .map(c -> c < ' ' ? 6 : c == '"' || c == '\\' ? 2 : c < 0x80 ? 1 : 3)
            .asLongStream()
            .sum();
    if (bytes > MOST_BYTES) {
      throw new UsageException(
          "the names of "
              + encoding.columns().size()
              + " columns and their classes and categories are "
              + bytes
              + " bytes in a model file, which has at most "
              + MOST_BYTES
              + ": leave out columns with --ignore, or give them shorter names");
    }
  }

  /** Writes it in the format that the name says. */
  void save(Path file) throws IOException {
    Map<String, String> metadata =
        Map.of(Meaning.ENCODING, encoding.format(), Meaning.TASK, Names.of(task));
    ModelFiles.save(new Model(network, metadata), file);
  }

  static Saved load(Path file, TaskOptions options) throws IOException {
    return of(options.load(file, false), null);
  }

  /** The same, or a graph that is run as it is. */
  static Saved loadToRun(Path file, TaskOptions options) throws IOException {
    Meaning meaning = options.load(file, true);
    Saved saved = of(meaning, options.graph());
    boolean open = saved.isScoresOrProbabilities() && options.output() == null;
    if (open && (saved.isMultilabel() || saved.network.nOut() == 1)) {
      throw new UsageException(
          file
              + ": nothing in it says whether its output is a probability or a logit: --output"
              + " sigmoid says that it is a logit, --task regression gives it as it is");
    }
    return saved;
  }

  private static Saved of(Meaning meaning, OnnxRows graph) {
    Network network = meaning.model().network();
    Network last = graph == null ? network : graph.after(network);
    return new Saved(last, meaning.encoding(), meaning.task(), graph);
  }

  /** Whether the outputs are of classes, and nothing says that they are logits. */
  boolean isScoresOrProbabilities() {
    return graph != null
        && task != Task.REGRESSION
        && network.outputLayer().activation() == Activation.IDENTITY;
  }

  /**
   * What makes probabilities of the outputs; the identity where they are that, or are to be given
   * as they are.
   */
  Activation link(TaskOptions options) {
    boolean asTheyAre = options.output() == Activation.IDENTITY || isScoresOrProbabilities();
    return asTheyAre
        ? Activation.IDENTITY
        : new Meaning(new Model(network, Map.of()), task, encoding).link();
  }

  /** The rows that the network takes: what the graph makes of them, if there is one. */
  RowSource through(Path file, RowSource rows, Kernels kernels) {
    return graph == null ? rows : new GraphRows(file, graph, kernels, rows);
  }

  /** The work of running it; of a graph's nobody knows. */
  double work(long rows) {
    return graph == null ? network.work(rows, 256, false) : Double.POSITIVE_INFINITY;
  }

  boolean isMultilabel() {
    return task == Task.MULTILABEL;
  }

  /** Reads rows with what they should give, as the model was trained on them. */
  Dataset read(DataOptions options, Path data, Path labels) throws IOException {
    return inMemory(rows(options, data, labels));
  }

  static Dataset inMemory(RowSource rows) throws IOException {
    return rows instanceof Dataset read ? read : Dataset.read(rows);
  }

  /** Opens rows with what they should give. */
  RowSource rows(DataOptions options, Path data, Path labels) throws IOException {
    RowSource rows = options.rows(data, labels, encoding);
    requireWidth(data, rows.nIn());
    return rows;
  }

  /** Throws, with one clear line, unless the network takes such rows. */
  void requireWidth(Path data, int nIn) {
    if (nIn != encoding.nIn()) {
      throw new UsageException(
          data + ": " + nIn + " features a row, but the model takes " + encoding.nIn());
    }
  }
}
