package io.lanewise.cli;

import io.lanewise.data.Labelled;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.train.Dataset;
import io.lanewise.train.History;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network on a file. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains a network on a CSV or IDX file and saves it.",
    footer = {
      "",
      "Examples:",
      "  lanewise train --data iris.csv --label species --layers 16 --epochs 100 \\",
      "      --validation-split 0.2 --out iris.safetensors --plot iris.svg",
      "  lanewise train --data train-images-idx3-ubyte.gz \\",
      "      --labels train-labels-idx1-ubyte.gz --layers 128 --batch-size 64 \\",
      "      --epochs 5 --threads all --out fashion.safetensors",
      "  lanewise train --data houses.csv --label price --regression \\",
      "      --out houses.safetensors"
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The rows: CSV or IDX, also .gz.")
  private Path data;

  @Option(names = "--labels", paramLabel = "FILE", description = "IDX: the labels of the rows.")
  private Path labels;

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Rows that are evaluated after each epoch.")
  private Path validation;

  @Option(
      names = "--validation-labels",
      paramLabel = "FILE",
      description = "IDX: the labels of these.")
  private Path validationLabels;

  @Option(
      names = "--validation-split",
      paramLabel = "F",
      description = "Instead: the share of the rows that is kept for it, such as 0.2.")
  private Double validationSplit;

  @Option(
      names = "--regression",
      description = "The label is a number to be predicted, not a class.")
  private boolean regression;

  @Option(
      names = "--scale",
      paramLabel = "F",
      defaultValue = "1",
      description = "Multiplies the features; kept with the model. Default: 1.")
  private float scale;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      description = "adam or sgd. Default: adam.")
  private OptimizerName optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "F",
      defaultValue = "0.001",
      description = "Default: 0.001.")
  private double learningRate;

  @Option(names = "--epochs", paramLabel = "N", defaultValue = "10", description = "Default: 10.")
  private int epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "32",
      description = "Default: 32.")
  private int batchSize;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The model, in safetensors.")
  private Path model;

  @Option(names = "--plot", paramLabel = "FILE", description = "The training curves, in SVG.")
  private Path plot;

  @Option(names = "--history", paramLabel = "FILE", description = "The training curves, in CSV.")
  private Path historyFile;

  @Mixin private DataOptions dataOptions;
  @Mixin private NetworkOptions networkOptions;
  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    checkOptions();
    List<String> classes = List.of();
    Dataset training;
    Dataset held = null;
    if (regression) {
      training = dataOptions.targets(data, labels, scale);
      held = validation == null ? null : dataOptions.targets(validation, validationLabels, scale);
    } else {
      Labelled read = dataOptions.labelled(data, labels, List.of(), 0, scale);
      training = read.dataset();
      classes = read.classes();
      held = validation == null ? null : readValidation(classes, training.nOut());
    }
    if (validationSplit != null) {
      Dataset shuffled = training.shuffled(networkOptions.seed());
      int kept = (int) Math.round(training.rows() * validationSplit);
      if (kept < 1 || kept >= training.rows()) {
        throw new UsageException(
            "--validation-split " + validationSplit + " leaves no rows of " + training.rows());
      }
      held = shuffled.slice(0, kept);
      training = shuffled.slice(kept, shuffled.rows());
    }
    Network network = networkOptions.build(training.nIn(), training.nOut(), regression);
    History history = train(network, training, held);
    save(new Saved(network, scale, classes, regression), history);
    return 0;
  }

  private void checkOptions() {
    if (validation != null && validationSplit != null) {
      throw new UsageException("--validation and --validation-split exclude each other");
    }
    if (validationSplit != null && !(validationSplit > 0 && validationSplit < 1)) {
      throw new UsageException("--validation-split must be in (0, 1), got " + validationSplit);
    }
    if (!Float.isFinite(scale) || scale == 0) {
      throw new UsageException("--scale must be finite and not 0, got " + scale);
    }
    Outputs.check(model);
    Outputs.check(plot);
    Outputs.check(historyFile);
  }

  private Dataset readValidation(List<String> classes, int classCount) throws IOException {
    int count = classes.isEmpty() ? classCount : 0;
    return dataOptions.labelled(validation, validationLabels, classes, count, scale).dataset();
  }

  private History train(Network network, Dataset training, Dataset held) {
    PrintWriter out = spec.commandLine().getOut();
    try (Threads threads = kernelOptions.openThreads();
        Progress progress = new Progress(out, training.rows(), epochs)) {
      Trainer trainer =
          new Trainer(network)
              .optimizer(optimizer.create(learningRate))
              .kernels(threads.kernels(kernelOptions.kernels()))
              .batchSize(batchSize)
              .epochs(epochs)
              .seed(networkOptions.seed())
              .listener(progress);
      if (held != null) {
        trainer.validation(held);
      }
      out.println("rows     " + training.rows() + (held == null ? "" : " + " + held.rows()));
      out.println("network  " + Text.describe(network));
      out.println("kernels  " + kernelOptions.kernels().describe());
      out.flush();
      return trainer.fit(training);
    }
  }

  private void save(Saved saved, History history) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    saved.save(model);
    out.println("model    " + model + ", SHA-256 " + Text.sha256(saved.network()));
    if (historyFile != null) {
      Outputs.write(historyFile, Outputs.csv(history));
      out.println("history  " + historyFile);
    }
    if (plot != null && Curves.write(plot, history, "validation", spec.commandLine().getErr())) {
      out.println("plot     " + plot);
    }
    out.flush();
  }
}
