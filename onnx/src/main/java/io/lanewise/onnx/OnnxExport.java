package io.lanewise.onnx;

import io.lanewise.internal.AtomicFile;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.NamedTensors;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a network as an ONNX graph: opset 17, IR version 8. Its outputs are those of {@link
 * Network#predict}, rows of an open number; weights have PyTorch's names and layout, as in our
 * model files. Dropout, which does nothing in inference, is left out.
 */
final class OnnxExport {
  static final int OPSET = 17;
  static final int IR_VERSION = 8;
  static final String INPUT = "input";
  static final String OUTPUT = "output";

  private static final int FLOAT = OnnxTensor.Type.FLOAT.code();

  /** A node in the making; the attributes are written already. */
  private record Draft(String operator, String output, List<String> inputs, ProtoWriter body) {}

  private final Network network;
  private final List<Draft> nodes = new ArrayList<>();
  private final ProtoWriter initializers = new ProtoWriter();
  private final Map<String, Float> scalars = new LinkedHashMap<>();
  // The names of a layer's tensors, by their last part: "weight".
  private final List<Map<String, String>> tensors = new ArrayList<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private String prefix;
  // What the layers so far make.
  private String value = INPUT;

  private OnnxExport(Network network) {
    this.network = network;
  }

  static void write(Model model, Path file) throws IOException {
    for (String name : model.metadata().keySet()) {
      if (name.startsWith("lanewise.")) {
        throw new IllegalArgumentException("metadata: the name \"" + name + "\" is taken");
      }
    }
    OnnxExport export = new OnnxExport(model.network());
    ProtoWriter proto = export.model(model.metadata());
    if (proto.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "network: " + proto.size() + " bytes, more than the 2 GiB that an ONNX file may have");
    }
    AtomicFile.write(file, proto::writeTo);
  }

  private ProtoWriter model(Map<String, String> metadata) {
    ProtoWriter graph = graph();
    ProtoWriter model = new ProtoWriter().number(1, IR_VERSION).text(2, "lanewise");
    model.message(7, graph).message(8, new ProtoWriter().text(1, "").number(2, OPSET));
    Map<String, String> all = new TreeMap<>(metadata);
    all.put(LOSS, Names.of(network.loss()));
    all.put(REDUCTION, Names.of(network.reduction()));
    all.forEach((key, text) -> model.message(14, new ProtoWriter().text(1, key).text(2, text)));
    return model;
  }

  /** Names in the metadata, as in our model files. */
  static final String LOSS = "lanewise.loss";

  static final String REDUCTION = "lanewise.reduction";

  private ProtoWriter graph() {
    network.layers().forEach(layer -> tensors.add(new HashMap<>()));
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      String name = tensor.name();
      String role = name.substring(name.lastIndexOf('.') + 1);
      tensors.get(tensor.tensor().layer()).put(role, name);
      initializers.message(5, initializer(tensor));
    }
    String[] outputs = new String[network.layers().size()];
    for (Layer layer : network.layers()) {
      prefix = Integer.toString(layer.index());
      value = layer(layer, value, outputs);
      outputs[layer.index()] = value;
    }
    ProtoWriter graph = new ProtoWriter();
    for (Draft node : nodes) {
      ProtoWriter proto = new ProtoWriter();
      node.inputs.forEach(input -> proto.text(1, named(input)));
      proto.text(2, named(node.output)).text(3, node.output).text(4, node.operator);
      graph.message(1, proto.append(node.body));
    }
    graph.text(2, "lanewise").append(initializers);
    scalars.forEach((name, x) -> graph.message(5, scalar(name, x)));
    graph.message(11, info(INPUT, network.nIn()));
    return graph.message(12, info(OUTPUT, network.nOut()));
  }

  /** What the last layer leaves is the output. */
  private String named(String output) {
    return output.equals(value) ? OUTPUT : output;
  }

  private static ProtoWriter initializer(NamedTensors.Slot tensor) {
    ProtoWriter proto = new ProtoWriter();
    for (long dim : tensor.shape()) {
      proto.number(1, dim);
    }
    boolean transposed = tensor.shape().length == 2;
    int rows = tensor.tensor().rows();
    return proto
        .number(2, FLOAT)
        .text(8, tensor.name())
        .floats(9, tensor.array(), tensor.off(), rows, tensor.tensor().columns(), transposed);
  }

  private static ProtoWriter scalar(String name, float x) {
    ProtoWriter proto = new ProtoWriter().number(2, FLOAT).text(8, name);
    return proto.floats(9, new float[] {x}, 0, 1, 1, false);
  }

  private static ProtoWriter info(String name, int columns) {
    ProtoWriter dims = new ProtoWriter();
    dims.message(1, new ProtoWriter().text(2, "batch"));
    dims.message(1, new ProtoWriter().number(1, columns));
    ProtoWriter tensor = new ProtoWriter().number(1, FLOAT).message(2, dims);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }

  /** Adds a node of these inputs; returns the name of what it makes. */
  private String node(String operator, String... inputs) {
    return node(operator, List.of(), inputs);
  }

  private String node(String operator, List<ProtoWriter> attributes, String... inputs) {
    String name = prefix + "/" + operator;
    int same = uses.merge(name, 1, Integer::sum);
    String output = same == 1 ? name : name + "_" + same;
    ProtoWriter body = new ProtoWriter();
    attributes.forEach(attribute -> body.message(5, attribute));
    nodes.add(new Draft(operator, output, List.of(inputs), body));
    return output;
  }

  private static ProtoWriter number(String name, float x) {
    return new ProtoWriter().text(1, name).float32(2, x).number(20, 1);
  }

  private static ProtoWriter integer(String name, long x) {
    return new ProtoWriter().text(1, name).number(3, x).number(20, 2);
  }

  private String constant(String name, float x) {
    scalars.put(name, x);
    return name;
  }

  /** Adds the nodes of a layer that takes x; returns the name of what it makes. */
  private String layer(Layer layer, String x, String[] outputs) {
    Map<String, String> own = tensors.get(layer.index());
    String weight = own.get("weight");
    String bias = own.get("bias");
    return switch (layer) {
      case Dense dense -> {
        String z = node("Gemm", List.of(integer("transB", 1)), x, weight, bias);
        yield activation(dense.activation(), z);
      }
      case ActivationLayer f -> activation(f.activation(), x);
      case BatchNorm norm -> {
        String mean = own.get("running_mean");
        String variance = own.get("running_var");
        List<ProtoWriter> epsilon = List.of(number("epsilon", norm.epsilon()));
        yield node("BatchNormalization", epsilon, x, weight, bias, mean, variance);
      }
      case LayerNorm norm -> {
        List<ProtoWriter> attributes =
            List.of(integer("axis", -1), number("epsilon", norm.epsilon()));
        yield node("LayerNormalization", attributes, x, weight, bias);
      }
      case Dropout _ -> x;
      case Normalization _ -> node("Mul", node("Sub", x, own.get("shift")), own.get("scale"));
      case ResidualAdd add -> node("Add", x, add.from() < 0 ? INPUT : outputs[add.from()]);
    };
  }

  private String activation(Activation f, String z) {
    ActivationRow row = ActivationRow.of(f.kind());
    if (row != null && row.since() <= OPSET) {
      List<ProtoWriter> attributes = new ArrayList<>();
      row.attributes(f).forEach((name, x) -> attributes.add(number(name, x)));
      return node(row.operator(), attributes, z);
    }
    return switch (f.kind()) {
      case IDENTITY -> z;
      case SILU -> node("Mul", z, node("Sigmoid", z));
      case MISH -> node("Mul", z, node("Tanh", node("Softplus", z)));
      case GELU -> gelu(z);
      case GELU_TANH -> geluTanh(z);
      case CLIPPED_RELU -> {
        String limit = constant("clip/" + f.parameter(), f.parameter());
        yield node("Clip", z, constant("clip/0", 0), limit);
      }
      case LOG_SOFTMAX -> node("LogSoftmax", List.of(integer("axis", -1)), z);
      case SOFTMAX -> node("Softmax", List.of(integer("axis", -1)), z);
      default -> throw new AssertionError(f);
    };
  }

  /** z (1 + erf(z / sqrt 2)) / 2; the operator Gelu came with opset 20. */
  private String gelu(String z) {
    String scaled = node("Mul", z, constant("gelu/sqrt_half", Patterns.SQRT_HALF));
    return halfOf(z, node("Erf", scaled));
  }

  /** z (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))) / 2. */
  private String geluTanh(String z) {
    String cube = node("Mul", node("Mul", z, z), z);
    String cubic = node("Mul", cube, constant("gelu/cubic", Patterns.GELU_CUBIC));
    String sum = node("Add", z, cubic);
    String scaled = node("Mul", sum, constant("gelu/sqrt_2_over_pi", Patterns.SQRT_2_OVER_PI));
    return halfOf(z, node("Tanh", scaled));
  }

  /** z (1 + y) / 2. */
  private String halfOf(String z, String y) {
    String product = node("Mul", z, node("Add", y, constant("one", 1)));
    return node("Mul", product, constant("half", 0.5f));
  }
}
