package io.lanewise.cli;

import io.lanewise.plot.Chart;

/** How often what is said with a probability is right, by that probability. */
final class Reliability {
  static final int BINS = 10;

  private Reliability() {}

  /**
   * Returns the chart; on its diagonal a network is as sure as it is right.
   *
   * @param bins of each the weight, the probabilities and the right ones, summed
   */
  static Chart chart(double[][] bins, String across, String up) {
    double[] x = new double[BINS];
    double[] y = new double[BINS];
    double off = 0;
    double total = 0;
    for (int b = 0; b < BINS; b++) {
      x[b] = bins[1][b] / bins[0][b];
      y[b] = bins[2][b] / bins[0][b];
      off += Math.abs(bins[1][b] - bins[2][b]);
      total += bins[0][b];
    }
    String name = Text.format("expected calibration error %.3f", off / total);
    return new Chart("Reliability", across, up)
        .holdAcross(0, 1)
        .holdUp(0, 1)
        .line(0, 0, 1, 1)
        .curve(0, name, x, y)
        .dots(0, "", x, y);
  }
}
