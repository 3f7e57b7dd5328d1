package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.Encoding;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.internal.AtomicFile;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Threads;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Workspace;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a model on rows without labels. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    customSynopsis = "lanewise predict --model=FILE --data=FILE [OPTIONS]",
    description =
        "Runs a model on rows: a CSV with the predicted class and the probability of each class,"
            + " also of logits, which --output identity gives as they are; or with the predicted"
            + " numbers. A row whose outputs are NaN has an empty class, and a line on the error"
            + " stream says so.",
    footer = {
      "",
      "Examples:",
      "  lanewise predict --model iris.safetensors --data flowers.csv",
      "  lanewise predict --model iris.safetensors --data iris.csv \\",
      "      --label species --out predictions.csv",
      "  lanewise predict --model churn.safetensors --data customers.csv --keep id,name"
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
      description =
          "The rows: CSV, libsvm or IDX, also .gz; .npy or .npz. A column that --label names is left out.")
  private Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file for the predictions. Default: the standard output.")
  private Path file;

  @Option(
      names = "--keep",
      paramLabel = "COLUMN",
      description =
          "CSV: columns of the rows that stand before the predictions, by name, number from 1 or"
              + " \"last\": --keep id,name.")
  private List<String> keep = List.of();

  @Mixin private TaskOptions.OfModel taskOptions;
  @Mixin private DataOptions dataOptions;
  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    new Outputs().reads("--model", model).reads("--data", data).writes("--out", file);
    Outputs.requireText(file);
    Saved saved = Saved.loadToRun(model, taskOptions);
    RowSource read = dataOptions.features(data, saved.encoding(), ColumnLists.split(keep));
    saved.requireWidth(data, read.nIn());
    Activation link = saved.link(taskOptions);
    NotFinite bad = new NotFinite();
    try (Threads threads = kernelOptions.openThreads();
        CsvReader.Kept kept = keep.isEmpty() ? null : ((CsvReader.Source) read).openKept()) {
      String header = header(saved, link, kept == null ? List.of() : kept.names());
      printNotes(saved);
      int batch = (int) Math.min(BATCH, Math.max(1, read.rowCount()));
      Kernels kernels = threads.kernels(kernelOptions.kernels(saved.work(read.rowCount())));
      RowSource rows = saved.through(model, read, kernels);
      Workspace workspace = new Workspace(saved.network(), kernels, batch);
      if (file == null) {
        PrintWriter out = spec.commandLine().getOut();
        out.write(header);
        predict(saved, link, workspace, rows, kept, out, bad);
      } else {
        AtomicFile.write(
            file,
            out -> {
              Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
              text.write(header);
              predict(saved, link, workspace, rows, kept, text, bad);
            });
      }
    }
    if (bad.any()) {
      String found = bad.text(saved.encoding().hasLabels());
      PrintWriter err = spec.commandLine().getErr();
      err.println("lanewise predict: " + data + ": " + found);
      err.flush();
    }
    return 0;
  }

  private void printNotes(Saved saved) {
    PrintWriter err = spec.commandLine().getErr();
    taskOptions.printNotes(err);
    dataOptions.printNotes(err);
    if (saved.isScoresOrProbabilities() && taskOptions.output() == null) {
      err.println(
          model
              + ": nothing in it says whether its outputs are probabilities or logits, so they are"
              + " given as they are: --output softmax says that they are logits");
      err.flush();
    }
  }

  /** Whether one output says the probabilities of two classes. */
  private static boolean hasTwo(Saved saved, Activation link) {
    boolean one = saved.encoding().hasLabels() && saved.network().nOut() == 1;
    Activation last = saved.network().outputLayer().activation();
    return one && (last == Activation.SIGMOID || link != Activation.IDENTITY);
  }

  private static void predict(
      Saved saved,
      Activation link,
      Workspace workspace,
      RowSource source,
      CsvReader.Kept kept,
      Writer out,
      NotFinite bad)
      throws IOException {
    int nOut = workspace.network().nOut();
    Activation last = workspace.network().outputLayer().activation();
    boolean two = hasTwo(saved, link);
    float[] y = new float[workspace.maxBatch() * nOut];
    float[] p = link == Activation.IDENTITY ? y : new float[y.length];
    Rows rows = new Rows(source, workspace.maxBatch());
    StringBuilder line = new StringBuilder();
    try (RowSource.Reader reader = source.open(0)) {
      for (int m = reader.read(rows, 0, rows.capacity());
          m > 0;
          m = reader.read(rows, 0, rows.capacity())) {
        workspace.predict(m, rows.features(), 0, rows.nIn(), y, 0, nOut);
        if (saved.graph() != null && last == Activation.IDENTITY) {
          // As the graph has them: a NaN there is none of the whole row.
          System.arraycopy(rows.features(), 0, y, 0, m * nOut);
        }
        bad.look(m, nOut, y);
        if (link == Activation.SOFTMAX) {
          workspace.kernels().softmax(new Matrix(y, m, nOut), new Matrix(p, m, nOut));
        } else if (link != Activation.IDENTITY) {
          workspace.kernels().activate(link, new Matrix(y, m, nOut), new Matrix(p, m, nOut));
        }
        for (int i = 0; i < m; i++) {
          line.setLength(0);
          for (String field : kept == null ? List.<String>of() : kept.next()) {
            line.append(Outputs.field(field)).append(',');
          }
          answer(saved, workspace.scores(), i * nOut, line);
          if (two) {
            line.append(1 - p[i]).append(',');
          }
          for (int j = 0; j < nOut; j++) {
            line.append(j == 0 ? "" : ",").append(p[i * nOut + j]);
          }
          out.append(line.append('\n'));
        }
        // Who reads it may have had enough; and a full disk takes no more.
        if (out instanceof PrintWriter text && text.checkError()) {
          return;
        }
      }
    }
    out.flush();
  }

  /** The class or the labels that a row's scores say, and a comma; nothing of a regression. */
  private static void answer(Saved saved, float[] scores, int off, StringBuilder line) {
    Encoding encoding = saved.encoding();
    if (encoding.hasLabels()) {
      int predicted = Evaluation.predictedClass(saved.network(), scores, off);
      boolean none = predicted == Evaluation.NO_CLASS;
      line.append(none ? "" : Outputs.field(encoding.className(predicted))).append(',');
    }
    if (saved.isMultilabel()) {
      line.append(Outputs.field(labels(encoding, scores, off))).append(',');
    }
  }

  /**
   * The names of the outputs that say yes, with semicolons between: those of a positive logit. NaN
   * if one is: nothing would mean that none says yes.
   */
  private static String labels(Encoding encoding, float[] scores, int off) {
    List<String> yes = new ArrayList<>();
    for (int j = 0; j < encoding.nOut(); j++) {
      if (Float.isNaN(scores[off + j])) {
        return "NaN";
      }
      if (scores[off + j] > 0) {
        yes.add(encoding.outputName(j));
      }
    }
    return String.join(";", yes);
  }

  /**
   * What is kept; the class and the outputs by their names, where a logit of two classes is that of
   * the second; or the labels, or the targets.
   */
  private String header(Saved saved, Activation link, List<String> kept) {
    Encoding encoding = saved.encoding();
    int nOut = hasTwo(saved, link) ? 2 : saved.network().nOut();
    List<String> names = new ArrayList<>();
    if (encoding.hasLabels() || saved.isMultilabel()) {
      names.add(encoding.hasLabels() ? "class" : "labels");
    }
    for (int j = 0; j < nOut; j++) {
      names.add(
          encoding.hasLabels() ? encoding.className(nOut == 1 ? 1 : j) : encoding.outputName(j));
    }
    for (String name : kept) {
      if (names.contains(name)) {
        throw new UsageException(
            "--keep: the predictions have a column \""
                + name
                + "\" themselves: give that of "
                + data
                + " another name, or leave it out");
      }
    }
    names.addAll(0, kept);
    return names.stream().map(Outputs::field).collect(Collectors.joining(",", "", "\n"));
  }
}
