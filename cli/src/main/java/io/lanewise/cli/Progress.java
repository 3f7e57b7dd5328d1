package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.internal.Names;
import io.lanewise.train.History;
import io.lanewise.train.Training;
import java.io.Console;
import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;

/** Shows how a training goes: one live line on a terminal, else a line every few epochs. */
final class Progress implements Training.Listener, AutoCloseable {
  private static final int BAR = 12;
  private static final int LINES = 10;
  private static final int INTERVAL_MILLIS = 100;

  private final PrintWriter out;
  private final boolean live = isTerminal();
  private ProgressBar bar;
  private int epochs;
  private long before;
  private long start;
  private long shown;
  private History.Epoch lastEpoch;
  private History.Epoch printed;
  private boolean closed;

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
      bar = bar(training.rows() * epochs);
      bar.stepTo(before);
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

  private ProgressBar bar(long most) {
    return new ProgressBarBuilder()
        .setInitialMax(most)
        .setRenderer(Progress::render)
        .setUpdateIntervalMillis(INTERVAL_MILLIS)
        .setConsumer(new DelegatingProgressBarConsumer(this::redraw, width()))
        .build();
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

  /** As wide as the line may be, so that it covers the line before. */
  private static String render(ProgressState state, int width) {
    double done = state.getMax() == 0 ? 0 : (double) state.getCurrent() / state.getMax();
    int full = (int) (BAR * done);
    String line =
        Text.format("[%s%s] %3.0f%%  ", "#".repeat(full), ".".repeat(BAR - full), 100 * done)
            + state.getExtraMessage();
    return line.length() > width
        ? line.substring(0, width)
        : line + " ".repeat(width - line.length());
  }

  private void redraw(String line) {
    out.print("\r" + line);
    out.flush();
  }

  @Override
  public void onBatch(Training training) {
    if (bar == null) {
      return;
    }
    long now = System.nanoTime();
    long done = done(training);
    if (now - shown > INTERVAL_MILLIS * 1_000_000L) {
      shown = now;
      double rate = (done - before) / ((now - start) * 1e-9);
      long left = training.rows() * epochs - done;
      bar.setExtraMessage(
          Text.format("epoch %d/%d", training.epoch(), epochs)
              + figures(training.loss(), training.accuracy(), Double.NaN, Double.NaN, rate)
              + "  "
              + time(left / rate)
              + " left");
    }
    bar.stepTo(done);
  }

  @Override
  public void onEpoch(Training training, History.Epoch epoch) {
    lastEpoch = epoch;
    if (bar == null && epoch.epoch() % Math.max(1, epochs / LINES) == 0) {
      print(epoch);
    }
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
    if (bar != null && !closed) {
      closed = true;
      bar.close();
      out.println();
      out.flush();
    }
  }
}
