package io.lanewise.cli;

import io.lanewise.data.Features;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a model on rows without labels. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Runs a model on rows: a CSV with the predicted class and the outputs of each.",
    footer = {
      "",
      "Examples:",
      "  lanewise predict --model iris.safetensors --data flowers.csv",
      "  lanewise predict --model iris.safetensors --data iris.csv \\",
      "      --label species --out predictions.csv"
    })
final class PredictCommand implements Callable<Integer> {
  private static final int BATCH = 256;

  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The rows: CSV or IDX, also .gz. A column that --label names is left out.")
  private Path data;

  @Option(names = "--out", paramLabel = "FILE", description = "Default: the standard output.")
  private Path file;

  @Mixin private DataOptions dataOptions;
  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    Outputs.check(file);
    Saved saved = Saved.load(model);
    Features rows = dataOptions.features(data, saved.scale());
    saved.requireWidth(model, data, rows.nIn(), true);
    String csv;
    try (Threads threads = kernelOptions.openThreads()) {
      Workspace workspace =
          new Workspace(
              saved.network(),
              threads.kernels(kernelOptions.kernels()),
              Math.min(BATCH, rows.rows()));
      csv = predict(saved, workspace, rows);
    }
    if (file == null) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(csv);
      out.flush();
    } else {
      Outputs.write(file, csv);
    }
    return 0;
  }

  private static String predict(Saved saved, Workspace workspace, Features rows) {
    Network network = workspace.network();
    int nIn = network.nIn();
    int nOut = network.nOut();
    StringBuilder csv = new StringBuilder(saved.regression() ? "" : "class,");
    for (int j = 0; j < nOut; j++) {
      csv.append(j == 0 ? "" : ",")
          .append(nOut == 1 ? "output" : Outputs.field(saved.className(j)));
    }
    csv.append('\n');
    float[] y = new float[workspace.maxBatch() * nOut];
    for (int from = 0; from < rows.rows(); from += workspace.maxBatch()) {
      int m = Math.min(workspace.maxBatch(), rows.rows() - from);
      workspace.predict(m, rows.values(), from * nIn, nIn, y, 0, nOut);
      for (int i = 0; i < m; i++) {
        if (!saved.regression()) {
          csv.append(Outputs.field(saved.className(saved.predictedClass(y, i * nOut)))).append(',');
        }
        for (int j = 0; j < nOut; j++) {
          csv.append(j == 0 ? "" : ",").append(y[i * nOut + j]);
        }
        csv.append('\n');
      }
    }
    return csv.toString();
  }
}
