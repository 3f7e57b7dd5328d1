package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer.Dense;
import java.util.Arrays;

/** A dense layer and the activations in double, m rows. */
final class DoubleDense {
  private DoubleDense() {}

  /** x (m, nIn), w (nIn, nOut), b (nOut), z (m, nOut): Z = X W + b. */
  static void forward(Dense layer, int m, double[] x, double[] parameters, double[] z) {
    int nIn = layer.nIn();
    int nOut = layer.nOut();
    for (int i = 0; i < m; i++) {
      System.arraycopy(parameters, layer.biasOff(), z, i * nOut, nOut);
      for (int k = 0; k < nIn; k++) {
        double xik = x[i * nIn + k];
        int wRow = layer.weightOff() + k * nOut;
        for (int j = 0; j < nOut; j++) {
          z[i * nOut + j] += xik * parameters[wRow + j];
        }
      }
    }
  }

  /** x (m, nIn), dz (m, nOut), dw (nIn, nOut): dW = X' dZ. */
  static void weightGradient(Dense layer, int m, double[] x, double[] dz, double[] gradients) {
    int nIn = layer.nIn();
    int nOut = layer.nOut();
    int off = layer.weightOff();
    Arrays.fill(gradients, off, off + layer.weightCount(), 0);
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < nIn; k++) {
        double xik = x[i * nIn + k];
        for (int j = 0; j < nOut; j++) {
          gradients[off + k * nOut + j] += xik * dz[i * nOut + j];
        }
      }
    }
  }

  /** dz (m, nOut), w (nIn, nOut), dx (m, nIn): dX += dZ W'. */
  static void inputGradient(Dense layer, int m, double[] dz, double[] parameters, double[] dx) {
    int nIn = layer.nIn();
    int nOut = layer.nOut();
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < nIn; k++) {
        int wRow = layer.weightOff() + k * nOut;
        double sum = 0;
        for (int j = 0; j < nOut; j++) {
          sum += dz[i * nOut + j] * parameters[wRow + j];
        }
        dx[i * nIn + k] += sum;
      }
    }
  }

  /** a = f(z), (m, n). */
  static void activate(Activation f, int m, int n, double[] z, double[] a) {
    if (f == Activation.SOFTMAX) {
      for (int i = 0; i < m; i++) {
        DoubleLosses.softmax(n, z, i * n, a, i * n);
      }
    } else if (f == Activation.LOG_SOFTMAX) {
      for (int i = 0; i < m; i++) {
        DoubleLosses.logSoftmax(n, z, i * n, a, i * n);
      }
    } else {
      for (int i = 0; i < m * n; i++) {
        a[i] = DoubleActivations.apply(f, z[i]);
      }
    }
  }

  /** dz_j = a_j (da_j - sum_k a_k da_k), (m, n); dz holds da. */
  static void softmaxBackward(int m, int n, double[] a, double[] dz) {
    for (int row = 0; row < m * n; row += n) {
      double dot = 0;
      for (int j = row; j < row + n; j++) {
        dot += a[j] * dz[j];
      }
      for (int j = row; j < row + n; j++) {
        dz[j] = a[j] * (dz[j] - dot);
      }
    }
  }

  /** dz_j = da_j - e^a_j sum_k da_k, (m, n); dz holds da. */
  static void logSoftmaxBackward(int m, int n, double[] a, double[] dz) {
    for (int row = 0; row < m * n; row += n) {
      double sum = 0;
      for (int j = row; j < row + n; j++) {
        sum += dz[j];
      }
      for (int j = row; j < row + n; j++) {
        dz[j] -= StrictMath.exp(a[j]) * sum;
      }
    }
  }

  /** The sums of the columns of x (m, n). */
  static void columnSums(int m, int n, double[] x, double[] sums, int off) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int i = 0; i < m; i++) {
        sum += x[i * n + j];
      }
      sums[off + j] = sum;
    }
  }
}
