package io.lanewise.cli;

import io.lanewise.data.DataException;
import io.lanewise.data.Encoding;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with what the command line keeps in its metadata.
 *
 * @param network the network
 * @param encoding how raw rows become what it takes
 */
record Saved(Network network, Encoding encoding) {
  private static final String ENCODING = "encoding";

  void save(Path file) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ENCODING, encoding.format());
    ModelFile.save(new Model(network, metadata), file);
  }

  static Saved load(Path file) throws IOException {
    Model model = ModelFiles.load(file);
    String text = model.metadata().get(ENCODING);
    Encoding encoding = text == null ? plain(model.network()) : parse(file, text);
    requireMatch(file, model.network(), encoding);
    return new Saved(model.network(), encoding);
  }

  /** That of a model which says nothing of it: rows of numbers, classes that are integers. */
  private static Encoding plain(Network network) {
    if (!network.loss().ofProbabilities()
        && network.outputLayer().activation() == Activation.IDENTITY) {
      return Encoding.ofTargets(network.nIn(), network.nOut());
    }
    return Encoding.ofLabels(network.nIn(), List.of(), Math.max(2, network.nOut()));
  }

  private static Encoding parse(Path file, String text) throws IOException {
    try {
      return Encoding.parse(text);
    } catch (DataException e) {
      throw new DataException(file + ": metadata: " + e.getMessage());
    }
  }

  private static void requireMatch(Path file, Network network, Encoding encoding)
      throws IOException {
    boolean binary = encoding.hasLabels() && encoding.nOut() == 2 && network.nOut() == 1;
    if (encoding.nIn() != network.nIn() || encoding.nOut() != network.nOut() && !binary) {
      throw new DataException(
          file
              + ": metadata: an encoding of "
              + encoding.nIn()
              + " features and "
              + encoding.nOut()
              + " outputs, but the network has "
              + network.nIn()
              + " and "
              + network.nOut());
    }
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
