package io.lanewise.train;

import io.lanewise.internal.MeanLoss;
import io.lanewise.kernel.Kernels;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Schedule;
import java.util.Map;

/**
 * Where a training is: what was learned, and how far it came. It is what listeners see, what a
 * checkpoint keeps, and where a training that recovers goes back to.
 */
final class Position implements Training {
  private final Workspace workspace;
  private final Network network;
  private final Optimizer.Stepper stepper;
  private final Schedule schedule;
  private final int epochs;
  private final long rows;
  private final boolean labelled;
  private final MeanLoss meanLoss;
  private int epoch;
  private long rowsDone;
  private long step;
  private double counted;
  private double correct;
  private volatile boolean stopped;

  /**
   * As if an epoch 0 were over.
   *
   * @param epochs how many there will be
   * @param rows of an epoch, without those that are dropped
   * @param labelled whether they have labels
   */
  Position(
      Workspace workspace,
      Optimizer.Stepper stepper,
      Schedule schedule,
      int epochs,
      long rows,
      boolean labelled) {
    this.workspace = workspace;
    this.epochs = epochs;
    this.stepper = stepper;
    this.schedule = schedule;
    this.rows = rows;
    this.labelled = labelled;
    network = workspace.network();
    meanLoss = new MeanLoss(network.reduction() == Reduction.SUM);
    rowsDone = rows;
  }

  boolean epochIsOver() {
    return rowsDone == rows;
  }

  boolean stopped() {
    return stopped;
  }

  void nextEpoch() {
    epoch++;
    rowsDone = 0;
    meanLoss.clear();
    counted = 0;
    correct = 0;
  }

  /** Takes note of a step, which was of so many rows. */
  void stepDone(double loss, UpdateGradient gradient, int m) {
    meanLoss.add(loss, gradient.divisor(), m);
    counted += gradient.counted();
    correct += gradient.correct();
    rowsDone += m;
    step++;
  }

  State save() {
    State to = saveLearned();
    to.put("epoch", epoch);
    to.put("rows", rowsDone);
    to.put("step", step);
    to.put("loss", meanLoss.total());
    to.put("divisor", meanLoss.divisor());
    to.put("counted", counted);
    to.put("correct", correct);
    to.putAll("schedule.", schedule.scalars(), Map.of());
    return to;
  }

  void restore(State from) {
    epoch = (int) from.integer("epoch");
    rowsDone = from.integer("rows");
    step = from.integer("step");
    meanLoss.restore(from.number("loss"), from.number("divisor"));
    counted = from.number("counted");
    correct = from.number("correct");
    schedule.restore(from.texts("schedule."));
    restoreLearned(from);
  }

  /** What was learned alone. */
  State saveLearned() {
    State to = new State();
    to.put("parameters", network.parameters());
    to.put("state", network.state());
    to.putAll("optimizer.", stepper.scalars(), stepper.tensors());
    return to;
  }

  void restoreLearned(State from) {
    from.copy("parameters", network.parameters());
    from.copy("state", network.state());
    stepper.restore(from.arrays("optimizer."), from.texts("optimizer."));
  }

  @Override
  public Network network() {
    return workspace.network();
  }

  @Override
  public Kernels kernels() {
    return workspace.kernels();
  }

  @Override
  public int epochs() {
    return epochs;
  }

  @Override
  public long rows() {
    return rows;
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
    return labelled && epoch > 0 ? correct / counted : Double.NaN;
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
