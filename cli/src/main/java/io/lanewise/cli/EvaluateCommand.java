package io.lanewise.cli;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model on a file with labels. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    customSynopsis = "lanewise evaluate --model=FILE --data=FILE [OPTIONS]",
    description =
        "Measures a model on a file with labels: loss, accuracy, log loss and ROC-AUC where they"
            + " are defined, precision, recall and F1 of each class, the confusion matrix; or on"
            + " one with targets, in their unit: root of the mean squared error (RMSE), R2, mean"
            + " absolute error (MAE); of --task multilabel, whose targets are 0 or 1: loss,"
            + " accuracy, Hamming loss, F1 of each label.",
    footer = {
      "",
      "Examples:",
      "  lanewise evaluate --model iris.safetensors --data iris-test.csv",
      "  lanewise evaluate --model fashion.safetensors \\",
      "      --data t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The rows: CSV, libsvm or IDX, also .gz; .npy or .npz.")
  private Path data;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "IDX, .npy: the labels of the rows.")
  private Path labels;

  @Mixin private TaskOptions.OfModel taskOptions;
  @Mixin private DataOptions dataOptions;
  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    Saved saved = Saved.loadToRun(model, taskOptions);
    RowSource read = saved.rows(dataOptions, data, labels);
    taskOptions.printNotes(err);
    dataOptions.printNotes(err);
    PrintWriter out = spec.commandLine().getOut();
    try (Threads threads = kernelOptions.openThreads()) {
      Kernels kernels = threads.kernels(kernelOptions.kernels(saved.work(read.rowCount())));
      long start = System.nanoTime();
      Dataset rows = Saved.inMemory(saved.through(model, read, kernels));
      start = saved.graph() == null ? System.nanoTime() : start;
      Evaluation evaluation = Evaluation.of(saved.network(), rows, kernels);
      double seconds = (System.nanoTime() - start) * 1e-9;
      out.println("rows      " + evaluation.rows());
      NotFinite bad = new NotFinite();
      if (!Double.isFinite(evaluation.loss())) {
        look(saved.network(), rows, bad);
      }
      if (bad.any()) {
        out.println("outputs   " + bad.text(rows.hasLabels()));
      }
      boolean open = saved.isScoresOrProbabilities() && taskOptions.output() == null;
      if (open) {
        err.println(
            model
                + ": nothing in it says whether its outputs are probabilities or logits, so there"
                + " is no loss: --output softmax says that they are logits");
        err.flush();
      } else if (Double.isNaN(evaluation.value(Metric.ROOT_MEAN_SQUARED_ERROR))) {
        out.println(Text.format("loss      %.6f", evaluation.loss()));
      }
      if (evaluation.confusion() != null) {
        out.println(Text.format("accuracy  %.4f", evaluation.accuracy()));
      }
      LabelScores scores = labelScores(saved, rows, kernels);
      if (scores != null) {
        out.println(Text.format("accuracy  %.4f, all labels of a row", scores.subsetAccuracy()));
        out.println(Text.format("Hamming   %.4f", scores.hammingLoss()));
      }
      if (!open) {
        figure(out, "log loss  %.6f", evaluation.value(Metric.LOG_LOSS));
      }
      figure(out, "ROC-AUC   %.4f", evaluation.value(Metric.ROC_AUC));
      figure(out, "RMSE      %.6g", evaluation.value(Metric.ROOT_MEAN_SQUARED_ERROR));
      figure(out, "R2        %.4f", evaluation.value(Metric.R2));
      figure(out, "MAE       %.6g", evaluation.value(Metric.MEAN_ABSOLUTE_ERROR));
      out.println(Text.format("speed     %,.0f rows/s", rows.rows() / seconds));
      if (evaluation.confusion() != null) {
        out.println();
        out.print(Text.classes(evaluation.confusion(), saved.encoding()::className));
        out.println();
        out.print(Text.confusion(evaluation.confusion(), saved.encoding()::className));
      }
      if (scores != null) {
        out.println();
        out.print(scores.table(saved.encoding()::outputName));
      }
    }
    out.flush();
    return 0;
  }

  /** Null if its outputs are no labels. */
  private LabelScores labelScores(Saved saved, Dataset rows, Kernels kernels) {
    try {
      return saved.isMultilabel() ? new LabelScores(saved, rows, kernels) : null;
    } catch (UsageException e) {
      throw new UsageException(data + ": " + e.getMessage());
    }
  }

  private static void look(Network network, Dataset data, NotFinite bad) {
    int nOut = network.nOut();
    float[] y = new float[data.rows() * nOut];
    new Predictor(network).predict(data.rows(), data.features(), 0, data.nIn(), y, 0, nOut);
    bad.look(data.rows(), nOut, y);
  }

  /** What has no meaning here, or is undefined, has no line. */
  private static void figure(PrintWriter out, String format, double value) {
    if (!Double.isNaN(value)) {
      out.println(Text.format(format, value));
    }
  }
}
