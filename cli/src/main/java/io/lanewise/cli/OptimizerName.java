package io.lanewise.cli;

/** The optimizers by name. */
enum OptimizerName {
  SGD(0.01),
  MOMENTUM(0.01),
  NESTEROV(0.01),
  RMSPROP(0.01),
  ADAGRAD(0.01),
  ADAM(0.001),
  ADAMW(0.001),
  LION(0.0001);

  /** The learning rate without another. */
  final double learningRate;

  OptimizerName(double learningRate) {
    this.learningRate = learningRate;
  }

  boolean hasMomentum() {
    return this == MOMENTUM || this == NESTEROV || this == RMSPROP;
  }
}
