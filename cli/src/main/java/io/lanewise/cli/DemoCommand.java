package io.lanewise.cli;

import io.lanewise.check.GradientCheck;
import io.lanewise.check.KernelDiff;
import io.lanewise.data.Encoding;
import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.train.History;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains on the digits that come with it, and checks what it did. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Trains on handwritten digits, then tests, checks and compares what it did.",
    footer = {
      "",
      "Examples:",
      "  lanewise demo",
      "  lanewise demo --kernels scalar --out /tmp/demo"
    })
final class DemoCommand implements Callable<Integer> {
  static final int TRAINING_ROWS = 1437;
  static final int EPOCHS = 20;
  private static final int BATCH = 16;
  private static final double LEARNING_RATE = 1e-3;
  private static final long SEED = 42;
  private static final double WANTED_ACCURACY = 0.89;
  private static final int CHECK_ROWS = 16;
  private static final int SPEED_EPOCHS = 5;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "lanewise-out",
      description = "Where the model, the plot and the report go. Default: lanewise-out.")
  private Path folder;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "" + EPOCHS,
      description = "The epochs of the training. Default: " + EPOCHS + ".")
  private Integer epochs = 0;

  @Mixin private KernelOptions kernelOptions;

  /** The network of the demo, which the golden hash is of. */
  static Network network() {
    return Network.builder(SampleData.DIGITS_FEATURES)
        .dense(256, Activation.RELU)
        .dense(128, Activation.RELU)
        .dense(SampleData.DIGITS_CLASSES, Activation.SOFTMAX)
        .seed(SEED)
        .build();
  }

  /** How the demo trains. */
  static Trainer trainer(Network network, Kernels kernels) {
    return new Trainer(network)
        .optimizer(new Adam(LEARNING_RATE))
        .batchSize(BATCH)
        .seed(SEED)
        .kernels(kernels);
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Threads threads = kernelOptions.openThreads()) {
      return run(out, kernelOptions.kernels().direct(), threads);
    }
  }

  private int run(PrintWriter out, Kernels kernels, Threads threads) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UsageException(folder + " is a file, not a folder");
    }
    Network network = network();
    Trainer trainer =
        Named.option("--epochs", () -> trainer(network, threads.kernels(kernels)).epochs(epochs));
    Files.createDirectories(folder);
    Dataset digits = SampleData.digits();
    Dataset training = digits.slice(0, TRAINING_ROWS);
    Dataset test = digits.slice(TRAINING_ROWS, digits.rows());
    out.println("digits   " + training.rows() + " rows to train on, " + test.rows() + " to test");
    out.println("network  " + Text.describe(network));
    out.println("kernels  " + kernels.describe() + ", " + threads.count() + " thread(s)");
    out.println();
    RunRecord record = new RunRecord();
    History history = train(out, trainer, record, training, test);
    Evaluation evaluation = Evaluation.of(network, test, kernels);
    boolean accurate = evaluation.accuracy() >= WANTED_ACCURACY;
    out.println(
        Text.format(
            "%ntest accuracy %.4f (wanted %.2f)%n", evaluation.accuracy(), WANTED_ACCURACY));
    out.println(Text.confusion(evaluation.confusion(), Integer::toString));
    out.flush();
    boolean sound = gradients(out, test, kernels) & diff(out, network, test, kernels);
    speed(out, history, training, kernels);
    out.println("SHA-256 of the parameters: " + Text.sha256(network));
    write(out, network, history, record, test);
    return accurate && sound ? 0 : 1;
  }

  private static History train(
      PrintWriter out, Trainer trainer, RunRecord record, Dataset training, Dataset test) {
    try (Progress progress = new Progress(out)) {
      return trainer.validation(test).listener(progress).listener(record).fit(training);
    }
  }

  /**
   * Of the network as it began: after training the gradients are small differences of large ones.
   */
  private static boolean gradients(PrintWriter out, Dataset data, Kernels kernels) {
    GradientCheck.Report report =
        GradientCheck.of(network())
            .samples(128)
            .run(
                data.slice(0, CHECK_ROWS).features(),
                CHECK_ROWS,
                data.labels(),
                kernels == ScalarKernels.INSTANCE
                    ? List.of(kernels)
                    : List.of(ScalarKernels.INSTANCE, kernels));
    out.println("gradients: double against central differences, float kernels against double");
    out.println(report);
    out.flush();
    return GradcheckCommand.passes(report);
  }

  private static boolean diff(PrintWriter out, Network network, Dataset data, Kernels kernels) {
    if (kernels == ScalarKernels.INSTANCE) {
      out.println("diff: only the scalar kernels are in use; lanewise info says why");
      return true;
    }
    KernelDiff.Report report =
        KernelDiff.run(
            network, data.features(), data.rows(), data.labels(), ScalarKernels.INSTANCE, kernels);
    out.println("diff: " + report);
    out.flush();
    return report.identical();
  }

  private static void speed(PrintWriter out, History history, Dataset training, Kernels kernels) {
    out.print(Text.format("training: %,.0f rows/s with %s", best(history), kernels.name()));
    if (kernels != ScalarKernels.INSTANCE) {
      History scalar =
          trainer(network(), ScalarKernels.INSTANCE).epochs(SPEED_EPOCHS).fit(training);
      out.print(
          Text.format(
              ", %,.0f with scalar: %.1f times as fast",
              best(scalar), best(history) / best(scalar)));
    }
    out.println();
    out.flush();
  }

  /** Of the best epoch: the first ones are compiled while they run. */
  private static double best(History history) {
    return history.epochs().stream().mapToDouble(History.Epoch::rowsPerSecond).max().orElseThrow();
  }

  private void write(
      PrintWriter out, Network network, History history, RunRecord record, Dataset test)
      throws IOException {
    Path model = folder.resolve("digits.safetensors");
    Saved saved =
        Saved.of(
            network,
            Encoding.ofLabels(SampleData.DIGITS_FEATURES, List.of(), SampleData.DIGITS_CLASSES));
    saved.save(model);
    out.println("model: " + model);
    Path plot = folder.resolve("digits.svg");
    String loss = Curves.title(Figure.LOSS);
    Curves.write(plot, history, "test", loss);
    out.println("plot:  " + plot);
    Path page = folder.resolve("digits.html");
    TrainingReport report =
        new TrainingReport(
            record, Main.mended(spec.commandLine().getParseResult(), List.of()), List.of());
    report
        .fact("Rows", Text.format("%,d training rows + %,d test rows", TRAINING_ROWS, test.rows()))
        .fact("Network", Text.describe(network))
        .fact("Seed", String.valueOf(SEED))
        .fact("Kernels", kernelOptions.kernels().describe() + ", " + kernelOptions.threads())
        .fact("Version", TrainingReport.version())
        .fact("Parameters", "SHA-256 " + Text.sha256(network))
        .fact("Model", model + ", " + TrainingReport.hash(model))
        .look(saved, test, kernelOptions.kernels(), "test");
    Outputs.write(page, report.page("Handwritten digits", history, "test", loss));
    out.println("report: " + page);
    out.flush();
  }
}
