package io.lanewise.cli;

import io.lanewise.internal.Names;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.train.History;
import io.lanewise.train.Training;
import java.io.Console;
import java.io.PrintWriter;

/** Shows how a training goes: one live line on a terminal, else a line every few epochs. */
final class Progress implements Training.Listener, AutoCloseable {
  private static final int BAR = 12;
  private static final int LINES = 10;
  private static final int INTERVAL_NANOS = 100_000_000;

  private final PrintWriter out;
  private final boolean live = isTerminal();
  private int epochs;
  private long before;
  private long start;
  private long drawn;
  private History.Epoch lastEpoch;
  private History.Epoch printed;

  Progress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onBegin(Training training) {
    epochs = training.epochs();
    before = done(training);
    start = System.nanoTime();
    if (training.step() > 0) {
      out.println(
          Text.format("resumed  epoch %d/%d, step %d", training.epoch(), epochs, training.step()));
    }
    if (live) {
      draw(training, before, "");
    }
  }

  /** The rows so far, of all epochs. */
  private static long done(Training training) {
    return (training.epoch() - 1L) * training.rows() + training.rowsDone();
  }

  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /**
   * The launcher tells the terminal's width; the last column stays free, or the line would wrap.
   */
  private static int width() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns) - 1
        : 79;
  }

  /** Draws the bar over the one before: as wide as the line may be, so that it covers that. */
  private void draw(Training training, long done, String figures) {
    drawn = System.nanoTime();
    long all = training.rows() * epochs;
    double share = all == 0 ? 0 : (double) done / all;
    int full = (int) (BAR * share);
    String line =
        Text.format("[%s%s] %3.0f%%  ", "#".repeat(full), ".".repeat(BAR - full), 100 * share)
            + figures;
    int width = width();
    out.print("\r" + line.substring(0, Math.min(width, line.length())));
    out.print(" ".repeat(Math.max(0, width - line.length())));
    out.flush();
  }

  @Override
  public void onBatch(Training training) {
    long done = done(training);
    boolean last = done == training.rows() * epochs;
    long now = System.nanoTime();
    if (live && (last || now - drawn > INTERVAL_NANOS)) {
      double rate = (done - before) / ((now - start) * 1e-9);
      long left = training.rows() * epochs - done;
      draw(
          training,
          done,
          Text.format("epoch %d/%d", training.epoch(), epochs)
              + figures(training.loss(), training.accuracy(), Double.NaN, Double.NaN, rate)
              + "  "
              + time(left / rate)
              + " left");
    }
  }

  @Override
  public void onEpoch(Training training, History.Epoch epoch) {
    lastEpoch = epoch;
    if (!live && epoch.epoch() % Math.max(1, epochs / LINES) == 0) {
      print(epoch);
    }
  }

  @Override
  public void onRecovery(Training training, Training.NonFiniteException e) {
    close();
    out.println("recovers from epoch " + e.epoch() + " at a smaller rate: " + e.getMessage());
    out.flush();
  }

  @Override
  public void onEnd(Training training, History history) {
    close();
    if (lastEpoch != null && lastEpoch != printed) {
      print(lastEpoch);
    }
    if (history.bestEpoch() > 0) {
      out.println("restored the weights of epoch " + history.bestEpoch());
      out.flush();
    }
  }

  private void print(History.Epoch epoch) {
    printed = epoch;
    out.println(
        Text.format("epoch %d/%d", epoch.epoch(), epochs)
            + figures(
                epoch.loss(),
                epoch.accuracy(),
                epoch.validationLoss(),
                epoch.validationAccuracy(),
                epoch.rowsPerSecond())
            + metrics(epoch));
    out.flush();
  }

  /** 12s, 3m 20s, 2h 05m. */
  static String time(double seconds) {
    long s = Math.round(Math.min(Math.max(0, seconds), 1e9));
    if (s < 60) {
      return s + "s";
    }
    return s < 3600
        ? Text.format("%dm %02ds", s / 60, s % 60)
        : Text.format("%dh %02dm", s / 3600, s / 60 % 60);
  }

  private static String figures(
      double loss, double accuracy, double validationLoss, double validationAccuracy, double rate) {
    return figure("  loss %.4f", loss)
        + figure("  accuracy %.4f", accuracy)
        + figure("  val loss %.4f", validationLoss)
        + figure("  val accuracy %.4f", validationAccuracy)
        + figure("  %,.0f rows/s", rate);
  }

  private static String metrics(History.Epoch epoch) {
    StringBuilder text = new StringBuilder();
    for (Metric metric : Metric.values()) {
      double value = epoch.figure(Figure.of(metric));
      text.append(figure("  val " + Names.of(metric) + " %.4f", value));
    }
    return text.toString();
  }

  private static String figure(String format, double value) {
    return Double.isNaN(value) ? "" : Text.format(format, value);
  }

  @Override
  public void close() {
    if (drawn != 0) {
      // Leaves the bar where it is.
      drawn = 0;
      out.println();
      out.flush();
    }
  }
}
