package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/**
 * What a compiled graph does with inputs of certain shapes.
 *
 * @param key the shapes, one after another
 * @param instructions in their order
 * @param outputs where the outputs are
 * @param arena floats that it needs
 * @param integers longs that it needs
 * @param near floats of the largest value that is quantized
 * @param heap tensors that operators of the interpreter make
 */
record Plan(
    int[] key,
    Instruction[] instructions,
    View[] outputs,
    int arena,
    int integers,
    int near,
    int heap) {

  /** Whether it is one for these inputs. */
  boolean fits(OnnxTensor[] inputs) {
    int i = 0;
    for (OnnxTensor input : inputs) {
      for (int dim : input.shape()) {
        if (key[i++] != dim) {
          return false;
        }
      }
    }
    return true;
  }

  /** The shapes of inputs whose ranks are known. */
  static int[] key(OnnxTensor[] inputs) {
    return Arrays.stream(inputs).flatMapToInt(x -> Arrays.stream(x.shape())).toArray();
  }

  static int hash(OnnxTensor[] inputs) {
    int hash = 1;
    for (OnnxTensor input : inputs) {
      for (int dim : input.shape()) {
        hash = 31 * hash + dim;
      }
    }
    return hash * 0x9E3779B1;
  }

  void run(Room room) throws ModelFormatException {
    room.fit(this);
    for (Instruction instruction : instructions) {
      instruction.run(room);
    }
    for (int i = 0; i < outputs.length; i++) {
      OnnxTensor to = room.outputs[i];
      if (to != null) {
        Loops.copy(room, outputs[i], to.data());
      }
    }
  }
}
