package io.lanewise.cli;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a network says of rows, beside what they are: of so many of them that memory and time are
 * bounded, evenly from the whole source, and of so many classes as a chart can have.
 */
final class Outcomes {
  /** The most rows that are looked at. */
  static final int MOST_ROWS = 100_000;

  /** The most classes, labels or targets whose outputs are kept. */
  static final int MOST_COLUMNS = 8;

  private static final int BATCH = 256;
  private static final int ROOM = 1 << 22;

  private final Saved saved;
  private final Network network;
  private final RowSource source;
  private final Kernels kernels;
  private final int nOut;
  private final boolean labels;

  // Of each row: its class and the one it was taken for; of targets, whether it was right.
  private int[] actual;
  private int[] predicted;
  private float[] weights;
  private int rows;
  // Of each class, label or target: the weight of rows that were wrong.
  private double[] wrong;
  // The columns that are kept, and of each its output and what it should be.
  private int[] columns;
  private float[][] outputs;
  private float[][] wanted;
  // Of the class that was chosen, and whether it was right: see reliability.
  private final double[][] bins = new double[3][Reliability.BINS];

  Outcomes(Saved saved, RowSource source, Kernels kernels) throws IOException {
    this.saved = saved;
    this.network = saved.network();
    this.source = source;
    this.kernels = kernels;
    nOut = network.nOut();
    labels = source.hasLabels();
    int count = count();
    columns = IntStream.range(0, Math.min(count, MOST_COLUMNS)).toArray();
    if (labels && count == 2) {
      // The one is the mirror of the other.
      columns = new int[] {1};
    }
    read();
    if (count > MOST_COLUMNS && !isRegression()) {
      columns =
          IntStream.range(0, count)
              .boxed()
              .sorted((a, b) -> Double.compare(wrong[b], wrong[a]))
              .limit(MOST_COLUMNS)
              .mapToInt(c -> c)
              .sorted()
              .toArray();
      read();
    }
  }

  /** Returns the classes, labels or targets that there are. */
  int count() {
    return labels ? Math.max(2, nOut) : nOut;
  }

  boolean isRegression() {
    return !labels && !saved.isMultilabel();
  }

  boolean hasLabels() {
    return labels;
  }

  boolean isMultilabel() {
    return saved.isMultilabel();
  }

  /** Returns whether the outputs are probabilities. */
  boolean hasProbabilities() {
    Activation f = network.outputLayer().activation();
    return f.equals(Activation.SOFTMAX) || f.equals(Activation.SIGMOID);
  }

  int rows() {
    return rows;
  }

  boolean isPart() {
    return source.rowCount() > MOST_ROWS;
  }

  int actual(int i) {
    return actual[i];
  }

  int predicted(int i) {
    return predicted[i];
  }

  float weight(int i) {
    return weights[i];
  }

  double wrong(int c) {
    return wrong[c];
  }

  int[] columns() {
    return columns.clone();
  }

  String name(int column) {
    return labels ? saved.encoding().className(column) : saved.encoding().outputName(column);
  }

  /** Returns the outputs of the i-th column that is kept. */
  float[] outputs(int i) {
    return Arrays.copyOf(outputs[i], rows);
  }

  /** Returns what they should be: of classes and labels 0 or 1. */
  float[] wanted(int i) {
    return Arrays.copyOf(wanted[i], rows);
  }

  /** Returns the weight, the probabilities and the right ones of each bin, summed. */
  double[][] bins() {
    return bins;
  }

  private void read() throws IOException {
    int most = (int) Math.min(source.rowCount(), MOST_ROWS);
    rows = 0;
    wrong = new double[count()];
    actual = new int[most];
    predicted = new int[most];
    weights = new float[most];
    outputs = new float[columns.length][most];
    wanted = new float[columns.length][most];
    Arrays.stream(bins).forEach(bin -> Arrays.fill(bin, 0));
    int batch = Math.clamp(ROOM / Math.max(nOut, network.nIn()), 1, Math.clamp(most, 1, BATCH));
    Workspace workspace = Workspace.forInference(network, kernels, batch);
    Rows piece = new Rows(source, batch);
    float[] y = new float[batch * nOut];
    int pieces = isPart() ? MOST_ROWS / batch : 1;
    for (int p = 0; p < pieces; p++) {
      try (RowSource.Reader reader = source.open(source.rowCount() * p / pieces)) {
        for (int left = isPart() ? batch : most; left > 0; ) {
          int m = reader.read(piece, 0, Math.min(left, batch));
          if (m == 0) {
            break;
          }
          workspace.predict(m, piece.features(), 0, piece.nIn(), y, 0, nOut);
          for (int i = 0; i < m; i++) {
            take(piece, i, y, workspace.scores());
          }
          left -= m;
        }
      }
    }
  }

  private void take(Rows piece, int i, float[] y, float[] scores) {
    float weight = piece.hasWeights() ? piece.weights()[i] : 1;
    weights[rows] = weight;
    if (labels) {
      int label = piece.labels()[i];
      if (label == network.lossOptions().ignoredIndex()) {
        return;
      }
      int taken = Evaluation.predictedClass(network, scores, i * nOut);
      actual[rows] = label;
      predicted[rows] = taken;
      if (taken != label) {
        wrong[label] += weight;
        if (taken >= 0) {
          wrong[taken] += weight;
        }
      }
      if (taken >= 0) {
        int chosen = count() == 2 ? 1 : taken;
        bin(output(y, i, chosen), label == chosen, weight);
      }
    } else if (saved.isMultilabel()) {
      for (int j = 0; j < nOut; j++) {
        boolean yes = piece.targets()[i * nOut + j] > 0.5f;
        wrong[j] += scores[i * nOut + j] > 0 == yes ? 0 : weight;
        bin(y[i * nOut + j], yes, weight);
      }
    }
    for (int c = 0; c < columns.length; c++) {
      outputs[c][rows] = output(y, i, columns[c]);
      wanted[c][rows] =
          labels ? piece.labels()[i] == columns[c] ? 1 : 0 : piece.targets()[i * nOut + columns[c]];
    }
    rows++;
  }

  /** Of a class or target; a single output is that of class 1. */
  private float output(float[] y, int i, int column) {
    return y[i * nOut + (nOut == 1 ? 0 : column)];
  }

  private void bin(float probability, boolean right, double weight) {
    if (probability >= 0 && probability <= 1) {
      int bin = Math.min((int) (probability * Reliability.BINS), Reliability.BINS - 1);
      bins[0][bin] += weight;
      bins[1][bin] += weight * probability;
      bins[2][bin] += right ? weight : 0;
    }
  }
}
