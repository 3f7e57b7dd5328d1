package io.lanewise.cli;

import io.lanewise.internal.Names;
import io.lanewise.nn.LossOptions;
import io.lanewise.nn.NetworkBuilder;
import io.lanewise.nn.Reduction;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What the loss is told beside its name. */
final class LossFlags {
  @Option(
      names = "--class-weights",
      paramLabel = "F,F",
      split = ",",
      description = "cross-entropy: the weight of each class, in their order.")
  private float[] classWeights;

  @Option(
      names = "--label-smoothing",
      paramLabel = "F",
      description = "The share of a target that is spread over all classes. Default: 0.")
  private Float labelSmoothing;

  @Option(
      names = "--positive-weight",
      paramLabel = "F,F",
      split = ",",
      description = "bce: the weight of targets that are 1, for each output.")
  private float[] positiveWeight;

  @Option(
      names = "--huber-delta",
      paramLabel = "F",
      description = "huber: the largest error that is squared. Default: 1.")
  private Float huberDelta;

  @Option(
      names = "--reduction",
      paramLabel = "NAME",
      description =
          "mean-over-batch, mean-over-elements, weighted-mean or sum. Default: mean-over-batch.")
  private String reduction;

  void apply(NetworkBuilder builder) {
    LossOptions options = LossOptions.DEFAULT;
    if (classWeights != null) {
      LossOptions before = options;
      options = Named.option("--class-weights", () -> before.classWeights(classWeights));
    }
    if (labelSmoothing != null) {
      LossOptions before = options;
      options = Named.option("--label-smoothing", () -> before.labelSmoothing(labelSmoothing));
    }
    if (positiveWeight != null) {
      LossOptions before = options;
      options = Named.option("--positive-weight", () -> before.positiveWeights(positiveWeight));
    }
    if (huberDelta != null) {
      LossOptions before = options;
      options = Named.option("--huber-delta", () -> before.huberDelta(huberDelta));
    }
    builder.lossOptions(options);
    if (reduction != null) {
      builder.reduction(
          Named.option(
              "--reduction",
              () -> Names.parse(Reduction.class, reduction.toLowerCase(Locale.ROOT))));
    }
  }
}
