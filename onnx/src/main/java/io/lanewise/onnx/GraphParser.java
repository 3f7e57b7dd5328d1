package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a ModelProto into a {@link Graph} and checks it. */
final class GraphParser {
  /** The oldest and the newest operator set that is read. */
  static final int MIN_OPSET = 7;

  static final int MAX_OPSET = 25;
  private static final int MIN_IR = 3;
  private static final int MAX_IR = 13;
  private static final int MAX_ML_OPSET = 5;

  /** The domain of the operators of classical machine learning. */
  static final String ML = "ai.onnx.ml";

  // The bytes of each in memory, with what it takes to read it and to find it again.
  private static final int NODE = 768;
  private static final int INITIALIZER = 384;
  private static final int VALUE = 384;

  private final Map<String, Long> opsets = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();
  private long irVersion;
  private String producer = "";
  private String graphName = "";

  private GraphParser() {}

  static Graph parse(byte[] file) throws ModelFormatException {
    return parse(file, null);
  }

  /** Parses a file with those beside it, or null. */
  static Graph parse(byte[] file, ExternalFiles files) throws ModelFormatException {
    return new GraphParser().model(ProtoReader.of(file, Budget.ofFile(file.length), files));
  }

  private Graph model(ProtoReader reader) throws ModelFormatException {
    ProtoReader graph = null;
    String version = "";
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> irVersion = reader.varint();
        case 2 -> producer = reader.text();
        case 3 -> version = reader.text();
        case 7 -> {
          if (graph != null) {
            throw reader.error("a second graph");
          }
          graph = reader.message();
        }
        case 8 -> opset(reader.message());
        case 14 -> metadata(reader.message());
        case 25 -> throw reader.error("functions of the model's own are not supported");
        default -> reader.skip();
      }
    }
    producer = (producer + " " + version).trim();
    if (irVersion < MIN_IR || irVersion > MAX_IR) {
      throw new ModelFormatException(
          "not an ONNX model that is read here: IR version "
              + irVersion
              + ", wanted "
              + MIN_IR
              + " to "
              + MAX_IR);
    }
    int opset = opset("", MIN_OPSET, MAX_OPSET);
    if (graph == null) {
      throw new ModelFormatException("it has no graph");
    }
    graph(graph);
    List<ValueInfo> given = check();
    List<Node> standard =
        RuntimeNodes.standard(nodes, initializers, given, outputs, reader.budget());
    return new Graph(
        graphName,
        producer,
        opset,
        List.copyOf(standard),
        initializers,
        given,
        List.copyOf(outputs),
        // A copy would be searched in a line where the hashes of names are near each other.
        Collections.unmodifiableMap(metadata));
  }

  private void opset(ProtoReader reader) throws ModelFormatException {
    reader.budget().charge(128);
    String domain = "";
    long version = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> domain = reader.text();
        case 2 -> version = reader.varint();
        default -> reader.skip();
      }
    }
    // Exporters write a domain again, or "ai.onnx" beside "": the newest holds every operator.
    opsets.merge(canonical(domain), version, Math::max);
  }

  private static String canonical(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private int opset(String domain, int least, int most) throws ModelFormatException {
    Long version = opsets.get(domain);
    String name = domain.isEmpty() ? "ai.onnx" : domain;
    if (version == null) {
      throw new ModelFormatException("the operator set " + name + " is not imported");
    }
    if (version < least || version > most) {
      throw new ModelFormatException(
          "opset "
              + version
              + " of "
              + name
              + " is not supported, wanted "
              + least
              + " to "
              + most);
    }
    return version.intValue();
  }

  private void metadata(ProtoReader reader) throws ModelFormatException {
    reader.budget().charge(144);
    String key = "";
    String value = "";
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> key = reader.text();
        case 2 -> value = reader.text();
        default -> reader.skip();
      }
    }
    if (metadata.putIfAbsent(key, value) != null) {
      throw new ModelFormatException("metadata: \"" + key + "\" is there twice");
    }
  }

  private void graph(ProtoReader reader) throws ModelFormatException {
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> nodes.add(node(reader.message()));
        case 2 -> graphName = reader.text();
        case 5 -> {
          reader.budget().charge(INITIALIZER);
          TensorParser.Named named = TensorParser.parse(reader.message());
          if (named.name().isEmpty()) {
            throw new ModelFormatException("an initializer has no name");
          }
          if (initializers.putIfAbsent(named.name(), named.tensor()) != null) {
            throw new ModelFormatException("initializer \"" + named.name() + "\" is there twice");
          }
        }
        case 11 -> inputs.add(valueInfo(reader.message(), "input"));
        case 12 -> outputs.add(valueInfo(reader.message(), "output"));
        case 15 -> throw reader.error("sparse initializers are not supported");
        default -> reader.skip();
      }
    }
  }

  private Node node(ProtoReader reader) throws ModelFormatException {
    reader.budget().charge(NODE);
    List<String> in = new ArrayList<>(2);
    List<String> out = new ArrayList<>(1);
    Attributes attributes = new Attributes();
    String name = "";
    String operator = "";
    String domain = "";
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> in.add(reader.text());
        case 2 -> out.add(reader.text());
        case 3 -> name = reader.text();
        case 4 -> operator = reader.text();
        case 5 -> {
          attributes.owner("node " + nodes.size());
          attributes.parse(reader.message());
        }
        case 7 -> domain = canonical(reader.text());
        default -> reader.skip();
      }
    }
    String[] inputNames = in.toArray(new String[0]);
    String[] outputNames = out.toArray(new String[0]);
    int opset = domain.equals(ML) ? opset(ML, 1, MAX_ML_OPSET) : opset("", MIN_OPSET, MAX_OPSET);
    Node node =
        new Node(nodes.size(), name, domain, operator, opset, inputNames, outputNames, attributes);
    attributes.owner(node.describe());
    if (!domain.isEmpty() && !domain.equals(ML) && !domain.equals(RuntimeNodes.DOMAIN)) {
      throw node.unsupported("its domain is not supported");
    }
    if (operator.isEmpty()) {
      throw node.error("it has no operator");
    }
    if (outputNames.length == 0) {
      throw node.error("it has no output");
    }
    return node;
  }

  private static ValueInfo valueInfo(ProtoReader reader, String what) throws ModelFormatException {
    reader.budget().charge(VALUE);
    String name = "";
    ProtoReader tensor = null;
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> name = reader.text();
        case 2 -> tensor = tensorType(reader.message());
        default -> reader.skip();
      }
    }
    if (name.isEmpty()) {
      throw new ModelFormatException("an " + what + " of the graph has no name");
    }
    String which = what + " \"" + name + "\"";
    OnnxTensor.Type type = null;
    int[] dims = null;
    while (tensor != null && tensor.next()) {
      switch (tensor.field()) {
        case 1 -> type = OnnxTensor.Type.of(tensor.intValue());
        case 2 -> dims = dims(tensor.message(), which);
        default -> tensor.skip();
      }
    }
    if (type == null && what.equals("input")) {
      throw new ModelFormatException(which + " is no tensor of a type that is supported");
    }
    return new ValueInfo(name, type, dims);
  }

  /** Null for a sequence or a map, as ZipMap makes them. */
  private static ProtoReader tensorType(ProtoReader reader) throws ModelFormatException {
    ProtoReader tensor = null;
    while (reader.next()) {
      if (reader.field() == 1) {
        tensor = reader.message();
      } else {
        reader.skip();
      }
    }
    return tensor;
  }

  private static int[] dims(ProtoReader reader, String what) throws ModelFormatException {
    int[] dims = new int[Shapes.MAX_RANK];
    int rank = 0;
    while (reader.next()) {
      if (reader.field() != 1) {
        reader.skip();
        continue;
      }
      if (rank == dims.length) {
        throw new ModelFormatException(what + ": more than " + rank + " dimensions");
      }
      long value = -1;
      ProtoReader dim = reader.message();
      while (dim.next()) {
        if (dim.field() != 1) {
          dim.skip();
          continue;
        }
        value = dim.varint();
        // -1 is how some exporters write an open dimension.
        if (value < -1 || value > Shapes.MAX_COUNT) {
          throw new ModelFormatException(what + ": dimension " + rank + " is " + value);
        }
      }
      dims[rank++] = (int) value;
    }
    return Arrays.copyOf(dims, rank);
  }

  /** Checks names and order; returns the inputs to be given. */
  private List<ValueInfo> check() throws ModelFormatException {
    Set<String> known = new HashSet<>(initializers.keySet());
    List<ValueInfo> given = new ArrayList<>();
    Set<String> inputNames = new HashSet<>();
    for (ValueInfo input : inputs) {
      if (!inputNames.add(input.name())) {
        throw new ModelFormatException("input \"" + input.name() + "\" is there twice");
      }
      // Before IR 4 every initializer had to be an input too.
      if (known.add(input.name())) {
        given.add(input);
      }
    }
    Set<String> made = new HashSet<>();
    for (Node node : nodes) {
      for (String output : node.outputs()) {
        if (!output.isEmpty() && (!made.add(output) || known.contains(output))) {
          throw node.error("\"" + output + "\" is made twice");
        }
      }
    }
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !known.contains(input)) {
          throw node.error(
              made.contains(input)
                  ? "reads \"" + input + "\", which is made only later: a cycle, or a wrong order"
                  : "reads \"" + input + "\", which nothing makes");
        }
      }
      for (String output : node.outputs()) {
        known.add(output);
      }
    }
    Set<String> outputNames = new HashSet<>();
    for (ValueInfo output : outputs) {
      if (!known.contains(output.name())) {
        throw new ModelFormatException("output \"" + output.name() + "\": nothing makes it");
      }
      if (!outputNames.add(output.name())) {
        throw new ModelFormatException("output \"" + output.name() + "\" is there twice");
      }
    }
    if (outputs.isEmpty()) {
      throw new ModelFormatException("the graph has no outputs");
    }
    return List.copyOf(given);
  }
}
