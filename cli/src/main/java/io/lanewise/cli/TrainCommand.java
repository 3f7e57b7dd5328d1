package io.lanewise.cli;

import io.lanewise.data.Encoding;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.train.Dataset;
import io.lanewise.train.History;
import io.lanewise.train.RowSource;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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

  @Mixin private TrainingOptions trainingOptions;
  @Mixin private NetworkOptions networkOptions;
  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    checkOptions();
    TrainingOptions.Loaded loaded = trainingOptions.load(networkOptions.seed());
    Encoding encoding = loaded.encoding();
    Network network = networkOptions.build(encoding.nIn(), encoding.nOut(), !encoding.hasLabels());
    History history = train(network, loaded.training(), loaded.validation());
    save(new Saved(network, trainingOptions.scale(), encoding), history);
    return 0;
  }

  private void checkOptions() {
    trainingOptions.check();
    Outputs.check(model);
    Outputs.check(plot);
    Outputs.check(historyFile);
  }

  private History train(Network network, RowSource training, Dataset held) {
    PrintWriter out = spec.commandLine().getOut();
    try (Threads threads = kernelOptions.openThreads();
        Progress progress = new Progress(out, training.rowCount(), epochs)) {
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
      out.println("rows     " + training.rowCount() + (held == null ? "" : " + " + held.rows()));
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
