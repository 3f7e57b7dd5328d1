package io.lanewise.train;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Workspace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was not finite first, in the order in which a piece of a batch is computed: the data,
 * the parameters, the outputs layer by layer, then dZ and the gradients from the last layer to the
 * first.
 */
final class NonFiniteSearch {
  private final Workspace workspace;
  private @Nullable String place;
  private boolean inParameters;

  NonFiniteSearch(Workspace workspace) {
    this.workspace = workspace;
  }

  /** Returns what was found; null as long as nothing was. */
  @Nullable String place() {
    return place;
  }

  /** Returns whether it was in the parameters: then the step before made it. */
  boolean inParameters() {
    return inParameters;
  }

  /** Looks through a piece that was just computed, unless one before had it. */
  void look(Rows rows, int count, double loss) {
    if (place != null) {
      return;
    }
    Network network = workspace.network();
    List<Layer> layers = network.layers();
    found("the features", rows.features(), 0, count * network.nIn());
    if (!rows.hasLabels()) {
      found("the targets", rows.targets(), 0, count * network.nOut());
    }
    if (place == null) {
      lookAtParameters();
    }
    lookAtOutputs(count, loss);
    for (int l = layers.size() - 1; l >= 0; l--) {
      found(
          "the delta of " + name(layers.get(l)),
          workspace.deltas(l),
          0,
          count * layers.get(l).nOut());
      tensors(layers.get(l), network.tensors(), workspace.gradients(), "the gradient of ");
    }
  }

  /** Looks through the parameters and the state alone. */
  void lookAtParameters() {
    Network network = workspace.network();
    for (Layer layer : network.layers()) {
      tensors(layer, network.tensors(), network.parameters(), "");
      tensors(layer, network.stateTensors(), network.state(), "");
    }
    inParameters = place != null;
  }

  /** Looks through what was just computed forward, of so many rows. */
  void lookAtOutputs(int count, double loss) {
    for (Layer layer : workspace.network().layers()) {
      found(
          "the output of " + name(layer),
          workspace.outputs(layer.index()),
          0,
          count * layer.nOut());
    }
    if (place == null && !Double.isFinite(loss)) {
      place = loss + " in the loss";
    }
  }

  /** Computes those of a validation set again; returns where it is. */
  String lookAtValidation(Dataset validation) {
    int nIn = workspace.network().nIn();
    for (int from = 0; from < validation.rows(); from += workspace.maxBatch()) {
      int m = Math.min(workspace.maxBatch(), validation.rows() - from);
      double loss =
          workspace.loss(m, validation.features(), from * nIn, nIn, validation.asTargets(), from);
      lookAtOutputs(m, loss);
    }
    return place != null ? place + ", of validation rows" : "their sum";
  }

  private void tensors(Layer layer, List<Tensor> all, float[] values, String what) {
    for (Tensor tensor : all) {
      if (tensor.layer() == layer.index()) {
        found(what + tensor.name() + " of " + name(layer), values, tensor.off(), tensor.count());
      }
    }
  }

  private static String name(Layer layer) {
    String kind =
        layer instanceof Dense
            ? layer.nIn() + " to " + layer.nOut() + ", " + layer.activation()
            : layer.getClass().getSimpleName();
    return "layer " + layer.index() + " (" + kind + ")";
  }

  private void found(String what, float[] values, int off, int length) {
    for (int i = off; place == null && i < off + length; i++) {
      if (!Float.isFinite(values[i])) {
        place = values[i] + " in " + what;
      }
    }
  }
}
