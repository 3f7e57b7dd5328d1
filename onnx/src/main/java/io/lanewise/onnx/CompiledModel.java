package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph made ready to run often and fast, as {@link io.lanewise.nn.Predictor} is of a
 * network: immutable, for any number of threads at once, without locks. {@link OnnxModel#compile}
 * makes it.
 *
 * <p>What is constant was worked out. Layer normalization, GELU and its like that stand in the
 * graph as several nodes, softmax with its scale and mask, and products with constant matrices,
 * their biases and activations, are one operation each; products of one value, as queries, keys and
 * values are, become one. Their weights were packed once, and are held in no other form. For inputs
 * of new shapes a plan is made: what depends on shapes alone is worked out, reshaping and
 * transposing become views, and all floats on the way share one array. Plans are kept, the last
 * {@value #PLANS} shapes or so.
 *
 * <p>The bits are the same whatever the batch, the threads and the lanes, but for the batch where
 * {@link OnnxModel#quantizesByRange}. They are those of {@link OnnxModel#run} but for rounding: a
 * bias starts a chain here and is added there; layer normalizations, activations and attentions
 * that were several nodes are computed as {@link Kernels} do.
 *
 * <p>{@link #run(Map, Map)} allocates nothing for shapes that it knows, but for nodes without an
 * instruction of their own, which run as {@link OnnxModel#run} runs them; and where {@link
 * #obstacle()} says why there is no plan, all nodes do.
 */
public final class CompiledModel {
  private static final int PLANS = 512;
  private static final int TRIES = 8;
  private static final int POOLED = 64;
  // Two places of the pool never share a cache line.
  private static final int SPREAD = 16;

  private final List<ValueInfo> inputs;
  private final List<ValueInfo> outputs;
  private final String[] inputNames;
  private final String[] outputNames;
  private final int[][] declared;
  private final Kernels kernels;
  private final long limit;
  private final Fusion.@Nullable Fused fused;
  private final @Nullable Program program;
  private final @Nullable String obstacle;
  private final AtomicReferenceArray<Plan> plans = new AtomicReferenceArray<>(PLANS);
  private final AtomicReferenceArray<Room> pool = new AtomicReferenceArray<>(POOLED * SPREAD);

  CompiledModel(Graph graph, Program program, Kernels kernels, long limit)
      throws ModelFormatException {
    this.inputs = List.copyOf(graph.inputs());
    this.outputs = List.copyOf(graph.outputs());
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    this.limit = limit;
    inputNames = inputs.stream().map(ValueInfo::name).toArray(String[]::new);
    outputNames = outputs.stream().map(ValueInfo::name).toArray(String[]::new);
    declared = inputs.stream().map(ValueInfo::dims).toArray(int[][]::new);
    Graph wide = Halves.widened(graph);
    obstacle = Outcome.obstacle(wide);
    // The program has all weights as they were.
    this.program = obstacle == null ? null : program;
    fused = obstacle == null ? Fusion.of(wide, kernels) : null;
  }

  /** Returns the inputs that a run wants. */
  public List<ValueInfo> inputs() {
    return inputs;
  }

  /** Returns the outputs, at least one. */
  public List<ValueInfo> outputs() {
    return outputs;
  }

  /**
   * Returns why the graph runs node by node, as {@link OnnxModel#run} does; null if it does not.
   */
  public @Nullable String obstacle() {
    return obstacle;
  }

  /** Says what became of the graph, and the kernels. */
  @Override
  public String toString() {
    String what =
        fused == null
            ? "node by node (" + obstacle + ")"
            : fused.nodes() + " nodes as " + fused.ops().size() + " operations";
    return "compiled " + inputs + " -> " + outputs + ": " + what + ", " + kernels.describe();
  }

  /**
   * Runs it.
   *
   * @param given a tensor for each of {@link #inputs()}, of the type and shape declared there
   * @return a tensor for each of {@link #outputs()}, in their order
   * @throws IllegalArgumentException if an input is missing, not wanted, or not as declared
   * @throws ModelFormatException if the graph cannot be run on these inputs, as {@link
   *     OnnxModel#run(Map, Kernels, long)}
   */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> given) throws ModelFormatException {
    Objects.requireNonNull(given, "inputs");
    if (program != null) {
      return program.run(given, kernels, limit);
    }
    Room room = take();
    Plan plan = plan(room, given);
    Map<String, OnnxTensor> results = new LinkedHashMap<>();
    for (int i = 0; i < outputNames.length; i++) {
      View view = plan.outputs()[i];
      Object data = TensorParser.newArray(view.type(), view.count());
      room.outputs[i] = new OnnxTensor(view.type(), view.dims().clone(), data);
      results.put(outputNames[i], room.outputs[i]);
    }
    plan.run(room);
    give(room);
    return results;
  }

  /**
   * Runs it, into tensors of the caller's.
   *
   * @param given as in {@link #run(Map)}
   * @param results a tensor for each output that is wanted, of its type and shape; its elements are
   *     overwritten
   * @throws IllegalArgumentException as {@link #run(Map)}, or if a result is no output or not of
   *     its shape; nothing is written then
   * @throws ModelFormatException as {@link #run(Map)}
   */
  public void run(Map<String, OnnxTensor> given, Map<String, OnnxTensor> results)
      throws ModelFormatException {
    Objects.requireNonNull(given, "inputs");
    Objects.requireNonNull(results, "results");
    if (program != null) {
      Map<String, OnnxTensor> made = program.run(given, kernels, limit);
      int wanted = 0;
      for (String name : outputNames) {
        OnnxTensor to = results.get(name);
        wanted += to == null ? 0 : 1;
        OnnxTensor from = made.get(name);
        requireResult(name, to, from.type(), from.shape());
      }
      requireAll(results, wanted);
      for (String name : outputNames) {
        OnnxTensor to = results.get(name);
        if (to != null) {
          System.arraycopy(made.get(name).data(), 0, to.data(), 0, to.count());
        }
      }
      return;
    }
    Room room = take();
    Plan plan = plan(room, given);
    int wanted = 0;
    for (int i = 0; i < outputNames.length; i++) {
      OnnxTensor to = results.get(outputNames[i]);
      wanted += to == null ? 0 : 1;
      requireResult(outputNames[i], to, plan.outputs()[i].type(), plan.outputs()[i].dims());
      room.outputs[i] = to;
    }
    requireAll(results, wanted);
    plan.run(room);
    give(room);
  }

  private static void requireResult(
      String name, @Nullable OnnxTensor to, OnnxTensor.Type type, int[] dims) {
    if (to != null && (to.type() != type || !Arrays.equals(to.shape(), dims))) {
      throw new IllegalArgumentException(
          "results: \"" + name + "\" will be " + type + " " + Shapes.text(dims) + ", got " + to);
    }
  }

  private void requireAll(Map<String, OnnxTensor> results, int wanted) {
    if (wanted != results.size()) {
      throw new IllegalArgumentException(
          "results: wanted some of " + outputs + ", got " + results.keySet());
    }
  }

  /** The plan for these inputs, which the room then has. */
  private Plan plan(Room room, Map<String, OnnxTensor> given) throws ModelFormatException {
    for (int i = 0; i < inputNames.length; i++) {
      OnnxTensor x = given.get(inputNames[i]);
      room.inputs[i] = x;
      if (x == null) {
        throw new IllegalArgumentException("inputs: \"" + inputNames[i] + "\" is missing");
      }
      int[] dims = declared[i];
      boolean fits = inputs.get(i).type() == x.type() && dims.length == x.rank();
      for (int d = 0; fits && d < dims.length; d++) {
        fits = dims[d] < 0 || dims[d] == x.shape()[d];
      }
      if (!fits) {
        throw new IllegalArgumentException("inputs: wanted " + inputs.get(i) + ", got " + x);
      }
    }
    if (given.size() != inputNames.length) {
      throw new IllegalArgumentException("inputs: wanted " + inputs + ", got " + given.keySet());
    }
    int first = Math.floorMod(Plan.hash(room.inputs), PLANS);
    int free = first;
    for (int i = TRIES - 1; i >= 0; i--) {
      int place = (first + i) % PLANS;
      Plan plan = plans.getAcquire(place);
      if (plan != null && plan.fits(room.inputs)) {
        return plan;
      }
      free = plan == null ? place : free;
    }
    Plan made = Planner.plan(fused, List.of(inputNames), room.inputs, List.of(outputNames), limit);
    plans.setRelease(free, made);
    return made;
  }

  private static int firstPlace() {
    long id = Thread.currentThread().threadId();
    return (int) (id * 0x9E3779B97F4A7C15L >>> 58);
  }

  private Room take() {
    int first = firstPlace();
    for (int i = 0; i < POOLED; i++) {
      int place = ((first + i) % POOLED) * SPREAD;
      Room room = pool.getOpaque(place);
      if (room != null && pool.compareAndSet(place, room, null)) {
        return room;
      }
    }
    return new Room(kernels, limit, inputNames.length, outputNames.length);
  }

  // Not after an exception: what was in the middle is just dropped.
  private void give(Room room) {
    room.clear();
    int first = firstPlace();
    for (int i = 0; i < POOLED; i++) {
      int place = ((first + i) % POOLED) * SPREAD;
      if (pool.getOpaque(place) == null && pool.compareAndSet(place, null, room)) {
        return;
      }
    }
  }
}
