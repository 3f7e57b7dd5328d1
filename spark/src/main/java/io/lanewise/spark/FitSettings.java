package io.lanewise.spark;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Figure;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import io.lanewise.optim.Adagrad;
import io.lanewise.optim.Adam;
import io.lanewise.optim.AdamW;
import io.lanewise.optim.ElementwiseOptimizer;
import io.lanewise.optim.Lion;
import io.lanewise.optim.RmsProp;
import io.lanewise.optim.Sgd;
import io.lanewise.train.EarlyStopping;
import io.lanewise.train.Trainer;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an estimator was told; goes to the workers with their task. */
final class FitSettings implements Serializable, Cloneable {
  final boolean classification;

  List<String> features = List.of("features");
  List<String> targets = List.of("label");
  @Nullable String weight;
  @Nullable String validationColumn;
  List<String> categories = List.of();
  boolean unknownAsZeros;
  // The driver's alone.
  transient Missing missing = Missing.ERROR;
  String prediction = "prediction";
  String probability = "probability";
  @Nullable String partitioned;
  // Of the rows that go to all; 0 for what memory has. For tests.
  long mostBytes;

  int[] hiddenLayers = {100};
  String activation = Activation.RELU.toString();
  double dropout;
  @Nullable String layers;
  Scaling scaling = Scaling.STANDARD;
  Map<String, Double> classWeights = new TreeMap<>();

  int epochs = 20;
  int batchSize = 256;
  String optimizer = "adam";
  double learningRate;
  double weightDecay = -1;
  long seed;
  int shards = 8;
  int workers;
  double validation;
  int patience;
  @Nullable TrainerSetup setup;

  @Nullable String checkpoint;
  long every;
  boolean resume;
  int retries = 3;
  int firstPort;
  int lastPort;
  long timeoutMillis = 60_000;
  @Nullable SslContextFactory tls;
  boolean plainSockets;

  FitSettings(boolean classification) {
    this.classification = classification;
  }

  Columns columns() {
    return new Columns(
        classification, features, targets, weight, validationColumn, categories, unknownAsZeros);
  }

  /** These as they are now. */
  FitSettings copy() {
    try {
      FitSettings copy = (FitSettings) clone();
      copy.classWeights = new TreeMap<>(classWeights);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins the network, up to its last layer. */
  NetworkBuilder hidden(int nIn, Scaling.@Nullable Fit fit) {
    NetworkBuilder builder = Network.builder(nIn).seed(seed);
    if (fit != null) {
      builder.normalization(fit.shift(), fit.scale());
    }
    if (layers != null) {
      Architecture.append(layers, builder);
      return builder;
    }
    for (int size : hiddenLayers) {
      builder.dense(size, Activation.parse(activation));
      if (dropout > 0) {
        builder.dropout(dropout);
      }
    }
    return builder;
  }

  /** The training that all workers, or one alone, go through. */
  Trainer trainer(
      Network network,
      io.lanewise.dataset.@Nullable Dataset held,
      Scaling.@Nullable Fit targetScaling) {
    Trainer trainer =
        new Trainer(network)
            .optimizer(optimizer())
            .epochs(epochs)
            .batchSize(batchSize)
            .shards(shards)
            .shardRows(partitioned != null)
            .seed(seed);
    if (targetScaling != null) {
      trainer.targetScaling(targetScaling);
    }
    if (held != null) {
      trainer.validation(held);
    }
    if (patience > 0 || held != null) {
      Figure figure = held == null ? Figure.LOSS : Figure.VALIDATION_LOSS;
      trainer.earlyStopping(new EarlyStopping(figure, patience, 1e-4, held != null));
    }
    if (setup != null) {
      setup.apply(trainer);
    }
    return trainer;
  }

  ElementwiseOptimizer<?> optimizer() {
    ElementwiseOptimizer<?> made =
        switch (optimizer) {
          case "sgd" -> new Sgd(rate(0.01));
          case "momentum" -> new Sgd(rate(0.01)).momentum(0.9);
          case "nesterov" -> new Sgd(rate(0.01)).nesterov(0.9);
          case "rmsprop" -> new RmsProp(rate(0.01));
          case "adagrad" -> new Adagrad(rate(0.01));
          case "adam" -> new Adam(rate(0.001));
          case "adamw" -> new AdamW(rate(0.001));
          case "lion" -> new Lion(rate(0.0001));
          default ->
              throw new IllegalArgumentException(
                  "optimizer must be sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or"
                      + " lion, got \""
                      + optimizer
                      + "\"");
        };
    if (weightDecay >= 0) {
      made.weightDecay(weightDecay);
    }
    return made;
  }

  private double rate(double usual) {
    return learningRate > 0 ? learningRate : usual;
  }
}
