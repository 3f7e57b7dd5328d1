package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.event.StepEvent;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Schedule;
import io.lanewise.train.Training.NonFiniteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** One training: its loop over epochs and steps, and the buffers that it needs. */
final class TrainingLoop {
  private final Trainer trainer;
  private final RowSource data;
  private final @Nullable Dataset validation;
  private final Set<Metric> takenMetrics;
  private final Network network;
  private final Optimizer.Stepper stepper;
  private final Schedule schedule;
  private final Workspace workspace;
  private final Position position;
  private final EpochRows rows;
  private final UpdateGradient gradient;
  private final @Nullable WorkerPart part;
  private final BestWeights best;
  private final @Nullable Checkpoints checkpoints;
  private Map<String, String> settings = Map.of();
  private final List<History.Epoch> history = new ArrayList<>();
  // Of an epoch, without those that are dropped; and of an update.
  private final long usedRows;
  private final long updateRows;

  private final double baseRate;
  // The running statistics before the step that is under way.
  private final float[] stateBefore;

  private boolean interrupted;
  // Whether the newest checkpoint is of this state.
  private boolean saved;
  // Where a training that may go back goes back to, how often it did, and to which share of the
  // rate.
  private @Nullable State good;
  private int recoveries;
  private double rateFactor = 1;
  // What the schedule goes back to.
  private @Nullable State kept;
  private final Matrix checked = new Matrix();

  TrainingLoop(Trainer trainer, RowSource data, @Nullable Dataset validation, Kernels kernels) {
    this.trainer = trainer;
    this.data = data;
    this.validation = validation;
    takenMetrics = trainer.takenMetrics();
    network = trainer.network;
    stepper = trainer.optimizer.begin(network.tensors());
    schedule = trainer.schedule == null ? Schedule.constant() : trainer.schedule.begin();
    long all = data.rowCount();
    int batch = (int) Math.min(trainer.batchSize, all);
    usedRows = trainer.dropLast ? all - all % batch : all;
    updateRows = Math.min((long) batch * trainer.accumulate, usedRows);
    workspace = new Workspace(network, kernels, UpdateGradient.firstRow(batch, trainer.shards, 1));
    position =
        new Position(workspace, stepper, schedule, trainer.epochs, usedRows, data.hasLabels());
    rows = new EpochRows(data, trainer);
    gradient = new UpdateGradient(trainer, data, workspace, batch);
    part = gradient.part();
    best = new BestWeights(trainer.earlyStopping, network);
    baseRate = stepper.learningRate();
    boolean keeps =
        trainer.checkpointFolder != null
            && (trainer.exchange == null || trainer.exchange.rank() == 0);
    checkpoints = keeps ? new Checkpoints(trainer.checkpointFolder, trainer.keep) : null;
    stateBefore = new float[network.state().length];
  }

  History fit() throws IOException {
    // From here on the status is clear: it would close what the training reads and writes.
    interrupted = Thread.interrupted();
    try {
      return fitAll();
    } finally {
      if (checkpoints != null) {
        checkpoints.close();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private History fitAll() throws IOException {
    try {
      begin();
    } catch (IOException | UncheckedIOException e) {
      if (part != null || !Thread.interrupted()) {
        throw e;
      }
      // It has closed the file that was being read.
      interrupted = true;
      // Nothing is known of what there is to go on from.
      saved = true;
    }
    if (trainer.recoveries > 0 && good == null) {
      good = position.save().copy();
    }
    for (Training.Listener listener : trainer.listeners) {
      listener.onBegin(position);
    }
    String reason;
    NonFiniteException failure = null;
    int bestEpoch;
    try {
      while ((reason = stopReason()) == null) {
        try {
          oneEpoch();
        } catch (NonFiniteException e) {
          if (!recovers(e)) {
            failure = e;
            reason = e.getMessage();
            break;
          }
        } catch (IOException | UncheckedIOException e) {
          if (part != null || !Thread.interrupted()) {
            throw e;
          }
          interrupted = true;
        }
      }
      if (failure == null && part != null) {
        part.end(position.step());
      }
      if (failure == null && checkpoints != null && !saved) {
        save();
      }
    } finally {
      bestEpoch = best.restore();
      if (trainer.targetScaling != null) {
        trainer.targetScaling.undo(network);
      }
    }
    History result = new History(history, bestEpoch, reason);
    for (Training.Listener listener : trainer.listeners) {
      listener.onEnd(position, result);
    }
    if (failure != null) {
      failure.history = result;
      throw failure;
    }
    return result;
  }

  private boolean stops() {
    interrupted |= Thread.interrupted();
    boolean wanted = position.stopped() || interrupted;
    return part == null ? wanted : part.stops(wanted);
  }

  /** Why it is over; null as long as it is not. */
  private @Nullable String stopReason() {
    if (history.size() >= trainer.epochs) {
      return "all epochs are done";
    }
    if (stops()) {
      return interrupted
          ? "the thread was interrupted"
          : position.stopped() ? "it was told to stop" : "another worker was told to stop";
    }
    return best.givesUp();
  }

  /** Goes back to the last good weights at a smaller rate, if it may once more. */
  private boolean recovers(NonFiniteException e) {
    if (recoveries == trainer.recoveries) {
      return false;
    }
    for (Training.Listener listener : trainer.listeners) {
      listener.onRecovery(position, e);
    }
    recoveries++;
    rateFactor *= trainer.recoveryFactor;
    position.restore(good);
    stepper.learningRate(baseRate * rateFactor);
    saved = false;
    return true;
  }

  /** The rest of the epoch that was begun, or the next one. */
  private void oneEpoch() throws IOException {
    if (position.epochIsOver()) {
      position.nextEpoch();
    }
    long before = position.rowsDone();
    long start = System.nanoTime();
    rows.open(position.epoch(), before);
    try {
      while (!position.epochIsOver() && !stops()) {
        oneStep();
      }
    } finally {
      rows.close();
    }
    if (position.epochIsOver()) {
      endEpoch((position.rowsDone() - before) / ((System.nanoTime() - start) * 1e-9));
    }
  }

  private void oneStep() throws IOException {
    int m = (int) Math.min(updateRows, usedRows - position.rowsDone());
    StepEvent event = FlightRecorder.isInitialized() ? StepEvent.begun() : null;
    double loss = gradient(m);
    if (trainer.schedule != null) {
      stepper.learningRate(
          schedule.rate(baseRate, position.step(), position.epoch() - 1) * rateFactor);
    }
    stepper.step(workspace.kernels(), network.parameters(), gradient.gradients());
    if (event != null) {
      StepEvent.commit(event, position.step() + 1, m, loss);
    }
    position.stepDone(loss, gradient, m);
    saved = false;
    for (int i = 0; i < trainer.listeners.size(); i++) {
      trainer.listeners.get(i).onBatch(position);
    }
    // That of an epoch's last step waits for its end.
    if (checkpoints != null
        && trainer.every > 0
        && position.step() % trainer.every == 0
        && !position.epochIsOver()) {
      save();
    }
  }

  /** A step that is not taken leaves the running statistics as they were, too. */
  private double gradient(int m) throws IOException {
    float[] state = network.state();
    System.arraycopy(state, 0, stateBefore, 0, state.length);
    boolean done = false;
    try {
      double loss = gradient.compute(rows, m, position.step() + 1, null);
      done = Double.isFinite(loss) && finite(gradient.gradients());
      if (!done) {
        throw nonFinite(m, loss);
      }
      return loss;
    } finally {
      if (!done) {
        System.arraycopy(stateBefore, 0, state, 0, state.length);
      }
    }
  }

  private boolean finite(float[] values) {
    double sum =
        workspace
            .kernels()
            .sumOfSquares(checked.set(values, 0, Math.max(1, values.length), 1, values.length));
    return sum < Double.POSITIVE_INFINITY;
  }

  /** Computes the step again and looks where it happens. */
  private NonFiniteException nonFinite(int m, double loss) throws IOException {
    NonFiniteSearch search = new NonFiniteSearch(workspace);
    int epoch = position.epoch();
    long step = position.step();
    boolean first = position.rowsDone() == 0 && epoch > 1;
    rows.open(epoch, position.rowsDone());
    gradient.compute(rows, m, step + 1, search);
    String what = Double.isFinite(loss) ? "the gradient is not finite" : "the loss is " + loss;
    if (search.inParameters()) {
      return new NonFiniteException(what, search.place(), first ? epoch - 1 : epoch, step);
    }
    String place = search.place() != null ? search.place() : "the sum over the pieces of the batch";
    return new NonFiniteException(what, place, epoch, step + 1);
  }

  private void endEpoch(double rowsPerSecond) throws IOException {
    int epoch = position.epoch();
    long step = position.step();
    boolean parameters = finite(network.parameters());
    if (!parameters || !finite(network.state())) {
      NonFiniteSearch search = new NonFiniteSearch(workspace);
      search.lookAtParameters();
      String what = parameters ? "the state is" : "the parameters are";
      throw new NonFiniteException(what + " not finite", search.place(), epoch, step);
    }
    @Nullable Evaluation held =
        validation == null
            ? null
            : Evaluation.of(workspace, validation, takenMetrics, trainer.targetScaling);
    if (held != null && !Double.isFinite(held.loss())) {
      String what = "the validation loss is " + held.loss();
      String place = new NonFiniteSearch(workspace).lookAtValidation(validation);
      throw new NonFiniteException(what, place, epoch, step);
    }
    History.Epoch entry =
        new History.Epoch(
            epoch,
            position.loss(),
            position.accuracy(),
            held == null ? Double.NaN : held.loss(),
            held == null ? Double.NaN : held.accuracy(),
            position.learningRate(),
            rowsPerSecond,
            held == null ? Map.of() : held.metrics());
    history.add(entry);
    best.take(entry);
    Figure usual = held == null ? Figure.LOSS : Figure.VALIDATION_LOSS;
    schedule.observe(entry.figure(schedule.monitored().orElse(usual)));
    for (Training.Listener listener : trainer.listeners) {
      listener.onEpoch(position, entry);
    }
    if (schedule.keepsWeights()) {
      kept = position.saveLearned().copy();
    } else if (schedule.returnsToWeights() && kept != null) {
      position.restoreLearned(kept);
      saved = false;
    }
    if (trainer.recoveries > 0) {
      good = position.save().copy();
    }
    if (checkpoints != null && (trainer.every == 0 || step % trainer.every == 0)) {
      save();
    }
  }

  /** Where the newest checkpoint was, if the training is resumed and there is one. */
  private void begin() throws IOException {
    if (checkpoints == null && part == null) {
      return;
    }
    settings = new FitSettings(trainer, data, validation).texts();
    @Nullable State from = checkpoints == null ? null : newest();
    if (part != null) {
      from = part.begin(settings, trainer.epochs, from);
    }
    if (from == null) {
      return;
    }
    position.restore(from);
    int epoch = position.epoch();
    if (epoch > trainer.epochs) {
      throw new IllegalStateException(
          "epochs: " + from.file() + " is of epoch " + epoch + ", wanted only " + trainer.epochs);
    }
    best.restore(from);
    if (trainer.recoveries > 0) {
      recoveries = (int) from.integer("recoveries");
      rateFactor = from.number("rateFactor");
      good = from.below("good.");
    }
    State keptBefore = from.below("kept.");
    kept = keptBefore.arrays().isEmpty() ? null : keptBefore;
    history.addAll(History.parse(from.text("history")));
    saved = true;
  }

  private @Nullable State newest() throws IOException {
    if (!trainer.resume) {
      checkpoints.begin();
      return null;
    }
    State from = checkpoints.newest();
    if (from != null) {
      FitSettings.requireSame(from.file(), from.texts("settings."), settings);
    }
    return from;
  }

  private void save() throws IOException {
    State to = position.save();
    to.putAll("settings.", settings, Map.of());
    best.save(to);
    if (good != null) {
      to.put("recoveries", recoveries);
      to.put("rateFactor", rateFactor);
      to.putAll("good.", good.texts(), good.arrays());
    }
    if (kept != null) {
      to.putAll("kept.", kept.texts(), kept.arrays());
    }
    to.put("history", new History(history, 0, "").toCsv());
    checkpoints.write(position.step(), to);
    saved = true;
  }
}
