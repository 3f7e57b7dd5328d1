package io.lanewise.onnx;

import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** ONNX files in and out. */
public final class Onnx {
  private Onnx() {}

  /**
   * Loads a model; see {@link OnnxModel#load}.
   *
   * @throws io.lanewise.model.ModelFormatException if it is no valid model, or has something that
   *     is not supported
   * @throws IOException if it cannot be read
   */
  public static OnnxModel load(Path file) throws IOException {
    return OnnxModel.load(file);
  }

  /** Writes a network without metadata; see {@link #export(Model, Path)}. */
  public static void export(Network network, Path file) throws IOException {
    export(new Model(network, Map.of()), file);
  }

  /**
   * Writes a model as an ONNX file, opset 17 and IR version 8, whole or not at all. Its input,
   * "input" (batch, nIn), and its output, "output" (batch, nOut), are those of {@link
   * Network#predict}. Dropout is left out. {@link OnnxModel#toModel()} gives the model back, but
   * for dropout, the momentum of batch normalization and the options of the loss: the same numbers,
   * bit for bit.
   *
   * @throws IOException if it cannot be written; what was there is then as it was
   * @throws IllegalArgumentException if the file would have more than 2 GiB, or a name of the
   *     metadata begins with "lanewise."
   */
  public static void export(Model model, Path file) throws IOException {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(file, "file");
    for (String name : model.metadata().keySet()) {
      if (name.startsWith("lanewise.")) {
        throw new IllegalArgumentException("metadata: the name \"" + name + "\" is taken");
      }
    }
    OnnxExport.write(model, file);
  }
}
