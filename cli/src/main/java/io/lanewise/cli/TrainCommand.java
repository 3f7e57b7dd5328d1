package io.lanewise.cli;

import io.lanewise.cluster.Chain;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.optim.Optimizer;
import io.lanewise.train.History;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training.NonFiniteException;
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
    customSynopsis = "lanewise train --data=FILE --out=FILE [OPTIONS]",
    sortOptions = false,
    description = "Trains a network on rows, CSV, libsvm, IDX or NumPy, and saves it.",
    footer = {
      "",
      "Examples:",
      "  lanewise train --data iris.csv --label species --layers 16 --epochs 100 \\",
      "      --validation-split 0.2 --out iris.safetensors --plot iris.svg",
      "  lanewise train --data train-images-idx3-ubyte.gz \\",
      "      --labels train-labels-idx1-ubyte.gz --layers 128 --batch-size 64 \\",
      "      --epochs 5 --threads all --out fashion.safetensors",
      "  lanewise train --data houses.csv --label price --regression \\",
      "      --out houses.safetensors",
      "  lanewise train --data rows.csv --layers \"256 batchnorm relu dropout:0.2\" \\",
      "      --optimizer adamw --schedule warmup:5,cosine --epochs 100 --patience 10 \\",
      "      --validation-split 0.1 --out rows.safetensors",
      "  lanewise train --data rows.csv --checkpoint run1 --every 500 --resume \\",
      "      --out rows.safetensors    (again: goes on where it was, to the same bits)",
      "  lanewise train --data rows.csv --shards 8 --workers a:7600,b:7600 --rank 0 \\",
      "      --secret-file secret --out rows.safetensors    (on b: rank 1)"
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The model: .safetensors, or .onnx.")
  private Path model;

  @Option(names = "--plot", paramLabel = "FILE", description = "The training curves, in SVG.")
  private Path plot;

  @Option(
      names = "--history",
      paramLabel = "FILE",
      split = ",",
      description =
          "What each epoch did: .csv; curves in .svg; or a report, .html, of all that ran and what"
              + " came of it; also several.")
  private List<Path> histories = List.of();

  private static final String KEPT = "; the model keeps it";

  @Option(
      names = "--norms",
      description = "In the report: the norms of each layer's weights and gradients.")
  private boolean norms;

  private RunRecord record;
  // What the losses are of.
  private TargetUnit unit;
  // Null where no report is wanted.
  private TrainingReport report;

  @Mixin private TrainingOptions trainingOptions;
  @Mixin private NetworkOptions networkOptions;
  @Mixin private KernelOptions kernelOptions;
  @Mixin private LoopOptions loop;
  @Mixin private OptimizerOptions optimizer;
  @Mixin private CheckpointOptions checkpoints;
  @Mixin private ClusterOptions cluster;

  @Override
  public Integer call() throws IOException {
    checkOptions();
    TrainingOptions.Loaded loaded = trainingOptions.load(networkOptions.seed());
    NewNetwork made = NewNetwork.of(spec, trainingOptions, networkOptions, loaded);
    Saved saved = Saved.of(made.network(), loaded.encoding());
    saved.requireRoom();
    unit = made.unit();
    trainingOptions.printNotes(spec.commandLine().getErr());
    beginReport(made);
    try (Signals signals = new Signals(spec.commandLine().getErr())) {
      History history = train(made, loaded, signals);
      save(saved, loaded, history, true);
      boolean whole = !history.stopReason().startsWith("another worker");
      return whole ? signals.code() : 1;
    } catch (NonFiniteException e) {
      // Without the best weights what is in --out may be the better model.
      save(saved, loaded, e.history(), e.history().bestEpoch() > 0);
      throw e;
    }
  }

  private void beginReport(NewNetwork made) throws IOException {
    record = new RunRecord();
    if (wantsReport()) {
      Outputs read = new Outputs();
      trainingOptions.addTo(read);
      String command = Main.mended(spec.commandLine().getParseResult(), List.of());
      report = new TrainingReport(record, command, read.files());
      report.fact("Scaling", made.scaling(KEPT));
    }
  }

  private boolean wantsReport() {
    return histories.stream().anyMatch(file -> HistoryFiles.ending(file).equals("html"));
  }

  private void checkOptions() throws IOException {
    Needs.require(spec.commandLine().getParseResult());
    if (norms && !wantsReport()) {
      throw new UsageException("--norms needs a report: --history FILE.html");
    }
    trainingOptions.check();
    kernelOptions.kernels(0);
    cluster.check(loop.shards());
    Outputs outputs = new Outputs();
    trainingOptions.addTo(outputs);
    checkpoints.addTo(outputs);
    boolean writes = cluster.writes();
    outputs.writes("--out", writes ? model : null).writes("--plot", writes ? plot : null);
    for (Path file : histories) {
      HistoryFiles.requireEnding(file);
      outputs.writes("--history", writes ? file : null);
    }
    ModelFiles.requireModelEnding(model);
    String name = plot == null ? "" : String.valueOf(plot.getFileName());
    if (name.contains(".") && !HistoryFiles.ending(plot).equals("svg")) {
      throw new UsageException("--plot: " + plot + " must end in .svg");
    }
  }

  private History train(NewNetwork made, TrainingOptions.Loaded loaded, Signals signals)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    RowSource training = loaded.training();
    Dataset held = loaded.validation();
    long rows = training.rowCount();
    double work = loop.work(made.network(), rows);
    try (Chain chain = cluster.open(out);
        Threads threads = kernelOptions.openThreads();
        Progress progress = loop.watch(new Progress(out)).in(made.unit())) {
      Kernels kernels = threads.kernels(kernelOptions.kernels(work));
      Trainer trainer =
          made.trainer(kernels, networkOptions.seed())
              .listener(progress)
              .listener(signals)
              .listener(record);
      loop.apply(trainer, rows, held == null ? TargetUnit.NONE : made.unit());
      checkpoints.apply(trainer);
      ClusterOptions.apply(trainer, chain);
      Optimizer steps = optimizer.apply(trainer, rows, loop.epochs(rows));
      if (norms) {
        trainer.optimizer(record.watch(steps, made.learner()));
      }
      if (held != null) {
        trainer.validation(held);
      }
      out.println("rows     " + rows + (held == null ? "" : " + " + held.rows()));
      out.println("scale    " + made.scaling(KEPT));
      out.println("network  " + Text.describe(made.network()));
      out.println("kernels  " + kernelOptions.describe(work));
      out.flush();
      History history = made.fit(spec, trainer, training);
      if (history.epochs().size() < loop.epochs(rows)) {
        out.println("stopped  " + history.stopReason());
      }
      return history;
    }
  }

  private void save(Saved saved, TrainingOptions.Loaded loaded, History history, boolean good)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (!cluster.writes()) {
      out.println("model    rank 0 writes it, SHA-256 " + Text.sha256(saved.network()));
      out.flush();
      return;
    }
    if (good) {
      saved.save(model);
      out.println("model    " + model + ", SHA-256 " + Text.sha256(saved.network()));
    } else {
      out.println("model    not saved: there are no best weights, which --patience keeps");
    }
    if (report != null) {
      complete(saved, loaded, good);
    }
    String loss = unit.lossTitle();
    String title = "Training of " + model.getFileName();
    for (Path file : histories) {
      switch (HistoryFiles.ending(file)) {
        case "csv" -> Outputs.write(file, history.toCsv());
        case "svg" -> Curves.write(file, history, "validation", loss);
        default -> Outputs.write(file, report.page(title, history, "validation", loss));
      }
      out.println("history  " + file);
    }
    if (plot != null) {
      Curves.write(plot, history, "validation", loss);
      out.println("plot     " + plot);
    }
    out.flush();
  }

  private void complete(Saved saved, TrainingOptions.Loaded loaded, boolean good)
      throws IOException {
    RowSource training = loaded.training();
    Dataset held = loaded.validation();
    double work = loop.work(saved.network(), training.rowCount());
    String heldRows = held == null ? "" : Text.format(" + %,d validation rows", held.rows());
    report
        .fact("Rows", Text.format("%,d training rows", training.rowCount()) + heldRows)
        .fact("Network", Text.describe(saved.network()))
        .fact("Seed", String.valueOf(networkOptions.seed()))
        .fact("Kernels", kernelOptions.describe(work) + ", " + kernelOptions.threads())
        .fact("Version", TrainingReport.version())
        .fact("Parameters", "SHA-256 " + Text.sha256(saved.network()));
    if (good) {
      report.fact("Model", model + ", " + TrainingReport.hash(model));
      try (Threads threads = kernelOptions.openThreads()) {
        report.look(
            saved,
            held == null ? training : held,
            threads.kernels(kernelOptions.kernels(work)),
            held == null ? "training" : "validation");
      }
    } else {
      report.fact("Model", "not saved: there are no best weights");
    }
  }
}
