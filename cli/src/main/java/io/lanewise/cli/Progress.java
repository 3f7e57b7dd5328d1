package io.lanewise.cli;

import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.train.History;
import io.lanewise.train.Training;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Shows how a training goes: on a terminal a bar at the bottom, above which a line for each epoch
 * scrolls by, or for every so many; else a line every few epochs.
 */
final class Progress implements Training.Listener, AutoCloseable {
  private static final int BAR = 12;
  private static final int NARROW = 60;
  private static final int LINES = 10;
  private static final int LIVE_LINES = 100;
  private static final int INTERVAL_NANOS = 100_000_000;
  private static final String GREEN = "\033[32m";
  private static final String PLAIN = "\033[0m";
  private static final String BEST = "best";

  private final PrintWriter out;
  private final Screen screen;
  private final LongSupplier clock;
  private final TimeLeft left = new TimeLeft();
  private Figure watched = Figure.VALIDATION_LOSS;
  private TargetUnit unit = TargetUnit.NONE;
  private boolean mayStop;
  private int epochs;
  private boolean whole;
  private double best;
  private int bestEpoch;
  private long drawn;
  private String bar = "";
  private History.Epoch lastEpoch;
  private History.Epoch printed;

  Progress(PrintWriter out) {
    this(out, Screen.standard(), System::nanoTime);
  }

  /**
   * Shows it on a screen.
   *
   * @param clock nanoseconds
   */
  Progress(PrintWriter out, Screen screen, LongSupplier clock) {
    this.out = out;
    this.screen = screen;
    this.clock = clock;
  }

  /**
   * Sets which figure says what epoch is the best.
   *
   * @param stops whether the training may end by it
   */
  Progress watch(Figure figure, boolean stops) {
    watched = figure;
    mayStop = stops;
    return this;
  }

  /** Sets what the losses are shown in. */
  Progress in(TargetUnit unit) {
    this.unit = unit;
    return this;
  }

  @Override
  public void onBegin(Training training) {
    epochs = training.epochs();
    best = Double.NaN;
    bestEpoch = 0;
    // Of one that is resumed nobody knows here what the best was before.
    whole = training.step() == 0;
    left.start(clock.getAsLong(), done(training));
    if (!whole) {
      out.println(
          Text.format("resumed  epoch %d/%d, step %d", training.epoch(), epochs, training.step()));
    }
    if (screen.live()) {
      draw(head(training).fit(screen.width()));
    }
  }

  /** The rows so far, of all epochs. */
  private static long done(Training training) {
    return (training.epoch() - 1L) * training.rows() + training.rowsDone();
  }

  private FigureLine bar(double share) {
    int length = screen.width() < NARROW ? BAR / 2 : BAR;
    int full = (int) (length * share);
    String text = "[" + "#".repeat(full) + ".".repeat(length - full) + "]";
    return new FigureLine().add(0, "", "", text + Text.format(" %3d%%", (int) (100 * share)));
  }

  private FigureLine head(Training training) {
    double all = (double) training.rows() * epochs;
    return bar(all == 0 ? 0 : done(training) / all);
  }

  /** Draws the bar over the one before: as wide as the line may be, so that it covers that. */
  private void draw(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, screen.width() - line.length())));
    out.flush();
    bar = line;
  }

  /** Writes a line, on a terminal above the bar. */
  private void line(String text) {
    boolean marked = screen.color() && text.endsWith("  " + BEST);
    String shown =
        marked ? text.substring(0, text.length() - BEST.length()) + GREEN + BEST + PLAIN : text;
    if (bar.isEmpty()) {
      out.println(shown);
      out.flush();
    } else {
      out.println("\r" + shown + " ".repeat(Math.max(0, screen.width() - text.length())));
      draw(bar);
    }
  }

  @Override
  public void onBatch(Training training) {
    long now = clock.getAsLong();
    long done = done(training);
    left.at(now, done);
    long all = training.rows() * epochs;
    if (!screen.live() || done < all && now - drawn < INTERVAL_NANOS) {
      return;
    }
    double seconds = left.seconds(now, done, all);
    boolean ends = done == all || Double.isNaN(seconds);
    String mostly = mayStop ? "at most " : "";
    FigureLine line = head(training);
    line.add(2, "epoch", "", training.epoch() + "/" + epochs);
    unit.add(line, 3, training.loss());
    line.add(4, "accuracy", "acc", share(training.accuracy()));
    line.add(
        5, BEST, BEST, bestEpoch == 0 ? "" : unit.text(watched, best) + " in epoch " + bestEpoch);
    line.add(6, "", "", rate(left.rate(now, done)));
    line.add(1, "", "", ends ? "" : mostly + time(seconds) + " left");
    drawn = now;
    draw(line.fit(screen.width()));
  }

  @Override
  public void onEpoch(Training training, History.Epoch epoch) {
    lastEpoch = epoch;
    double value = epoch.figure(watched);
    boolean better = watched.largerIsBetter() ? value > best : value < best;
    boolean isBest = whole && (better || Double.isNaN(best) && !Double.isNaN(value));
    if (isBest) {
      best = value;
      bestEpoch = epoch.epoch();
    }
    int every = screen.live() ? (epochs + LIVE_LINES - 1) / LIVE_LINES : epochs / LINES;
    if (epoch.epoch() % Math.max(1, every) == 0 || screen.live() && epoch.epoch() == 1) {
      print(epoch);
    }
  }

  @Override
  public void onRecovery(Training training, Training.NonFiniteException e) {
    line("recovers from epoch " + e.epoch() + " at a smaller rate: " + e.getMessage());
    left.start(clock.getAsLong(), done(training));
  }

  @Override
  public void onEnd(Training training, History history) {
    if (lastEpoch != null && lastEpoch != printed) {
      print(lastEpoch);
    }
    if (!bar.isEmpty()) {
      draw(last(training, history).fit(screen.width()));
    }
    close();
    for (History.Epoch epoch : history.epochs()) {
      if (epoch.epoch() == history.bestEpoch()) {
        String of = "restored the weights of epoch";
        line(
            figures(new FigureLine().add(0, of, "restored epoch", "" + epoch.epoch()), epoch)
                .fit(screen.width()));
      }
    }
  }

  /** The bar at the end: whole, unless something broke off the training. */
  private FigureLine last(Training training, History history) {
    int size = history.epochs().size();
    boolean early = history.stopReason().contains("was no better");
    boolean all = size >= epochs || early;
    FigureLine line = all ? bar(1) : head(training);
    line.add(1, "", "", early ? "stopped early" : all ? "" : "stopped");
    line.add(2, "epoch", "", training.epoch() + "/" + epochs);
    return line.add(3, "after", "", time(left.elapsed(clock.getAsLong())));
  }

  private void print(History.Epoch epoch) {
    printed = epoch;
    int digits = screen.live() ? Integer.toString(epochs).length() : 1;
    String number = Text.format("%" + digits + "d/%d", epoch.epoch(), epochs);
    FigureLine line = figures(new FigureLine().add(0, "epoch", "", number), epoch);
    line.add(8, "lr", "lr", compact(epoch.learningRate()));
    line.add(9, "", "", rate(epoch.rowsPerSecond()));
    line.add(1, "", "", epoch.epoch() == bestEpoch ? BEST : "");
    line(line.fit(screen.width()));
  }

  private FigureLine figures(FigureLine line, History.Epoch epoch) {
    unit.add(line, 3, epoch.loss());
    line.add(5, "accuracy", "acc", share(epoch.accuracy()));
    // Of quantities their own unit says more.
    if (Double.isNaN(epoch.figure(Figure.VALIDATION_ROOT_MEAN_SQUARED_ERROR))) {
      line.add(2, "val loss", "val", TargetUnit.loss(epoch.validationLoss()));
    }
    line.add(4, "val accuracy", "val acc", share(epoch.validationAccuracy()));
    List<Metric> metrics = new ArrayList<>(List.of(Metric.values()));
    // As the figures of the training rows stand.
    metrics.remove(Metric.ROOT_MEAN_SQUARED_ERROR);
    metrics.add(metrics.indexOf(Metric.R2), Metric.ROOT_MEAN_SQUARED_ERROR);
    for (Metric metric : metrics) {
      double value = epoch.figure(Figure.of(metric));
      String name = FoldTable.name(metric);
      boolean error =
          metric == Metric.MEAN_ABSOLUTE_ERROR || metric == Metric.ROOT_MEAN_SQUARED_ERROR;
      int rank = metric == Metric.ROOT_MEAN_SQUARED_ERROR ? 2 : 6;
      line.add(
          rank, "val " + name, "val " + name, error ? TargetUnit.quantity(value) : share(value));
    }
    return line;
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

  private static String share(double value) {
    return Double.isNaN(value) ? "" : Text.format("%.4f", value);
  }

  private static String rate(double rowsPerSecond) {
    return Double.isNaN(rowsPerSecond) ? "" : Text.format("%,.0f rows/s", rowsPerSecond);
  }

  /** Three digits: 0.001, 0.000512, 1e-7. */
  static String compact(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    // Not by BigDecimal: loading it costs as much as a short training.
    double rounded = Double.parseDouble(Text.format("%.2e", value));
    return Math.abs(rounded) < 1e-6 && rounded != 0
        ? Double.toString(rounded).replace(".0E", "e").replace('E', 'e')
        : Text.format("%.8f", rounded).replaceFirst("[.]?0+$", "");
  }

  @Override
  public void close() {
    if (!bar.isEmpty()) {
      // Leaves the bar where it is.
      bar = "";
      out.println();
      out.flush();
    }
  }
}
