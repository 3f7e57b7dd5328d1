package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import io.lanewise.math.RandomStream;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Cross-validation in k folds: each row is held back once, while a network learns from the rows of
 * the other folds. The rows are shuffled by the seed; of rows with labels each fold has the same
 * share of each class, to a row (scikit-learn's StratifiedKFold), and of all rows, to a row.
 *
 * <pre>{@code
 * Table table = new CsvReader().label("species").readTable(Path.of("iris.csv"));
 * CrossValidation.Result result =
 *     new CrossValidation(5)
 *         .run(table, fold -> new Classifier().fit(fold.training()).network());
 * double accuracy = result.mean(Evaluation::accuracy);
 * double spread = result.deviation(Evaluation::accuracy);
 * }</pre>
 *
 * <p>What is learnt from rows is learnt from those of the training alone: of a {@link Table} the
 * encoding of each fold; scaling and the like are up to the function that fits.
 */
public final class CrossValidation {
  private static final int STREAM = 1;

  private final int folds;
  private long seed = 42;

  /**
   * Makes one.
   *
   * @param folds at least 2
   */
  public CrossValidation(int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds must be >= 2, got " + folds);
    }
    this.folds = folds;
  }

  /** Sets the seed by which the rows are shuffled. Default: 42. */
  public CrossValidation seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Fits a network to the rows of all folds but one. */
  @FunctionalInterface
  public interface Fit {
    /**
     * Returns a network that learnt from {@link Fold#training} alone.
     *
     * @throws IOException if it needs a file that cannot be read
     */
    Network fit(Fold fold) throws IOException;
  }

  /**
   * The rows when one fold is held back.
   *
   * @param number of the fold, from 1
   * @param training the rows of the others
   * @param held those of the fold
   * @param encoding of a table, learnt from the training rows; else null
   */
  public record Fold(int number, Dataset training, Dataset held, @Nullable Encoding encoding) {
    /** Checks that the rows are there. */
    public Fold {
      Objects.requireNonNull(training, "training");
      Objects.requireNonNull(held, "held");
    }
  }

  /**
   * Fits a network for each fold, and evaluates it on that.
   *
   * @throws IllegalArgumentException if there are fewer rows than folds
   * @throws IOException what the function throws
   */
  public Result run(Dataset data, Fit fit) throws IOException {
    Objects.requireNonNull(fit, "fit");
    int[] labels = data.hasLabels() ? data.labels() : null;
    List<Evaluation> done = new ArrayList<>();
    for (int[] held : folds(data.rows(), labels)) {
      Dataset training = data.select(others(data.rows(), held));
      done.add(evaluate(new Fold(done.size() + 1, training, data.select(held), null), fit));
    }
    return new Result(done);
  }

  /**
   * The same of a table, whose encoding is learnt anew without each fold.
   *
   * @throws IllegalArgumentException if there are fewer rows than folds
   * @throws DataException if the rows of a fold do not suit what was learnt from the others: a
   *     category that they alone have is an error, or zeros, as the reader was told
   * @throws IOException what the function throws
   */
  public Result run(Table table, Fit fit) throws IOException {
    Objects.requireNonNull(fit, "fit");
    List<Evaluation> done = new ArrayList<>();
    for (int[] held : folds(table)) {
      int[] training = others(table.rows(), held);
      Encoding encoding = table.learn(training);
      Dataset learnt = table.encode(encoding, training);
      Dataset rest = table.encode(encoding, held);
      done.add(evaluate(new Fold(done.size() + 1, learnt, rest, encoding), fit));
    }
    return new Result(done);
  }

  private static Evaluation evaluate(Fold fold, Fit fit) throws IOException {
    return Evaluation.of(fit.fit(fold), fold.held());
  }

  /**
   * Returns the numbers of the rows of each fold, from 0, ascending.
   *
   * @throws IllegalArgumentException if there are fewer rows than folds
   */
  public int[][] folds(Table table) {
    return folds(table.rows(), table.labels());
  }

  /**
   * Returns the numbers of the rows of each fold, from 0, ascending.
   *
   * @param rows how many there are
   * @param labels the class of each row, less than 0 for none; null if they have none
   * @throws IllegalArgumentException if there are fewer rows than folds, or not as many labels
   */
  public int[][] folds(int rows, int @Nullable [] labels) {
    if (rows < folds) {
      throw new IllegalArgumentException("folds must be <= the " + rows + " rows, got " + folds);
    }
    if (labels != null && labels.length != rows) {
      throw new IllegalArgumentException(
          "labels: got " + labels.length + ", wanted one for each of the " + rows + " rows");
    }
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    new RandomStream(seed, RandomStream.Purpose.SPLIT, STREAM).shuffle(order);
    // By class, and within it in the order of before: dealt out, each fold gets its share of each.
    long[] dealt = new long[rows];
    for (int i = 0; i < rows; i++) {
      long label = labels == null ? 0 : Math.max(-1, labels[order[i]]);
      dealt[i] = label << 32 | i;
    }
    Arrays.sort(dealt);
    int[][] parts = new int[folds][];
    for (int f = 0; f < folds; f++) {
      parts[f] = new int[(rows - f + folds - 1) / folds];
      for (int i = 0; i < parts[f].length; i++) {
        parts[f][i] = order[(int) dealt[f + i * folds]];
      }
      Arrays.sort(parts[f]);
    }
    return parts;
  }

  /** Returns the numbers of the rows that are not among those, ascending. */
  public static int[] others(int rows, int[] held) {
    BitSet all = new BitSet(rows);
    all.set(0, rows);
    for (int row : held) {
      all.clear(Objects.checkIndex(row, rows));
    }
    return all.stream().toArray();
  }

  /** The folds and the seed. */
  @Override
  public String toString() {
    return folds + " folds, seed " + seed;
  }

  /**
   * What the network of each fold made of that fold.
   *
   * @param folds in their order
   */
  public record Result(List<Evaluation> folds) {
    /** Takes a copy of the list. */
    public Result {
      folds = List.copyOf(folds);
    }

    /**
     * Returns the mean of a figure, such as {@code Evaluation::accuracy}, or {@code e ->
     * e.value(Metric.ROC_AUC)}, over the folds; NaN if it is undefined in one.
     */
    public double mean(ToDoubleFunction<Evaluation> figure) {
      return folds.stream().mapToDouble(figure).sum() / folds.size();
    }

    /**
     * Returns the standard deviation of a figure over the folds: the root of the mean squared
     * difference from the mean, as NumPy's std.
     */
    public double deviation(ToDoubleFunction<Evaluation> figure) {
      double mean = mean(figure);
      double squares = 0;
      for (Evaluation fold : folds) {
        double d = figure.applyAsDouble(fold) - mean;
        squares += d * d;
      }
      return Math.sqrt(squares / folds.size());
    }
  }
}
