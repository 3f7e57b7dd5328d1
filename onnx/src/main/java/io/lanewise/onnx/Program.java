package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph made ready to run: an operator for each node, and a slot for each value in the place of
 * its name. A value is let go after the last node that reads it.
 */
final class Program {
  private final Graph graph;
  private final Operator[] operators;
  // Each value has a slot: initializers first, then inputs, then what the nodes make.
  private final OnnxTensor[] constants;
  private final int[] inputSlots;
  private final int[][] reads;
  private final int[][] writes;
  private final int[][] dead;
  private final int[] outputSlots;
  private final int slotCount;

  Program(Graph graph) throws ModelFormatException {
    this.graph = graph;
    Map<String, Integer> slots = new HashMap<>();
    List<OnnxTensor> held = new ArrayList<>();
    graph
        .initializers()
        .forEach(
            (name, tensor) -> {
              slots.put(name, slots.size());
              held.add(tensor);
            });
    constants = held.toArray(new OnnxTensor[0]);
    inputSlots = new int[graph.inputs().size()];
    for (int i = 0; i < inputSlots.length; i++) {
      inputSlots[i] = slots.size();
      slots.put(graph.inputs().get(i).name(), inputSlots[i]);
    }
    int count = graph.nodes().size();
    operators = new Operator[count];
    reads = new int[count][];
    writes = new int[count][];
    for (int i = 0; i < count; i++) {
      Node node = graph.nodes().get(i);
      operators[i] = Operators.of(node);
      reads[i] = slotsOf(node.inputs(), slots);
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          slots.put(output, slots.size());
        }
      }
      writes[i] = slotsOf(node.outputs(), slots);
    }
    outputSlots = new int[graph.outputs().size()];
    for (int i = 0; i < outputSlots.length; i++) {
      outputSlots[i] = slots.get(graph.outputs().get(i).name());
    }
    slotCount = slots.size();
    dead = deadAfter();
  }

  private static int[] slotsOf(String[] names, Map<String, Integer> slots) {
    int[] result = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      result[i] = names[i].isEmpty() ? -1 : slots.get(names[i]);
    }
    return result;
  }

  /** For each node, the slots that nobody reads after it. */
  private int[][] deadAfter() {
    boolean[] later = new boolean[slotCount];
    Arrays.fill(later, 0, constants.length, true);
    for (int slot : outputSlots) {
      later[slot] = true;
    }
    int[][] result = new int[reads.length][];
    for (int i = reads.length - 1; i >= 0; i--) {
      int[] found = new int[reads[i].length + writes[i].length];
      int n = 0;
      for (int[] used : new int[][] {writes[i], reads[i]}) {
        for (int slot : used) {
          if (slot >= 0 && !later[slot]) {
            later[slot] = true;
            found[n++] = slot;
          }
        }
      }
      result[i] = Arrays.copyOf(found, n);
    }
    return result;
  }

  /** Runs it; see {@link OnnxModel#run(Map, Kernels, long)}. */
  Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs, Kernels kernels, long limit)
      throws ModelFormatException {
    checkInputs(inputs);
    Budget budget = Budget.ofRun(limit);
    OnnxTensor[] values = Arrays.copyOf(constants, slotCount);
    for (int i = 0; i < inputSlots.length; i++) {
      values[inputSlots[i]] = inputs.get(graph.inputs().get(i).name());
    }
    for (int i = 0; i < operators.length; i++) {
      OnnxTensor[] in = new OnnxTensor[reads[i].length];
      for (int j = 0; j < in.length; j++) {
        in[j] = reads[i][j] < 0 ? null : values[reads[i][j]];
      }
      Call call = new Call(graph.nodes().get(i), in, kernels, budget);
      operators[i].run(call);
      for (int j = 0; j < writes[i].length; j++) {
        if (writes[i][j] >= 0) {
          values[writes[i][j]] = call.outputs()[j];
        }
      }
      for (int slot : dead[i]) {
        values[slot] = null;
      }
    }
    Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < outputSlots.length; i++) {
      outputs.put(graph.outputs().get(i).name(), values[outputSlots[i]]);
    }
    return outputs;
  }

  private void checkInputs(Map<String, OnnxTensor> inputs) {
    for (ValueInfo wanted : graph.inputs()) {
      OnnxTensor x = inputs.get(wanted.name());
      if (x == null) {
        throw new IllegalArgumentException("inputs: \"" + wanted.name() + "\" is missing");
      }
      int[] dims = wanted.dims();
      boolean fits = wanted.type() == x.type();
      fits &= dims == null || dims.length == x.rank();
      for (int i = 0; fits && dims != null && i < dims.length; i++) {
        fits = dims[i] < 0 || dims[i] == x.shape()[i];
      }
      if (!fits) {
        throw new IllegalArgumentException("inputs: wanted " + wanted + ", got " + x);
      }
    }
    if (inputs.size() != graph.inputs().size()) {
      throw new IllegalArgumentException(
          "inputs: wanted " + graph.inputs() + ", got " + inputs.keySet());
    }
  }
}
