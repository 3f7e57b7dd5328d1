package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/** What a node does, its attributes read and checked. No state: any number of runs share it. */
interface Operator {
  /** Computes the outputs from the inputs. */
  void run(Call call) throws ModelFormatException;
}
