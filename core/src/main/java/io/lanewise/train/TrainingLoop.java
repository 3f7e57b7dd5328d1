package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.event.StepEvent;
import io.lanewise.internal.MeanLoss;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.metrics.Evaluation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Schedule;
import io.lanewise.train.Training.NonFiniteException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One training: where it is, and the buffers that it needs. */
final class TrainingLoop implements Training {
  private final Trainer trainer;
  private final @Nullable Dataset validation;
  private final Set<Metric> takenMetrics;
  private final Network network;
  private final Optimizer.Stepper stepper;
  private final Schedule schedule;
  private final Workspace workspace;
  private final EpochRows rows;
  private final UpdateGradient gradient;
  private final BestWeights best;
  private final @Nullable Checkpoints checkpoints;
  private final Map<String, String> settings;
  private final MeanLoss meanLoss;
  private final List<History.Epoch> history = new ArrayList<>();
  // Of an epoch, without those that are dropped; and of an update.
  private final long usedRows;
  private final long updateRows;

  private final double baseRate;

  private int epoch;
  private long rowsDone;
  private long step;
  private long counted;
  private long correct;
  private boolean stopped;
  // Whether the newest checkpoint is of this state.
  private boolean saved;
  private final Matrix checked = new Matrix();

  TrainingLoop(Trainer trainer, RowSource data, @Nullable Dataset validation, Kernels kernels)
      throws IOException {
    this.trainer = trainer;
    this.validation = validation;
    takenMetrics = trainer.takenMetrics();
    network = trainer.network;
    stepper = trainer.optimizer.begin(network.tensors());
    schedule = trainer.schedule == null ? Schedule.constant() : trainer.schedule.begin();
    long all = data.rowCount();
    int batch = (int) Math.min(trainer.batchSize, all);
    usedRows = trainer.dropLast ? all - all % batch : all;
    updateRows = Math.min((long) batch * trainer.accumulate, usedRows);
    meanLoss = new MeanLoss(network.reduction() == Reduction.SUM);
    workspace = new Workspace(network, kernels, Shards.firstRow(batch, trainer.shards, 1));
    rows = new EpochRows(data, trainer.shuffle, trainer.seed);
    gradient =
        new UpdateGradient(
            data, workspace, batch, trainer.shards, trainer.accumulate, trainer.seed);
    best = new BestWeights(trainer.earlyStopping, network);
    baseRate = stepper.learningRate();
    // As if an epoch 0 were over.
    rowsDone = usedRows;
    boolean keeps = trainer.checkpointFolder != null;
    checkpoints = keeps ? new Checkpoints(trainer.checkpointFolder, trainer.keep) : null;
    settings = keeps ? Fingerprint.of(trainer, data, validation) : Map.of();
  }

  History fit() throws IOException {
    if (checkpoints != null) {
      begin();
    }
    for (Training.Listener listener : trainer.listeners) {
      listener.onBegin(this);
    }
    while (!over()) {
      oneEpoch();
    }
    if (checkpoints != null && !saved) {
      save();
    }
    History result = new History(history, best.restore());
    for (Training.Listener listener : trainer.listeners) {
      listener.onEnd(this, result);
    }
    return result;
  }

  private boolean over() {
    return stopped || best.givesUp() || history.size() >= trainer.epochs;
  }

  /** The rest of the epoch that was begun, or the next one. */
  private void oneEpoch() throws IOException {
    if (rowsDone == usedRows) {
      epoch++;
      rowsDone = 0;
      meanLoss.clear();
      counted = 0;
      correct = 0;
    }
    long before = rowsDone;
    long start = System.nanoTime();
    try (RowSource.Reader reader = rows.open(epoch, rowsDone)) {
      while (rowsDone < usedRows && !stopped) {
        oneStep(reader);
      }
    }
    if (rowsDone == usedRows) {
      endEpoch((rowsDone - before) / ((System.nanoTime() - start) * 1e-9));
    }
  }

  private void oneStep(RowSource.Reader reader) throws IOException {
    int m = (int) Math.min(updateRows, usedRows - rowsDone);
    StepEvent event = StepEvent.begun();
    double loss = gradient.compute(reader, m, step + 1, null);
    if (!Double.isFinite(loss) || !finite(gradient.gradients())) {
      throw nonFinite(m, loss);
    }
    if (trainer.schedule != null) {
      stepper.learningRate(schedule.rate(baseRate, step, epoch - 1));
    }
    stepper.step(workspace.kernels(), network.parameters(), gradient.gradients());
    StepEvent.commit(event, step + 1, m, loss);
    meanLoss.add(loss, gradient.divisor(), m);
    counted += gradient.counted();
    correct += gradient.correct();
    rowsDone += m;
    step++;
    saved = false;
    for (int i = 0; i < trainer.listeners.size(); i++) {
      trainer.listeners.get(i).onBatch(this);
    }
    // That of an epoch's last step waits for its end.
    if (checkpoints != null
        && trainer.every > 0
        && step % trainer.every == 0
        && rowsDone < usedRows) {
      save();
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
    try (RowSource.Reader again = rows.open(epoch, rowsDone)) {
      gradient.compute(again, m, step + 1, search);
    }
    String what = Double.isFinite(loss) ? "the gradient is not finite" : "the loss is " + loss;
    if (search.inParameters()) {
      boolean first = rowsDone == 0 && epoch > 1;
      return new NonFiniteException(what, search.place(), first ? epoch - 1 : epoch, step);
    }
    String place = search.place() != null ? search.place() : "the sum over the pieces of the batch";
    return new NonFiniteException(what, place, epoch, step + 1);
  }

  private void endEpoch(double rowsPerSecond) throws IOException {
    if (!finite(network.parameters())) {
      NonFiniteSearch search = new NonFiniteSearch(workspace);
      search.lookAtParameters();
      throw new NonFiniteException("the parameters are not finite", search.place(), epoch, step);
    }
    @Nullable Evaluation held =
        validation == null ? null : Evaluation.of(workspace, validation, takenMetrics);
    History.Epoch entry =
        new History.Epoch(
            epoch,
            loss(),
            accuracy(),
            held == null ? Double.NaN : held.loss(),
            held == null ? Double.NaN : held.accuracy(),
            learningRate(),
            rowsPerSecond,
            held == null ? Map.of() : held.metrics());
    history.add(entry);
    best.take(entry);
    Figure usual = held == null ? Figure.LOSS : Figure.VALIDATION_LOSS;
    schedule.observe(entry.figure(schedule.monitored().orElse(usual)));
    for (Training.Listener listener : trainer.listeners) {
      listener.onEpoch(this, entry);
    }
    if (checkpoints != null && (trainer.every == 0 || step % trainer.every == 0)) {
      save();
    }
  }

  /** Where the newest checkpoint was, if the training is resumed and there is one. */
  private void begin() throws IOException {
    if (!trainer.resume) {
      checkpoints.begin();
      return;
    }
    State from = checkpoints.newest();
    if (from == null) {
      return;
    }
    Fingerprint.requireSame(from.file(), from.texts("settings."), settings);
    epoch = (int) from.integer("epoch");
    rowsDone = from.integer("rows");
    step = from.integer("step");
    meanLoss.restore(from.number("loss"), from.number("divisor"));
    counted = from.integer("counted");
    correct = from.integer("correct");
    from.copy("parameters", network.parameters());
    from.copy("state", network.state());
    stepper.restore(from.arrays("optimizer."), from.texts("optimizer."));
    schedule.restore(from.texts("schedule."));
    best.restore(from);
    history.addAll(History.parse(from.text("history")));
    saved = true;
  }

  private void save() throws IOException {
    State to = new State();
    to.putAll("settings.", settings, Map.of());
    to.put("epoch", epoch);
    to.put("rows", rowsDone);
    to.put("step", step);
    to.put("loss", meanLoss.total());
    to.put("divisor", meanLoss.divisor());
    to.put("counted", counted);
    to.put("correct", correct);
    to.put("parameters", network.parameters());
    to.put("state", network.state());
    to.putAll("optimizer.", stepper.scalars(), stepper.tensors());
    to.putAll("schedule.", schedule.scalars(), Map.of());
    best.save(to);
    to.put("history", new History(history, 0).toCsv());
    checkpoints.write(step, to);
    saved = true;
  }

  @Override
  public Network network() {
    return network;
  }

  @Override
  public int epochs() {
    return trainer.epochs;
  }

  @Override
  public long rows() {
    return usedRows;
  }

  @Override
  public int epoch() {
    return Math.max(1, epoch);
  }

  @Override
  public long rowsDone() {
    return epoch == 0 ? 0 : rowsDone;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public double loss() {
    return epoch == 0 ? Double.NaN : meanLoss.value();
  }

  @Override
  public double accuracy() {
    return rows.source().hasLabels() && epoch > 0 ? (double) correct / counted : Double.NaN;
  }

  @Override
  public double learningRate() {
    return stepper.learningRate();
  }

  @Override
  public double gradientNorm() {
    return stepper.gradientNorm();
  }

  @Override
  public String toString() {
    return "epoch "
        + epoch()
        + " of "
        + epochs()
        + ", "
        + rowsDone()
        + " of "
        + rows()
        + " rows, step "
        + step
        + ", loss "
        + loss();
  }

  @Override
  public void stop() {
    stopped = true;
  }
}
