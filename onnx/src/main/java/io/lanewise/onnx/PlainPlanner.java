package io.lanewise.onnx;

import io.lanewise.kernel.Kernels.Function;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.ElementOperators.Arithmetic;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;

/** Plans a node that was not fused: as a view, an instruction, or a call of its operator. */
final class PlainPlanner {
  private final Planner planner;
  private final Op.Plain op;
  private final Node node;

  PlainPlanner(Planner planner, Op.Plain op) {
    this.planner = planner;
    this.op = op;
    this.node = op.node();
  }

  void add() throws ModelFormatException {
    if (node.operator().equals("Shape")) {
      int[] dims = input(0).dims();
      long[] longs = Arrays.stream(dims).asLongStream().toArray();
      planner.constant(node.outputs()[0], IndexOperators.part(node, longs, planner.budget()));
      return;
    }
    if (planner.fold(op) || moved()) {
      return;
    }
    boolean floats = node.inputs().length > 0 && input(0).isFloats();
    boolean done =
        switch (node.operator()) {
          case "Cast" -> cast();
          case "Gather" -> gather();
          case "MatMul" -> floats && input(1).isFloats() && matmul();
          case "Add", "Sub", "Mul", "Div" -> floats && input(1).isFloats() && arithmetic();
          case "Exp", "Log", "Erf" -> {
            Function f = Function.valueOf(node.operator().toUpperCase(Locale.ROOT));
            yield floats && elementwise((x, y) -> Elements.function(f, x, y));
          }
          case "Sqrt", "Reciprocal", "Neg", "Abs" ->
              floats && elementwise((x, y) -> Elements.exact(node.operator(), x, y));
          case "Softmax" -> floats && softmax();
          default -> false;
        };
    boolean added = done || layer() || new MixedPlanner(planner, node).add() || placed();
    if (!added) {
      call();
    }
  }

  private View input(int i) {
    return planner.value(node.inputs()[i]);
  }

  private boolean layer() throws ModelFormatException {
    LayerPlanner layers = new LayerPlanner(planner, node);
    return switch (node.operator()) {
      case "RMSNormalization" -> layers.rms();
      case "RotaryEmbedding" -> layers.rotary();
      case "Attention" -> layers.attention();
      default -> false;
    };
  }

  private boolean placed() throws ModelFormatException {
    View[] inputs = inputs();
    return node.inputs().length > 0
        && node.hasInput(0)
        && new PlacePlanner(planner, node).add(Outcome.of(node, this::probe, inputs)[0].shape());
  }

  private View[] inputs() {
    View[] inputs = new View[node.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = node.hasInput(i) ? input(i) : null;
    }
    return inputs;
  }

  private boolean elementwise(Planner.OfElements f) throws ModelFormatException {
    planner.elementwise(node, node.inputs()[0], node.outputs()[0], f);
    return true;
  }

  /** What only moves elements is a view of them, if it can be. */
  private boolean moved() throws ModelFormatException {
    switch (node.operator()) {
      case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout" -> {
        return !node.hasOutput(1) && reshaped();
      }
      case "Transpose" -> {
        View x = input(0);
        long[] perm = node.attributes().integers("perm");
        int[] order = new int[x.rank()];
        boolean[] used = new boolean[x.rank()];
        for (int i = 0; i < order.length; i++) {
          long axis =
              perm == null ? order.length - 1L - i : perm.length == order.length ? perm[i] : -1;
          if (axis < 0 || axis >= order.length || used[(int) axis]) {
            return false;
          }
          used[(int) axis] = true;
          order[i] = (int) axis;
        }
        planner.set(node.outputs()[0], x.permuted(order));
        return true;
      }
      case "Slice", "Expand", "Split" -> {
        return parts();
      }
      default -> {
        return false;
      }
    }
  }

  private boolean reshaped() throws ModelFormatException {
    View x = input(0);
    View y = x.reshaped(probe().outputs()[0].shape());
    if (y == null && x.type() == OnnxTensor.Type.STRING) {
      return false;
    }
    int[] dims = probe().outputs()[0].shape();
    planner.set(node.outputs()[0], y == null ? planner.dense(node, x).reshaped(dims) : y);
    return true;
  }

  /** Parts of the first input, as the operator itself would take them. */
  private boolean parts() throws ModelFormatException {
    View x = input(0);
    if (!x.isDense()) {
      if (x.type() == OnnxTensor.Type.STRING) {
        return false;
      }
      x = planner.dense(node, x);
    }
    Probe probe = probe();
    for (int i = 0; i < node.outputs().length; i++) {
      Probe.Part part = probe.part(i);
      if (node.hasOutput(i)) {
        int[] dims = probe.outputs()[i].shape();
        planner.set(node.outputs()[i], x.as(dims, part.strides(), x.off() + part.base()));
      }
    }
    return true;
  }

  /** Finds the shapes of the outputs. */
  private Probe probe() throws ModelFormatException {
    OnnxTensor[] inputs = new OnnxTensor[node.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      if (node.hasInput(i)) {
        View view = input(i);
        boolean known = i > 0 && view.isConstant() && view.isWhole();
        inputs[i] =
            known
                ? view.buffer().tensor.reshaped(view.dims())
                : Probe.empty(view.type(), view.dims());
      }
    }
    return Probe.of(node, op.operator(), inputs, planner.budget());
  }

  private boolean cast() throws ModelFormatException {
    View x = input(0);
    OnnxTensor.Type to = ShapeOperators.castTo(node);
    if (to == x.type()) {
      planner.set(node.outputs()[0], x);
      return true;
    }
    boolean plain = x.type().isIntegers() && x.type() != OnnxTensor.Type.UINT64;
    if (to != OnnxTensor.Type.FLOAT || !plain) {
      return false;
    }
    View y = planner.inArena(node, x.dims());
    planner.set(node.outputs()[0], y);
    if (y.count() > 0) {
      planner.emit(new Elements.ToFloat(x, y), x, y);
    }
    return true;
  }

  private boolean gather() throws ModelFormatException {
    View table = input(0);
    View places = input(1);
    boolean longs =
        places.type() == OnnxTensor.Type.INT64 || places.type() == OnnxTensor.Type.INT32;
    boolean rows = table.rank() > 0 && node.attributes().intValue("axis", 0) == 0;
    if (!table.isFloats() || !longs || !rows || !table.isDense()) {
      return false;
    }
    places = planner.dense(node, places);
    int[] dims = probe().outputs()[0].shape();
    View y = planner.inArena(node, dims);
    planner.set(node.outputs()[0], y);
    if (y.count() > 0) {
      planner.emit(Elements.gather(node, table, places, y), table, places, y);
    }
    return true;
  }

  /** This node scales rows that the other gathers from a table of integers. */
  void lookup(Op.Plain gather) throws ModelFormatException {
    Node rows = gather.node();
    View table = planner.value(rows.inputs()[0]);
    View places = planner.value(rows.inputs()[1]);
    boolean longs =
        places.type() == OnnxTensor.Type.INT64 || places.type() == OnnxTensor.Type.INT32;
    if (!longs) {
      new PlainPlanner(planner, gather).add();
      add();
      return;
    }
    places = planner.dense(rows, places);
    View y = planner.inArena(node, new PlainPlanner(planner, gather).probe().outputs()[0].shape());
    planner.set(node.outputs()[0], y);
    if (y.count() > 0) {
      float scale = input(1).buffer().tensor.floats()[0];
      int zero = node.hasInput(2) ? (int) input(2).buffer().tensor.integer(0) : 0;
      planner.emit(Elements.lookup(rows, table, places, scale, zero, y), table, places, y);
    }
  }

  private boolean arithmetic() throws ModelFormatException {
    Arithmetic f = Arithmetic.valueOf(node.operator().toUpperCase(Locale.ROOT));
    planner.set(node.outputs()[0], planner.binary(node, f, input(0), input(1)));
    return true;
  }

  private boolean softmax() throws ModelFormatException {
    View x = input(0);
    int axis = node.attributes().intValue("axis", node.opset() >= 13 ? -1 : 1);
    if (x.rank() == 0 || (axis != -1 && axis != x.rank() - 1) || x.count() == 0) {
      return false;
    }
    x = planner.dense(node, x);
    View y = planner.inArena(node, x.dims());
    planner.emit(new RowWork.Softmax(y, x, null, false, 1), x, y);
    planner.set(node.outputs()[0], y);
    return true;
  }

  /** Products of matrices that are windows already; vectors are left to the operator. */
  private boolean matmul() throws ModelFormatException {
    View a = input(0);
    View b = input(1);
    if (a.rank() < 2 || b.rank() < 2 || a.fromEnd(1) != b.fromEnd(2)) {
      return false;
    }
    int[] batch =
        Shapes.broadcast(
            Arrays.copyOf(a.dims(), a.rank() - 2), Arrays.copyOf(b.dims(), b.rank() - 2));
    if (batch == null || a.fromEnd(1) == 0) {
      return false;
    }
    int[] dims = Arrays.copyOf(batch, batch.length + 2);
    dims[batch.length] = a.fromEnd(2);
    dims[batch.length + 1] = b.fromEnd(1);
    View y = planner.inArena(node, node.outputs()[0], dims);
    if (y.count() > 0) {
      View left = RowWork.Products.isWindow(a) ? a : planner.dense(node, a);
      View right = RowWork.Products.isWindow(b) ? b : planner.dense(node, b);
      int[] wideA = dims.clone();
      int[] wideB = dims.clone();
      wideA[batch.length + 1] = a.fromEnd(1);
      wideB[batch.length] = b.fromEnd(2);
      left = left.broadcast(wideA);
      right = right.broadcast(wideB);
      planner.emit(new RowWork.Products(left, right, y), left, right, y);
    }
    planner.set(node.outputs()[0], y);
    return true;
  }

  /** By the operator of the interpreter, on tensors of its own. */
  private void call() throws ModelFormatException {
    View[] inputs = inputs();
    Map<View, Boolean> known = new IdentityHashMap<>();
    for (View input : inputs) {
      if (input != null) {
        known.put(input, true);
      }
    }
    OnnxTensor[] shapes = Outcome.of(node, this::probe, inputs);
    View[] outputs = new View[node.outputs().length];
    for (int i = 0; i < outputs.length; i++) {
      if (node.hasOutput(i)) {
        outputs[i] = planner.onHeap(shapes[i].type(), shapes[i].shape());
        planner.set(node.outputs()[i], outputs[i]);
        known.put(outputs[i], true);
      }
    }
    planner.emit(new NodeCall(op, inputs, outputs), known.keySet().toArray(new View[0]));
  }
}
