package io.lanewise.onnx;

import io.lanewise.internal.Names;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Makes a network of the steps that a graph was folded into. */
final class StepsNetwork {
  private final List<Step> steps;
  private final int[] begins;
  private Step at;

  private StepsNetwork(NetworkFolder.Folded folded) {
    steps = folded.steps();
    begins = folded.begins();
  }

  /** Folds what leads to the answer. */
  static Network of(Graph graph) throws ModelFormatException {
    if (graph.inputs().size() != 1) {
      throw new ModelFormatException(
          "it cannot be folded into a network: it has "
              + graph.inputs().size()
              + " inputs, wanted 1: "
              + graph.inputs().stream().limit(8).toList());
    }
    Values values = Values.of(graph);
    String output = Answer.of(graph, values);
    Budget budget = new Budget("its layers share too many weights", Values.bytes(graph));
    return new StepsNetwork(NetworkFolder.fold(graph, values, output, budget)).build(graph);
  }

  private Network build(Graph graph) throws ModelFormatException {
    NetworkBuilder builder = Network.builder(width(graph)).zeros();
    try {
      emit(builder, 0, steps.size());
      Map<String, String> metadata = graph.metadata();
      if (metadata.containsKey(OnnxExport.LOSS)) {
        builder.loss(Names.parse(Loss.class, metadata.get(OnnxExport.LOSS)));
      }
      if (metadata.containsKey(OnnxExport.REDUCTION)) {
        builder.reduction(Names.parse(Reduction.class, metadata.get(OnnxExport.REDUCTION)));
      }
      Network network = builder.build();
      fill(network);
      return network;
    } catch (IllegalArgumentException | IllegalStateException e) {
      String where = at == null ? "" : at.node().describe() + ": ";
      throw new ModelFormatException(
          where + "it cannot be folded into a network: " + e.getMessage());
    }
  }

  /** The values a row: all that stands before the first dense layer leaves them as many. */
  private int width(Graph graph) throws ModelFormatException {
    for (Step step : steps) {
      if (step instanceof Step.Linear linear) {
        int[] dims = graph.inputs().get(0).dims();
        if (dims != null && dims.length == 2 && dims[1] >= 0 && dims[1] != linear.nIn()) {
          throw linear
              .node()
              .error("takes " + linear.nIn() + " values, the input is " + graph.inputs().get(0));
        }
        return linear.nIn();
      }
    }
    throw new ModelFormatException("it cannot be folded into a network: it has no dense layer");
  }

  /** Adds the steps from..to; a block is added whole, the outermost first. */
  private void emit(NetworkBuilder builder, int from, int to) {
    int i = from;
    while (i < to) {
      int end = i;
      for (int k = to - 1; k > i && end == i; k--) {
        end = begins[k] == i ? k : i;
      }
      if (end > i) {
        int begin = i;
        int last = end;
        builder.residual(block -> emit(block, begin, last));
        i = end + 1;
        continue;
      }
      at = steps.get(i);
      add(builder, at);
      i++;
    }
  }

  private static void add(NetworkBuilder builder, Step step) {
    switch (step) {
      case Step.Linear linear -> {
        requireWidth(builder, linear.nIn());
        builder.dense(linear.nOut());
      }
      case Step.Function function -> builder.activation(function.activation());
      case Step.Batch batch -> builder.batchNorm(0.1, batch.epsilon());
      case Step.Rows rows -> builder.layerNorm(rows.epsilon());
      case Step.Scale _ -> builder.normalization();
      case Step.Width width -> requireWidth(builder, width.columns());
      case Step.Sum _ ->
          throw new IllegalArgumentException("it adds a value of inside another block");
    }
  }

  private static void requireWidth(NetworkBuilder builder, long wanted) {
    if (builder.width() != wanted) {
      throw new IllegalArgumentException(
          "it takes " + wanted + " values a row, there are " + builder.width());
    }
  }

  /** The layers that have numbers are in the order of the steps that have them. */
  private void fill(Network network) {
    List<Step> numbered = new ArrayList<>();
    for (Step step : steps) {
      if (!(step instanceof Step.Function
          || step instanceof Step.Width
          || step instanceof Step.Sum)) {
        numbered.add(step);
      }
    }
    Iterator<Step> next = numbered.iterator();
    float[] p = network.parameters();
    float[] state = network.state();
    for (Layer layer : network.layers()) {
      if (layer.tensors().isEmpty()) {
        continue;
      }
      at = next.next();
      switch (layer) {
        case Dense dense -> linear((Step.Linear) at, dense, p);
        case BatchNorm norm -> {
          float[][] vectors = ((Step.Batch) at).vectors();
          copy(vectors[0], norm.n(), p, norm.gammaOff());
          copy(vectors[1], norm.n(), p, norm.betaOff());
          copy(vectors[2], norm.n(), state, norm.meanOff());
          copy(vectors[3], norm.n(), state, norm.varianceOff());
        }
        case LayerNorm norm -> {
          float[][] vectors = ((Step.Rows) at).vectors();
          spread(vectors[0], norm.n(), p, norm.gammaOff());
          if (vectors.length > 1) {
            spread(vectors[1], norm.n(), p, norm.betaOff());
          }
        }
        case Normalization fixed -> {
          Step.Scale step = (Step.Scale) at;
          spread(step.shift(), fixed.n(), state, fixed.shiftOff());
          spread(step.scale(), fixed.n(), state, fixed.scaleOff());
        }
        case ActivationLayer _, Dropout _, ResidualAdd _ -> throw new AssertionError(layer);
      }
    }
  }

  private static void linear(Step.Linear step, Dense dense, float[] p) {
    float[] w = step.w().floats();
    int nIn = dense.nIn();
    int nOut = dense.nOut();
    for (int i = 0; i < nIn; i++) {
      for (int j = 0; j < nOut; j++) {
        float value = w[step.transposed() ? j * nIn + i : i * nOut + j];
        // A NaN may have bits to keep.
        p[dense.weightOff() + i * nOut + j] = step.factor() == 1 ? value : step.factor() * value;
      }
    }
    if (step.bias() != null) {
      spread(step.bias().floats(), nOut, p, dense.biasOff());
      for (int j = 0; step.biasFactor() != 1 && j < nOut; j++) {
        p[dense.biasOff() + j] *= step.biasFactor();
      }
    }
  }

  private static void copy(float[] from, int n, float[] to, int off) {
    if (from.length != n) {
      throw new IllegalArgumentException("a vector of " + from.length + " for " + n + " columns");
    }
    System.arraycopy(from, 0, to, off, n);
  }

  private static void spread(float[] from, int n, float[] to, int off) {
    if (from.length == 1) {
      Arrays.fill(to, off, off + n, from[0]);
    } else {
      copy(from, n, to, off);
    }
  }
}
