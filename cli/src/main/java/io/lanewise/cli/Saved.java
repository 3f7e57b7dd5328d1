package io.lanewise.cli;

import io.lanewise.data.DataException;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.train.Dataset;
import io.lanewise.train.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with what the command line keeps in its metadata.
 *
 * @param network the network
 * @param scale what its features are multiplied by
 * @param classes the names of its classes; empty if they are integers
 * @param regression whether it predicts numbers instead of classes
 */
record Saved(Network network, float scale, List<String> classes, boolean regression) {
  private static final String SCALE = "scale";
  private static final String CLASSES = "classes";
  private static final String TASK = "task";
  private static final String REGRESSION = "regression";

  void save(Path file) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (scale != 1) {
      metadata.put(SCALE, Float.toString(scale));
    }
    if (!classes.isEmpty()) {
      metadata.put(CLASSES, String.join("\n", classes));
    }
    if (regression) {
      metadata.put(TASK, REGRESSION);
    }
    ModelFile.save(new Model(network, metadata), file);
  }

  static Saved load(Path file) throws IOException {
    Model model = ModelFile.load(file);
    Map<String, String> metadata = model.metadata();
    String classes = metadata.getOrDefault(CLASSES, "");
    List<String> names = classes.isEmpty() ? List.of() : List.of(classes.split("\n"));
    int count = Math.max(2, model.network().nOut());
    if (!names.isEmpty() && names.size() != count) {
      throw new DataException(
          file + ": metadata has " + names.size() + " class names for " + count + " classes");
    }
    boolean regression = REGRESSION.equals(metadata.get(TASK));
    return new Saved(model.network(), scale(file, metadata.get(SCALE)), names, regression);
  }

  private static float scale(Path file, String text) throws IOException {
    try {
      float scale = text == null ? 1 : Float.parseFloat(text);
      if (Float.isFinite(scale)) {
        return scale;
      }
    } catch (NumberFormatException e) {
      // Says the same as a number that is not finite.
    }
    throw new DataException(file + ": metadata: the scale \"" + text + "\" is not a number");
  }

  /** Reads rows with what they should give, as the model was trained on them. */
  Dataset read(DataOptions options, Path data, Path labels) throws IOException {
    if (regression) {
      return options.targets(data, labels, scale);
    }
    int count = classes.isEmpty() ? Math.max(2, network.nOut()) : 0;
    return options.labelled(data, labels, classes, count, scale).dataset();
  }

  /** Returns the class that a row of outputs, not of scores, speaks for. */
  int predictedClass(float[] y, int off) {
    int nOut = network.nOut();
    if (nOut == 1) {
      boolean logit =
          network.loss() != Loss.MEAN_SQUARED_ERROR
              && network.outputLayer().activation() != Activation.SIGMOID;
      return y[off] > (logit ? 0f : 0.5f) ? 1 : 0;
    }
    return Metrics.predictedClass(network, y, off);
  }

  /** Returns the name of a class. */
  String className(int index) {
    return classes.isEmpty() ? Integer.toString(index) : classes.get(index);
  }

  /** Throws, with one clear line, unless the network takes such rows. */
  void requireWidth(Path model, Path data, int nIn, boolean mayHaveLabel) {
    if (nIn != network.nIn()) {
      String hint =
          mayHaveLabel && nIn == network.nIn() + 1 ? "; leave out the label with --label" : "";
      throw new UsageException(
          data + ": " + nIn + " features a row, but " + model + " takes " + network.nIn() + hint);
    }
  }
}
