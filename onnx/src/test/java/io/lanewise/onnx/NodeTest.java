package io.lanewise.onnx;

import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One of the standard's tests: a folder with model.onnx and folders test_data_set_N of inputs and
 * the outputs that they must give.
 */
record NodeTest(Path folder) {
  /** Relative to the value, and absolute below 1; the standard asks for 1e-3. */
  static final double TOLERANCE = 2e-6;

  String name() {
    return folder.getFileName().toString().replace("/", "");
  }

  /** Returns the operators of its graph. */
  List<String> operators() throws IOException {
    byte[] file = lifted(Files.readAllBytes(folder.resolve("model.onnx")));
    return GraphParser.parse(file).nodes().stream().map(Node::operator).toList();
  }

  /**
   * Runs it.
   *
   * @return null if it passed, else what is wrong
   * @throws ModelFormatException if something in it is not supported
   */
  String run(Kernels kernels) throws IOException {
    OnnxModel model = OnnxModel.parse(lifted(Files.readAllBytes(folder.resolve("model.onnx"))));
    for (int set = 0; ; set++) {
      Path data = folder.resolve("test_data_set_" + set);
      if (!Files.isDirectory(data)) {
        return set == 0 ? "it has no data" : null;
      }
      Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
      for (int i = 0; i < model.inputs().size(); i++) {
        ValueInfo input = model.inputs().get(i);
        inputs.put(input.name(), as(input.type(), tensor(data.resolve("input_" + i + ".pb"))));
      }
      Map<String, OnnxTensor> outputs = model.run(inputs, kernels, OnnxModel.DEFAULT_RUN_LIMIT);
      CompiledModel compiled = model.compile(kernels, OnnxModel.DEFAULT_RUN_LIMIT);
      for (Map.Entry<String, OnnxTensor> output : compiled.run(inputs).entrySet()) {
        String difference = difference(outputs.get(output.getKey()), output.getValue());
        if (difference != null) {
          return output.getKey() + ", compiled: " + difference;
        }
      }
      int i = 0;
      for (Map.Entry<String, OnnxTensor> output : outputs.entrySet()) {
        OnnxTensor wanted =
            as(output.getValue().type(), tensor(data.resolve("output_" + i++ + ".pb")));
        boolean floats = name().startsWith("test_einsum");
        String difference =
            floats
                ? difference(float32(wanted), float32(output.getValue()))
                : difference(wanted, output.getValue());
        if (difference != null) {
          return output.getKey() + ": " + difference;
        }
      }
    }
  }

  /**
   * The model of a test says the opset in which its operator got its present form. Where that is
   * before 7 the operator is the same in 7, the oldest that is read.
   */
  private static byte[] lifted(byte[] model) {
    int end = model.length;
    // opset_import, at the end: the domain "" and the version, a byte.
    byte[] start = {0x42, 4, 0x0a, 0, 0x10};
    boolean found = end >= 6 && Arrays.equals(model, end - 6, end - 1, start, 0, 5);
    if (found && model[end - 1] < GraphParser.MIN_OPSET) {
      model[end - 1] = GraphParser.MIN_OPSET;
    }
    return model;
  }

  /** NumPy, which wrote the data, has no bfloat16: it wrote the bits as integers. */
  private static OnnxTensor as(OnnxTensor.Type type, OnnxTensor x) {
    if (type != OnnxTensor.Type.BFLOAT16 || x.type() != OnnxTensor.Type.UINT16) {
      return x;
    }
    float[] values = new float[x.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Casts.ofBits(type, (short) x.longs()[i]);
    }
    return new OnnxTensor(type, x.dims(), values);
  }

  /** What is computed with as FLOAT. */
  private static OnnxTensor float32(OnnxTensor x) throws ModelFormatException {
    return Casts.toFloat(x, new Budget("a test", 1 << 20));
  }

  private static OnnxTensor tensor(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return TensorParser.parse(ProtoReader.of(bytes, Budget.ofFile(bytes.length))).tensor();
  }

  /** What is different beyond the tolerance, or null. */
  static String difference(OnnxTensor wanted, OnnxTensor got) {
    if (wanted.type() != got.type() || !Arrays.equals(wanted.dims(), got.dims())) {
      return "wanted " + wanted + ", got " + got;
    }
    for (int i = 0; i < wanted.count(); i++) {
      if (wanted.data() instanceof float[] w) {
        double difference = Math.abs((double) w[i] - got.floats()[i]);
        boolean same = Float.compare(w[i], got.floats()[i]) == 0;
        if (!same && !(difference <= TOLERANCE * Math.max(1, Math.abs(w[i])))) {
          return "element " + i + ": wanted " + w[i] + ", got " + got.floats()[i];
        }
      } else if (wanted.data() instanceof double[] w
          ? Double.compare(w[i], got.doubles()[i]) != 0
          : wanted.type().isIntegers()
              ? wanted.integer(i) != got.integer(i)
              : !Objects.equals(wanted.strings()[i], got.strings()[i])) {
        return "element " + i + " is another";
      }
    }
    return null;
  }
}
