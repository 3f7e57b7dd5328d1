package io.lanewise.nn;

import io.lanewise.event.LayerEvent;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import java.util.List;
import jdk.jfr.FlightRecorder;

/**
 * The passes of all layers: forward from the input to what the loss takes, backward from its
 * gradient to the first layer that has parameters, and on demand to the input.
 */
final class LayerPasses {
  private final Network network;
  private final Kernels kernels;
  private final int maxBatch;
  private final boolean training;
  private final boolean lossTakesInput;
  private final PackedMatrix[] packed;
  private final Matrix input = new Matrix();
  // The input without gaps, for a first layer that needs it so; otherwise null.
  private final Matrix inputCopy;
  private final float[] gradients;
  private final LayerPass[] passes;
  // For each layer the sums that take what it takes too, the innermost block's first.
  private final ResidualAddPass[][] skips;
  private final int firstTrained;
  private boolean belowDone;

  /**
   * @param training whether there will be gradients
   * @param lossTakesInput whether the loss takes the input of the output activation
   * @param packed the weights of each layer, packed, or null for those that are not
   */
  LayerPasses(
      Network network,
      Kernels kernels,
      int maxBatch,
      boolean training,
      boolean lossTakesInput,
      PackedMatrix[] packed) {
    this.network = network;
    this.kernels = kernels;
    this.maxBatch = maxBatch;
    this.training = training;
    this.lossTakesInput = lossTakesInput;
    this.packed = packed;
    List<Layer> layers = network.layers();
    gradients = training ? new float[network.parameters().length] : null;
    inputCopy = takesNoGaps(layers.getFirst()) ? new Matrix(maxBatch, network.nIn()) : null;
    passes = new LayerPass[layers.size()];
    skips = new ResidualAddPass[layers.size()][];
    make(layers);
    int trained = 0;
    while (layers.get(trained).parameterCount() == 0) {
      trained++;
    }
    firstTrained = trained;
  }

  private void make(List<Layer> layers) {
    for (Layer layer : layers) {
      passes[layer.index()] = pass(layer, !network.blocksFrom(layer.index()).isEmpty());
    }
    for (int l = 0; l < skips.length; l++) {
      List<ResidualAdd> ends = network.blocksFrom(l);
      skips[l] = new ResidualAddPass[ends.size()];
      for (int k = 0; k < skips[l].length; k++) {
        skips[l][k] = (ResidualAddPass) passes[ends.get(k).index()];
      }
    }
  }

  private static boolean takesNoGaps(Layer layer) {
    return switch (layer) {
      case ActivationLayer _, Dropout _ -> true;
      case Dense _, BatchNorm _, LayerNorm _, Normalization _, ResidualAdd _ -> false;
    };
  }

  /**
   * @param beginsBlock whether what the layer takes is also added to the output of a block
   */
  private LayerPass pass(Layer layer, boolean beginsBlock) {
    int l = layer.index();
    LayerPass before = l == 0 ? null : passes[l - 1];
    Matrix x = before == null ? input : before.y;
    boolean takenByLoss = lossTakesInput && layer == network.outputLayer();
    return switch (layer) {
      case Dense dense ->
          new DensePass(
              kernels,
              network,
              dense,
              x,
              gradientBuffer(dense.nOut()),
              before,
              before != null && !beginsBlock,
              takenByLoss,
              packed[l],
              gradients,
              maxBatch);
      case ResidualAdd add -> {
        Matrix skip = add.from() < 0 ? input : passes[add.from()].y;
        yield new ResidualAddPass(kernels, add, skip, gradientBuffer(add.n()), before, maxBatch);
      }
      case ActivationLayer f ->
          new ActivationLayerPass(kernels, f, x, sharedGradient(before, f), takenByLoss, maxBatch);
      case BatchNorm norm ->
          new BatchNormPass(
              kernels, network, norm, x, sharedGradient(before, norm), gradients, maxBatch);
      case LayerNorm norm ->
          new LayerNormPass(
              kernels, network, norm, x, sharedGradient(before, norm), gradients, maxBatch);
      case Dropout dropout ->
          new DropoutPass(
              kernels, dropout, x, sharedGradient(before, dropout), training ? maxBatch : 0);
      case Normalization fixed ->
          new NormalizationPass(
              kernels, network, fixed, x, sharedGradient(before, fixed), maxBatch);
    };
  }

  /** That of the layer before, where there is one: it makes as many values as this one. */
  private Matrix sharedGradient(LayerPass before, Layer layer) {
    return before != null ? before.dy : gradientBuffer(layer.nIn());
  }

  /** (maxBatch, n) for the gradient of a layer's output; null where there will be none. */
  private Matrix gradientBuffer(int n) {
    return training ? new Matrix(maxBatch, n) : null;
  }

  /** See {@link Workspace#masks}. */
  void masks(long seed, long step, int firstRow) {
    for (LayerPass pass : passes) {
      pass.masks(seed, step, firstRow);
    }
  }

  /** x (m, nIn); {@code training} as in a gradient, otherwise as in a prediction. */
  void forward(Matrix x, boolean training) {
    takeInput(x);
    int m = x.rows();
    for (int l = 0; l < passes.length; l++) {
      LayerEvent event = FlightRecorder.isInitialized() ? LayerEvent.begun() : null;
      passes[l].begin(m);
      passes[l].forward(training);
      if (event != null) {
        LayerEvent.commit(event, l, false, m);
      }
    }
  }

  private void takeInput(Matrix x) {
    if (inputCopy == null) {
      input.set(x);
      return;
    }
    input.set(inputCopy.setRows(x.rows()));
    for (int i = 0; i < x.rows(); i++) {
      System.arraycopy(x.array(), x.at(i), input.array(), input.at(i), x.columns());
    }
  }

  /**
   * From dy of the last layer down to the first that has parameters. Where a residual block begins,
   * the gradient of the layers between comes first, then those of the skips are added, that of the
   * innermost block first.
   */
  void backward() {
    for (int l = passes.length - 1; l >= firstTrained; l--) {
      LayerEvent event = FlightRecorder.isInitialized() ? LayerEvent.begun() : null;
      passes[l].backward();
      if (l > firstTrained) {
        handOn(l);
      }
      passes[l].parameterGradients();
      if (event != null) {
        LayerEvent.commit(event, l, true, input.rows());
      }
    }
    belowDone = false;
  }

  private void handOn(int l) {
    passes[l].handOn();
    for (ResidualAddPass skip : skips[l]) {
      skip.addTo(passes[l - 1].dy);
    }
  }

  /** dx (m, nIn), after backward; the layers before the first trained one go backward once. */
  void inputGradient(Matrix dx) {
    for (int l = firstTrained; l > 0 && !belowDone; l--) {
      handOn(l);
      passes[l - 1].backward();
    }
    belowDone = true;
    passes[0].inputGradient(dx);
    for (ResidualAddPass skip : skips[0]) {
      skip.addTo(dx);
    }
  }

  /** See {@link Workspace#statistics}. */
  void statistics(float[] batch) {
    for (LayerPass pass : passes) {
      pass.statistics(batch);
    }
  }

  /** See {@link Workspace#updateStatistics(float[], int, int)}. */
  void updateStatistics(float[] batch, int from, int to) {
    for (LayerPass pass : passes) {
      pass.updateStatistics(batch, from, to);
    }
  }

  /** Of no elements where there is no backward, as the deltas. */
  float[] gradients() {
    return training ? gradients : new float[0];
  }

  /** What the last layer left. */
  Matrix scores() {
    return passes[passes.length - 1].y;
  }

  /** Where the gradient of what the loss took goes, (m, nOut). */
  Matrix lossDeltas() {
    return passes[passes.length - 1].dy;
  }

  float[] outputs(int l) {
    return passes[l].y.array();
  }

  float[] deltas(int l) {
    return training ? passes[l].dy.array() : new float[0];
  }
}
