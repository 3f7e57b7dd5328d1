package io.lanewise.cli;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxRows;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Rows as a graph makes them of others, some at a time, with the labels or targets of those.
 *
 * @param model the graph's file
 */
record GraphRows(Path model, OnnxRows graph, Kernels kernels, RowSource raw) implements RowSource {
  private static final int BATCH = 256;

  /** What is in the way of a computation, not of reading a file. */
  static final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }

  @Override
  public long rowCount() {
    return raw.rowCount();
  }

  @Override
  public int nIn() {
    return graph.nOut();
  }

  @Override
  public int nOut() {
    return raw.nOut();
  }

  @Override
  public boolean hasLabels() {
    return raw.hasLabels();
  }

  @Override
  public boolean hasWeights() {
    return raw.hasWeights();
  }

  @Override
  public Reader open(long row) throws IOException {
    Reader reader = raw.open(row);
    Rows from = new Rows(raw, Math.clamp(raw.rowCount(), 1, BATCH));
    float[] y = new float[from.capacity() * graph.nOut()];
    return new Reader() {
      @Override
      public int read(Rows rows, int at, int max) throws IOException {
        int done = 0;
        while (done < max) {
          int m = reader.read(from, 0, Math.min(max - done, from.capacity()));
          if (m == 0) {
            break;
          }
          run(m, from, y);
          copy(m, from, y, rows, at + done);
          done += m;
        }
        return done;
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  private void run(int m, Rows from, float[] y) {
    try {
      graph.run(m, from.features(), y, kernels);
    } catch (ModelFormatException e) {
      throw new FailedException(model + ": " + e.getMessage());
    }
  }

  private void copy(int m, Rows from, float[] y, Rows to, int at) {
    int n = graph.nOut();
    System.arraycopy(y, 0, to.features(), at * n, m * n);
    if (from.hasLabels()) {
      System.arraycopy(from.labels(), 0, to.labels(), at, m);
    } else {
      System.arraycopy(from.targets(), 0, to.targets(), at * nOut(), m * nOut());
    }
    if (from.hasWeights()) {
      System.arraycopy(from.weights(), 0, to.weights(), at, m);
    }
  }
}
