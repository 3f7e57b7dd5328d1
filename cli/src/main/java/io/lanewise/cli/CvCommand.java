package io.lanewise.cli;

import io.lanewise.data.CrossValidation;
import io.lanewise.data.DataException;
import io.lanewise.data.Encoding;
import io.lanewise.dataset.Dataset;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Metric;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training.NonFiniteException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network for each of k folds of a file, and measures it on that fold. */
@Command(
    name = "cv",
    mixinStandardHelpOptions = true,
    customSynopsis = "lanewise cv --data=FILE [OPTIONS]",
    sortOptions = false,
    description =
        "Cross-validation: deals the rows into folds, of labels each with the same share of each"
            + " class. For each fold a network learns from the rows of the others, and is measured"
            + " on the fold: a line a fold, then mean and standard deviation. Encoding, missing"
            + " values and scaling are learnt without the fold; --validation-split and --patience"
            + " hold rows back from the others.",
    footer = {
      "",
      "Examples:",
      "  lanewise cv --data iris.csv --label species --layers 16 --folds 10",
      "  lanewise cv --data people.csv --label income --category city \\",
      "      --missing mean --metrics roc-auc,f1-macro --out folds.csv",
      "  lanewise cv --data houses.csv --label price --regression \\",
      "      --validation-split 0.1 --patience 10 --epochs 200"
    })
final class CvCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--folds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many folds, at least 2. Default: 5.")
  private Integer folds = 0;

  @Option(names = "--out", paramLabel = "FILE", description = "The figures of each fold, as CSV.")
  private Path file;

  @Mixin private TrainingOptions trainingOptions;
  @Mixin private NetworkOptions networkOptions;
  @Mixin private KernelOptions kernelOptions;
  @Mixin private LoopOptions loop;
  @Mixin private OptimizerOptions optimizer;

  @Override
  public Integer call() throws IOException {
    Needs.require(spec.commandLine().getParseResult());
    trainingOptions.check();
    kernelOptions.kernels(0);
    Outputs outputs = new Outputs();
    trainingOptions.addTo(outputs);
    outputs.writes("--out", file);
    Outputs.requireText(file);
    long seed = networkOptions.seed();
    CrossValidation validation =
        Named.option("--folds", () -> new CrossValidation(folds)).seed(seed);
    Folds parts = trainingOptions.folds(validation, seed);
    PrintWriter out = spec.commandLine().getOut();
    FoldTable table = null;
    List<Evaluation> done = new ArrayList<>();
    try (Threads threads = kernelOptions.openThreads()) {
      for (int f = 0; f < folds; f++) {
        Folds.Fold fold = open(parts, f);
        NewNetwork made = NewNetwork.of(spec, trainingOptions, networkOptions, fold.loaded());
        double work = folds * loop.work(made.network(), parts.rows());
        Kernels kernels = threads.kernels(kernelOptions.kernels(work));
        if (table == null) {
          table = table(fold.loaded().encoding(), made.unit());
          out.println(Text.format("rows     %d, in %d folds", parts.rows(), folds));
          out.println("scale    " + made.scaling(", as fitted without the fold"));
          out.println("network  " + Text.describe(made.network()));
          out.println("kernels  " + kernelOptions.describe(work));
          out.println();
          out.print(table.head());
          out.flush();
        }
        fit(made, fold.loaded(), kernels, f + 1);
        Evaluation evaluation = Evaluation.of(made.network(), fold.held(), kernels);
        done.add(evaluation);
        int rows = (int) fold.loaded().training().rowCount();
        out.print(table.line("" + (f + 1), rows, evaluation));
        out.flush();
      }
    }
    CrossValidation.Result result = new CrossValidation.Result(done);
    out.print(table.line("mean", result::mean));
    out.print(table.line("deviation", result::deviation));
    if (file != null) {
      Outputs.write(file, table.csv());
      out.println();
      out.println("folds    " + file);
    }
    out.flush();
    return 0;
  }

  /** The columns; throws if a metric was asked for that such rows do not have. */
  private FoldTable table(Encoding encoding, TargetUnit unit) {
    boolean labels = encoding.hasLabels();
    for (Metric metric : loop.metrics()) {
      if (metric.ofClasses() != labels) {
        throw new UsageException(
            "--metrics: "
                + Names.of(metric)
                + (labels
                    ? " is of numbers to be predicted, and these are classes: say --regression"
                    : " is of classes, and these are numbers to be predicted"));
      }
    }
    return new FoldTable(labels, unit.metrics(), loop.metrics());
  }

  private Folds.Fold open(Folds parts, int f) throws IOException {
    try {
      Folds.Fold fold = parts.open(f);
      warn(f + 1, fold);
      return fold;
    } catch (DataException e) {
      throw new DataException(
          "fold "
              + (f + 1)
              + ": "
              + e.getMessage()
              + (e.getMessage().contains("is none of the categories")
                  ? ", as learnt without the fold: --unknown-category zeros takes it"
                  : ""));
    }
  }

  /** Says which classes of a fold no network can know that never saw them. */
  private void warn(int number, Folds.Fold fold) {
    if (!fold.held().hasLabels() || !(fold.loaded().training() instanceof Dataset training)) {
      return;
    }
    BitSet known = new BitSet();
    for (int label : training.labels()) {
      known.set(Math.max(0, label));
    }
    BitSet missing = new BitSet();
    for (int label : fold.held().labels()) {
      missing.set(Math.max(0, label));
    }
    missing.andNot(known);
    PrintWriter err = spec.commandLine().getErr();
    missing.stream()
        .mapToObj(fold.loaded().encoding()::className)
        .forEach(
            name ->
                err.println(
                    "fold " + number + ": no row to train on is of its class \"" + name + "\""));
    err.flush();
  }

  private void fit(NewNetwork made, TrainingOptions.Loaded loaded, Kernels kernels, int number) {
    Trainer trainer = made.trainer(kernels, networkOptions.seed());
    long rows = loaded.training().rowCount();
    loop.apply(trainer, rows, TargetUnit.NONE);
    if (loaded.validation() == null) {
      // They are of the fold.
      trainer.metrics();
    } else {
      trainer.validation(loaded.validation());
    }
    optimizer.apply(trainer, rows, loop.epochs(rows));
    try {
      made.fit(spec, trainer, loaded.training());
    } catch (NonFiniteException e) {
      throw new ArithmeticException("fold " + number + ": " + e.getMessage());
    }
  }
}
