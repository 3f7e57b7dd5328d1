package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A node that runs as {@link OnnxModel#run} does it. It allocates what it makes. */
final class NodeCall implements Instruction {
  private final Op.Plain op;
  private final @Nullable View[] inputs;
  private final @Nullable View[] outputs;

  NodeCall(Op.Plain op, @Nullable View[] inputs, @Nullable View[] outputs) {
    this.op = op;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  @Override
  public void run(Room room) throws ModelFormatException {
    Budget budget = Budget.ofRun(room.limit);
    OnnxTensor[] given = new OnnxTensor[inputs.length];
    for (int i = 0; i < given.length; i++) {
      given[i] = inputs[i] == null ? null : tensor(room, inputs[i], budget);
    }
    Call call = new Call(op.node(), given, room.kernels, budget);
    op.operator().run(call);
    for (int i = 0; i < outputs.length; i++) {
      View view = outputs[i];
      if (view == null) {
        continue;
      }
      OnnxTensor made = call.outputs()[i];
      if (made.type() != view.type() || !Arrays.equals(made.shape(), view.dims())) {
        throw new AssertionError(op.node().describe() + ": planned " + view + ", made " + made);
      }
      room.heap[view.buffer().index] = made;
    }
  }

  @Override
  public String toString() {
    return op.node().operator();
  }

  private static OnnxTensor tensor(Room room, View view, Budget budget)
      throws ModelFormatException {
    if (view.isWhole() && room.tensor(view).count() == view.count()) {
      return room.tensor(view).reshaped(view.dims());
    }
    budget.charge((long) view.count() * view.type().heldBytes() + 64);
    Object copy = TensorParser.newArray(view.type(), view.count());
    Loops.copy(room, view, copy);
    return new OnnxTensor(view.type(), view.dims(), copy);
  }
}
