package io.lanewise.onnx;

import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a plan for inputs of certain shapes: what depends on shapes alone is worked out, what moves
 * elements becomes a view where it can, and all else an instruction with its place in the arena.
 */
final class Planner {
  /** Constants of more elements are not worked out, but computed at each run. */
  private static final int SMALL = 1024;

  private final Fusion.Fused fused;
  private long limit;
  private final Budget budget;
  private final Map<String, View> values = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, int[]> turned = new HashMap<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Buffer> buffers = new ArrayList<>();
  private int heap;
  private int near;

  private Planner(Fusion.Fused fused, long limit) {
    this.fused = fused;
    this.limit = limit;
    budget = Budget.ofRun(limit);
    fused
        .constants()
        .forEach(
            (name, tensor) ->
                values.put(
                    name, View.whole(Buffer.constant(tensor), tensor.type(), tensor.shape())));
    for (Op op : fused.ops()) {
      op.reads().forEach(name -> readers.merge(name, 1, Integer::sum));
    }
    for (Op op : fused.ops()) {
      if (op instanceof Op.Plain plain && plain.node().operator().equals("Transpose")) {
        turned(plain.node());
      }
    }
  }

  /** A value whose only reader turns it may lie as it is wanted then. */
  private void turned(Node node) {
    String x = node.inputs()[0];
    try {
      long[] perm = node.attributes().integers("perm");
      if (perm != null && readers.get(x) == 1) {
        turned.put(x, Arrays.stream(perm).mapToInt(axis -> (int) axis).toArray());
      }
    } catch (ModelFormatException e) {
      // It says so when it is planned.
      turned.remove(x);
    }
  }

  /**
   * Makes the plan.
   *
   * @throws ModelFormatException if the shapes do not fit; the message names the node; or if it
   *     needs more memory than the limit
   */
  static Plan plan(
      Fusion.Fused fused, List<String> inputs, OnnxTensor[] given, List<String> outputs, long limit)
      throws ModelFormatException {
    Planner planner = new Planner(fused, limit);
    for (int i = 0; i < given.length; i++) {
      View view = View.whole(Buffer.input(i), given[i].type(), given[i].shape());
      planner.values.put(inputs.get(i), view);
    }
    for (Op op : fused.ops()) {
      planner.add(op);
    }
    View[] results = new View[outputs.size()];
    long bytes = 0;
    for (int i = 0; i < results.length; i++) {
      results[i] = planner.values.get(outputs.get(i));
      results[i].buffer().use(planner.instructions.size());
      bytes += (long) results[i].count() * results[i].type().heldBytes();
    }
    planner.limit -= bytes + (long) planner.near * Float.BYTES;
    long most = planner.limit / Float.BYTES;
    int floats = Arena.place(planner.buffers, Buffer.Place.ARENA, most);
    planner.limit -= (long) floats * Float.BYTES;
    return new Plan(
        Plan.key(given),
        planner.instructions.toArray(new Instruction[0]),
        results,
        floats,
        Arena.place(planner.buffers, Buffer.Place.INTEGERS, planner.limit / Long.BYTES),
        planner.near,
        planner.heap);
  }

  private void add(Op op) throws ModelFormatException {
    switch (op) {
      case Op.Plain plain -> new PlainPlanner(this, plain).add();
      case Op.Product product -> new RowPlanner(this).product(product);
      case Op.QuantizedProduct product -> new RowPlanner(this).product(product);
      case Op.Lookup lookup -> new PlainPlanner(this, lookup.scaling()).lookup(lookup.gather());
      case Op.Steps steps -> {
        if (value(steps.quantize().node().inputs()[0]).isFloats()) {
          Node node = steps.quantize().node();
          elementwise(
              node,
              node.inputs()[0],
              steps.makes().getFirst(),
              (x, y) -> Elements.steps(node, steps.steps(), x, y));
        } else {
          add(steps.quantize());
          add(steps.dequantize());
        }
      }
      case Op.Function f ->
          elementwise(f.node(), f.x(), f.y(), (x, y) -> Elements.activation(f.f(), x, y));
      case Op.RowNorm norm -> new RowPlanner(this).norm(norm);
      case Op.Scores scores -> {
        if (!new RowPlanner(this).scores(scores)) {
          for (Op.Plain part : new Op.Plain[] {scores.scale(), scores.add(), scores.softmax()}) {
            if (part != null) {
              add(part);
            }
          }
        }
      }
      case Op.Attention attention -> {
        if (!new AttentionPlanner(this, attention.last().node()).add(attention)) {
          add(attention.first());
          add(attention.scores());
          for (Op.Plain part : attention.guard()) {
            add(part);
          }
          add(attention.last());
        }
      }
    }
  }

  // What the planners of operations ask for.

  View value(String name) {
    return values.get(name);
  }

  void set(String name, View view) {
    values.put(name, view);
  }

  Budget budget() {
    return budget;
  }

  /** A tensor that one operator of the interpreter makes in each run. */
  View onHeap(OnnxTensor.Type type, int[] dims) {
    return View.whole(Buffer.heap(heap++), type, dims);
  }

  /** Room for floats. */
  View inArena(Node node, int... dims) throws ModelFormatException {
    int count = Shapes.count(dims, 0, dims.length);
    if (count < 0) {
      throw node.error("its output " + Shapes.text(dims) + " has too many elements");
    }
    Buffer buffer = Buffer.arena(count);
    buffers.add(buffer);
    return View.whole(buffer, OnnxTensor.Type.FLOAT, dims);
  }

  /** Room for integers or booleans, or for floats. */
  View room(Node node, OnnxTensor.Type type, int... dims) throws ModelFormatException {
    if (type == OnnxTensor.Type.FLOAT) {
      return inArena(node, dims);
    }
    Buffer buffer = Buffer.integers(inArena(node, dims).count());
    buffers.add(buffer);
    return View.whole(buffer, type, dims);
  }

  /** Room for that value, in the order in which its only reader wants it. */
  View inArena(Node node, String name, int[] dims) throws ModelFormatException {
    int[] perm = turned.get(name);
    boolean fits = perm != null && perm.length == dims.length && dims.length > 1;
    boolean[] used = new boolean[dims.length];
    for (int i = 0; fits && i < perm.length; i++) {
      fits = perm[i] >= 0 && perm[i] < perm.length && !used[perm[i]];
      if (fits) {
        used[perm[i]] = true;
      }
    }
    if (!fits || perm[perm.length - 1] != perm.length - 1) {
      return inArena(node, dims);
    }
    int[] order = new int[perm.length];
    int[] as = new int[perm.length];
    for (int i = 0; i < perm.length; i++) {
      order[perm[i]] = i;
      as[i] = dims[perm[i]];
    }
    return inArena(node, as).permuted(order);
  }

  /** An instruction needs so many floats beside the arena, for itself alone. */
  void needNear(int count) {
    near = Math.max(near, count);
  }

  /** Adds an instruction that knows these views. */
  void emit(Instruction instruction, View... known) {
    int index = instructions.size();
    for (View view : known) {
      view.buffer().use(index);
    }
    instructions.add(instruction);
  }

  /** The same elements, no texts, without gaps. */
  View dense(Node node, View x) throws ModelFormatException {
    if (x.isDense()) {
      return x;
    }
    View y = room(node, x.type(), x.dims());
    copy(x, y);
    return y;
  }

  /** Copies elements of one type, no texts. */
  void copy(View x, View y) {
    if (y.count() > 0) {
      emit(new Elements.Copy(x, y), x, y);
    }
  }

  /** What is done to each element alone. */
  interface OfElements {
    Instruction of(View x, View y) throws ModelFormatException;
  }

  void elementwise(Node node, String from, String to, OfElements f) throws ModelFormatException {
    View x = dense(node, floats(node, from));
    View y = inArena(node, x.dims());
    set(to, y);
    if (y.count() > 0) {
      emit(f.of(x, y), x, y);
    }
  }

  View floats(Node node, String name) throws ModelFormatException {
    View x = value(name);
    if (!x.isFloats()) {
      throw node.error("its input is " + x.type() + ": only FLOAT is supported");
    }
    return x;
  }

  /** Room for floats that lie in the order in which those of x do. */
  View like(Node node, View x) throws ModelFormatException {
    int rank = x.rank();
    Integer[] order = new Integer[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = i;
      if (x.dims()[i] > 1 && x.strides()[i] <= 0) {
        return inArena(node, x.dims());
      }
    }
    Arrays.sort(order, (i, j) -> Integer.compare(x.strides()[j], x.strides()[i]));
    int[] dims = new int[rank];
    int[] back = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = x.dims()[order[i]];
      back[order[i]] = i;
    }
    return inArena(node, dims).permuted(back);
  }

  View binary(Node node, ElementOperators.Arithmetic f, View a, View b)
      throws ModelFormatException {
    int[] dims = Shapes.broadcast(a.dims(), b.dims());
    if (dims == null) {
      throw node.error(
          "its inputs "
              + Shapes.text(a.dims())
              + " and "
              + Shapes.text(b.dims())
              + " do not broadcast to one shape");
    }
    boolean first = Arrays.equals(a.dims(), dims);
    View y =
        first || Arrays.equals(b.dims(), dims) ? like(node, first ? a : b) : inArena(node, dims);
    if (y.count() > 0) {
      emit(new Elements.Binary(f, a, b, y), a, b, y);
    }
    return y;
  }

  /** Works the node out, if all its inputs are constant and what it makes is small. */
  boolean fold(Op.Plain op) throws ModelFormatException {
    Node node = op.node();
    OnnxTensor[] inputs = new OnnxTensor[node.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      if (node.hasInput(i)) {
        View view = value(node.inputs()[i]);
        if (!view.isConstant() || !view.isWhole()) {
          return false;
        }
        inputs[i] = view.buffer().tensor.reshaped(view.dims());
      }
    }
    OnnxTensor first = Probe.of(node, op.operator(), inputs, budget).outputs()[0];
    if (first.type().isReal() && first.count() > SMALL) {
      return false;
    }
    Call call = new Call(node, inputs, ScalarKernels.INSTANCE, budget);
    op.operator().run(call);
    for (int i = 0; i < node.outputs().length; i++) {
      if (node.hasOutput(i)) {
        constant(node.outputs()[i], call.outputs()[i]);
      }
    }
    return true;
  }

  void constant(String name, OnnxTensor tensor) {
    set(name, View.whole(Buffer.constant(tensor), tensor.type(), tensor.shape()));
  }
}
