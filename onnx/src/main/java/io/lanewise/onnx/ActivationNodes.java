package io.lanewise.onnx;

import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.model.ModelFormatException;

/** Nodes that alone are an activation of a network. */
final class ActivationNodes {
  private final Values values;

  ActivationNodes(Values values) {
    this.values = values;
  }

  /** The activation that the node is. */
  Activation of(Node node) throws ModelFormatException {
    switch (node.operator()) {
      case "Gelu":
        return ElementOperators.geluOf(node);
      case "Clip":
        return clip(node);
      case "Celu":
        float alpha = node.attributes().number("alpha", 1);
        NetworkFolder.require(node, alpha == 1, "its alpha is " + alpha + ", that of ELU is 1");
        return Activation.elu(1);
      case "PRelu":
        return prelu(node);
      case "Softmax":
        NetworkFolder.requireLastAxis(node, node.opset() < 13 ? 1 : -1);
        return Activation.SOFTMAX;
      case "LogSoftmax":
        NetworkFolder.requireLastAxis(node, node.opset() < 13 ? 1 : -1);
        return Activation.LOG_SOFTMAX;
      default:
        ActivationRow row = ActivationRow.of(node.operator());
        NetworkFolder.require(node, row != null, "it is no layer of a network");
        Activation f = row.read(node);
        if (f == null) {
          throw NetworkFolder.refused(
              node, "its attributes are not those of " + Names.of(row.kind()));
        }
        return f;
    }
  }

  /** The bounds are attributes up to opset 10, then inputs. */
  private Activation clip(Node node) throws ModelFormatException {
    float min = bound(node, 1, "min", Float.NEGATIVE_INFINITY);
    float max = bound(node, 2, "max", Float.POSITIVE_INFINITY);
    NetworkFolder.require(
        node, min == 0 && max > 0, "its bounds are " + min + " and " + max + ", no ReLU's");
    return max > Float.MAX_VALUE ? Activation.RELU : Activation.clippedRelu(max);
  }

  private float bound(Node node, int i, String name, float none) throws ModelFormatException {
    if (node.opset() < 11) {
      return node.attributes().number(name, none);
    }
    double bound = node.hasInput(i) ? values.scalar(node.inputs()[i]) : none;
    NetworkFolder.require(node, !Double.isNaN(bound), "its bound " + name + " is no constant");
    return (float) bound;
  }

  /** Where all slopes are one number it is a leaky ReLU. */
  private Activation prelu(Node node) throws ModelFormatException {
    OnnxTensor slope = values.constant(node.inputs()[1]);
    boolean floats = slope != null && slope.type() == OnnxTensor.Type.FLOAT && slope.count() > 0;
    NetworkFolder.require(node, floats, "its slope is no constant");
    float first = slope.floats()[0];
    for (float other : slope.floats()) {
      NetworkFolder.require(node, other == first, "its slopes are not one number");
    }
    return Activation.leakyRelu(first);
  }
}
