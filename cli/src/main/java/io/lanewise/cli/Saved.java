package io.lanewise.cli;

import io.lanewise.data.Encoding;
import io.lanewise.data.Meaning;
import io.lanewise.data.Task;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.internal.Names;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model with what the command line keeps in its metadata.
 *
 * @param network the network
 * @param encoding how raw rows become what it takes
 * @param task what its outputs are for
 */
record Saved(Network network, Encoding encoding, Task task) {

  /** That of a network which was trained on such rows. */
  static Saved of(Network network, Encoding encoding) {
    boolean yesOrNo = network.loss() == Loss.BINARY_CROSS_ENTROPY && network.nOut() > 1;
    Task ofTargets = yesOrNo ? Task.MULTILABEL : Task.REGRESSION;
    return new Saved(network, encoding, encoding.hasLabels() ? Task.CLASSIFICATION : ofTargets);
  }

  /** Writes it in the format that the name says. */
  void save(Path file) throws IOException {
    Map<String, String> metadata =
        Map.of(Meaning.ENCODING, encoding.format(), Meaning.TASK, Names.of(task));
    ModelFiles.save(new Model(network, metadata), file);
  }

  static Saved load(Path file, TaskOptions options, PrintWriter notes) throws IOException {
    Meaning meaning = options.load(file, notes);
    return new Saved(meaning.model().network(), meaning.encoding(), meaning.task());
  }

  boolean isMultilabel() {
    return task == Task.MULTILABEL;
  }

  /** Reads rows with what they should give, as the model was trained on them. */
  Dataset read(DataOptions options, Path data, Path labels) throws IOException {
    RowSource rows = options.rows(data, labels, encoding);
    requireWidth(data, rows.nIn());
    return rows instanceof Dataset read ? read : Dataset.read(rows);
  }

  /** Throws, with one clear line, unless the network takes such rows. */
  void requireWidth(Path data, int nIn) {
    if (nIn != network.nIn()) {
      throw new UsageException(
          data + ": " + nIn + " features a row, but the model takes " + network.nIn());
    }
  }
}
