package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;

/**
 * One step of a {@link Plan}: knows where its operands lie. No state: any number of runs share it.
 */
interface Instruction {
  /** Computes it in that room. */
  void run(Room room) throws ModelFormatException;
}
