package io.lanewise.cli;

import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.train.History;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A network for some rows, which takes features as they are, and gives targets as they are. */
final class NewNetwork {
  private static final String HUBER_DELTA = "--huber-delta";

  private final Network network;
  private final TargetUnit unit;
  private final ScaleOptions.Features features;
  // What is trained: the same but for Huber's delta, which is of scaled targets.
  private final Network learner;

  private NewNetwork(
      Network network, TargetUnit unit, ScaleOptions.Features features, Network learner) {
    this.network = network;
    this.unit = unit;
    this.features = features;
    this.learner = learner;
  }

  /** Makes one as a command was told, and fits the scaling to the rows to train on. */
  static NewNetwork of(
      CommandSpec command,
      TrainingOptions training,
      NetworkOptions options,
      TrainingOptions.Loaded loaded)
      throws IOException {
    Encoding encoding = loaded.encoding();
    RowSource rows = loaded.training();
    ParseResult given = command.commandLine().getParseResult();
    ScaleOptions.Features features = training.features(loaded);
    Function<Float, Network> make =
        huberDelta ->
            options.build(
                encoding.nIn(),
                encoding.nOut(),
                !encoding.hasLabels(),
                features.fit(),
                builder -> LossFlags.apply(given, builder, huberDelta));
    Network said = make.apply(null);
    LossFlags.require(given, said.loss());
    TargetUnit unit = TargetUnit.of(rows, encoding, said, training.scalesNothing());
    if (unit.scaling() == null || said.loss() != Loss.HUBER) {
      return new NewNetwork(said, unit, features, said);
    }
    if (given.hasMatchedOption(HUBER_DELTA)) {
      float delta = unit.scaled(said.lossOptions().huberDelta());
      return new NewNetwork(said, unit, features, make.apply(delta));
    }
    float deviation = (float) unit.deviation();
    return new NewNetwork(deviation > 0 ? make.apply(deviation) : said, unit, features, said);
  }

  /** The network as it is saved. */
  Network network() {
    return network;
  }

  /** The network that is trained. */
  Network learner() {
    return learner;
  }

  /** What the losses of its training are of. */
  TargetUnit unit() {
    return unit;
  }

  /**
   * What is scaled, and how, in one line.
   *
   * @param more said of it if anything is
   */
  String scaling(String more) {
    boolean any = features.fit() != null || unit.scaling() != null;
    return unit.scaling(features) + (any ? more : "");
  }

  /** Begins its training. */
  Trainer trainer(Kernels kernels, long seed) {
    Trainer trainer = new Trainer(learner).kernels(kernels).seed(seed);
    Scaling.Fit targets = unit.scaling();
    return targets == null ? trainer : trainer.targetScaling(targets);
  }

  /** Trains it. */
  History fit(CommandSpec command, Trainer trainer, RowSource rows) {
    try {
      return Named.options(command, () -> trainer.fit(rows));
    } finally {
      float[] parameters = learner.parameters();
      System.arraycopy(parameters, 0, network.parameters(), 0, parameters.length);
      System.arraycopy(learner.state(), 0, network.state(), 0, learner.state().length);
    }
  }
}
