package io.lanewise.cli;

import io.lanewise.optim.Adagrad;
import io.lanewise.optim.Adam;
import io.lanewise.optim.AdamW;
import io.lanewise.optim.ElementwiseOptimizer;
import io.lanewise.optim.Lion;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Optimizer.ParameterGroup;
import io.lanewise.optim.RmsProp;
import io.lanewise.optim.Sgd;
import io.lanewise.train.Trainer;
import java.util.function.DoubleFunction;
import picocli.CommandLine.Option;

/** How parameters are changed by their gradients. */
final class OptimizerOptions {
  private static final double MOMENTUM = 0.9;

  /** The optimizers by name. */
  enum Name {
    SGD(0.01, Sgd::new),
    MOMENTUM(0.01, Sgd::new),
    NESTEROV(0.01, Sgd::new),
    RMSPROP(0.01, RmsProp::new),
    ADAGRAD(0.01, Adagrad::new),
    ADAM(0.001, Adam::new),
    ADAMW(0.001, AdamW::new),
    LION(0.0001, Lion::new);

    /** The learning rate without another. */
    private final double learningRate;

    private final DoubleFunction<ElementwiseOptimizer<?>> make;

    Name(double learningRate, DoubleFunction<ElementwiseOptimizer<?>> make) {
      this.learningRate = learningRate;
      this.make = make;
    }
  }

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or lion; their settings are"
              + " PyTorch's. Default: adam.")
  private Name optimizer = Name.ADAM;

  @Option(
      names = "--learning-rate",
      paramLabel = "F",
      description =
          "The learning rate. Default: 0.001 for adam and adamw, 0.0001 for lion, else 0.01.")
  private Double learningRate;

  @Option(
      names = "--momentum",
      paramLabel = "F",
      description = "The momentum. Default: 0.9 for momentum and nesterov, 0 for rmsprop.")
  private Double momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "F",
      description =
          "L2, added to the gradients; for adamw and lion decoupled. Default: 0; 0.01 for adamw.")
  private Double weightDecay;

  @Option(
      names = "--l1",
      paramLabel = "F",
      description = "Penalty of absolute values, added to the gradients. Default: 0.")
  private Double l1;

  @Option(names = "--no-decay-bias", description = "No decay and no penalty on biases and norms.")
  private boolean noDecayBias;

  @Option(
      names = "--clip-norm",
      paramLabel = "F",
      description = "The largest norm of all gradients; larger ones are scaled to it.")
  private Double clipNorm;

  @Option(
      names = "--clip-value",
      paramLabel = "F",
      description = "The largest absolute value of a gradient.")
  private Double clipValue;

  @Option(
      names = "--schedule",
      paramLabel = "SCHEDULE",
      description = {
        "How the learning rate changes. Lengths are epochs, or steps with an s: 500s.",
        "  step:EVERY[:FACTOR], multistep:AT:AT...:FACTOR, exponential:FACTOR",
        "  cosine[:LENGTH[:MINIMUM]], restarts:FIRST[:MULTIPLIER[:MINIMUM]]",
        "  onecycle[:LENGTH], plateau[:FACTOR[:PATIENCE]], with :monitor=FIGURE, :threshold=F or",
        "  :delta=F, :cooldown=N, :minimum=F, :best (back to the best weights)",
        "  warmup:LENGTH[:START],SCHEDULE, such as warmup:5,cosine"
      })
  private String schedule;

  private Optimizer create() {
    double rate = learningRate == null ? optimizer.learningRate : learningRate;
    double m = momentum == null ? MOMENTUM : momentum;
    ElementwiseOptimizer<?> made =
        Named.option("--learning-rate", () -> optimizer.make.apply(rate));
    Named.option("--momentum", () -> withMomentum(made, m));
    if (weightDecay != null) {
      Named.option("--weight-decay", () -> made.weightDecay(weightDecay));
    }
    if (l1 != null) {
      Named.option("--l1", () -> made.l1(l1));
    }
    if (clipNorm != null) {
      Named.option("--clip-norm", () -> made.clipNorm(clipNorm));
    }
    if (clipValue != null) {
      Named.option("--clip-value", () -> made.clipValue(clipValue));
    }
    return noDecayBias ? made.groups(ParameterGroup.noDecay()) : made;
  }

  private Optimizer withMomentum(ElementwiseOptimizer<?> made, double m) {
    if (made instanceof Sgd sgd && optimizer != Name.SGD) {
      return optimizer == Name.NESTEROV ? sgd.nesterov(m) : sgd.momentum(m);
    }
    return made instanceof RmsProp rms && momentum != null ? rms.momentum(m) : made;
  }

  /**
   * Sets optimizer and schedule of a trainer that knows its batches.
   *
   * @param rows for lengths in epochs
   */
  Optimizer apply(Trainer trainer, long rows, int epochs) {
    Optimizer made = create();
    trainer.optimizer(made);
    if (schedule != null) {
      trainer.schedule(new ScheduleText(trainer.stepsPerEpoch(rows), epochs).parse(schedule));
    }
    return made;
  }
}
