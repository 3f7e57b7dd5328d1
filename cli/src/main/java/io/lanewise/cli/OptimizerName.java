package io.lanewise.cli;

import io.lanewise.train.Adam;
import io.lanewise.train.Optimizer;
import io.lanewise.train.Sgd;

/** The optimizers by name. */
enum OptimizerName {
  ADAM,
  SGD;

  Optimizer create(double learningRate) {
    return this == ADAM ? new Adam(learningRate) : new Sgd(learningRate);
  }
}
