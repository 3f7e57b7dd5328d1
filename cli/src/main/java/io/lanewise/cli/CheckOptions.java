package io.lanewise.cli;

import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is checked: a model on its data, or a new network on the digits. */
final class CheckOptions {
  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A model, with --data. Default: a new network, on the digits of the demo.")
  private Path model;

  @Option(names = "--data", paramLabel = "FILE", description = "Rows for the model.")
  private Path data;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "IDX, .npy: the labels of the rows.")
  private Path labels;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "19",
      description = "How many of the rows are taken. Default: 19, which leaves tails.")
  private Integer rows = 0;

  @Mixin private TaskOptions taskOptions;
  @Mixin private DataOptions dataOptions;
  @Mixin private NetworkOptions networkOptions;

  /** A network and rows for it. */
  record Subject(Network network, Dataset data) {}

  Subject load() throws IOException {
    if (rows < 1) {
      throw new UsageException("--rows must be at least 1, got " + rows);
    }
    if ((model == null) != (data == null)) {
      throw new UsageException("--model and --data go together");
    }
    if (model == null) {
      Dataset digits = SampleData.digits();
      networkOptions.defaultLayers("67,35");
      return subject(networkOptions.build(digits.nIn(), digits.nOut(), false), digits);
    }
    networkOptions.requireUnused();
    Saved saved = Saved.load(model, taskOptions);
    return subject(saved.network(), saved.read(dataOptions, data, labels));
  }

  private Subject subject(Network network, Dataset all) {
    Dataset first = all.slice(0, Math.min(rows, all.rows()));
    if (first.rows() < 2 && network.layers().stream().anyMatch(Layer::needsBatchStatistics)) {
      throw new UsageException(
          "--rows: batch normalization takes the variance of the rows, wanted at least 2, got "
              + first.rows());
    }
    return new Subject(network, first);
  }
}
